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
const post = (path: string, form: Record<string, string>): ReturnType<TestMerchant['call']> =>
  merchant.call('POST', path, form);

async function paid(how: 'card' | 'bank' = 'card'): Promise<{ session: Json; intent: Json; charge: Json }> {
  const { id } = await merchant.session();
  await act('pay', { session: id, how });
  const session = await merchant.sessionNow(id);
  const intent = await get(`/v1/payment_intents/${String(session['payment_intent'])}`);
  return { session, intent, charge: await get(`/v1/charges/${String(intent['latest_charge'])}`) };
}

describe('a line of a session', () => {
  const priced = (changes: Record<string, string>): Promise<Json> =>
    merchant.session({ 'line_items[0][price_data][unit_amount]': '', ...changes });
  const decimal = 'line_items[0][price_data][unit_amount_decimal]';

  async function ordered(form: Record<string, string>): Promise<{ status: number; body: Json }> {
    const { 'line_items[0][price_data][unit_amount]': _whole, ...order } = merchant.order();
    return post('/v1/checkout/sessions', { ...order, ...form });
  }

  it.each([
    { unit: '1234.5', quantity: '2', total: 2469 },
    { unit: '1234.5', quantity: '1', total: 1235 },
    { unit: '0.000000000001', quantity: '1', total: 0 },
    { unit: '12550', quantity: '2', total: 25_100 },
  ])('is sold at fractions of a cent: $quantity × $unit', async ({ unit, quantity, total }) => {
    const other = {
      'line_items[1][quantity]': '1',
      'line_items[1][price_data][currency]': 'usd',
      'line_items[1][price_data][unit_amount]': '100',
      'line_items[1][price_data][product_data][name]': 'Other',
    };
    const { body } = await ordered({ [decimal]: unit, 'line_items[0][quantity]': quantity, ...other });
    expect(body).toMatchObject({ amount_total: total + 100 });
    const lines = await get(`/v1/checkout/sessions/${String(body['id'])}/line_items`);
    expect(lines).toMatchObject({
      data: [
        {
          amount_total: total,
          price: { unit_amount_decimal: unit, unit_amount: unit.includes('.') ? null : Number(unit) },
        },
        { price: { unit_amount_decimal: '100', unit_amount: 100, type: 'one_time', recurring: null } },
      ],
    });
  });

  it.each<{ fault: string; form: Record<string, string>; param: string }>([
    { fault: 'more places than twelve', form: { [decimal]: '1.1234567890123' }, param: decimal },
    { fault: 'no number', form: { [decimal]: 'ten' }, param: decimal },
    { fault: 'less than nothing', form: { [decimal]: '-0.5' }, param: decimal },
    {
      fault: 'both prices',
      form: { [decimal]: '1.5', 'line_items[0][price_data][unit_amount]': '2' },
      param: 'line_items[0][price_data]',
    },
    { fault: 'no price', form: {}, param: 'line_items[0][price_data][unit_amount]' },
  ])('is refused with $fault', async ({ form, param }) => {
    const { status, body } = await ordered(form);
    expect({ status, param: (body['error'] as Json)['param'] }).toEqual({ status: 400, param });
  });

  it('names its product, which can be asked for with it', async () => {
    const session = await priced({
      'line_items[0][price_data][unit_amount]': '12550',
      'line_items[0][price_data][product_data][description]': 'Half of it',
      'line_items[0][price_data][product_data][metadata][sku]': 'R-1',
    });
    const path = `/v1/checkout/sessions/${String(session['id'])}?expand[]=line_items.data.price.product`;
    expect(await get(path)).toMatchObject({
      line_items: {
        data: [
          {
            price: {
              product: {
                object: 'product',
                name: 'Roof deposit',
                description: 'Half of it',
                metadata: { sku: 'R-1' },
              },
            },
          },
        ],
      },
    });
  });
});

describe('an object has every field that Stripe’s has', () => {
  it('a session, with what the customer filled in', async () => {
    const { session } = await paid();
    expect(session).toMatchObject({
      custom_fields: [],
      customer_details: {
        address: { country: 'US', line1: null },
        email: 'eva@customers.example',
        name: 'Sandy Box',
        tax_exempt: 'none',
        tax_ids: [],
      },
      discounts: [],
      phone_number_collection: { enabled: false },
      shipping_options: [],
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    });
  });

  it('a charge, with who paid and with which card', async () => {
    const { intent, charge } = await paid();
    expect(charge).toMatchObject({
      billing_details: {
        email: 'eva@customers.example',
        name: 'Sandy Box',
        address: { postal_code: '94107' },
      },
      outcome: { network_status: 'approved_by_network', type: 'authorized' },
      payment_method: expect.stringMatching(/^pm_/),
      payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
    });
    expect(intent).toMatchObject({
      amount_capturable: 0,
      client_secret: expect.stringMatching(new RegExp(`^${String(intent['id'])}_secret_`)),
      confirmation_method: 'automatic',
      payment_method: charge['payment_method'],
      transfer_data: null,
    });
    expect((await paid('bank')).charge).toMatchObject({
      payment_method_details: { type: 'us_bank_account', us_bank_account: { last4: '6789' } },
    });
  });

  it('a charge that was declined says so', async () => {
    const session = await merchant.session();
    await act('pay', { session: session['id'], how: 'decline' });
    const { data } = (await get('/v1/charges')) as unknown as { data: Json[] };
    expect(data).toMatchObject([{ status: 'failed', outcome: { type: 'issuer_declined' } }]);
    expect(await merchant.sessionNow(session['id'])).toMatchObject({ customer_details: { name: null } });
  });

  it('a dispute, with every kind of evidence there can be', async () => {
    const { charge } = await paid();
    expect(await act('dispute', { charge: charge['id'] })).toMatchObject({
      enhanced_eligibility_types: [],
      evidence: { customer_name: null, uncategorized_text: null, enhanced_evidence: {} },
      evidence_details: { enhanced_eligibility: {} },
      payment_method_details: { card: { brand: 'visa', case_type: 'chargeback' } },
    });
  });
});

describe('what a session was asked to do beside taking money', () => {
  it('is answered as it was sent', async () => {
    const session = await merchant.session({
      allow_promotion_codes: 'true',
      billing_address_collection: 'required',
      customer_creation: 'always',
      locale: 'de',
      'phone_number_collection[enabled]': 'true',
      submit_type: 'pay',
    });
    expect(session).toMatchObject({
      allow_promotion_codes: true,
      billing_address_collection: 'required',
      customer_creation: 'always',
      locale: 'de',
      phone_number_collection: { enabled: true },
      submit_type: 'pay',
    });
    expect(await merchant.session()).toMatchObject({
      allow_promotion_codes: null,
      customer_creation: 'if_required',
      locale: null,
      phone_number_collection: { enabled: false },
    });
  });

  it('is refused where it is no choice of Stripe’s', async () => {
    for (const param of ['submit_type', 'billing_address_collection', 'customer_creation'])
      expect(await merchant.session({ [param]: 'whatever' })).toMatchObject({ error: { param } });
  });

  it('is on its payment intent and charge', async () => {
    const asked = {
      receipt_email: 'eva@home.example',
      statement_descriptor_suffix: 'DECK',
      transfer_group: 'job-7',
    };
    const form = Object.entries(asked).map(([name, text]) => [`payment_intent_data[${name}]`, text]);
    const { id } = await merchant.session(Object.fromEntries(form) as Record<string, string>);
    await act('pay', { session: id });
    const { payment_intent: intentId } = await merchant.sessionNow(id);
    const intent = await get(`/v1/payment_intents/${String(intentId)}`);
    expect(intent).toMatchObject(asked);
    expect(await get(`/v1/charges/${String(intent['latest_charge'])}`)).toMatchObject(asked);
  });
});

describe('a merchant’s notes', () => {
  it('on sessions, intents, charges, payouts and refunds are kept, and taken away again', async () => {
    const { session, intent, charge } = await paid();
    await app.control('POST', 'clock', { advance_ms: 10 * 86_400_000 });
    const payout = (await post('/v1/payouts', { amount: '100', currency: 'usd' })).body;
    const refund = (await post('/v1/refunds', { charge: String(charge['id']), amount: '100' })).body;
    for (const [path, { id, metadata }] of [
      ['checkout/sessions', session],
      ['payment_intents', intent],
      ['charges', charge],
      ['payouts', payout],
      ['refunds', refund],
    ] as const) {
      const url = `/v1/${path}/${String(id)}`;
      const noted = { ...(metadata as object), job: '7' };
      expect((await post(url, { 'metadata[job]': '7' })).body).toMatchObject({ id, metadata: noted });
      expect(await get(url)).toMatchObject({ metadata: noted });
      expect((await post(url, { 'metadata[job]': '' })).body['metadata']).toEqual(metadata);
      expect((await post(url, { amount: '1' })).body).toMatchObject({ error: { code: 'parameter_unknown' } });
      expect((await post(`/v1/${path}/none`, { 'metadata[a]': 'b' })).status).toBe(404);
    }
  });

  it('on a charge are told to who listens', async () => {
    const { charge } = await paid();
    await post(`/v1/charges/${String(charge['id'])}`, { description: 'Deck' });
    const { data } = (await get('/v1/events?type=charge.updated')) as unknown as { data: Json[] };
    expect(data).toMatchObject([{ data: { object: { id: charge['id'], description: 'Deck' } } }]);
  });

  it('on a dispute send nothing in', async () => {
    const { charge } = await paid();
    const url = `/v1/disputes/${String((await act('dispute', { charge: charge['id'] }))['id'])}`;
    expect((await post(url, { 'metadata[who]': 'Bo' })).body).toMatchObject({
      status: 'needs_response',
      metadata: { who: 'Bo' },
      evidence_details: { has_evidence: false, submission_count: 0 },
    });
  });
});

it('evidence is kept until it is to be sent in', async () => {
  const { charge } = await paid();
  const url = `/v1/disputes/${String((await act('dispute', { charge: charge['id'] }))['id'])}`;
  const staged = { 'evidence[customer_name]': 'Eva', submit: 'false' };
  expect((await post(url, { submit: 'maybe' })).status).toBe(400);
  expect((await post(url, { ...staged, submit: 'False' })).status).toBe(200); // as Python writes it
  expect((await post(url, staged)).body).toMatchObject({
    status: 'needs_response',
    evidence: { customer_name: 'Eva' },
    evidence_details: { has_evidence: true, submission_count: 0 },
  });
  expect((await post(url, { 'evidence[uncategorized_text]': 'signed' })).body).toMatchObject({
    status: 'under_review',
    evidence: { customer_name: 'Eva', uncategorized_text: 'signed' },
    evidence_details: { submission_count: 1 },
  });
  expect((await post(url, { proof: 'x' })).body).toMatchObject({ error: { code: 'parameter_unknown' } });
});

it('a payout by hand keeps what was said of it, and is taken back while it is on its way', async () => {
  await paid();
  await app.control('POST', 'clock', { advance_ms: 10 * 86_400_000 });
  const said = { description: 'rent', statement_descriptor: 'RENT', 'metadata[a]': 'b' };
  const { body: payout } = await post('/v1/payouts', { amount: '100', currency: 'usd', ...said });
  expect(payout).toMatchObject({ description: 'rent', statement_descriptor: 'RENT', metadata: { a: 'b' } });
  const url = `/v1/payouts/${String(payout['id'])}/cancel`;
  expect((await post(url, {})).body).toMatchObject({ status: 'canceled' });
  expect((await post(url, {})).status).toBe(400);
});

it('payouts are found by the day they arrive', async () => {
  await paid();
  await app.control('POST', 'clock', { advance_ms: 10 * 86_400_000 });
  const { body: payout } = await post('/v1/payouts', { amount: '100', currency: 'usd' });
  const day = Number(payout['arrival_date']);
  const found = async (query: string): Promise<unknown> => (await get(`/v1/payouts?${query}`))['data'];
  expect(await found(`arrival_date=${day}`)).toMatchObject([{ id: payout['id'] }]);
  expect(await found(`arrival_date[gte]=${day}&arrival_date[lt]=${day + 1}`)).toHaveLength(1);
  expect(await found(`arrival_date[gt]=${day}`)).toEqual([]);
});
