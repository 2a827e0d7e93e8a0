/**
 * The vocabularies of the bridge, derived from the generated wire types. Every table over one of them is a
 * `Record` of its type, so that a new word does not compile until each table has it.
 */
import type { BridgeError } from '../bindings/BridgeError';
import type { CheckStep } from '../bindings/CheckStep';
import type { Problem } from '../bindings/Problem';
import type { Reason } from '../bindings/Reason';
import type { Row } from '../bindings/Row';
import type { Seen } from '../bindings/Seen';
import type { SeenType } from '../bindings/SeenType';

type EventRow = Extract<Row, { kind: 'event' }>;

export type Advice = SeenType['advice'];
export type CheckStage = CheckStep['step'];
export type ErrorCode = BridgeError['code'];
export type Fault = NonNullable<Reason['fault']>;
export type GapReason = Extract<Row, { kind: 'gap' }>['reason'];
export type Ids = Seen['ids'];
export type Outcome = EventRow['decision'];
export type ProblemCode = Problem['code'];
export type ReasonCode = Reason['code'];
export type Resumed = Extract<Row, { kind: 'open' }>['resumed'];
export type Severity = EventRow['severity'];

const alerting: Record<Outcome, boolean> = {
  control: false,
  logged: false,
  notified: true,
  digest: true,
  muted: true,
};

/** Returns whether an event with this outcome counts as unread. */
export function alerts(outcome: Outcome): boolean {
  return alerting[outcome];
}

/** Returns whether a row is a control event: a sign of life that never notifies. */
export function isControl(row: Row | undefined): boolean {
  return row?.kind === 'event' && row.decision === 'control';
}

/** Returns the keys of a table in their order; they are all words of its vocabulary. */
export function wordsOf<Word extends string>(table: Record<Word, unknown>): Word[] {
  return Object.keys(table) as Word[];
}
