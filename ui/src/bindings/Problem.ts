/** A problem of the whole app. */
export type Problem = { code: 'config' | 'disk' | 'store'; message: string };
