/** The glyph of each severity and outcome. */
import type { Outcome, Severity } from './vocabulary';

export const severityGlyphs = {
  critical: 'sev-crit',
  warning: 'sev-warn',
  info: 'sev-info',
} as const satisfies Record<Severity, string>;

export const outcomeGlyphs = {
  control: 'dots',
  logged: 'minus',
  notified: 'bell',
  muted: 'bell-off',
  digest: 'stack',
} as const satisfies Record<Outcome, string>;
