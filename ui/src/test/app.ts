/** The window on top of Tauri's mock of the bridge. */
import { mockIPC } from '@tauri-apps/api/mocks';
import { emit } from '@tauri-apps/api/event';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { vi } from 'vitest';
import type { Snapshot } from '../bindings/Snapshot';
import AppWindow from '../components/App.svelte';
import type { ChangesQuery, PageQuery, Ring } from '../lib/ipc';
import { App } from '../lib/state/app.svelte';
import { Clock } from '../lib/state/clock.svelte';
import type { FakeLog } from './rows';
import { snapshotOf } from './rows';

type Answers = Record<string, (args: never) => unknown>;

/** A command that the window sent, with its arguments. */
export type Call = { command: string; args: unknown };

/** Answers the bridge's commands and records them in order; a command without an answer returns null. */
export function mockBridge(log: FakeLog, answers: Answers = {}): Call[] {
  const calls: Call[] = [];
  mockIPC(
    async (command, args) => {
      calls.push({ command, args });
      if (command in answers) return answers[command]?.(args as never);
      if (command === 'snapshot') return snapshotOf({ newestSeq: log.rows.length, eventCount: log.rows.length });
      if (command === 'known_services') return [];
      if (command === 'rows') return log.rowsCommand(args as unknown as PageQuery);
      if (command === 'changes') return log.changesCommand(args as unknown as ChangesQuery);
      return null;
    },
    { shouldMockEvents: true },
  );
  return calls;
}

/**
 * Opens the window as the app does, with a log view high enough for 20 rows. Its clock shows the time of the newest
 * snapshot, however long a test takes.
 */
export async function openWindow(log: FakeLog, answers: Answers = {}) {
  const calls = mockBridge(log, answers);
  giveHeight();
  const app = new App(new Clock(() => 0));
  const view = render(AppWindow, { app });
  await app.start();
  return { app, calls, ...view };
}

export async function ring(name: Ring): Promise<void> {
  await emit(name);
}

export function snapshotAnswer(over: Partial<Snapshot>): Answers {
  return { snapshot: () => snapshotOf(over) };
}

export const commands = (calls: Call[]) => calls.map(({ command }) => command);
export const sent = (calls: Call[], name: string) =>
  calls.filter(({ command }) => command === name).map(({ args }) => args);

/** Returns the drawn rows of the log. */
export const rowElements = () => [...document.querySelectorAll<HTMLElement>('[data-seq].row')];

/** Returns the drawn row with this seq, or null. */
export const rowElement = (seq: number) => document.querySelector<HTMLElement>(`.row[data-seq="${seq}"]`);

/** Presses a key on the focused element. */
export const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });

export const typeInto = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });

export const clickOn = (testid: string) => fireEvent.click(screen.getByTestId(testid));

/** Resolves after all pending microtasks. */
export const settled = () => new Promise<void>((resolve) => void setTimeout(resolve));

/** Gives elements a height and a bounded scroll offset, which jsdom lacks. */
function giveHeight(): void {
  const height = 440;
  const tops = new WeakMap<Element, number>();
  const scrollHeight = (element: Element) =>
    Math.max(height, Number.parseInt(element.querySelector<HTMLElement>('.rows')?.style.height ?? '0', 10));
  const most = (element: Element) => scrollHeight(element) - height;
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(height);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(960);
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(height);
  vi.spyOn(Element.prototype, 'scrollHeight', 'get').mockImplementation(function get(this: Element) {
    return scrollHeight(this);
  });
  vi.spyOn(Element.prototype, 'scrollTop', 'get').mockImplementation(function get(this: Element) {
    return Math.min(tops.get(this) ?? 0, most(this));
  });
  vi.spyOn(Element.prototype, 'scrollTop', 'set').mockImplementation(function set(this: Element, top: number) {
    tops.set(this, Math.min(most(this), Math.max(0, top)));
  });
}
