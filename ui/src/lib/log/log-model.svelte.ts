import type { Page } from '../../bindings/Page';
import type { Row } from '../../bindings/Row';
import type { View } from '../../bindings/View';
import { asBridgeError, type BridgeError, type changes, type rows } from '../ipc';
import { emptyRange, firstIndexFrom, type RowRange, trimRange, mergeChanges, mergePage } from './row-range';

/** Where rows come from. */
export type RowSource = { rows: typeof rows; changes: typeof changes };

export type Limits = {
  /** Rows a page. */
  page: number;
  /** Changed rows a pull. */
  batch: number;
  /** Rows held at most. */
  max: number;
  /** Pulls in a row before a following view jumps to the newest page instead of reading all between. */
  pulls: number;
};

/** What the reader sees: places among the held rows, and how many rows fit. */
export type Viewport = { first: number; last: number; page: number };

export const defaultLimits: Limits = { page: 300, batch: 1000, max: 20_000, pulls: 8 };

/**
 * The rows of one view, kept up to date by pulls. It holds a contiguous range of the log; the newest rows are in it
 * unless the reader went far back. While it follows, the view shows the newest row; while it is held, nothing that
 * arrives may move what is shown, and arrivals are counted instead.
 */
export class LogModel {
  range = $state.raw<RowRange>(emptyRange);
  total = $state(0);
  following = $state(true);
  /** Events that arrived while held. */
  arrived = $state.raw({ count: 0, critical: 0 });
  /** False until the first page of the view is there. */
  loaded = $state(false);
  error = $state.raw<BridgeError | null>(null);
  /** A row the view is asked to bring into sight; a new object each time. */
  target = $state.raw<{ seq: number } | null>(null);
  /** An event of this view has an id; once true it stays so until another view opens. */
  hasIds = $state(false);
  /** On the way to the oldest or newest row; null at rest. */
  jumping: Promise<void> | null = null;
  /** What is in sight; the view that draws the rows says so. */
  viewport: () => Viewport = () => ({ first: 0, last: this.rows.length - 1, page: 20 });
  /** Told of every event that arrives, held or not. */
  onArrived: (count: number, critical: number) => void = () => {};

  readonly #source: RowSource;
  readonly #limits: Limits;
  #view: View = { feed: null, notified: false };
  /** Grows with every view, so that late answers for an earlier one are dropped. */
  #generation = 0;
  #rev = 0;
  #newestSeq = 0;
  #pulling = false;
  #pullAgain = false;
  #paging = false;

  constructor(source: RowSource, limits: Partial<Limits> = {}) {
    this.#source = source;
    this.#limits = { ...defaultLimits, ...limits };
  }

  get rows(): readonly Row[] {
    return this.range.rows;
  }

  /** Shows the newest page of a view and follows it. Old rows stay until the new ones are there. */
  async open(view: View): Promise<void> {
    this.#view = view;
    this.following = true;
    this.loaded = false;
    await this.#load({});
  }

  /** Shows the rows around `seq`, held. */
  async openAround(view: View, seq: number): Promise<void> {
    this.#view = view;
    this.pause();
    this.loaded = false;
    await this.#load({ around: seq });
    this.target = { seq };
  }

  /** Reads the view anew at the same place, as after a deletion. */
  async reload(): Promise<void> {
    const middle = this.rows[this.rows.length >>> 1];
    await this.#load(this.following || middle === undefined ? {} : { around: middle.seq });
  }

  /** Holds the view where it is. */
  pause(): void {
    if (!this.following) return;
    this.following = false;
    this.arrived = { count: 0, critical: 0 };
  }

  /** Goes to the newest row and stays there. */
  follow(): Promise<void> {
    this.following = true;
    this.arrived = { count: 0, critical: 0 };
    return this.#jump(async () => {
      if (this.range.moreAfter) await this.#load({});
    });
  }

  /** Goes to the oldest row of the view. */
  toStart(): Promise<void> {
    this.pause();
    return this.#jump(async () => {
      if (this.range.moreBefore) await this.#load({ after: 0 });
      const first = this.rows[0];
      if (first !== undefined) this.target = { seq: first.seq };
    });
  }

  /** Takes what is new. Bells that ring during a pull cause one more, however many they are. */
  async pull(): Promise<void> {
    if (this.#pulling) {
      this.#pullAgain = true;
      return;
    }
    this.#pulling = true;
    try {
      do {
        this.#pullAgain = false;
        await this.#pullAll();
      } while (this.#pullAgain);
      this.error = null;
    } catch (thrown) {
      this.error = asBridgeError(thrown);
    } finally {
      this.#pulling = false;
    }
  }

  /** Joins the page before the first row, if there is one. */
  async loadBefore(): Promise<void> {
    const first = this.rows[0];
    if (first === undefined || !this.range.moreBefore) return;
    await this.#page({ before: first.seq }, 'before');
  }

  /** Joins the page after the last row, if there is one. */
  async loadAfter(): Promise<void> {
    const last = this.rows.at(-1);
    if (last === undefined || !this.range.moreAfter) return;
    await this.#page({ after: last.seq }, 'after');
  }

  async #jump(load: () => Promise<void>): Promise<void> {
    const jumping = load();
    this.jumping = jumping;
    await jumping;
    if (this.jumping === jumping) this.jumping = null;
  }

  async #load(place: { around?: number; after?: number }): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    try {
      const page = await this.#source.rows({ view: this.#view, limit: this.#limits.page, ...place });
      if (generation !== this.#generation) return;
      this.hasIds = (this.loaded && this.hasIds) || page.rows.some(hasId);
      this.range = rangeOf(page);
      this.total = page.total;
      this.#rev = page.rev;
      this.#newestSeq = Math.max(this.rows.at(-1)?.seq ?? 0, place.around === undefined ? 0 : this.#newestSeq);
      if (this.following) this.arrived = { count: 0, critical: 0 };
      this.loaded = true;
      this.error = null;
    } catch (thrown) {
      if (generation === this.#generation) this.error = asBridgeError(thrown);
      return;
    }
    await this.pull();
  }

  async #page(place: { before: number } | { after: number }, side: 'before' | 'after'): Promise<void> {
    if (this.#paging) return;
    this.#paging = true;
    const generation = this.#generation;
    try {
      const page = await this.#source.rows({ view: this.#view, limit: this.#limits.page, ...place });
      if (generation !== this.#generation) return;
      this.hasIds ||= page.rows.some(hasId);
      const joined = mergePage(this.range, rangeOf(page), side);
      this.range = trimRange(joined, this.#limits.max, side === 'before' ? 'newest' : 'oldest');
      this.error = null;
      // Changes taken while the page was on its way may have passed over rows that are held only since it came.
      if (page.rev < this.#rev) {
        this.#rev = page.rev;
        void this.pull();
      }
    } catch (thrown) {
      if (generation === this.#generation) this.error = asBridgeError(thrown);
    } finally {
      this.#paging = false;
    }
  }

  async #pullAll(): Promise<void> {
    const { batch, pulls } = this.#limits;
    for (let pulled = 1; ; pulled += 1) {
      const generation = this.#generation;
      if (generation === 0) return;
      const changed = await this.#source.changes({ view: this.#view, afterRev: this.#rev, limit: batch });
      if (generation !== this.#generation) {
        this.#pullAgain = true;
        return;
      }
      this.#apply(changed.rows);
      this.#rev = changed.rev;
      this.total = changed.total;
      if (!changed.more) return;
      if (pulled >= pulls && this.following) {
        await this.#skipToNewest(generation);
        return;
      }
    }
  }

  #apply(changed: readonly Row[]): void {
    this.#count(changed);
    this.hasIds ||= changed.some(hasId);
    this.range = trimRange(mergeChanges(this.range, changed), this.#limits.max, this.following ? 'oldest' : 'newest');
  }

  #count(changed: readonly Row[]): void {
    let [count, critical] = [0, 0];
    let newest = this.#newestSeq;
    for (const row of changed) {
      if (row.seq <= this.#newestSeq) continue;
      newest = Math.max(newest, row.seq);
      if (row.kind !== 'event') continue;
      count += 1;
      if (row.severity === 'critical') critical += 1;
    }
    this.#newestSeq = newest;
    if (count === 0) return;
    this.onArrived(count, critical);
    if (!this.following) {
      this.arrived = { count: this.arrived.count + count, critical: this.arrived.critical + critical };
    }
  }

  /** More arrives than is worth drawing: the newest page stands in, and the rest is read when scrolled to. */
  async #skipToNewest(generation: number): Promise<void> {
    const page = await this.#source.rows({ view: this.#view, limit: this.#limits.page });
    if (generation !== this.#generation) return;
    this.hasIds ||= page.rows.some(hasId);
    this.range = rangeOf(page);
    this.total = page.total;
    this.#rev = page.rev;
    this.#newestSeq = Math.max(this.#newestSeq, page.rows.at(-1)?.seq ?? 0);
    this.#pullAgain = true;
  }
}

/** The next row after `seq` that fits, jumping round to the first; undefined where none does. */
export function nextRow(rows: readonly Row[], seq: number | null, fits: (row: Row) => boolean): Row | undefined {
  const from = seq === null ? 0 : firstIndexFrom(rows, seq + 1);
  return rows.slice(from).find(fits) ?? rows.slice(0, from).find(fits);
}

function hasId(row: Row): boolean {
  return row.kind === 'event' && row.id !== '';
}

function rangeOf(page: Page): RowRange {
  return { rows: page.rows, moreBefore: page.moreBefore, moreAfter: page.moreAfter };
}
