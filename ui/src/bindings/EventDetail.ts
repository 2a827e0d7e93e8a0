import type { DecisionKind } from './DecisionKind';
import type { Link } from './Link';
import type { Severity } from './Severity';

/** A whole event. `data` is cut at 1 MiB, `cut` says so. */
export type EventDetail = {
  seq: number;
  feed: string;
  at: number;
  event: string;
  id: string;
  explicitId: boolean;
  data: string;
  cut: boolean;
  size: number;
  lines: number;
  origin: string;
  severity: Severity;
  decision: DecisionKind;
  rule: string | null;
  replayed: boolean;
  links: Link[];
};
