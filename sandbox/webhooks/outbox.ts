import type { World } from '../world.ts';
import { waitAfterFailures } from './ladder.ts';
import type { Delivery } from './notice.ts';
import { post } from './post.ts';

/** Deliveries kept for inspection; finished ones beyond it are forgotten, oldest first. */
const keptMax = 1000;
/** How often waiting retries are compared with the sandbox clock, which may jump. */
const lookMs = 50;

/** Sends deliveries, in order of arrival per endpoint, again and again until each is acknowledged. */
export class Outbox {
  speedUp = 1;
  readonly #world: World;
  readonly #closing = new AbortController();
  readonly #running = new Map<Delivery, Promise<void>>();
  #deliveries: Delivery[] = [];
  #paused = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  get paused(): boolean {
    return this.#paused;
  }

  deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  add(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > keptMax) {
      const oldest = this.#deliveries.findIndex(({ state }) => state !== 'waiting' && state !== 'sending');
      if (oldest >= 0) this.#deliveries.splice(oldest, 1);
    }
    this.#pump();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Gives up what still waits for endpoints that are no longer wanted. */
  abandon(isWanted: (delivery: Delivery) => boolean): void {
    for (const delivery of this.#waiting()) if (!isWanted(delivery)) delivery.state = 'abandoned';
  }

  /** Tries everything unacknowledged once, now and in order, whatever its turn; resolves when all have answered. */
  async flush(): Promise<void> {
    const unsent = this.#waiting();
    await Promise.all(this.#running.values());
    for (const delivery of unsent)
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the promise
      await (this.#running.get(delivery) ?? (delivery.state === 'waiting' && this.attempt(delivery)));
  }

  /** Sends one delivery now; resolves with its fate written into it. */
  attempt(delivery: Delivery): Promise<void> {
    delivery.state = 'sending';
    const run = this.#attempt(delivery).finally(() => this.#running.delete(delivery));
    this.#running.set(delivery, run);
    return run;
  }

  close(): void {
    this.#closing.abort();
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const attempt = await post(delivery, this.#world.clock.now(), this.#closing.signal);
    delivery.attempts.push(attempt);
    if (attempt.status === 200) delivery.state = 'delivered';
    else {
      delivery.state = 'waiting';
      delivery.nextAttemptAt = this.#now() + waitAfterFailures(delivery.attempts.length, this.speedUp);
    }
    queueMicrotask(() => this.#pump());
  }

  #pump(): void {
    if (this.#paused || this.#closing.signal.aborted) return;
    const now = this.#now();
    const blocked = new Set<string>();
    for (const delivery of this.#deliveries) {
      const isOpen = delivery.state === 'waiting' || delivery.state === 'sending';
      if (!isOpen || blocked.has(delivery.endpoint.url)) continue;
      if (delivery.state === 'waiting' && delivery.nextAttemptAt <= now) void this.attempt(delivery);
      if (this.#world.switches.webhookHeadOfLine) blocked.add(delivery.endpoint.url);
    }
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#timer || this.#waiting().length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, lookMs).unref();
  }

  #waiting(): Delivery[] {
    return this.#deliveries.filter(({ state }) => state === 'waiting');
  }

  #now(): number {
    return this.#world.clock.now().getTime();
  }
}
