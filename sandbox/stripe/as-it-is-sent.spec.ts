import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { eventually } from '../testing/eventually.ts';
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
const idsIn = (list: Json): unknown[] => (list['data'] as Json[]).map(({ id }) => id);

async function paid(changes: Record<string, string> = {}): Promise<Json> {
  const { id } = await merchant.session(changes);
  await act('pay', { session: id });
  return merchant.sessionNow(id);
}

describe('an order is refused', () => {
  it.each([
    'line_items[0][price_data][unit_amout]',
    'line_items[0][amount]',
    'line_items[0][price_data][product_data][title]',
    'payment_intent_data[metdata]',
  ])('for a word that Stripe does not know: %s', async (param) => {
    expect(await merchant.session({ [param]: '1' })).toMatchObject({
      error: {
        code: 'parameter_unknown',
        message: expect.stringContaining(`Received unknown parameter: ${param}`),
        param,
      },
    });
  });

  it('for a line that does not say how many', async () => {
    const { 'line_items[0][quantity]': _quantity, ...order } = merchant.order();
    const { status, body } = await merchant.call('POST', '/v1/checkout/sessions', order);
    expect(status).toBe(400);
    expect(body['error']).toMatchObject({
      message: 'Quantity is required. Add `quantity` to `line_items[0]`',
      type: 'invalid_request_error',
    });
  });

  it('for notes that are no map', async () => {
    expect(await merchant.session({ metadata: 'seven' })).toMatchObject({ error: { param: 'metadata' } });
  });
});

it('what Stripe knows and does nothing here with is taken', async () => {
  expect(
    await merchant.session({
      'line_items[0][adjustable_quantity][enabled]': 'true',
      'line_items[0][price_data][tax_behavior]': 'exclusive',
      'line_items[0][price_data][product_data][images][0]': 'https://shop.example/roof.jpg',
      'payment_intent_data[setup_future_usage]': 'off_session',
    }),
  ).toMatchObject({ object: 'checkout.session' });
});

describe('a call is refused', () => {
  it('in JSON, which Stripe does not take', async () => {
    const answer = await fetch(`${sandbox.url}/v1/checkout/sessions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_123', 'content-type': 'application/json' },
      body: JSON.stringify({ mode: 'payment' }),
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        error: {
          message: expect.stringContaining(
            'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
          ),
          type: 'invalid_request_error',
        },
      },
    ]);
  });

  it.each([
    ['GET', 'payment_intents/of'],
    ['GET', 'charges/of'],
    ['POST', 'checkout/sessions/of/expire'],
    ['POST', 'refunds/of/cancel'],
    ['POST', 'disputes/of/close'],
    ['POST', 'payouts/of/cancel'],
  ])('for a word that is none of its own: %s %s', async (method, path) => {
    const query = method === 'GET' ? '?expnad=1' : '';
    expect(await merchant.call(method, `/v1/${path}${query}`, { expnad: '1' })).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_unknown', param: 'expnad' } },
    });
  });

  it('for a list that is none', async () => {
    const { payment_intent: intent } = await paid();
    expect(await get(`/v1/payment_intents/${String(intent)}?expand=latest_charge`)).toMatchObject({
      error: { message: 'Invalid array', param: 'expand' },
    });
  });
});

describe('a list is asked for by all that Stripe’s can be asked by:', () => {
  it.each([
    ['charges', 'customer=cus_1'],
    ['charges', 'transfer_group=other'],
    ['payment_intents', 'customer=cus_1'],
    ['checkout/sessions', 'customer_details[email]=bo@customers.example'],
    ['checkout/sessions', 'payment_link=plink_1'],
    ['checkout/sessions', 'subscription=sub_1'],
    ['payouts', 'destination=ba_1'],
  ])('%s by %s', async (kind, query) => {
    await paid();
    expect((await get(`/v1/${kind}?${query}`))['data']).toEqual([]);
  });

  it('sessions by who paid, charges by their group', async () => {
    const session = await paid({ 'payment_intent_data[transfer_group]': 'job-7' });
    await paid({ customer_email: 'bo@customers.example' });
    const ofEva = await get('/v1/checkout/sessions?customer_details[email]=eva@customers.example');
    expect(idsIn(ofEva)).toEqual([session['id']]);
    const { data } = await get('/v1/charges?transfer_group=job-7');
    expect(data).toMatchObject([{ payment_intent: session['payment_intent'] }]);
  });
});

describe('of many lines', () => {
  const lineOf = (index: number): Record<string, string> => ({
    [`line_items[${index}][quantity]`]: '1',
    [`line_items[${index}][price_data][currency]`]: 'usd',
    [`line_items[${index}][price_data][unit_amount]`]: '100',
    [`line_items[${index}][price_data][product_data][name]`]: `Part ${index}`,
  });
  const many = Object.assign({}, ...Array.from({ length: 12 }, (_, index) => lineOf(index)));
  const namesIn = (list: Json): unknown[] => (list['data'] as Json[]).map(({ description }) => description);

  it('the first ten are shown, and the others a page further', async () => {
    const { id } = await merchant.session(many as Record<string, string>);
    const url = `/v1/checkout/sessions/${String(id)}`;
    const first = await get(`${url}/line_items`);
    expect(first).toMatchObject({ has_more: true, url: `${url}/line_items` });
    expect(namesIn(first)[0]).toBe('Part 0');
    const last = idsIn(first).at(-1);
    const rest = await get(`${url}/line_items?starting_after=${String(last)}`);
    expect([namesIn(rest), rest['has_more']]).toEqual([['Part 10', 'Part 11'], false]);
    expect(namesIn(await get(`${url}/line_items?limit=2`))).toEqual(['Part 0', 'Part 1']);
    const whole = await get(`${url}?expand[]=line_items`);
    expect(whole['line_items']).toMatchObject({ has_more: true, data: { length: 10 } });
    expect((await merchant.call('GET', `${url}/line_items?page=2`)).status).toBe(400);
  });

  it('nor are more than ten refunds shown with a charge', async () => {
    const { payment_intent: intent } = await paid();
    for (let count = 0; count < 11; count += 1)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await act('refund', { payment_intent: intent, amount: 100 });
    const charges = await get(`/v1/charges?payment_intent=${String(intent)}&expand[]=data.refunds`);
    expect(charges['data']).toMatchObject([{ refunds: { has_more: true, data: { length: 10 } } }]);
  });
});

it('all notes are taken away by an empty text in their place', async () => {
  const session = await paid();
  const url = `/v1/checkout/sessions/${String(session['id'])}`;
  expect(session['metadata']).toEqual({ proposal_id: '7' });
  const cleared = await merchant.call('POST', url, { metadata: '' });
  expect(cleared.body['metadata']).toEqual({});
  const refund = await act('refund', { payment_intent: session['payment_intent'], amount: 100 });
  const of = `/v1/refunds/${String(refund['id'])}`;
  await merchant.call('POST', of, { 'metadata[a]': 'b' });
  expect((await merchant.call('POST', of, { metadata: '' })).body['metadata']).toEqual({});
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'k1' };

  it('belongs to what is asked, in whatever order it is said', async () => {
    const order = merchant.order();
    const turned = Object.fromEntries(Object.entries(order).toReversed());
    const first = await merchant.call('POST', '/v1/checkout/sessions', order, key);
    const second = await merchant.call('POST', '/v1/checkout/sessions', turned, key);
    expect(second).toMatchObject({ status: 200, body: { id: first.body['id'] } });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it('keeps also the failure that came after the work was done', async () => {
    const { payment_intent: intent } = await paid();
    const refund = (): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/refunds', { payment_intent: String(intent) }, key);
    await act('faults', { kind: '500', operation: 'refunds.create', when: 'after' });
    const first = await refund();
    const second = await refund();
    expect([first.status, second.status]).toEqual([500, 500]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect((await get('/v1/refunds'))['data']).toHaveLength(1);
  });

  it('keeps what was refused as that, where something was to fail after the work', async () => {
    const { payment_intent: intent } = await paid();
    const refund = (own: string): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/refunds', { payment_intent: String(intent) }, { 'idempotency-key': own });
    expect((await refund('k2')).status).toBe(200);
    await act('faults', { kind: '500', operation: 'refunds.create', when: 'after' });
    expect([(await refund('k3')).status, (await refund('k3')).status]).toEqual([400, 400]);
  });

  it('says of a failure before it nothing', async () => {
    await act('faults', { kind: '500', operation: 'checkout.sessions.create' });
    const open = (): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    expect([(await open()).status, (await open()).status]).toEqual([500, 200]);
  });

  it.each(['before', 'after'])('is one call’s at a time, one that is slow %s its work', async (when) => {
    const operation = 'checkout.sessions.create';
    await act('faults', { kind: 'slow', operation, when, delay_ms: 400 });
    const open = (): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    const slow = open();
    await eventually(async () => expect(await app.control('GET', 'stripe/faults')).toEqual([]));
    const meanwhile = await open();
    const first = await slow;
    expect(meanwhile).toMatchObject({ status: 409, body: { error: { code: 'idempotency_key_in_use' } } });
    expect(first.status).toBe(200);
    expect((await open()).body['id']).toBe(first.body['id']);
  });
});
