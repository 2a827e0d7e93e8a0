/** The app's time. Ticks only while the document is visible. */
export class Clock {
  now = $state(Date.now());
  #everySecond = false;
  /** Milliseconds by which the app's clock is ahead of the window's. */
  #offset = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#restart());
    this.#restart();
  }

  /** Follows the app's clock from now on. */
  sync(appNow: number): void {
    this.#offset = appNow - Date.now();
    this.now = appNow;
  }

  /** Ticks each second for a countdown or an age under a minute, else every 10 s. */
  set everySecond(value: boolean) {
    if (value === this.#everySecond) return;
    this.#everySecond = value;
    this.#restart();
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (document.visibilityState !== 'visible') return;
    this.now = Date.now() + this.#offset;
    const tick = this.#everySecond ? 1000 : 10_000;
    this.#timer = setTimeout(() => this.#restart(), tick - (this.now % tick) + 1);
  }
}
