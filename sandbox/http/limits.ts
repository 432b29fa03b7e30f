import type { Switches } from '../switches.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Sliding windows over the recent requests of each realm and app. A refused request uses nothing up. */
export class Limits {
  readonly #recent = new Map<string, number[]>();

  /**
   * Whether one more request fits at `now`; if so it is counted. A batch counts once, and against its own
   * limit too.
   */
  admits(realm: string, client: string, isBatch: boolean, now: number, switches: Switches): boolean {
    if (!switches.limits) return true;
    const windows = [
      { key: `minute|${realm}`, spanMs: MINUTE, max: switches.requestsPerMinute },
      { key: `second|${realm}|${client}`, spanMs: SECOND, max: switches.requestsPerSecond },
      ...(isBatch
        ? [{ key: `batch|${realm}|${client}`, spanMs: MINUTE, max: switches.batchesPerMinute }]
        : []),
    ];
    const counted = windows.map((window) => ({
      ...window,
      recent: this.#within(window.key, now, window.spanMs),
    }));
    if (counted.some(({ recent, max }) => recent.length >= max)) return false;
    for (const { key, recent } of counted) this.#recent.set(key, [...recent, now]);
    return true;
  }

  clear(): void {
    this.#recent.clear();
  }

  #within(key: string, now: number, spanMs: number): number[] {
    return (this.#recent.get(key) ?? []).filter((at) => at > now - spanMs && at <= now);
  }
}
