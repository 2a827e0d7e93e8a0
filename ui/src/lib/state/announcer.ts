/** Milliseconds between two announcements. */
const interval = 10_000;

/** Sums up arrivals and announces them at most every 10 s. */
export class Announcer {
  readonly #announce: (count: number, critical: number) => void;
  #count = 0;
  #critical = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(announce: (count: number, critical: number) => void) {
    this.#announce = announce;
  }

  arrived(count: number, critical: number): void {
    this.#count += count;
    this.#critical += critical;
    if (this.#timer === undefined) this.#flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#count === 0) return;
    this.#announce(this.#count, this.#critical);
    this.#count = 0;
    this.#critical = 0;
    this.#timer = setTimeout(() => this.#flush(), interval);
  }
}
