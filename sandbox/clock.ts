/**
 * The sandbox's own time: real time plus whatever `/sandbox/clock` has moved it by, so that tokens and
 * webhooks can age.
 */
export class SandboxClock {
  #offsetMs = 0;

  /** Milliseconds it is ahead of real time. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** Moves time forward (or back, when negative) by so many milliseconds. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Makes `now` be this instant and run on from there. */
  set(instant: Date): void {
    this.#offsetMs = instant.getTime() - Date.now();
  }

  reset(): void {
    this.#offsetMs = 0;
  }
}
