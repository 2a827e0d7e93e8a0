import type { Row } from './Row';

/** Rows by seq ascending. `rev`: the newest at the time of reading; `total`: rows of the whole view. */
export type Page = { rows: Row[]; moreBefore: boolean; moreAfter: boolean; rev: number; total: number };
