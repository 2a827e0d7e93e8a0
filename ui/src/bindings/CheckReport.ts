import type { CheckStep } from './CheckStep';

export type CheckReport = { steps: CheckStep[]; suggestedName: string; addable: boolean };
