import type { ReasonCode } from './ReasonCode';

export type Reason = { code: ReasonCode; status: number | null; detail: string | null };
