import type { Reason } from './Reason';

/** Times are in milliseconds since the epoch. `off` without a reason: switched off by a person. */
export type Connection =
  | { state: 'connecting'; since: number; attempt: number; slow: boolean }
  | { state: 'live'; since: number; http: string; status: number }
  | { state: 'waiting'; retryAt: number; attempt: number; reason: Reason }
  | { state: 'parked'; since: number; reason: Reason; retryAt: number | null }
  | { state: 'off'; reason: Reason | null };
