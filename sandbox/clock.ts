/**
 * The sandbox's own time: real time plus whatever `/sandbox/clock` has moved it by, so that tokens and
 * webhooks can age.
 */
export class SandboxClock {
  readonly #listeners: (() => void)[] = [];
  #offsetMs = 0;

  /** Milliseconds it is ahead of real time. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** Calls the listener after each time the clock is moved, in whatever direction. */
  onMove(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Moves time forward (or back, when negative) by so many milliseconds. */
  advance(ms: number): void {
    this.#move(this.#offsetMs + ms);
  }

  /** Makes `now` be this instant and run on from there. */
  set(instant: Date): void {
    this.#move(instant.getTime() - Date.now());
  }

  reset(): void {
    this.#move(0);
  }

  #move(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    for (const listener of this.#listeners) listener();
  }
}
