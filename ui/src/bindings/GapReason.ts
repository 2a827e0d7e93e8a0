export type GapReason = 'no-ids' | 'oversize' | 'store-replaced';
