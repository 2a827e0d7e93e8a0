/** The dialog that adds a feed, and what a check of an address may report. */
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { expect } from 'vitest';
import type { CheckReport } from '../bindings/CheckReport';
import { clickOn, openWindow } from './app';
import { FakeLog } from './rows';

/** The report about a feed that sends nothing yet. */
export const goodReport: CheckReport = {
  steps: [
    { step: 'address', ok: true, detail: '203.0.113.18', reason: null },
    { step: 'connect', ok: true, detail: '12 ms', reason: null },
    { step: 'answer', ok: true, detail: '200, HTTP/1.1, 84 ms', reason: null },
    { step: 'type', ok: true, detail: 'text/event-stream', reason: null },
    { step: 'first-event', ok: null, detail: 'none within 5 s', reason: null },
  ],
  suggestedName: 'alerts.example.com',
  addable: true,
  exposed: null,
  seen: null,
};

/** The report about a feed that wants a sign-in. */
export const signInReport: CheckReport = {
  ...goodReport,
  steps: [
    ...goodReport.steps.slice(0, 2),
    { step: 'answer', ok: false, detail: '401 Unauthorized', reason: { code: 'sign-in', status: 401, detail: null } },
  ],
};

/** Opens the window and its dialog that adds a feed, with the focus in the address. */
export async function openAddDialog(answers: Record<string, (args: never) => unknown>) {
  const opened = await openWindow(new FakeLog(), answers);
  await clickOn('add-feed');
  await screen.findByTestId('add-dialog');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('feed-url')));
  return opened;
}

/** Returns how each step of the check went. */
export const marks = () =>
  [...document.querySelectorAll<HTMLElement>('[data-step]')].map(({ dataset }) => dataset.mark);

/** Presses Enter in the focused field. */
export const enter = () => fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Enter' });
