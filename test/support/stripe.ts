import { createHmac } from 'node:crypto';
import type { Clock } from '../../src/platform/time/clock.js';
import type { TestApp } from './app.js';
import { type Books, openBooks } from './books.js';
import { eventually } from './eventually.js';
import type { Answer, Session } from './people.js';

export const STRIPE_KEY = 'sk_test_of_the_shop';
export const STRIPE_SECRET = 'whsec_of_the_shop';

// oxlint-disable-next-line no-explicit-any -- a test reads the body as what it expects it to be
type Json = any;

/** The CRM with a Stripe account beside it, whose events it hears. */
export interface BooksWithStripe extends Books {
  readonly stripe: TestStripe;
}

export interface Checkout {
  session_id: string;
  checkout_url: string;
  deposit_cents: number;
  total_cents: number;
}

/** Acts as Stripe's customers and their banks, through the sandbox's control routes (sandbox/README.md). */
export class TestStripe {
  constructor(readonly url: string) {}

  /** A session, payment intent or charge as Stripe's API shows it, in a connected account where one is named. */
  async show(path: string, account?: string): Promise<Json> {
    const answer = await fetch(`${this.url}/v1/${path}`, {
      headers: {
        authorization: `Bearer ${STRIPE_KEY}`,
        ...(account === undefined ? {} : { 'stripe-account': account }),
      },
    });
    return answer.json();
  }

  /** Somebody opens an account of their own, connected to that of the key. Answers its id. */
  async connectAccount(email: string): Promise<string> {
    const answer = await fetch(`${this.url}/v1/accounts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${STRIPE_KEY}` },
      body: new URLSearchParams({ type: 'standard', email }),
    });
    return ((await answer.json()) as { id: string }).id;
  }

  /** `pay`, `settle`, `expire`, `refund`, `dispute`, `close-dispute`, `redeliver`, `pause`, `resume`, `flush`. */
  async act(action: string, body: object = {}): Promise<Json> {
    return this.call('POST', `/${action}`, body);
  }

  /** Where its events go, how they are signed, and what goes wrong with them. */
  async configure(settings: object): Promise<void> {
    await this.call('PUT', '', settings);
  }

  /** What it keeps of charges, and the currencies it settles them in. */
  async configureBalance(settings: object): Promise<void> {
    await this.call('PUT', '/balance', settings);
  }

  /** Every event so far, oldest first. */
  async events(): Promise<Json[]> {
    const answer = await fetch(`${this.url}/sandbox/stripe/events`);
    return ((await answer.json()) as { events: Json[] }).events;
  }

  /** The failures that `faults` planned and no call has met yet. */
  async faultsToCome(): Promise<object[]> {
    const answer = await fetch(`${this.url}/sandbox/stripe/faults`);
    return (await answer.json()) as object[];
  }

  private async call(method: string, path: string, body: object): Promise<Json> {
    const answer = await fetch(`${this.url}/sandbox/stripe${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  }
}

/** Opens the books with a Stripe account whose events are signed with `STRIPE_SECRET` and sent to the app. */
export async function startBooksWithStripe(
  env: NodeJS.ProcessEnv = {},
  clock?: Clock,
): Promise<BooksWithStripe> {
  const keys = { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_WEBHOOK_SECRET: STRIPE_SECRET };
  const books = await openBooks({ ...keys, ...env }, clock);
  const stripe = new TestStripe(books.qbo.url);
  await stripe.configure({ webhook_url: `${books.app.url}/payments/webhook`, webhook_secret: STRIPE_SECRET });
  return Object.assign(books, { stripe });
}

/** Opens the page on which the deposit of an approved proposal is paid. Throws where that fails. */
export async function openCheckout(seller: Session, proposalId: number): Promise<Checkout> {
  const answer = await seller.post('/payments/checkout_session', { proposal_id: proposalId });
  if (answer.status !== 200) throw new Error(`no checkout: ${JSON.stringify(answer.body)}`);
  return answer.body as Checkout;
}

/** A customer pays the deposit by card. Answers once it is booked. */
export async function payDeposit(
  books: BooksWithStripe,
  seller: Session,
  proposalId: number,
): Promise<Checkout & { paymentIntentId: string }> {
  const checkout = await openCheckout(seller, proposalId);
  const paid = await books.stripe.act('pay', { session: checkout.session_id });
  await eventually(async () => {
    const booked = 'select from leads where id = $1 and deposit_paid_cents <> 0'; // a request would ask far more
    if ((await books.database.query(booked, [proposalId])).length === 0) {
      throw new Error(`the deposit of proposal ${proposalId} is not booked`);
    }
  });
  return { ...checkout, paymentIntentId: paid.payment_intent as string };
}

let eventsMade = 0;

/** An event as Stripe sends it, about this object. */
export function stripeEvent(type: string, object: object, facts: object = {}): Json {
  eventsMade += 1;
  return {
    id: `evt_test_${eventsMade}_${crypto.randomUUID().slice(0, 8)}`,
    object: 'event',
    api_version: '2025-09-30.clover',
    created: Math.floor(Date.now() / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    type,
    ...facts,
  };
}

/** The Stripe-Signature of a body: made so many seconds ago, with this secret. */
export function signatureOf(
  body: string,
  { secret = STRIPE_SECRET, ageSeconds = 0 }: { secret?: string; ageSeconds?: number } = {},
): string {
  const time = Math.floor(Date.now() / 1000) - ageSeconds;
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** Sends an event, or any text, to the webhook of an app; signed as Stripe would unless told otherwise. */
export async function deliver(
  app: TestApp,
  event: object | string,
  signature?: string | null,
): Promise<Answer<Json>> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const header = signature === undefined ? signatureOf(body) : signature;
  const response = await fetch(`${app.url}/payments/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(header === null ? {} : { 'stripe-signature': header }),
    },
    body,
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** What became of a stored event, once it is not pending any more. */
export async function outcomeOf(
  { database }: Pick<Books, 'database'>,
  eventId: string,
): Promise<{ state: string; error: string | null; attempts: number }> {
  return eventually(async () => {
    const [row] = await database.query<{ state: string; error: string | null; attempts: number }>(
      'select state, error, attempts from stripe_events where event_id = $1',
      [eventId],
    );
    if (!row || row.state === 'pending') throw new Error(`event ${eventId} is ${row?.state ?? 'not stored'}`);
    return row;
  });
}
