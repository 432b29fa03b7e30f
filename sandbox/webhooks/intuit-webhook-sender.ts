import { randomBytes, randomUUID } from 'node:crypto';
import type { Change } from '../books/change.ts';
import type { World } from '../world.ts';
import { waitAfterFailures } from './retry-schedule.ts';
import { seededRandom, planPosts } from './delivery-faults.ts';
import type { IntuitDelivery, Endpoint, Notification } from './notification.ts';
import { Outbox } from './outbox.ts';
import { payloadOf } from './payload.ts';
import { messageOf } from './intuit-request.ts';
import type { Settings } from './settings.ts';

/** Events in one POST at most. */
const eventsPerPostMax = 100;
/** Events kept so that they can be sent again. */
const eventsMax = 1000;

/** One event, whether or not it was sent. */
export interface NotificationRecord extends Notification {
  /** Why it was not sent; null when it was put into the outbox. */
  suppressedBecause: string | null;
}

/** Notifies the endpoints of every change in the books, gathered for `coalesceMs` into one POST. */
export class IntuitWebhookSender {
  readonly outbox: Outbox<IntuitDelivery>;
  readonly #world: World;
  readonly #isConnected: (realmId: string) => boolean;
  readonly #source = `intuit.${randomBytes(32).toString('base64')}`;
  #settings: Settings;
  #random: () => number;
  #events: NotificationRecord[] = [];
  #gathering: Notification[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(world: World, isConnected: (realmId: string) => boolean, settings: Settings) {
    this.#world = world;
    this.#isConnected = isConnected;
    this.#settings = settings;
    this.#random = seededRandom(settings.seed);
    this.outbox = new Outbox(world, {
      messageOf,
      isAcknowledged: (status) => status === 200,
      waitAfterFailures: (failures) => waitAfterFailures(failures, this.#settings.speedUp),
      orderingKeyOf: ({ endpoint }) => (world.switches.webhookHeadOfLine ? endpoint.url : null),
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
    if (reseed) this.#random = seededRandom(settings.seed);
    this.outbox.abandon(({ endpoint }) => settings.endpoints.includes(endpoint));
  }

  events(): readonly NotificationRecord[] {
    return this.#events.slice(-eventsMax);
  }

  /** Sends everything gathered and everything unacknowledged once, even while paused. */
  async flush(): Promise<void> {
    this.#dispatch();
    await this.outbox.flush();
  }

  /** Sends these events again, under the same ids, in one new POST per endpoint. */
  async resend(notifications: readonly Notification[]): Promise<readonly IntuitDelivery[]> {
    if (notifications.length === 0) return [];
    const deliveries = this.#settings.endpoints.map((endpoint) => this.#delivery(endpoint, notifications));
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
    const notification = { eventId: randomUUID(), change };
    const isSilent = this.#settings.connectedOnly && !this.#isConnected(change.realmId);
    const suppressedBecause = isSilent
      ? 'no app is connected to the company'
      : this.#settings.endpoints.length === 0
        ? 'no webhook URL is set'
        : null;
    this.#events.push({ ...notification, suppressedBecause });
    if (this.#events.length >= 2 * eventsMax) this.#events = this.#events.slice(-eventsMax);
    if (suppressedBecause !== null) return;
    this.#gathering.push(notification);
    this.#timer ??= setTimeout(() => this.#dispatch(), this.#settings.coalesceMs).unref();
  };

  #dispatch(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const notifications = this.#gathering;
    this.#gathering = [];
    for (const endpoint of this.#settings.endpoints) {
      const { posts, dropped } = planPosts(notifications, this.#settings, this.#random, eventsPerPostMax);
      if (dropped.length > 0) this.outbox.add({ ...this.#delivery(endpoint, dropped), state: 'dropped' });
      for (const post of posts) this.outbox.add(this.#delivery(endpoint, post));
    }
  }

  #delivery(endpoint: Endpoint, notifications: readonly Notification[]): IntuitDelivery {
    const now = this.#world.clock.now();
    const voidWord = this.#world.switches.webhookVoidWord;
    return {
      id: randomUUID(),
      endpoint,
      notifications,
      body: payloadOf(notifications, endpoint.format, { source: this.#source, voidWord }),
      state: 'waiting',
      attempts: [],
      createdAt: now,
      nextAttemptAt: now.getTime(),
    };
  }
}
