/** `muted`: would have notified but for mute. */
export type DecisionKind = 'log' | 'notified' | 'muted' | 'digest';
