import { describe, expect, it } from 'vitest';
import type { Row } from '../../bindings/Row';
import { settled } from '../../test/app';
import { chance, FakeLog } from '../../test/rows';
import { isControl } from '../vocabulary';
import { LogModel, nextRow } from './log-model.svelte';

const all = { feed: null, notified: false, hidesControl: false };
const seqs = (model: LogModel) => model.rows.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Delays all answers until `open` is called. */
function gated(log: FakeLog): { open: () => void } {
  let release: () => void = () => {};
  const wait = new Promise<void>((resolve) => (release = resolve));
  log.gate = () => wait;
  return {
    open: () => {
      log.gate = () => Promise.resolve();
      release();
    },
  };
}

describe('opening a view', () => {
  it('reads the newest page and then what arrived during that request', async () => {
    const log = new FakeLog();
    log.addMany(10);
    const gate = gated(log);
    const model = new LogModel(log.source, { page: 4 });
    const opened = model.open(all);
    log.addMany(2);
    gate.open();
    await opened;
    expect(seqs(model)).toEqual(range(7, 12));
    expect(model.total).toBe(12);
    expect(model.following).toBe(true);
  });

  it('drops a late answer for an earlier view', async () => {
    const log = new FakeLog();
    log.addMany(3);
    const gate = gated(log);
    const model = new LogModel(log.source);
    const first = model.open(all);
    log.rows = log.rows.slice(0, 1);
    const second = model.open({ ...all, feed: 'alerts' });
    gate.open();
    await Promise.all([first, second]);
    expect(seqs(model)).toEqual([1]);
  });

  it('reports an error and clears it after a successful reload', async () => {
    const log = new FakeLog();
    log.add();
    log.gate = () => Promise.reject({ code: 'read-failed', message: 'The log is damaged.' });
    const model = new LogModel(log.source);
    await model.open(all);
    expect(model.error).toEqual({ code: 'read-failed', message: 'The log is damaged.' });
    log.gate = () => Promise.resolve();
    await model.reload();
    expect(model.error).toBeNull();
    expect(seqs(model)).toEqual([1]);
  });
});

describe('bells', () => {
  it('add new rows in order and replace changed ones in place', async () => {
    const log = new FakeLog();
    log.addMany(3);
    const model = new LogModel(log.source);
    await model.open(all);
    log.change(2, { decision: 'notified' });
    log.add();
    await model.pull();
    expect(seqs(model)).toEqual([1, 2, 3, 4]);
    expect(model.rows[1]).toMatchObject({ seq: 2, decision: 'notified' });
  });

  it('cause one further pull when several ring during a pull', async () => {
    const log = new FakeLog();
    const model = new LogModel(log.source);
    await model.open(all);
    log.asked = [];
    const gate = gated(log);
    const pulls = range(1, 500).map(() => {
      log.add();
      return model.pull();
    });
    gate.open();
    await Promise.all(pulls);
    expect(log.asked).toEqual(['changes', 'changes']);
    expect(model.rows).toHaveLength(500);
  });

  it('pull until there is no more', async () => {
    const log = new FakeLog();
    const model = new LogModel(log.source, { batch: 10 });
    await model.open(all);
    log.addMany(35);
    await model.pull();
    expect(seqs(model)).toEqual(range(1, 35));
  });

  it('read the newest page when a following view is far behind', async () => {
    const log = new FakeLog();
    const model = new LogModel(log.source, { batch: 10, pulls: 3, page: 20 });
    await model.open(all);
    log.addMany(1000);
    await model.pull();
    expect(seqs(model)).toEqual(range(981, 1000));
    expect(model.range.moreBefore).toBe(true);
  });

  it('report the count of events that arrived, and of critical ones', async () => {
    const log = new FakeLog();
    const model = new LogModel(log.source);
    await model.open(all);
    const reported: number[][] = [];
    model.onArrived = (count, critical) => reported.push([count, critical]);
    log.addMany(2);
    log.add({ severity: 'critical' });
    await model.pull();
    log.change(1, { decision: 'muted' });
    await model.pull();
    expect(reported).toEqual([[3, 1]]);
  });
});

describe('a paused view', () => {
  it('counts what arrives until it follows again', async () => {
    const log = new FakeLog();
    log.addMany(5);
    const model = new LogModel(log.source);
    await model.open(all);
    model.pause();
    log.addMany(36);
    log.add({ severity: 'critical' });
    await model.pull();
    expect(model.arrived).toEqual({ count: 37, critical: 1 });
    await model.follow();
    expect(model.arrived).toEqual({ count: 0, critical: 0 });
    expect(model.following).toBe(true);
  });

  it('keeps all its rows when older ones are loaded', async () => {
    const log = new FakeLog();
    log.addMany(50);
    const model = new LogModel(log.source, { page: 10 });
    await model.open(all);
    model.pause();
    const before = model.rows.slice();
    await model.loadBefore();
    expect(seqs(model)).toEqual(range(31, 50));
    expect(model.rows.slice(10)).toEqual(before);
  });

  it('drops rows at the far end, never visible ones', async () => {
    const log = new FakeLog();
    log.addMany(20);
    const model = new LogModel(log.source, { page: 20, max: 40 });
    await model.open(all);
    model.pause();
    log.addMany(30);
    await model.pull();
    expect(seqs(model)).toEqual(range(1, 30));
    expect(model.range.moreAfter).toBe(true);
    await model.loadAfter();
    expect(seqs(model).at(-1)).toBe(50);
  });

  it('counts new rows far from the end without loading them, and loads them when scrolled to', async () => {
    const log = new FakeLog();
    log.addMany(100);
    const model = new LogModel(log.source, { page: 10 });
    await model.openAround(all, 50);
    expect(seqs(model)).toEqual(range(45, 54));
    log.addMany(3);
    await model.pull();
    expect(seqs(model)).toEqual(range(45, 54));
    expect(model.arrived.count).toBe(3);
    while (model.range.moreAfter) await model.loadAfter();
    expect(seqs(model)).toEqual(range(45, 103));
  });

  it('misses no change during the request for a page', async () => {
    const log = new FakeLog();
    log.addMany(20);
    const model = new LogModel(log.source, { page: 10 });
    await model.openAround(all, 5);
    const gate = gated(log);
    const paged = model.loadAfter();
    const late = log.gate;
    log.gate = () => Promise.resolve();
    log.addMany(2);
    await model.pull();
    log.gate = late;
    gate.open();
    await paged;
    await model.pull();
    expect(seqs(model).at(-1)).toBe(22);
    expect(model.range.moreAfter).toBe(false);
  });

  it('drops an older page when the row that it is next to was dropped meanwhile', async () => {
    const log = new FakeLog();
    log.addMany(30);
    const model = new LogModel(log.source, { page: 10, max: 20 });
    await model.open(all);
    const gate = gated(log);
    const paged = model.loadBefore();
    const late = log.gate;
    log.gate = () => Promise.resolve();
    log.addMany(20);
    await model.pull();
    log.gate = late;
    gate.open();
    await paged;
    expect(seqs(model)).toEqual(range(36, 50));
    await model.loadBefore();
    expect(seqs(model).slice(0, 11)).toEqual(range(26, 36));
  });

  it('jumps to the first row of the view and back to the newest', async () => {
    const log = new FakeLog();
    log.addMany(100);
    const model = new LogModel(log.source, { page: 10 });
    await model.open(all);
    await model.toStart();
    expect(seqs(model)).toEqual(range(1, 10));
    expect(model.following).toBe(false);
    await model.follow();
    expect(seqs(model)).toEqual(range(91, 100));
  });
});

describe('control events', () => {
  const hidden = { ...all, hidesControl: true };
  /** Every second row is a control event. */
  const mixedLog = (count: number) => {
    const log = new FakeLog();
    for (let seq = 1; seq <= count; seq += 1) log.add({ decision: seq % 2 === 0 ? 'control' : 'logged' });
    return log;
  };

  it('are counted while they are hidden, but are not in the total', async () => {
    const log = mixedLog(10);
    const model = new LogModel(log.source);
    await model.open(hidden);
    expect(seqs(model)).toEqual([1, 3, 5, 7, 9]);
    expect([model.total, model.control]).toEqual([5, 5]);
    log.add({ decision: 'control' });
    await model.pull();
    expect([model.rows.length, model.total, model.control]).toEqual([5, 5, 6]);
  });

  it('are shown and hidden at the same position', async () => {
    const model = new LogModel(mixedLog(1000).source, { page: 20 });
    await model.openAround(hidden, 500);
    await model.loadBefore();
    await model.loadBefore();
    model.viewport = () => ({ first: 10, last: 14, page: 4 });
    const inView = model.rows[12]?.seq ?? 0;
    await model.reselect(all);
    expect(seqs(model)).toEqual(range(inView - 10, inView + 9));
    expect([model.total, model.following]).toEqual([1000, false]);
    await model.reselect(hidden);
    expect(model.rows.every(({ seq }) => seq % 2 === 1)).toBe(true);
    expect(model.range).toMatchObject({ moreBefore: true, moreAfter: true });
  });

  it('never count as new, even while they are shown', async () => {
    const log = mixedLog(4);
    const model = new LogModel(log.source);
    await model.open(all);
    model.pause();
    const reported: number[][] = [];
    model.onArrived = (count, critical) => reported.push([count, critical]);
    log.add({ decision: 'control', severity: 'critical' });
    await model.pull();
    expect([model.rows.length, model.arrived, reported]).toEqual([5, { count: 0, critical: 0 }, []]);
    log.add();
    await model.pull();
    expect([model.arrived.count, reported]).toEqual([1, [[1, 0]]]);
  });
});

describe('LogModel', () => {
  it('keeps a bounded number of rows in a following view', async () => {
    const log = new FakeLog();
    const model = new LogModel(log.source, { max: 100, batch: 50, pulls: 1000 });
    await model.open(all);
    for (let i = 0; i < 20; i += 1) {
      log.addMany(37);
      await model.pull();
      expect(model.rows.length).toBeLessThanOrEqual(100);
      expect(model.rows.at(-1)?.seq).toBe(log.rows.at(-1)?.seq);
    }
    expect(model.range.moreBefore).toBe(true);
  });

  it.each(range(1, 40))('always holds an exact range of the log (seed %i)', async (seed) => {
    const below = chance(seed);
    const log = new FakeLog();
    log.addMany(30);
    const model = new LogModel(log.source, { page: 7, batch: 5, max: 40, pulls: 3 });
    await model.open(all);
    let view = all;
    const steps: (() => unknown)[] = [
      () => log.addMany(Math.floor(below(12))),
      () => log.addMany(Math.floor(below(12)), { decision: 'control' }),
      () => log.change(1 + Math.floor(below(log.rows.length)), { preview: `"${log.rev}"` }),
      () => model.pull(),
      () => model.loadBefore(),
      () => model.loadAfter(),
      () => model.pause(),
      () => model.follow(),
      () => model.openAround(view, 1 + Math.floor(below(log.rows.length))),
      () => model.reselect((view = { ...all, hidesControl: below(2) < 1 })),
    ];
    for (let i = 0; i < 400; i += 1) {
      const doing = steps[Math.floor(below(steps.length))]?.();
      if (below(2) < 1) await doing;
    }
    await settled();
    await model.pull();
    const [first, last] = [seqs(model)[0] ?? 0, seqs(model).at(-1) ?? 0];
    const rows = log.rows.filter((row) => !view.hidesControl || !isControl(row));
    expect(model.rows).toEqual(rows.filter(({ seq }) => seq >= first && seq <= last));
    expect(model.range.moreBefore).toBe(first > (rows[0]?.seq ?? 0));
    expect(model.range.moreAfter).toBe(last < (rows.at(-1)?.seq ?? 0));
    expect([model.total, model.control]).toEqual([rows.length, log.rows.filter(isControl).length]);
  });

  it('finds the next matching row, wrapping around', () => {
    const log = new FakeLog();
    log.addMany(6);
    const even = ({ seq }: Row) => seq % 2 === 0;
    expect(nextRow(log.rows, null, even)?.seq).toBe(2);
    expect(nextRow(log.rows, 2, even)?.seq).toBe(4);
    expect(nextRow(log.rows, 6, even)?.seq).toBe(2);
    expect(nextRow(log.rows, 6, () => false)).toBeUndefined();
  });
});
