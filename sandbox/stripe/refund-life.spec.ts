import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestMerchant } from './test-merchant.ts';

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
const get = async (path: string): Promise<Json> => (await merchant.call('GET', path)).body;

async function paidIntent(): Promise<string> {
  const session = await merchant.session();
  await merchant.press(session, 'pay');
  return String((await merchant.sessionNow(session['id']))['payment_intent']);
}

async function chargeOf(intent: string): Promise<Json> {
  return get(`/v1/charges/${String((await get(`/v1/payment_intents/${intent}`))['latest_charge'])}`);
}

async function eventTypes(): Promise<unknown[]> {
  const { events } = (await app.control('GET', 'stripe/events')) as unknown as { events: Json[] };
  return events.map(({ type }) => type);
}

describe('a refund', () => {
  it('that fails after it succeeded gives its money back to the charge', async () => {
    const intent = await paidIntent();
    const { id } = await act('refund', { payment_intent: intent, amount: 10_000 });
    expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 10_000, refunded: false });

    await act('update-refund', { refund: id, status: 'failed', failure_reason: 'expired_or_canceled_card' });
    expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 0 });
    expect(await get(`/v1/refunds/${String(id)}`)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect((await eventTypes()).slice(-3)).toEqual([
      'refund.updated',
      'charge.refund.updated',
      'refund.failed',
    ]);
  });

  it('that is pending succeeds days later', async () => {
    const intent = await paidIntent();
    const refund = await act('refund', { payment_intent: intent, amount: 500, status: 'pending' });
    expect(refund).toMatchObject({ status: 'pending' });
    await act('update-refund', { refund: refund['id'], status: 'succeeded' });
    expect(await get(`/v1/refunds/${String(refund['id'])}`)).toMatchObject({ status: 'succeeded' });
    expect((await eventTypes()).slice(-2)).toEqual(['refund.updated', 'charge.refund.updated']);
  });

  it('is cancelled only while it waits for the customer', async () => {
    const intent = await paidIntent();
    const done = await act('refund', { payment_intent: intent, amount: 500 });
    expect((await merchant.call('POST', `/v1/refunds/${String(done['id'])}/cancel`)).status).toBe(400);
    const waiting = await act('refund', { payment_intent: intent, amount: 500, status: 'requires_action' });
    const { body } = await merchant.call('POST', `/v1/refunds/${String(waiting['id'])}/cancel`);
    expect(body).toMatchObject({ status: 'canceled' });
    expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 500 });
  });

  it.each<{ what: string; form: Record<string, string>; error: object }>([
    { what: 'more than is left', form: { amount: '999999' }, error: { param: 'amount' } },
    { what: 'nothing', form: { amount: '0' }, error: { code: 'parameter_invalid_integer' } },
    { what: 'an unknown reason', form: { reason: 'regret' }, error: { param: 'reason' } },
    { what: 'a payment and a charge at once', form: { charge: 'ch_1' }, error: { param: 'charge' } },
    { what: 'an unknown parameter', form: { why: 'x' }, error: { code: 'parameter_unknown' } },
  ])('of $what is refused', async ({ form, error }) => {
    const payment_intent = await paidIntent();
    const refused = await merchant.call('POST', '/v1/refunds', { payment_intent, ...form });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', ...error } },
    });
  });

  it('with a key is made once, and its refusal is remembered too', async () => {
    const payment_intent = await paidIntent();
    const refund = (key: string): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/refunds', { payment_intent }, { 'idempotency-key': key });
    const [first, again] = [await refund('a'), await refund('a')];
    expect(again.body).toEqual(first.body);
    const refused = await refund('b');
    expect(refused.body).toMatchObject({ error: { code: 'charge_already_refunded' } });
    await act('update-refund', { refund: first.body['id'], status: 'failed' });
    expect((await refund('b')).body).toEqual(refused.body);
    expect((await refund('c')).status).toBe(200);
  });
});

describe('disputes', () => {
  it('of one charge have lives of their own', async () => {
    const intent = await paidIntent();
    const first = await act('dispute', { payment_intent: intent, amount: 10_000 });
    const second = await act('dispute', { payment_intent: intent, amount: 5000 });
    await act('close-dispute', { dispute: first['id'], status: 'lost' });
    await act('close-dispute', { dispute: second['id'], status: 'won' });
    const list = await get(`/v1/disputes?payment_intent=${intent}`);
    expect(list['data']).toMatchObject([
      { id: second['id'], status: 'won', amount: 5000 },
      { id: first['id'], status: 'lost', amount: 10_000 },
    ]);
    expect((await eventTypes()).slice(-3)).toEqual([
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
  });

  it('may be over a charge that has been refunded in full', async () => {
    const intent = await paidIntent();
    await act('refund', { payment_intent: intent });
    expect(await act('dispute', { payment_intent: intent })).toMatchObject({ amount: 25_100 });
  });

  it('refuse a refund while their money is withdrawn', async () => {
    const payment_intent = await paidIntent();
    const { id } = await act('dispute', { payment_intent, amount: 100 });
    const refund = (): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/refunds', { payment_intent, amount: '100' });
    expect((await refund()).body).toMatchObject({ error: { code: 'charge_disputed' } });
    await act('close-dispute', { dispute: id, status: 'won' });
    expect((await refund()).status).toBe(200);
  });

  it('can begin as an inquiry that withdraws nothing until it escalates', async () => {
    const payment_intent = await paidIntent();
    const { id } = await act('dispute', { payment_intent, status: 'warning_needs_response' });
    expect((await eventTypes()).at(-1)).toBe('charge.dispute.created');
    await act('update-dispute', { dispute: id, status: 'needs_response' });
    expect((await eventTypes()).slice(-2)).toEqual([
      'charge.dispute.updated',
      'charge.dispute.funds_withdrawn',
    ]);
  });

  it('that were lost can be overturned', async () => {
    const { id } = await act('dispute', { payment_intent: await paidIntent() });
    await act('close-dispute', { dispute: id, status: 'lost' });
    expect(await act('overturn-dispute', { dispute: id })).toMatchObject({ status: 'won' });
    expect((await eventTypes()).at(-1)).toBe('charge.dispute.funds_reinstated');
  });
});

describe('an amount', () => {
  const priced = async (amount: string, currency = 'usd'): Promise<Json> =>
    (
      await merchant.call(
        'POST',
        '/v1/checkout/sessions',
        merchant.order({
          'line_items[0][quantity]': '1',
          'line_items[0][price_data][unit_amount]': amount,
          'line_items[0][price_data][currency]': currency,
        }),
      )
    ).body;

  it.each([
    ['100000000', 'usd', 'amount_too_large'],
    ['49', 'usd', 'amount_too_small'],
    ['29', 'gbp', 'amount_too_small'],
    ['49', 'jpy', 'amount_too_small'],
    ['1005', 'kwd', 'parameter_invalid_integer'],
  ])('of %s %s is %s', async (amount, currency, code) => {
    expect(await priced(amount, currency)).toMatchObject({ error: { code } });
  });

  it.each([
    ['99999999', 'usd'],
    ['50', 'usd'],
    ['30', 'gbp'],
    ['50', 'jpy'],
    ['1010', 'kwd'],
  ])('of %s %s is taken', async (amount, currency) => {
    expect(await priced(amount, currency)).toMatchObject({ object: 'checkout.session' });
  });
});

it.each(['josé@example.com', 'eva@exämple.com', 'eva', 'a@b.example,c@d.example'])(
  'an e-mail address such as %s is refused',
  async (customer_email) => {
    const answer = await merchant.call('POST', '/v1/checkout/sessions', merchant.order({ customer_email }));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'email_invalid', param: 'customer_email' } },
    });
  },
);
