import type { Page } from '../../bindings/Page';
import type { Row } from '../../bindings/Row';
import type { View } from '../../bindings/View';
import { asBridgeError, type BridgeError, type changes, type rows } from '../ipc';
import { isControl } from '../vocabulary';
import { emptyRange, firstIndexFrom, type RowRange, trimRange, mergeChanges, mergePage } from './row-range';

/** The bridge commands that read rows. */
export type RowSource = { rows: typeof rows; changes: typeof changes };

export type Limits = {
  /** Rows per page. */
  page: number;
  /** Changed rows per pull. */
  batch: number;
  /** Most rows in memory. */
  max: number;
  /** Consecutive pulls after which a following view reads the newest page instead of every row between. */
  pulls: number;
};

/** The visible rows, as indexes among the loaded ones, and the rows that a page key moves by. */
export type Viewport = { first: number; last: number; page: number };

export const defaultLimits: Limits = { page: 300, batch: 1000, max: 20_000, pulls: 8 };

/**
 * The rows of one view, kept up to date by pulls. It holds a contiguous range of the log, which includes the newest
 * rows unless the reader scrolled far back. A following view shows the newest row. In a paused view, arrivals do not
 * move what is shown; they are counted instead.
 */
export class LogModel {
  range = $state.raw<RowRange>(emptyRange);
  total = $state(0);
  /** Control events of the view's feeds, also while the view leaves them out. */
  control = $state(0);
  following = $state(true);
  /** Events that arrived since the view was paused, without control events. */
  arrived = $state.raw({ count: 0, critical: 0 });
  /** Whether the first page of the view has been read. */
  loaded = $state(false);
  error = $state.raw<BridgeError | null>(null);
  /** A row to scroll to; a new object for each request. */
  target = $state.raw<{ seq: number } | null>(null);
  /** Whether an event of this view has an id; stays true until another view is opened. */
  hasIds = $state(false);
  /** Resolves when a jump to the oldest or newest row is done; null when there is none. */
  jumping: Promise<void> | null = null;
  /** Returns the visible rows; set by the component that draws them. */
  viewport: () => Viewport = () => ({ first: 0, last: this.rows.length - 1, page: 20 });
  /** Called for events that arrive, in a following and in a paused view. */
  onArrived: (count: number, critical: number) => void = () => {};

  readonly #source: RowSource;
  readonly #limits: Limits;
  #view: View = { feed: null, notified: false, hidesControl: true };
  /** Incremented by each load, so that late answers to an earlier one are dropped. */
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

  /** Shows the newest page of a view and follows it. Old rows stay until the new ones are read. */
  async open(view: View): Promise<void> {
    this.#view = view;
    this.following = true;
    this.loaded = false;
    await this.#load({});
  }

  /** Shows the rows around `seq` and pauses the view. */
  async openAround(view: View, seq: number): Promise<void> {
    this.#view = view;
    this.pause();
    this.loaded = false;
    await this.#load({ around: seq });
    this.target = { seq };
  }

  /** Reads another selection of the rows at the same position: with or without control events. */
  async reselect(view: View): Promise<void> {
    this.#view = view;
    await this.reload();
  }

  /** Reads the view again at the same position, for example after a deletion. */
  async reload(): Promise<void> {
    const { first, last } = this.viewport();
    const middle = this.rows[Math.min(this.rows.length - 1, Math.max(0, (first + last) >> 1))];
    await this.#load(this.following || middle === undefined ? {} : { around: middle.seq });
  }

  /** Pauses the view: arrivals no longer move it. */
  pause(): void {
    if (!this.following) return;
    this.following = false;
    this.arrived = { count: 0, critical: 0 };
  }

  /** Jumps to the newest row and follows it. */
  follow(): Promise<void> {
    this.following = true;
    this.arrived = { count: 0, critical: 0 };
    return this.#jump(async () => {
      if (this.range.moreAfter) await this.#load({});
    });
  }

  /** Pauses the view and jumps to its oldest row. */
  toStart(): Promise<void> {
    this.pause();
    return this.#jump(async () => {
      if (this.range.moreBefore) await this.#load({ after: 0 });
      const first = this.rows[0];
      if (first !== undefined) this.target = { seq: first.seq };
    });
  }

  /** Reads new and changed rows. All bells that ring during a pull cause one further pull. */
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

  /** Loads the page before the first row, if there is one. */
  async loadBefore(): Promise<void> {
    const first = this.rows[0];
    if (first === undefined || !this.range.moreBefore) return;
    await this.#page({ before: first.seq }, 'before');
  }

  /** Loads the page after the last row, if there is one. */
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
      this.control = page.control;
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
    const edge = () => this.rows.at(side === 'before' ? 0 : -1)?.seq;
    const from = edge();
    const generation = this.#generation;
    try {
      const page = await this.#source.rows({ view: this.#view, limit: this.#limits.page, ...place });
      // The row that the page is next to may be gone from the range: then a gap would be between them.
      if (generation !== this.#generation || edge() !== from) return;
      this.hasIds ||= page.rows.some(hasId);
      const joined = mergePage(this.range, rangeOf(page), side);
      this.range = trimRange(joined, this.#limits.max, side === 'before' ? 'newest' : 'oldest');
      this.error = null;
      // Changes read during the request may have skipped rows that only this page loaded: read them again.
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
      this.control = changed.control;
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
      if (row.kind !== 'event' || isControl(row)) continue;
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

  /** Replaces the rows by the newest page when too much arrives to draw it all; scrolling back reads the rest. */
  async #skipToNewest(generation: number): Promise<void> {
    const page = await this.#source.rows({ view: this.#view, limit: this.#limits.page });
    if (generation !== this.#generation) return;
    this.hasIds ||= page.rows.some(hasId);
    this.range = rangeOf(page);
    this.total = page.total;
    this.control = page.control;
    this.#rev = page.rev;
    this.#newestSeq = Math.max(this.#newestSeq, page.rows.at(-1)?.seq ?? 0);
    this.#pullAgain = true;
  }
}

/** Returns the next row after `seq` that matches, wrapping around to the first; undefined when none does. */
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
