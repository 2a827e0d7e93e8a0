import { expect, it } from 'vitest';
import { eventRow } from '../../test/rows';
import { placeOf, rowOf, type Stretch, trimmed, withChanges, withPage } from './merge';

const rows = (...seqs: number[]) => seqs.map((seq) => eventRow({ seq }));
const stretch = (seqs: number[], moreBefore = false, moreAfter = false): Stretch => ({
  rows: rows(...seqs),
  moreBefore,
  moreAfter,
});
const seqs = ({ rows }: Stretch) => rows.map(({ seq }) => seq);

it('finds rows by seq', () => {
  const some = rows(2, 4, 6);
  expect([1, 2, 3, 6, 7].map((seq) => placeOf(some, seq))).toEqual([0, 0, 1, 2, 3]);
  expect(rowOf(some, 4)?.seq).toBe(4);
  expect(rowOf(some, 5)).toBeUndefined();
  expect(rowOf(some, null)).toBeUndefined();
});

it('never puts an older form of a row over a newer one', () => {
  const held = withChanges(stretch([1]), [eventRow({ seq: 1, rev: 9, id: 'new' })]);
  expect(withChanges(held, [eventRow({ seq: 1, rev: 5, id: 'old' })]).rows[0]).toMatchObject({ id: 'new' });
  const page = { ...stretch([1]), rows: [eventRow({ seq: 1, rev: 5, id: 'old' })] };
  expect(withPage(held, page, 'before').rows[0]).toMatchObject({ id: 'new' });
});

it('puts a row that joins the view late where its seq belongs', () => {
  expect(seqs(withChanges(stretch([1, 5]), rows(3)))).toEqual([1, 3, 5]);
  expect(seqs(withChanges(stretch([3, 5]), rows(1)))).toEqual([1, 3, 5]);
});

it('leaves out rows of parts that are not held', () => {
  expect(seqs(withChanges(stretch([3, 5], true, true), rows(1, 4, 7)))).toEqual([3, 4, 5]);
});

it('leaves the stretch it was given alone', () => {
  const before = stretch([1]);
  withChanges(before, rows(2));
  expect(seqs(before)).toEqual([1]);
});

it('joins pages and knows where more is', () => {
  const joined = withPage(stretch([4, 5], true, true), stretch([2, 3, 4], false, true), 'before');
  expect(seqs(joined)).toEqual([2, 3, 4, 5]);
  expect(joined).toMatchObject({ moreBefore: false, moreAfter: true });
});

it('drops a quarter at the given end once it is over', () => {
  const full = stretch([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(trimmed(full, 8, 'oldest')).toBe(full);
  const over = withChanges(full, rows(9));
  expect(seqs(trimmed(over, 8, 'oldest'))).toEqual([4, 5, 6, 7, 8, 9]);
  expect(trimmed(over, 8, 'oldest').moreBefore).toBe(true);
  expect(seqs(trimmed(over, 8, 'newest'))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(trimmed(over, 8, 'newest').moreAfter).toBe(true);
});
