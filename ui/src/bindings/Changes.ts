import type { Row } from './Row';

/** New and changed rows, ordered by rev. */
export type Changes = { rows: Row[]; rev: number; more: boolean; total: number };
