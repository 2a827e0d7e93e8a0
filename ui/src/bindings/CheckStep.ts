import type { Reason } from './Reason';

/** `ok` null: not known yet. `detail` is a fact, or the reason in English. */
export type CheckStep = {
  step: 'address' | 'connect' | 'answer' | 'type' | 'first-event';
  ok: boolean | null;
  detail: string;
  reason: Reason | null;
};
