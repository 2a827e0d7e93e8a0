/** `at` is in milliseconds since the epoch. */
export type Mute = { kind: 'off' } | { kind: 'until'; at: number } | { kind: 'on' };
