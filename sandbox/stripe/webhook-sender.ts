import { createHmac } from 'node:crypto';
import { seededRandom, planPosts, shuffled } from '../webhooks/delivery-faults.ts';
import { Outbox, type Delivery } from '../webhooks/outbox.ts';
import type { Message } from '../webhooks/http-post.ts';
import type { World } from '../world.ts';
import { inVersion, stripeApiVersion } from './api-version.ts';
import { type StripeEvent, type StripeObject, newId } from './objects.ts';

const hourMs = 3_600_000;
/** Stripe tries a test-mode event again three times over a few hours. */
const waitsMs = [hourMs / 12, hourMs, 3 * hourMs];
const answerWithinMs = 10_000;
/** Events can be asked for so long; of more than can be kept, the oldest are forgotten. */
const keptMs = 30 * 24 * hourMs;
const eventsMax = 10_000;
const byNobody: StripeEvent['request'] = { id: null, idempotency_key: null };
/** The secret of an endpoint that was given none. */
export const defaultStripeSecret = 'whsec_sandbox';

export interface StripeDelivery extends Delivery {
  event: StripeEvent;
  body: string;
}

/**
 * Where Stripe's events go and what goes wrong with them: `drop` and `duplicate` are probabilities from 0 to
 * 1.
 */
export interface StripeWebhookSettings {
  webhookUrl: string | null;
  webhookSecret: string;
  speedUp: number;
  drop: number;
  duplicate: number;
  seed: number;
  /** The API version events are written in and calls are answered with. */
  apiVersion: string;
  /** Types the endpoint is subscribed to, such as `charge.dispute.*`; `*` is all. */
  enabledEvents: readonly string[];
}

/**
 * What an endpoint hears of without a list of its own: sessions, refunds of charges and what becomes of them,
 * disputes.
 */
export const defaultEnabledEvents: readonly string[] = [
  'checkout.session.*',
  'charge.refunded',
  'charge.refund.updated',
  'refund.updated',
  'refund.failed',
  'charge.dispute.*',
];

export function defaultStripeWebhookSettings(): StripeWebhookSettings {
  return {
    webhookUrl: null,
    webhookSecret: defaultStripeSecret,
    speedUp: 1,
    drop: 0,
    duplicate: 0,
    seed: 1,
    enabledEvents: defaultEnabledEvents,
    apiVersion: stripeApiVersion,
  };
}

/**
 * The `Stripe-Signature` header: HMAC-SHA256 in hex over `{seconds}.{body}`, keyed with the endpoint's
 * secret.
 */
export function stripeSignature(body: string, secret: string, seconds: number): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
  return `t=${seconds},v1=${signature}`;
}

/** Sends Stripe's events, each in a POST of its own, signed, until a 2xx. */
export class StripeWebhookSender {
  readonly outbox: Outbox<StripeDelivery>;
  readonly #world: World;
  #settings: StripeWebhookSettings;
  #random: () => number;
  #events: StripeEvent[] = [];
  /** The call of the API whose work is being done. */
  #request = byNobody;

  constructor(world: World, settings: StripeWebhookSettings) {
    this.#world = world;
    this.#settings = settings;
    this.#random = seededRandom(settings.seed);
    this.outbox = new Outbox(world, {
      messageOf: (delivery) => this.#messageOf(delivery),
      isAcknowledged: (status) => status >= 200 && status < 300,
      waitAfterFailures: (failures) => {
        const waitMs = waitsMs[failures - 1];
        return waitMs === undefined ? null : waitMs / this.#settings.speedUp;
      },
      orderingKeyOf: () => null,
    });
  }

  get settings(): StripeWebhookSettings {
    return this.#settings;
  }

  configure(settings: StripeWebhookSettings, reseed: boolean): void {
    this.#settings = settings;
    if (reseed) this.#random = seededRandom(settings.seed);
    if (settings.webhookUrl === null) this.outbox.abandon(() => false);
  }

  /** Every event, oldest first, sent or not. */
  allEvents(): readonly StripeEvent[] {
    return [...this.#events];
  }

  /**
   * Those of one account as it lists them, oldest first: of the last thirty days, sent or not, with how many endpoints
   * have not taken it. Null is the platform's own. The name of another is in what is sent, as Stripe documents it.
   */
  listed(account: string | null): StripeEvent[] {
    const [since, undelivered] = [this.#seconds() - keptMs / 1000, this.#undelivered()];
    const isNamed = this.#world.switches.listedEventAccount === 'present';
    return this.#events
      .filter((event) => (event.account ?? null) === account && event.created >= since)
      .map(({ account: name, ...event }) => ({
        ...event,
        ...(isNamed && name !== undefined && { account: name }),
        pending_webhooks: undelivered.has(event.id) ? 1 : 0,
      }));
  }

  /** What happens while `run` does its work is said to be of this request. */
  during<Done>(request: StripeEvent['request'], run: () => Done): Done {
    this.#request = request;
    try {
      return run();
    } finally {
      this.#request = byNobody;
    }
  }

  /** Those the endpoint is subscribed to, oldest first, sent or not. */
  events(): readonly StripeEvent[] {
    return this.#events.filter((event) => this.#isEnabled(event));
  }

  /** What the objects of an account call; `account` is null for the platform's own. */
  emitFor(account: string | null): (type: string, object: StripeObject) => void {
    return (type, object) => this.#emit(account, type, object);
  }

  #emit(account: string | null, type: string, object: StripeObject): void {
    const event: StripeEvent = {
      id: newId('evt'),
      object: 'event',
      ...(account === null ? {} : { account }),
      api_version: this.#settings.apiVersion,
      created: this.#seconds(),
      data: { object: inVersion(structuredClone(object), this.#settings.apiVersion) },
      livemode: false,
      pending_webhooks: 1,
      request: this.#request,
      type,
    };
    this.#events.push(event);
    if (this.#events.length >= 2 * eventsMax) this.#events = this.#events.slice(-eventsMax);
    if (this.#settings.webhookUrl === null || !this.#isEnabled(event)) return;
    const { posts, dropped } = planPosts([event], { ...this.#settings, shuffle: false }, this.#random, 1);
    for (const lost of dropped) this.outbox.add({ ...this.#delivery(lost), state: 'dropped' });
    for (const sent of posts.flat()) this.outbox.add(this.#delivery(sent));
  }

  /**
   * Sends events again under their own ids, `times` each, in the order given; resolves when all are answered.
   */
  async resend(events: readonly StripeEvent[], times = 1): Promise<readonly StripeDelivery[]> {
    if (this.#settings.webhookUrl === null) return [];
    const deliveries = events.flatMap((event) => Array.from({ length: times }, () => this.#delivery(event)));
    for (const delivery of deliveries) {
      const attempt = this.outbox.attempt(delivery);
      this.outbox.add(delivery);
      // oxlint-disable-next-line no-await-in-loop -- the order is the point
      await attempt;
    }
    return deliveries;
  }

  /** Sends everything unacknowledged once, now, in the order asked for; resolves when all are answered. */
  flush(order: 'as_happened' | 'reversed' | 'shuffled'): Promise<void> {
    return this.outbox.flush((deliveries) => {
      if (order === 'reversed') return deliveries.toReversed();
      return order === 'shuffled' ? shuffled(deliveries, this.#random) : deliveries;
    });
  }

  /** Goes on with saved settings and events; nothing is sent of them unless it is asked for. */
  load(settings: StripeWebhookSettings, events: readonly StripeEvent[]): void {
    this.reset(settings);
    this.#events = [...events];
  }

  reset(initial: StripeWebhookSettings): void {
    this.#events = [];
    this.configure(initial, true);
    this.outbox.reset();
  }

  close(): void {
    this.outbox.close();
  }

  /** Ids of the events that the endpoint was to hear of and has not taken. */
  #undelivered(): ReadonlySet<string> {
    const deliveries = this.outbox.deliveries();
    const taken = new Set(
      deliveries.filter(({ state }) => state === 'delivered').map(({ event }) => event.id),
    );
    return new Set(deliveries.map(({ event }) => event.id).filter((id) => !taken.has(id)));
  }

  /** Epoch seconds of the sandbox clock. */
  #seconds(): number {
    return Math.floor(this.#world.clock.now().getTime() / 1000);
  }

  #isEnabled({ type }: StripeEvent): boolean {
    return this.#settings.enabledEvents.some(
      (pattern) => pattern === type || (pattern.endsWith('*') && type.startsWith(pattern.slice(0, -1))),
    );
  }

  #delivery(event: StripeEvent): StripeDelivery {
    return {
      event,
      body: JSON.stringify(event, null, 2),
      state: 'waiting',
      attempts: [],
      nextAttemptAt: this.#world.clock.now().getTime(),
    };
  }

  /**
   * Signed with the real time, not the sandbox clock's: receivers refuse what is five minutes old by their
   * own clock.
   */
  #messageOf({ body }: StripeDelivery): Message {
    const seconds = Math.floor(Date.now() / 1000);
    return {
      url: this.#settings.webhookUrl ?? '',
      body,
      withinMs: answerWithinMs,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': stripeSignature(body, this.#settings.webhookSecret, seconds),
      },
    };
  }
}
