import { getContext, setContext } from 'svelte';
import type { FeedInfo } from '../../bindings/FeedInfo';
import type { Row } from '../../bindings/Row';
import type { Snapshot } from '../../bindings/Snapshot';
import type { View } from '../../bindings/View';
import { setLanguage } from '../i18n/index.svelte';
import * as ipc from '../ipc';
import { rowBySeq } from '../log/row-range';
import { LogModel } from '../log/log-model.svelte';
import { isControl } from '../vocabulary';
import { Clock } from './clock.svelte';

export type DialogState =
  { kind: 'add'; url: string } | { kind: 'sign-in'; feed: string } | { kind: 'remove'; feed: string };
/** What the log shows; whether with control events is the same for all. */
export type LogView = Omit<View, 'hidesControl'>;
/** In the order of their number keys. */
export const inspectorTabs = ['parsed', 'json', 'raw', 'timing'] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

/** The state of the window and the actions of a person in it. */
export class App {
  snapshot = $state.raw<Snapshot | null>(null);
  view = $state.raw<LogView>({ feed: null, notified: false });
  /** Whether the log shows control events. */
  showsControl = $state(false);
  /** Seq of the selected row. */
  selected = $state<number | null>(null);
  inspecting = $state(false);
  tab = $state<InspectorTab>('parsed');
  dialog = $state.raw<DialogState | null>(null);
  /** The last failed action, until it is dismissed or another action succeeds. */
  failed = $state.raw<ipc.BridgeError | null>(null);
  readonly log = new LogModel(ipc);
  readonly clock: Clock;
  #pulling = false;
  #pullAgain = false;

  constructor(clock = new Clock()) {
    this.clock = clock;
  }

  get #query(): View {
    return { ...this.view, hidesControl: !this.showsControl };
  }

  get feeds(): FeedInfo[] {
    return this.snapshot?.feeds ?? [];
  }

  /** Returns the feed whose view is shown; undefined in a view of all feeds. */
  get feed(): FeedInfo | undefined {
    return this.feeds.find(({ id }) => id === this.view.feed);
  }

  get selectedRow(): Row | undefined {
    return rowBySeq(this.log.rows, this.selected);
  }

  /** Listens before it pulls, so that no change is missed. Resolves to a function that stops listening. */
  async start(): Promise<() => void> {
    let stops: (() => void)[] = [];
    try {
      stops = await Promise.all([
        ipc.onRing('bell', () => void this.log.pull()),
        ipc.onRing('status', () => void this.pullSnapshot()),
        ipc.onRing('show', () => void this.showTarget()),
      ]);
    } catch (thrown) {
      this.failed = ipc.asBridgeError(thrown);
    }
    await this.open();
    return () => stops.forEach((stop) => stop());
  }

  /** Reads the snapshot, and shows the requested row or the newest ones. */
  async open(): Promise<void> {
    await this.pullSnapshot();
    if (this.snapshot === null) return;
    if (!(await this.showTarget())) await this.log.open(this.#query);
  }

  async pullSnapshot(): Promise<void> {
    if (this.#pulling) {
      this.#pullAgain = true;
      return;
    }
    this.#pulling = true;
    try {
      do {
        this.#pullAgain = false;
        this.#apply(await ipc.snapshot());
      } while (this.#pullAgain);
    } catch (thrown) {
      this.failed = ipc.asBridgeError(thrown);
    } finally {
      this.#pulling = false;
    }
  }

  /** Shows the row that a notification or the tray requested. Returns false when there is no request. */
  async showTarget(): Promise<boolean> {
    const seq = await ipc.takeTarget().catch(() => null);
    if (seq === null) return false;
    this.dialog = null;
    this.view = { feed: null, notified: false };
    this.selected = seq;
    this.inspecting = true;
    await this.log.openAround(this.#query, seq);
    if (!this.showsControl && this.selectedRow === undefined && (await isControlEvent(seq)) && this.selected === seq) {
      this.showsControl = true;
      await this.log.openAround(this.#query, seq);
    }
    return true;
  }

  /** Shows or hides control events. The view keeps its position; a selected row that is hidden is no longer selected. */
  async showControl(shows: boolean): Promise<void> {
    if (shows === this.showsControl) return;
    this.showsControl = shows;
    if (!shows && isControl(this.selectedRow)) {
      this.selected = null;
      this.inspecting = false;
    }
    await this.log.reselect(this.#query);
  }

  async show(view: LogView): Promise<void> {
    if (view.feed === this.view.feed && view.notified === this.view.notified) return;
    this.view = view;
    this.selected = null;
    this.inspecting = false;
    await this.log.open(this.#query);
  }

  /** Selects a row, which pauses the view. */
  select(seq: number): void {
    this.selected = seq;
    this.log.pause();
  }

  inspect(seq: number): void {
    this.select(seq);
    this.inspecting = true;
  }

  /** Runs an action of a person; shows a failure instead of throwing it. Returns whether the action succeeded. */
  async act(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      this.failed = null;
    } catch (thrown) {
      this.failed = ipc.asBridgeError(thrown);
      return false;
    }
    await this.pullSnapshot();
    return true;
  }

  #apply(next: Snapshot): void {
    const gone = this.feeds.some(({ id }) => !next.feeds.some((feed) => feed.id === id));
    this.snapshot = next;
    this.clock.sync(next.now);
    setLanguage(next.language);
    const root = document.documentElement;
    root.lang = next.language;
    if (next.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = next.theme;
    if (!gone) return;
    if (this.view.feed !== null && this.feed === undefined) void this.show({ feed: null, notified: false });
    else void this.log.reload();
  }
}

/** Returns whether the row is a control event; false also for a row that is gone. */
async function isControlEvent(seq: number): Promise<boolean> {
  const detail = await ipc.event(seq).catch(() => null);
  return detail?.decision === 'control';
}

const key = Symbol('app');

export function provideApp(app: App): void {
  setContext(key, app);
}

export function useApp(): App {
  return getContext<App>(key);
}
