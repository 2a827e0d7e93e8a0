import type { RowBody } from './RowBody';

export type Row = { seq: number; rev: number; feed: string; at: number } & RowBody;
