import { markRead } from '../ipc';
import type { App } from './app.svelte';

/** Milliseconds between two reports, so that a burst is one. */
const reportDelay = 400;

/** True while a person can see the window. */
export function isWatched(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/**
 * Reports what was really seen: the highest row that stood in sight in a visible, focused window. The view of notified
 * rows reports nothing, for it leaves out rows that count as unread.
 */
export class ReadReporter {
  readonly #app: App;
  #lastVisible = 0;
  /** What was reported last, per feed; the empty name stands for all feeds. */
  readonly #reported = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Row `seq` and all before it stand in sight or were scrolled past. */
  setLastVisible(seq: number): void {
    this.#lastVisible = seq;
    this.schedule();
  }

  /** Something changed that may make what stands in sight worth a report. */
  schedule(): void {
    if (this.#timer !== undefined || !isWatched()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#report();
    }, reportDelay);
  }

  /** Looks again when the window comes back. Returns what stops it. */
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
