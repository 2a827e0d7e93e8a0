import type { DecisionKind } from './DecisionKind';
import type { GapReason } from './GapReason';
import type { Reason } from './Reason';
import type { Severity } from './Severity';

/** What a row of the log says. `preview` is at most 600 characters of the data; `size` is in bytes. */
export type RowBody =
  | {
      kind: 'event';
      event: string;
      id: string;
      preview: string;
      size: number;
      severity: Severity;
      decision: DecisionKind;
      replayed: boolean;
    }
  | { kind: 'open'; status: number; http: string; afterMs: number; attempt: number }
  | { kind: 'reconnecting'; reason: Reason; inMs: number; tries: number; since: number; lastId: string }
  | { kind: 'no-answer'; afterMs: number }
  | { kind: 'retry'; ms: number }
  | { kind: 'gap'; from: number; to: number; reason: GapReason }
  | { kind: 'parked'; reason: Reason }
  | { kind: 'closed'; reason: Reason | null };
