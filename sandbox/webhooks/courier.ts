import { randomBytes, randomUUID } from 'node:crypto';
import type { Change, World } from '../world.ts';
import { waitAfterFailures } from './ladder.ts';
import { dice, planPosts } from './mishaps.ts';
import type { Delivery, Endpoint, Notice } from './notice.ts';
import { Outbox } from './outbox.ts';
import { payloadOf } from './payload.ts';
import { messageOf } from './post.ts';
import type { Settings } from './settings.ts';

/** Events in one POST at most. */
const eventsPerPostMax = 100;
/** Events kept so that they can be sent again. */
const eventsMax = 1000;

/** One event as it happened, whether or not anyone was told. */
export interface NoticeRecord extends Notice {
  /** Why nobody was told; null when it was handed to the outbox. */
  silentBecause: string | null;
}

/** Tells the endpoints about every change in the books, gathered for a moment into one POST. */
export class Courier {
  readonly outbox: Outbox<Delivery>;
  readonly #world: World;
  readonly #isConnected: (realmId: string) => boolean;
  readonly #source = `intuit.${randomBytes(32).toString('base64')}`;
  #settings: Settings;
  #roll: () => number;
  #events: NoticeRecord[] = [];
  #gathering: Notice[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(world: World, isConnected: (realmId: string) => boolean, settings: Settings) {
    this.#world = world;
    this.#isConnected = isConnected;
    this.#settings = settings;
    this.#roll = dice(settings.seed);
    this.outbox = new Outbox(world, {
      messageOf,
      isAcknowledged: (status) => status === 200,
      waitAfterFailures: (failures) => waitAfterFailures(failures, this.#settings.speedUp),
      laneOf: ({ endpoint }) => (world.switches.webhookHeadOfLine ? endpoint.url : null),
    });
    world.changes.on('change', this.#onChange);
    world.changes.on('reset', () => this.#reset(settings));
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** A change of seed starts its stream anew. What waits for an endpoint that is gone is given up. */
  configure(settings: Settings, reseed: boolean): void {
    for (const delivery of this.outbox.deliveries())
      delivery.endpoint =
        settings.endpoints.find(({ url }) => url === delivery.endpoint.url) ?? delivery.endpoint;
    this.#settings = settings;
    if (reseed) this.#roll = dice(settings.seed);
    this.outbox.abandon(({ endpoint }) => settings.endpoints.includes(endpoint));
  }

  events(): readonly NoticeRecord[] {
    return this.#events;
  }

  /** Sends everything gathered and everything unacknowledged once, even while paused. */
  async flush(): Promise<void> {
    this.#dispatch();
    await this.outbox.flush();
  }

  /** Sends these events again, under the same ids, in one new POST per endpoint. */
  async resend(notices: readonly Notice[]): Promise<readonly Delivery[]> {
    if (notices.length === 0) return [];
    const deliveries = this.#settings.endpoints.map((endpoint) => this.#delivery(endpoint, notices));
    await Promise.all(
      deliveries.map((delivery) => {
        const attempt = this.outbox.attempt(delivery);
        this.outbox.add(delivery);
        return attempt;
      }),
    );
    return deliveries;
  }

  close(): void {
    this.#world.changes.off('change', this.#onChange);
    if (this.#timer) clearTimeout(this.#timer);
    this.outbox.close();
  }

  #reset(initial: Settings): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#gathering = [];
    this.#events = [];
    this.configure(initial, true);
    this.outbox.reset();
  }

  readonly #onChange = (change: Change): void => {
    const notice = { eventId: randomUUID(), change };
    const isSilent = this.#settings.connectedOnly && !this.#isConnected(change.realmId);
    const silentBecause = isSilent
      ? 'no app is connected to the company'
      : this.#settings.endpoints.length === 0
        ? 'no webhook URL is set'
        : null;
    this.#events = [...this.#events, { ...notice, silentBecause }].slice(-eventsMax);
    if (silentBecause !== null) return;
    this.#gathering.push(notice);
    this.#timer ??= setTimeout(() => this.#dispatch(), this.#settings.coalesceMs).unref();
  };

  #dispatch(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const notices = this.#gathering;
    this.#gathering = [];
    for (const endpoint of this.#settings.endpoints) {
      const { posts, dropped } = planPosts(notices, this.#settings, this.#roll, eventsPerPostMax);
      if (dropped.length > 0) this.outbox.add({ ...this.#delivery(endpoint, dropped), state: 'dropped' });
      for (const post of posts) this.outbox.add(this.#delivery(endpoint, post));
    }
  }

  #delivery(endpoint: Endpoint, notices: readonly Notice[]): Delivery {
    const now = this.#world.clock.now();
    const voidWord = this.#world.switches.webhookVoidWord;
    return {
      id: randomUUID(),
      endpoint,
      notices,
      body: payloadOf(notices, endpoint.format, { source: this.#source, voidWord }),
      state: 'waiting',
      attempts: [],
      createdAt: now,
      nextAttemptAt: now.getTime(),
    };
  }
}
