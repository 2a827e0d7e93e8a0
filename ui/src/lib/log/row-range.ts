/** The contiguous range of rows that the window has loaded, as pure functions. Rows are ordered by seq. */
import type { Row } from '../../bindings/Row';

export type RowRange = {
  rows: readonly Row[];
  /** There are older rows than the first. */
  moreBefore: boolean;
  /** There are newer rows than the last. */
  moreAfter: boolean;
};

export const emptyRange: RowRange = { rows: [], moreBefore: false, moreAfter: false };

/** Returns the index of the first row whose seq is `seq` or more; the length when there is none. */
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

/** Returns the row with exactly this seq. */
export function rowBySeq(rows: readonly Row[], seq: number | null): Row | undefined {
  if (seq === null) return undefined;
  const row = rows[firstIndexFrom(rows, seq)];
  return row?.seq === seq ? row : undefined;
}

/**
 * Replaces changed rows in place and adds new ones in order. Rows outside the loaded range are left out: they are
 * loaded with their page.
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

/** Joins an older or newer page to the range. Of a row in both, the higher rev wins. */
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

/** Returns the range unchanged up to `max` rows; above, drops rows at the given end down to three quarters of `max`. */
export function trimRange(range: RowRange, max: number, end: 'oldest' | 'newest'): RowRange {
  const { rows } = range;
  if (rows.length <= max) return range;
  const keep = Math.ceil(max * 0.75);
  return end === 'oldest'
    ? { ...range, rows: rows.slice(rows.length - keep), moreBefore: true }
    : { ...range, rows: rows.slice(0, keep), moreAfter: true };
}
