/** Rows, feeds and snapshots for tests, with defaults for what a test leaves out. */
import type { Changes } from '../bindings/Changes';
import type { EventDetail } from '../bindings/EventDetail';
import type { FeedInfo } from '../bindings/FeedInfo';
import type { Page } from '../bindings/Page';
import type { Reason } from '../bindings/Reason';
import type { Row } from '../bindings/Row';
import type { Line } from '../bindings/Line';
import type { LineEnd } from '../bindings/LineEnd';
import type { Snapshot } from '../bindings/Snapshot';
import type { Timing } from '../bindings/Timing';
import type { Trace } from '../bindings/Trace';
import type { View } from '../bindings/View';
import type { ChangesQuery, PageQuery } from '../lib/ipc';
import { isControl } from '../lib/vocabulary';

export type EventRow = Extract<Row, { kind: 'event' }>;

export function eventRow(over: Partial<EventRow> = {}): EventRow {
  const seq = over.seq ?? 1;
  return {
    seq,
    rev: seq,
    feed: 'alerts',
    at: 1_795_228_931_482 + seq,
    kind: 'event',
    event: 'outage',
    id: String(seq),
    preview: '{"n":1}',
    size: 7,
    severity: 'info',
    decision: 'logged',
    replayed: false,
    ...over,
  };
}

export function detailOf(seq: number, data = '{"n":1}'): EventDetail {
  return {
    ...{ seq, feed: 'alerts', at: 1, event: 'outage', id: '1', explicitId: true, data, cut: false, size: data.length },
    ...{
      lines: 1,
      origin: 'https://alerts.example.com',
      severity: 'info',
      decision: 'logged',
      rule: null,
      fault: null,
      part: null,
      replayed: false,
    },
    links: [],
  };
}

/** A line as the bridge sends it: text and hex alternate. */
export function lineOf(end: LineEnd | null, ...parts: string[]): Line {
  return { parts, end };
}

export function traceOf(seq: number, lines: Line[], timing: Partial<Timing> = {}): Trace {
  return {
    seq,
    lines: { kind: 'as-received', lines, size: 100, shown: 100 },
    timing: {
      ...{ arrivedAt: 1000, chunks: 1, tookUs: 0, storedAt: 1018, inGroup: 1, shownAt: null, sinceLastMs: null },
      ...timing,
    },
  };
}

export function feedInfo(over: Partial<FeedInfo> = {}): FeedInfo {
  return {
    id: 'alerts',
    name: 'Alerts',
    url: 'https://alerts.example.com/stream',
    connection: { state: 'live', since: 0, http: '2', status: 200, pollMs: null },
    unread: 0,
    unreadCritical: false,
    alerts: true,
    count: 0,
    rate: Array<number>(15).fill(0),
    lastId: '',
    quietLimitMs: null,
    auth: [],
    ...over,
  };
}

export function reasonOf(code: Reason['code'], status: number | null = null, detail: string | null = null): Reason {
  return { code, status, detail };
}

export function snapshotOf(over: Partial<Snapshot> = {}): Snapshot {
  return {
    newestRev: 0,
    newestSeq: 0,
    now: Date.now(),
    receivingSince: Date.now(),
    eventCount: 1,
    perMinute: 0,
    feeds: [feedInfo()],
    mute: { kind: 'off' },
    problem: null,
    language: 'en',
    theme: 'system',
    hiddenSeq: null,
    hiddenAt: null,
    ...over,
  };
}

/** A log that answers as the app does, whatever feed is asked for. Replace `gate` to delay its answers. */
export class FakeLog {
  rows: Row[] = [];
  rev = 0;
  asked: string[] = [];
  gate: () => Promise<void> = () => Promise.resolve();

  add(over: Partial<EventRow> = {}): EventRow {
    this.rev += 1;
    const row = eventRow({ seq: (this.rows.at(-1)?.seq ?? 0) + 1, rev: this.rev, ...over });
    this.rows.push(row);
    return row;
  }

  addMany(count: number, over: Partial<EventRow> = {}): void {
    for (let i = 0; i < count; i += 1) this.add(over);
  }

  /** Changes a row in place, which gives it a new rev. */
  change(seq: number, over: Partial<EventRow>): void {
    this.rev += 1;
    this.rows = this.rows.map((row) => (row.seq === seq ? ({ ...row, ...over, rev: this.rev } as Row) : row));
  }

  rowsCommand = async (query: PageQuery): Promise<Page> => {
    this.asked.push('rows');
    const rows = this.#rowsOf(query.view);
    const firstIndexFrom = (seq: number) => rows.filter((row) => row.seq < seq).length;
    let [start, end] = [Math.max(0, rows.length - query.limit), rows.length];
    if (query.before !== undefined) {
      end = firstIndexFrom(query.before);
      start = Math.max(0, end - query.limit);
    } else if (query.after !== undefined) {
      start = firstIndexFrom(query.after + 1);
      end = Math.min(rows.length, start + query.limit);
    } else if (query.around !== undefined) {
      start = Math.max(0, firstIndexFrom(query.around) - Math.floor(query.limit / 2));
      end = Math.min(rows.length, start + query.limit);
    }
    const page: Page = {
      rows: rows.slice(start, end),
      moreBefore: start > 0,
      moreAfter: end < rows.length,
      rev: this.rev,
      total: rows.length,
      control: this.#control,
    };
    await this.gate();
    return page;
  };

  changesCommand = async (query: ChangesQuery): Promise<Changes> => {
    this.asked.push('changes');
    const all = this.#rowsOf(query.view);
    const changed = all.filter((row) => row.rev > query.afterRev).sort((a, b) => a.rev - b.rev);
    const rows = changed.slice(0, query.limit);
    const more = rows.length < changed.length;
    const rev = more ? (rows.at(-1)?.rev ?? 0) : this.rev;
    const answer = { rows, rev, more, total: all.length, control: this.#control };
    await this.gate();
    return answer;
  };

  get #control(): number {
    return this.rows.filter(isControl).length;
  }

  #rowsOf({ hidesControl }: View): Row[] {
    return hidesControl ? this.rows.filter((row) => !isControl(row)) : this.rows;
  }

  get source() {
    return { rows: this.rowsCommand, changes: this.changesCommand };
  }
}

/** A log with `count` events. */
export function logOf(count: number): FakeLog {
  const log = new FakeLog();
  log.addMany(count);
  return log;
}

/** A seeded random source (mulberry32). Name the seed in the test's title. */
export function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below;
  };
}
