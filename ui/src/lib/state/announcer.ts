/** Milliseconds between two announcements. */
const pause = 10_000;

/** Gathers what arrives and says it at most every 10 s. */
export class Announcer {
  readonly #say: (count: number, critical: number) => void;
  #count = 0;
  #critical = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (count: number, critical: number) => void) {
    this.#say = say;
  }

  arrived(count: number, critical: number): void {
    this.#count += count;
    this.#critical += critical;
    if (this.#timer === undefined) this.#speak();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#count === 0) return;
    this.#say(this.#count, this.#critical);
    this.#count = 0;
    this.#critical = 0;
    this.#timer = setTimeout(() => this.#speak(), pause);
  }
}
