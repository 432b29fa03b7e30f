import { createHmac } from 'node:crypto';
import { dice, planPosts, shuffled } from '../webhooks/mishaps.ts';
import { Outbox, type Parcel } from '../webhooks/outbox.ts';
import type { Message } from '../webhooks/wire.ts';
import type { World } from '../world.ts';
import { type StripeEvent, type StripeObject, newId } from './objects.ts';

const hourMs = 3_600_000;
/** Stripe tries a test-mode event again three times over a few hours. */
const waitsMs = [hourMs / 12, hourMs, 3 * hourMs];
const answerWithinMs = 10_000;
const eventsMax = 1000;
/** The secret of an endpoint that was given none. */
export const defaultStripeSecret = 'whsec_sandbox';
const apiVersion = '2025-09-30.clover';

export interface StripeMail extends Parcel {
  event: StripeEvent;
  body: string;
}

/** Where Stripe's events go and what goes wrong with them: `drop` and `duplicate` are probabilities from 0 to 1. */
export interface PostSettings {
  webhookUrl: string | null;
  webhookSecret: string;
  speedUp: number;
  drop: number;
  duplicate: number;
  seed: number;
}

export function defaultPostSettings(): PostSettings {
  return {
    webhookUrl: null,
    webhookSecret: defaultStripeSecret,
    speedUp: 1,
    drop: 0,
    duplicate: 0,
    seed: 1,
  };
}

/** The `Stripe-Signature` header: HMAC-SHA256 in hex over `{seconds}.{body}`, keyed with the endpoint's secret. */
export function stripeSignature(body: string, secret: string, seconds: number): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
  return `t=${seconds},v1=${signature}`;
}

/** Sends Stripe's events, each in a POST of its own, signed, until a 2xx. */
export class Postman {
  readonly outbox: Outbox<StripeMail>;
  readonly #world: World;
  #settings: PostSettings;
  #roll: () => number;
  #events: StripeEvent[] = [];

  constructor(world: World, settings: PostSettings) {
    this.#world = world;
    this.#settings = settings;
    this.#roll = dice(settings.seed);
    this.outbox = new Outbox(world, {
      messageOf: (mail) => this.#messageOf(mail),
      isAcknowledged: (status) => status >= 200 && status < 300,
      waitAfterFailures: (failures) => {
        const waitMs = waitsMs[failures - 1];
        return waitMs === undefined ? null : waitMs / this.#settings.speedUp;
      },
      laneOf: () => null,
    });
  }

  get settings(): PostSettings {
    return this.#settings;
  }

  configure(settings: PostSettings, reseed: boolean): void {
    this.#settings = settings;
    if (reseed) this.#roll = dice(settings.seed);
    if (settings.webhookUrl === null) this.outbox.abandon(() => false);
  }

  /** Every event, oldest first, sent or not. */
  events(): readonly StripeEvent[] {
    return this.#events;
  }

  readonly announce = (type: string, object: StripeObject): void => {
    const event: StripeEvent = {
      id: newId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: Math.floor(this.#world.clock.now().getTime() / 1000),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    };
    this.#events = [...this.#events, event].slice(-eventsMax);
    if (this.#settings.webhookUrl === null) return;
    const { posts, dropped } = planPosts([event], { ...this.#settings, shuffle: false }, this.#roll, 1);
    for (const lost of dropped) this.outbox.add({ ...this.#mail(lost), state: 'dropped' });
    for (const sent of posts.flat()) this.outbox.add(this.#mail(sent));
  };

  /** Sends events again under their own ids, `times` each, in the order given; resolves when all are answered. */
  async resend(events: readonly StripeEvent[], times = 1): Promise<readonly StripeMail[]> {
    if (this.#settings.webhookUrl === null) return [];
    const mails = events.flatMap((event) => Array.from({ length: times }, () => this.#mail(event)));
    for (const mail of mails) {
      const attempt = this.outbox.attempt(mail);
      this.outbox.add(mail);
      // oxlint-disable-next-line no-await-in-loop -- the order is the point
      await attempt;
    }
    return mails;
  }

  /** Sends everything unacknowledged once, now, in the order asked for; resolves when all are answered. */
  flush(order: 'as_happened' | 'reversed' | 'shuffled'): Promise<void> {
    return this.outbox.flush((mails) => {
      if (order === 'reversed') return mails.toReversed();
      return order === 'shuffled' ? shuffled(mails, this.#roll) : mails;
    });
  }

  reset(initial: PostSettings): void {
    this.#events = [];
    this.configure(initial, true);
    this.outbox.reset();
  }

  close(): void {
    this.outbox.close();
  }

  #mail(event: StripeEvent): StripeMail {
    return {
      event,
      body: JSON.stringify(event, null, 2),
      state: 'waiting',
      attempts: [],
      nextAttemptAt: this.#world.clock.now().getTime(),
    };
  }

  /** Signed with the real time, not the sandbox clock's: receivers refuse what is five minutes old by their own clock. */
  #messageOf({ body }: StripeMail): Message {
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
