import { describe, expect, it } from 'vitest';
import { eventRow } from '../../test/rows';
import { firstIndexFrom, rowBySeq, type RowRange, trimRange, mergeChanges, mergePage } from './row-range';

const rows = (...seqs: number[]) => seqs.map((seq) => eventRow({ seq }));
const range = (seqs: number[], moreBefore = false, moreAfter = false): RowRange => ({
  rows: rows(...seqs),
  moreBefore,
  moreAfter,
});
const seqs = ({ rows }: RowRange) => rows.map(({ seq }) => seq);

describe('RowRange', () => {
  it('finds rows by seq', () => {
    const some = rows(2, 4, 6);
    expect([1, 2, 3, 6, 7].map((seq) => firstIndexFrom(some, seq))).toEqual([0, 0, 1, 2, 3]);
    expect(rowBySeq(some, 4)?.seq).toBe(4);
    expect(rowBySeq(some, 5)).toBeUndefined();
    expect(rowBySeq(some, null)).toBeUndefined();
  });

  it('never replaces a row by an older version', () => {
    const newer = mergeChanges(range([1]), [eventRow({ seq: 1, rev: 9, id: 'new' })]);
    expect(mergeChanges(newer, [eventRow({ seq: 1, rev: 5, id: 'old' })]).rows[0]).toMatchObject({ id: 'new' });
    const page = { ...range([1]), rows: [eventRow({ seq: 1, rev: 5, id: 'old' })] };
    expect(mergePage(newer, page, 'before').rows[0]).toMatchObject({ id: 'new' });
  });

  it('inserts a late row at the position of its seq', () => {
    expect(seqs(mergeChanges(range([1, 5]), rows(3)))).toEqual([1, 3, 5]);
    expect(seqs(mergeChanges(range([3, 5]), rows(1)))).toEqual([1, 3, 5]);
  });

  it('leaves out rows outside the loaded range', () => {
    expect(seqs(mergeChanges(range([3, 5], true, true), rows(1, 4, 7)))).toEqual([3, 4, 5]);
  });

  it('does not modify its argument', () => {
    const before = range([1]);
    mergeChanges(before, rows(2));
    expect(seqs(before)).toEqual([1]);
  });

  it('joins pages and keeps on which sides there is more', () => {
    const joined = mergePage(range([4, 5], true, true), range([2, 3, 4], false, true), 'before');
    expect(seqs(joined)).toEqual([2, 3, 4, 5]);
    expect(joined).toMatchObject({ moreBefore: false, moreAfter: true });
  });

  it('drops a quarter at the given end above the limit', () => {
    const full = range([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(trimRange(full, 8, 'oldest')).toBe(full);
    const over = mergeChanges(full, rows(9));
    expect(seqs(trimRange(over, 8, 'oldest'))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(trimRange(over, 8, 'oldest').moreBefore).toBe(true);
    expect(seqs(trimRange(over, 8, 'newest'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(trimRange(over, 8, 'newest').moreAfter).toBe(true);
  });
});
