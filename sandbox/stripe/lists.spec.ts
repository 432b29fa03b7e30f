import { afterEach, beforeEach, expect, it } from 'vitest';
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

const get = async (path: string): Promise<Json> => (await merchant.call('GET', path)).body;
const idsOf = (list: Json): unknown[] => (list['data'] as Json[]).map(({ id }) => id);

async function paid(): Promise<Json> {
  const session = await merchant.session();
  await merchant.press(session, 'pay');
  return merchant.sessionNow(session['id']);
}

it('sessions are listed newest first, a page at a time', async () => {
  const made = [await merchant.session(), await merchant.session(), await paid()].map(({ id }) => id);
  const page = await get('/v1/checkout/sessions?limit=2');
  expect(page).toMatchObject({ object: 'list', has_more: true, url: '/v1/checkout/sessions' });
  expect(idsOf(page)).toEqual([made[2], made[1]]);
  const rest = await get(`/v1/checkout/sessions?limit=2&starting_after=${String(made[1])}`);
  expect(idsOf(rest)).toEqual([made[0]]);
  expect(rest['has_more']).toBe(false);
});

it('sessions are found by status and by payment intent', async () => {
  const [open, done] = [await merchant.session(), await paid()];
  expect(idsOf(await get('/v1/checkout/sessions?status=open'))).toEqual([open['id']]);
  const byIntent = await get(`/v1/checkout/sessions?payment_intent=${String(done['payment_intent'])}`);
  expect(idsOf(byIntent)).toEqual([done['id']]);
  expect(await get(`/v1/checkout/sessions/${String(done['id'])}/line_items`)).toMatchObject({
    data: [{ amount_total: 25_100, quantity: 2 }],
  });
});

it('refunds are found by payment intent, with what they refund expanded', async () => {
  const [one, other] = [await paid(), await paid()];
  const refund = await app.control('POST', 'stripe/refund', {
    payment_intent: one['payment_intent'],
    amount: 100,
  });
  await app.control('POST', 'stripe/refund', { payment_intent: other['payment_intent'], amount: 200 });
  const list = await get(
    `/v1/refunds?payment_intent=${String(one['payment_intent'])}&expand[]=data.charge&expand[]=data.payment_intent`,
  );
  expect(list['data']).toMatchObject([
    { id: refund['id'], charge: { object: 'charge' }, payment_intent: { object: 'payment_intent' } },
  ]);
});

it('what was created within a time is listed by it', async () => {
  const early = await merchant.session();
  sandbox.world.clock.advance(3_600_000);
  const late = await merchant.session();
  const since = Number(late['created']) - 60;
  expect(idsOf(await get(`/v1/checkout/sessions?created[gte]=${since}`))).toEqual([late['id']]);
  expect(idsOf(await get(`/v1/checkout/sessions?created[lt]=${since}`))).toEqual([early['id']]);
});

it('events are retrieved and listed by type', async () => {
  await paid();
  const list = await get('/v1/events?type=checkout.session.completed');
  const [id] = idsOf(list);
  expect(await get(`/v1/events/${String(id)}`)).toMatchObject({ object: 'event', id });
});

it('events are listed by a group of types, and by several', async () => {
  const { payment_intent } = await paid();
  await app.control('POST', 'stripe/refund', { payment_intent, amount: 100 });
  const typesOf = async (query: string): Promise<unknown[]> =>
    ((await get(`/v1/events?${query}`))['data'] as Json[]).map(({ type }) => type);
  expect(await typesOf('type=refund.*')).toEqual(['refund.created']);
  expect(await typesOf('type=checkout.session.*')).toEqual(['checkout.session.completed']);
  expect(await typesOf('types[]=charge.refunded&types[]=refund.created')).toHaveLength(2);
});

it('what a session sells and the refunds of a charge are there where they are asked for', async () => {
  const { id, payment_intent } = await paid();
  const refund = await app.control('POST', 'stripe/refund', { payment_intent, amount: 100 });
  const session = `/v1/checkout/sessions/${String(id)}`;
  expect(await get(session)).not.toHaveProperty('line_items');
  expect(
    await get(`${session}?expand[]=line_items&expand[]=payment_intent.latest_charge.refunds`),
  ).toMatchObject({
    line_items: { object: 'list', data: [{ description: 'Roof deposit', quantity: 2 }], has_more: false },
    payment_intent: { latest_charge: { refunds: { data: [{ id: refund['id'], amount: 100 }] } } },
  });
  expect(await get('/v1/checkout/sessions?expand[]=data.line_items')).toMatchObject({
    data: [{ line_items: { data: [{ amount_total: 25_100 }] } }],
  });
  expect(await get(`${session}?expand[]=refunds`)).toMatchObject({ error: { param: 'expand' } });
});

it.each(['/v1/nothing', '/v1/customers/cus_1'])('%s does not exist, in Stripe’s words', async (path) => {
  expect(await merchant.call('GET', path)).toMatchObject({
    status: 404,
    body: {
      error: { type: 'invalid_request_error', message: expect.stringContaining('Unrecognized request URL') },
    },
  });
});

it('an unknown filter is refused', async () => {
  expect(await get('/v1/refunds?proposal=7')).toMatchObject({ error: { code: 'parameter_unknown' } });
});

it('a lost response leaves the refund made, and the key brings it back', async () => {
  const { payment_intent } = await paid();
  await app.control('POST', 'stripe/faults', { kind: 'reset', operation: 'refunds.create', when: 'after' });
  const refund = (): ReturnType<TestMerchant['call']> =>
    merchant.call(
      'POST',
      '/v1/refunds',
      { payment_intent: String(payment_intent) },
      { 'idempotency-key': 'k' },
    );
  await expect(refund()).rejects.toThrow('fetch failed');
  expect(idsOf(await get(`/v1/refunds?payment_intent=${String(payment_intent)}`))).toHaveLength(1);
  expect((await refund()).body).toMatchObject({ object: 'refund', amount: 25_100 });
});

it('a planned 500 comes before anything is done', async () => {
  await app.control('POST', 'stripe/faults', { kind: '500', operation: 'checkout.sessions.*' });
  expect((await merchant.call('POST', '/v1/checkout/sessions', merchant.order())).status).toBe(500);
  expect(idsOf(await get('/v1/checkout/sessions'))).toEqual([]);
});

it('a reset forgets the keys of requests: the same one opens a new session', async () => {
  const open = async (): Promise<unknown> =>
    (await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), { 'idempotency-key': 'k' })).body[
      'id'
    ];
  const first = await open();
  expect(await open()).toBe(first);
  await app.control('POST', 'reset', {});
  const second = await open();
  expect(second).not.toBe(first);
  expect(idsOf(await get('/v1/checkout/sessions'))).toEqual([second]);
});
