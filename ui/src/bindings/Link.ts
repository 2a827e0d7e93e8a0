/** A link that Rust found and checked; it is opened by number, never by address. */
export type Link = { number: number; host: string };
