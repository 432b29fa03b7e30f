import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestReceiver } from '../webhooks/test-receiver.ts';
import { TestMerchant } from './test-merchant.ts';

const webhookSecret = 'whsec_of_the_shop';

let sandbox: Sandbox;
let merchant: TestMerchant;
let app: TestApp;
let receiver: TestReceiver;

beforeEach(async () => {
  receiver = new TestReceiver();
  const webhookUrl = await receiver.listen();
  sandbox = await startSandbox({ companies: [], stripe: { webhookUrl, webhookSecret } });
  merchant = new TestMerchant(sandbox.url);
  app = new TestApp(sandbox.url);
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const control = (path: string, body: object = {}): Promise<Json> =>
  app.control('POST', `stripe/${path}`, body);

/** The types of the first so many events received, in order of arrival. */
async function heard(count: number): Promise<unknown[]> {
  return (await receiver.arrival(count)).map(({ body }) => Object(body).type as unknown);
}

describe('a checkout session', () => {
  it('opens with what was ordered', async () => {
    expect(await merchant.session()).toMatchObject({
      id: expect.stringMatching(/^cs_test_/),
      object: 'checkout.session',
      amount_total: 25_100,
      currency: 'usd',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      client_reference_id: 'proposal-7',
      metadata: { proposal_id: '7' },
      url: expect.stringContaining('/stripe/pay/cs_test_'),
    });
  });

  it.each<{ fault: string; changes: Record<string, string>; error: object }>([
    { fault: 'no mode', changes: { mode: '' }, error: { param: 'mode' } },
    {
      fault: 'a bad URL',
      changes: { success_url: 'done' },
      error: { param: 'success_url', code: 'url_invalid' },
    },
    {
      fault: 'a fraction of a cent',
      changes: { 'line_items[0][price_data][unit_amount]': '1.5' },
      error: { code: 'parameter_invalid_integer' },
    },
    {
      fault: 'a currency there is not',
      changes: { 'line_items[0][price_data][currency]': 'xyz' },
      error: {
        param: 'line_items[0][price_data][currency]',
        message: expect.stringContaining(
          'Invalid currency: xyz. Stripe currently supports these currencies: usd',
        ),
      },
    },
    {
      fault: 'a quantity of nothing',
      changes: { 'line_items[0][quantity]': '0' },
      error: { param: 'line_items[0][quantity]' },
    },
    { fault: 'an early expiry', changes: { expires_at: '1' }, error: { param: 'expires_at' } },
  ])('is refused for $fault', async ({ changes, error }) => {
    const answer = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(changes));
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatchObject({ type: 'invalid_request_error', ...error });
  });

  it('is refused to a live key and to none', async () => {
    for (const authorization of ['Bearer sk_live_1', ''])
      // oxlint-disable-next-line no-await-in-loop -- two calls
      expect((await merchant.call('GET', '/v1/checkout/sessions/x', {}, { authorization })).status).toBe(401);
  });

  it('that does not exist is a missing resource', async () => {
    expect(await merchant.call('GET', '/v1/checkout/sessions/cs_test_x')).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing', message: "No such checkout.session: 'cs_test_x'" } },
    });
  });

  it('expires by the clock and says so', async () => {
    const session = await merchant.session();
    sandbox.world.clock.advance(24 * 3_600_000);
    expect(await heard(1)).toEqual(['checkout.session.expired']);
    expect(await merchant.sessionNow(session['id'])).toMatchObject({ status: 'expired', url: null });
  });

  it('expires when the merchant says so, once', async () => {
    const { id } = await merchant.session();
    expect((await merchant.call('POST', `/v1/checkout/sessions/${String(id)}/expire`)).body).toMatchObject({
      status: 'expired',
    });
    expect((await merchant.call('POST', `/v1/checkout/sessions/${String(id)}/expire`)).status).toBe(400);
  });
});

describe('the hosted page', () => {
  it('shows the amount and three buttons, escaped', async () => {
    const session = await merchant.session({
      'line_items[0][price_data][product_data][name]': '<b>Roof</b>',
    });
    const page = await (await fetch(String(session['url']))).text();
    expect(page).toContain('$251.00');
    expect(page).toContain('&lt;b&gt;Roof');
    for (const id of ['pay', 'fail', 'pay-later']) expect(page).toContain(`id="${id}"`);
  });

  it('takes a card and sends the customer back', async () => {
    const session = await merchant.session();
    const answer = await merchant.press(session, 'pay');
    expect(answer.headers.get('location')).toBe(
      `http://localhost:8089/portal/done?session=${String(session['id'])}`,
    );
    const paid = await merchant.sessionNow(session['id']);
    expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid' });
    const { body: intent } = await merchant.call(
      'GET',
      `/v1/payment_intents/${String(paid['payment_intent'])}`,
    );
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 25_100,
      metadata: { proposal_id: '7' },
    });
    const { body: charge } = await merchant.call('GET', `/v1/charges/${String(intent['latest_charge'])}`);
    expect(charge).toMatchObject({ paid: true, amount: 25_100, refunded: false });
  });

  it('lets a declined customer try again', async () => {
    const session = await merchant.session();
    expect((await merchant.press(session, 'fail')).status).toBe(402);
    expect(await merchant.sessionNow(session['id'])).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
    });
    await merchant.press(session, 'pay');
    expect(await heard(1)).toEqual(['checkout.session.completed']);
  });

  it('takes the money once', async () => {
    const session = await merchant.session();
    await merchant.press(session, 'pay');
    expect((await merchant.press(session, 'pay')).status).toBe(200);
    await merchant.press(await merchant.session(), 'pay');
    await receiver.arrival(2);
    expect(receiver.received).toHaveLength(2);
  });

  it.each(['succeeded', 'failed'])('takes a bank payment that has %s days later', async (outcome) => {
    const session = await merchant.session();
    await merchant.press(session, 'later');
    expect(await merchant.sessionNow(session['id'])).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    });
    await receiver.arrival(1);
    await control('settle', { session: session['id'], outcome });
    expect(await heard(2)).toEqual([
      'checkout.session.completed',
      `checkout.session.async_payment_${outcome}`,
    ]);
    expect(await merchant.sessionNow(session['id'])).toMatchObject({
      payment_status: outcome === 'succeeded' ? 'paid' : 'unpaid',
    });
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'proposal-7' };

  it('brings the first answer again', async () => {
    const first = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    const second = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it('makes two sessions when it is not there', async () => {
    expect((await merchant.session())['id']).not.toBe((await merchant.session())['id']);
  });

  it('is refused for other parameters', async () => {
    await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    const other = await merchant.call(
      'POST',
      '/v1/checkout/sessions',
      merchant.order({ client_reference_id: '8' }),
      key,
    );
    expect(other).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
  });

  it('is forgotten after a day', async () => {
    const first = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    sandbox.world.clock.advance(24 * 3_600_000);
    const later = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    expect(later.body['id']).not.toBe(first.body['id']);
  });
});
