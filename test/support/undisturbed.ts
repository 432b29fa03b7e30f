import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const TRIES = 8;

/**
 * For what is about time itself. Where it fails and this process had to wait for the processor meanwhile by more than
 * `stallMs`, that says nothing of the product, and it is done again, a few times. A failure on a machine that had time
 * is one, and so is that of the last try.
 */
export async function undisturbed<T>(stallMs: number, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const stall = new StallWatch();
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || stall.longestMs <= stallMs) throw error;
    } finally {
      stall.end();
    }
    await pause(500 * tries);
  }
}

/** How long this process did not get on at the most. */
class StallWatch {
  longestMs = 0;
  private lookedAt = performance.now();
  private readonly timer = setInterval(() => {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.lookedAt - LOOK_EVERY_MS);
    this.lookedAt = now;
  }, LOOK_EVERY_MS);

  end(): void {
    clearInterval(this.timer);
  }
}
