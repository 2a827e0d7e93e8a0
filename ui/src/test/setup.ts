import { clearMocks } from '@tauri-apps/api/mocks';
import { cleanup, configure } from '@testing-library/svelte';
import { afterEach } from 'vitest';
import { setLanguage } from '../lib/i18n/index.svelte';

// A limit, not a pace: a busy machine takes its time.
configure({ asyncUtilTimeout: 20_000 });

// Fills in what jsdom lacks. Tests that need sizes set them.
globalThis.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};

afterEach(() => {
  cleanup();
  clearMocks();
  setLanguage('en');
});
