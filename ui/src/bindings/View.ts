/** Which rows: `feed` null is every feed; `notified` only rows that alerted. */
export type View = { feed: string | null; notified: boolean };
