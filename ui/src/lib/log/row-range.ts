/** The contiguous range of a view that the window holds, as pure functions. Rows are ordered by seq. */
import type { Row } from '../../bindings/Row';

export type RowRange = {
  rows: readonly Row[];
  /** There are older rows than the first. */
  moreBefore: boolean;
  /** There are newer rows than the last. */
  moreAfter: boolean;
};

export const emptyRange: RowRange = { rows: [], moreBefore: false, moreAfter: false };

/** The place of the first row whose seq is `seq` or more. */
export function firstIndexFrom(rows: readonly Row[], seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as Row).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row with exactly this seq. */
export function rowBySeq(rows: readonly Row[], seq: number | null): Row | undefined {
  if (seq === null) return undefined;
  const row = rows[firstIndexFrom(rows, seq)];
  return row?.seq === seq ? row : undefined;
}

/**
 * Changed rows replace their older form where they stand; new ones join at the end. Rows that belong to a part which is
 * not current are left out: they come with that part.
 */
export function mergeChanges(range: RowRange, changed: readonly Row[]): RowRange {
  if (changed.length === 0) return range;
  const rows = range.rows.slice();
  for (const row of changed) {
    const place = firstIndexFrom(rows, row.seq);
    const current = rows[place];
    if (current?.seq === row.seq) {
      if (row.rev >= current.rev) rows[place] = row;
    } else if (place === rows.length) {
      if (!range.moreAfter) rows.push(row);
    } else if (place > 0 || !range.moreBefore) {
      rows.splice(place, 0, row);
    }
  }
  return { ...range, rows };
}

/** Joins an older or newer page to the range. What both hold is taken in the newer form. */
export function mergePage(range: RowRange, page: RowRange, side: 'before' | 'after'): RowRange {
  const first = side === 'before' ? page.rows : range.rows;
  const last = side === 'before' ? range.rows : page.rows;
  const joined = first.slice();
  for (const row of last) {
    const place = firstIndexFrom(joined, row.seq);
    const current = joined[place];
    if (current?.seq !== row.seq) joined.splice(place, 0, row);
    else if (row.rev >= current.rev) joined[place] = row;
  }
  return {
    rows: joined,
    moreBefore: side === 'before' ? page.moreBefore : range.moreBefore,
    moreAfter: side === 'after' ? page.moreAfter : range.moreAfter,
  };
}

/** At most `max` rows, dropped at the given end, with room for a quarter more before the next drop. */
export function trimRange(range: RowRange, max: number, end: 'oldest' | 'newest'): RowRange {
  const { rows } = range;
  if (rows.length <= max) return range;
  const keep = Math.ceil(max * 0.75);
  return end === 'oldest'
    ? { ...range, rows: rows.slice(rows.length - keep), moreBefore: true }
    : { ...range, rows: rows.slice(0, keep), moreAfter: true };
}
