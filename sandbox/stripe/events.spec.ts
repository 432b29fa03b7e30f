import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestReceiver } from '../webhooks/test-receiver.ts';
import { TestMerchant } from './test-merchant.ts';

const DAY_MS = 86_400_000;

let sandbox: Sandbox;
let merchant: TestMerchant;
let app: TestApp;

beforeEach(async () => {
  sandbox = await startSandbox({ companies: [] });
  merchant = new TestMerchant(sandbox.url);
  app = new TestApp(sandbox.url);
});
afterEach(() => sandbox.close());

const act = (path: string, body: object = {}): Promise<Json> => app.control('POST', `stripe/${path}`, body);

async function listed(query = '', headers: Record<string, string> = {}): Promise<Json[]> {
  const { body } = await merchant.call('GET', `/v1/events?limit=100&${query}`, {}, headers);
  return body['data'] as Json[];
}

/** The types of all events so far, as they happened. */
async function happened(): Promise<unknown[]> {
  return (await listed()).map(({ type }) => type).toReversed();
}

describe('a payment is told of, step by step,', () => {
  it('by card', async () => {
    const { id } = await merchant.session();
    await act('pay', { session: id, how: 'decline' });
    await act('pay', { session: id });
    expect(await happened()).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ]);
    const [intent] = await listed('type=payment_intent.succeeded');
    expect(intent).toMatchObject({
      data: { object: { status: 'succeeded', amount_received: 25_100, metadata: { proposal_id: '7' } } },
    });
    const [declined] = await listed('type=payment_intent.payment_failed');
    expect(declined).toMatchObject({
      data: { object: { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } } },
    });
  });

  it.each([
    { outcome: 'succeeded', steps: ['charge.succeeded', 'payment_intent.succeeded'] },
    { outcome: 'failed', steps: ['charge.failed', 'payment_intent.payment_failed'] },
  ])('from a bank account: $outcome', async ({ outcome, steps }) => {
    const { id } = await merchant.session();
    await act('pay', { session: id, how: 'bank' });
    await act('settle', { session: id, outcome });
    expect(await happened()).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'checkout.session.completed',
      ...steps,
      `checkout.session.async_payment_${outcome}`,
    ]);
  });

  it('to who asked to hear of it', async () => {
    const receiver = new TestReceiver();
    const webhook_url = await receiver.listen();
    await app.control('PUT', 'stripe', { webhook_url, enabled_events: ['payment_intent.succeeded'] });
    const { id } = await merchant.session();
    await act('pay', { session: id });
    const [heard] = await receiver.arrival(1);
    expect(heard?.body).toMatchObject({ type: 'payment_intent.succeeded' });
    receiver.close();
  });
});

describe('an event', () => {
  it('names the call that brought it about, and its key', async () => {
    const { id } = await merchant.session();
    await act('pay', { session: id });
    const { payment_intent } = await merchant.sessionNow(id);
    const form = { payment_intent: String(payment_intent), amount: '100' };
    const { headers } = await merchant.call('POST', '/v1/refunds', form, { 'idempotency-key': 'k1' });
    const [refunded] = await listed('type=charge.refunded');
    expect(refunded).toMatchObject({
      request: { id: headers.get('request-id'), idempotency_key: 'k1' },
    });
    const [completed] = await listed('type=checkout.session.completed');
    expect(completed).toMatchObject({ request: { id: null, idempotency_key: null } });
  });

  it('that nobody took can be asked for', async () => {
    const receiver = new TestReceiver();
    await app.control('PUT', 'stripe', { webhook_url: await receiver.listen() });
    const pay = async (): Promise<void> => {
      const { id } = await merchant.session();
      await act('pay', { session: id });
    };
    await pay();
    await receiver.arrival(1);
    await act('flush');
    receiver.status = 500;
    await pay();
    await act('flush');
    const [undelivered, ...others] = await listed('delivery_success=false');
    expect(undelivered).toMatchObject({ type: 'checkout.session.completed', pending_webhooks: 1 });
    expect(others).toEqual([]);
    const delivered = await listed('delivery_success=true&type=checkout.session.completed');
    expect(delivered).toMatchObject([{ pending_webhooks: 0 }]);
    expect(delivered[0]!['id']).not.toBe(undelivered!['id']);
    expect(await merchant.call('GET', '/v1/events?delivery_success=maybe')).toMatchObject({ status: 400 });
    receiver.close();
  });

  it('is there for thirty days', async () => {
    const { id } = await merchant.session();
    await act('pay', { session: id });
    const [event] = await listed();
    sandbox.world.clock.advance(29 * DAY_MS);
    expect(await listed()).toHaveLength(4);
    sandbox.world.clock.advance(2 * DAY_MS);
    expect(await listed()).toEqual([]);
    expect((await merchant.call('GET', `/v1/events/${String(event!['id'])}`)).status).toBe(404);
  });

  it.each([
    { listedEventAccount: 'absent', names: undefined },
    { listedEventAccount: 'present', names: expect.stringMatching(/^acct_/) as string },
  ] as const)('of a connected account, listed: its name is $listedEventAccount', async (how) => {
    const receiver = new TestReceiver();
    await app.control('PUT', 'stripe', { webhook_url: await receiver.listen() });
    sandbox.world.switches.listedEventAccount = how.listedEventAccount;
    const { body: account } = await merchant.call('POST', '/v1/accounts', { type: 'standard' });
    const as = { 'stripe-account': String(account['id']) };
    const { body: session } = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), as);
    await act('pay', { session: session['id'] });
    const [heard] = await receiver.arrival(1);
    expect(heard?.body).toMatchObject({ account: account['id'] });
    const [event] = await listed('type=checkout.session.completed', as);
    expect(event!['account']).toEqual(how.names);
    const { body: read } = await merchant.call('GET', `/v1/events/${String(event!['id'])}`, {}, as);
    expect(read['account']).toEqual(how.names);
    receiver.close();
  });
});
