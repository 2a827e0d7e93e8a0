/** A credential on its way to the keychain. It is never read back. */
export type NewSecret = { kind: 'bearer'; token: string } | { kind: 'basic'; user: string; password: string };
