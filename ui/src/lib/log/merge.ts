/** The contiguous stretch of a view that the window holds, as pure functions. Rows are ordered by seq. */
import type { Row } from '../../bindings/Row';

export type Stretch = {
  rows: readonly Row[];
  /** There are older rows than the first. */
  moreBefore: boolean;
  /** There are newer rows than the last. */
  moreAfter: boolean;
};

export const emptyStretch: Stretch = { rows: [], moreBefore: false, moreAfter: false };

/** The place of the first row whose seq is `seq` or more. */
export function placeOf(rows: readonly Row[], seq: number): number {
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
export function rowOf(rows: readonly Row[], seq: number | null): Row | undefined {
  if (seq === null) return undefined;
  const row = rows[placeOf(rows, seq)];
  return row?.seq === seq ? row : undefined;
}

/**
 * Changed rows replace their older form where they stand; new ones join at the end. Rows that belong to a part which is
 * not held are left out: they come with that part.
 */
export function withChanges(stretch: Stretch, changed: readonly Row[]): Stretch {
  if (changed.length === 0) return stretch;
  const rows = stretch.rows.slice();
  for (const row of changed) {
    const place = placeOf(rows, row.seq);
    const held = rows[place];
    if (held?.seq === row.seq) {
      if (row.rev >= held.rev) rows[place] = row;
    } else if (place === rows.length) {
      if (!stretch.moreAfter) rows.push(row);
    } else if (place > 0 || !stretch.moreBefore) {
      rows.splice(place, 0, row);
    }
  }
  return { ...stretch, rows };
}

/** Joins an older or newer page to the stretch. What both hold is taken in the newer form. */
export function withPage(stretch: Stretch, page: Stretch, side: 'before' | 'after'): Stretch {
  const first = side === 'before' ? page.rows : stretch.rows;
  const last = side === 'before' ? stretch.rows : page.rows;
  const joined = first.slice();
  for (const row of last) {
    const place = placeOf(joined, row.seq);
    const held = joined[place];
    if (held?.seq !== row.seq) joined.splice(place, 0, row);
    else if (row.rev >= held.rev) joined[place] = row;
  }
  return {
    rows: joined,
    moreBefore: side === 'before' ? page.moreBefore : stretch.moreBefore,
    moreAfter: side === 'after' ? page.moreAfter : stretch.moreAfter,
  };
}

/** At most `max` rows, dropped at the given end, with room for a quarter more before the next drop. */
export function trimmed(stretch: Stretch, max: number, end: 'oldest' | 'newest'): Stretch {
  const { rows } = stretch;
  if (rows.length <= max) return stretch;
  const keep = Math.ceil(max * 0.75);
  return end === 'oldest'
    ? { ...stretch, rows: rows.slice(rows.length - keep), moreBefore: true }
    : { ...stretch, rows: rows.slice(0, keep), moreAfter: true };
}
