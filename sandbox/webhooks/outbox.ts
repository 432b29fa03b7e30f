import type { World } from '../world.ts';
import type { Attempt, Message } from './http-post.ts';

/** Something to be sent until it is acknowledged. */
export interface Delivery {
  state: 'waiting' | 'sending' | 'delivered' | 'dropped' | 'abandoned';
  attempts: Attempt[];
  /** Epoch milliseconds of the sandbox clock. */
  nextAttemptAt: number;
}

/** How one vendor sends: what goes over the wire, what counts as received, how long it retries. */
export interface DeliveryPolicy<Kind extends Delivery> {
  messageOf(delivery: Kind, at: Date): Message;
  isAcknowledged(status: number): boolean;
  /** Milliseconds until the next attempt after so many failures, or null to give up. */
  waitAfterFailures(failures: number): number | null;
  /**
   * Deliveries with the same key go in order, each after the one before it is acknowledged; null: no order.
   */
  orderingKeyOf(delivery: Kind): string | null;
}

/** Deliveries kept for inspection; finished ones beyond it are forgotten, oldest first. */
const keptMax = 1000;
/** How often waiting retries are compared with the sandbox clock, which may jump. */
const lookMs = 50;

/** Sends deliveries, in order of arrival per endpoint, again and again until each is acknowledged. */
export class Outbox<Kind extends Delivery> {
  readonly #policy: DeliveryPolicy<Kind>;
  readonly #world: World;
  readonly #closing = new AbortController();
  readonly #running = new Map<Kind, Promise<void>>();
  #deliveries: Kind[] = [];
  #paused = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(world: World, policy: DeliveryPolicy<Kind>) {
    this.#world = world;
    this.#policy = policy;
  }

  get paused(): boolean {
    return this.#paused;
  }

  deliveries(): readonly Kind[] {
    return this.#deliveries;
  }

  add(delivery: Kind): void {
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
  abandon(isWanted: (delivery: Kind) => boolean): void {
    for (const delivery of this.#waiting()) if (!isWanted(delivery)) delivery.state = 'abandoned';
  }

  /**
   * Tries everything unacknowledged once, now and in order, whatever its turn; resolves when all have
   * answered. `arrange` may change the order.
   */
  async flush(arrange = (deliveries: readonly Kind[]): readonly Kind[] => deliveries): Promise<void> {
    const unsent = arrange(this.#waiting());
    await Promise.all(this.#running.values());
    for (const delivery of unsent)
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the promise
      await (this.#running.get(delivery) ?? (delivery.state === 'waiting' && this.attempt(delivery)));
  }

  /** Sends one delivery now; resolves when its state and attempt are recorded. */
  attempt(delivery: Kind): Promise<void> {
    delivery.state = 'sending';
    const run = this.#attempt(delivery).finally(() => this.#running.delete(delivery));
    this.#running.set(delivery, run);
    return run;
  }

  /** Forgets everything, sent or not, and goes on unpaused. */
  reset(): void {
    this.#deliveries = [];
    this.#paused = false;
  }

  close(): void {
    this.#closing.abort();
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #attempt(delivery: Kind): Promise<void> {
    const now = this.#world.clock.now();
    const attempt = await this.#world.post(this.#policy.messageOf(delivery, now), now, this.#closing.signal);
    delivery.attempts.push(attempt);
    const waitMs = this.#policy.waitAfterFailures(delivery.attempts.length);
    if (attempt.status !== null && this.#policy.isAcknowledged(attempt.status)) delivery.state = 'delivered';
    else if (waitMs === null) delivery.state = 'abandoned';
    else {
      delivery.state = 'waiting';
      delivery.nextAttemptAt = this.#now() + waitMs;
    }
    queueMicrotask(() => this.#pump());
  }

  #pump(): void {
    if (this.#paused || this.#closing.signal.aborted) return;
    const now = this.#now();
    const blocked = new Set<string>();
    for (const delivery of this.#deliveries) {
      const isOpen = delivery.state === 'waiting' || delivery.state === 'sending';
      const orderingKey = this.#policy.orderingKeyOf(delivery);
      if (!isOpen || (orderingKey !== null && blocked.has(orderingKey))) continue;
      if (delivery.state === 'waiting' && delivery.nextAttemptAt <= now) void this.attempt(delivery);
      if (orderingKey !== null) blocked.add(orderingKey);
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

  #waiting(): Kind[] {
    return this.#deliveries.filter(({ state }) => state === 'waiting');
  }

  #now(): number {
    return this.#world.clock.now().getTime();
  }
}
