import { markRead } from '../ipc';
import type { App } from './app.svelte';

/** Milliseconds between two reports, so that a burst of rows causes one. */
const reportDelay = 400;

/** Returns whether a person can see the window. */
export function isWatched(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/**
 * Marks rows as read once they were seen: up to the last row that was visible in a visible, focused window. The view of
 * notified rows marks nothing, because it leaves out rows that count as unread.
 */
export class ReadReporter {
  readonly #app: App;
  #lastVisible = 0;
  /** The last reported seq per feed; the empty name means all feeds. */
  readonly #reported = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Sets the last visible row; all rows before it count as seen. */
  setLastVisible(seq: number): void {
    this.#lastVisible = seq;
    this.schedule();
  }

  /** Schedules a report. Call it after every change that can make visible rows unread. */
  schedule(): void {
    if (this.#timer !== undefined || !isWatched()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#report();
    }, reportDelay);
  }

  /** Schedules a report when the window comes back. Returns a function that stops it. */
  watch(): () => void {
    const schedule = () => this.schedule();
    window.addEventListener('focus', schedule);
    document.addEventListener('visibilitychange', schedule);
    return () => {
      window.removeEventListener('focus', schedule);
      document.removeEventListener('visibilitychange', schedule);
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #report(): void {
    const { view, feeds } = this.#app;
    if (!isWatched() || view.notified) return;
    const unread = feeds.some((feed) => feed.unread > 0 && (view.feed === null || feed.id === view.feed));
    const name = view.feed ?? '';
    const seq = this.#lastVisible;
    if (!unread || seq <= (this.#reported.get(name) ?? 0)) return;
    this.#reported.set(name, seq);
    markRead(view.feed, seq).catch(() => this.#reported.delete(name));
  }
}
