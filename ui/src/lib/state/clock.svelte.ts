/** The app's time. While it runs, it ticks whenever the document is visible. */
export class Clock {
  now = $state(0);
  readonly #wall: () => number;
  #everySecond = false;
  /** Milliseconds by which the app's clock is ahead of the window's. */
  #offset = 0;
  #runs = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Creates a clock that stands still. `wall` returns the window's time in milliseconds since 1970. */
  constructor(wall: () => number = Date.now) {
    this.#wall = wall;
    this.now = wall();
  }

  /** Follows the app's clock from now on. */
  sync(appNow: number): void {
    this.#offset = appNow - this.#wall();
    this.now = appNow;
  }

  /** Ticks each second for a countdown or an age under a minute, else every 10 s. */
  set everySecond(value: boolean) {
    if (value === this.#everySecond) return;
    this.#everySecond = value;
    this.#restart();
  }

  /** Starts to tick. Returns a function that stops it. */
  run(): () => void {
    const restart = () => this.#restart();
    document.addEventListener('visibilitychange', restart);
    this.#runs = true;
    this.#restart();
    return () => {
      document.removeEventListener('visibilitychange', restart);
      this.#runs = false;
      clearTimeout(this.#timer);
    };
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (!this.#runs || document.visibilityState !== 'visible') return;
    this.now = this.#wall() + this.#offset;
    const tick = this.#everySecond ? 1000 : 10_000;
    this.#timer = setTimeout(() => this.#restart(), tick - (this.now % tick) + 1);
  }
}
