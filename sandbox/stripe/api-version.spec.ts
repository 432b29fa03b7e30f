import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestMerchant } from './test-merchant.ts';

const clover = '2025-09-30.clover';
const dahlia = '2026-03-25.dahlia';
const endive = '2026-10-28.endive';

let sandbox: Sandbox;
let merchant: TestMerchant;

beforeAll(async () => {
  sandbox = await startSandbox({ companies: [] });
  merchant = new TestMerchant(sandbox.url);
});
afterAll(() => sandbox.close());

const open = (version: string, changes: Record<string, string> = {}) =>
  merchant.call('POST', '/v1/checkout/sessions', merchant.order(changes), { 'stripe-version': version });

async function shownIn(version: string, path: string): Promise<object> {
  return (await merchant.call('GET', path, {}, { 'stripe-version': version })).body;
}

describe('the version a call names', () => {
  it('decides what the page of a session is called', async () => {
    const { body } = await open(clover, { ui_mode: 'hosted' });
    expect(body).toMatchObject({ ui_mode: 'hosted' });

    const path = `/v1/checkout/sessions/${String(body.id)}`;
    expect(await shownIn(dahlia, path)).toMatchObject({ ui_mode: 'hosted_page' });
    expect(await shownIn(dahlia, '/v1/checkout/sessions')).toMatchObject({
      data: [{ ui_mode: 'hosted_page' }],
    });
    expect(await shownIn(clover, path)).toMatchObject({ ui_mode: 'hosted' });
  });

  it('refuses the other version’s name of the page', async () => {
    for (const [version, name] of [
      [clover, 'hosted_page'],
      [dahlia, 'hosted'],
      [endive, 'nonsense'],
    ] as const)
      expect(await open(version, { ui_mode: name })).toMatchObject({
        status: 400,
        body: { error: { param: 'ui_mode', message: expect.stringContaining('must be one of') } },
      });
  });

  it('takes payment_method_types until dahlia', async () => {
    const { body } = await open(dahlia, { 'payment_method_types[0]': 'card' });
    expect(body).toMatchObject({ payment_method_types: ['card'] });
    expect(body).not.toHaveProperty('allowed_payment_method_types');
    expect(await open(dahlia, { 'allowed_payment_method_types[0]': 'card' })).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_unknown' } },
    });
  });

  it('takes allowed_payment_method_types since endive, and leaves out what is not offered', async () => {
    const allowed = {
      'allowed_payment_method_types[0]': 'card',
      'allowed_payment_method_types[1]': 'klarna',
    };
    expect((await open(endive, allowed)).body).toMatchObject({
      allowed_payment_method_types: ['card', 'klarna'],
      payment_method_types: ['card'],
    });
    expect(await open(endive, { 'payment_method_types[0]': 'card' })).toMatchObject({
      status: 400,
      body: { error: { code: 'payment_method_types_no_longer_supported' } },
    });
    expect(await open(endive, { 'allowed_payment_method_types[0]': 'klarna' })).toMatchObject({
      status: 400,
    });
  });

  it('excludes a way to pay in every version', async () => {
    for (const version of [clover, dahlia, endive])
      expect(
        (await open(version, { 'excluded_payment_method_types[0]': 'us_bank_account' })).body,
      ).toMatchObject({ payment_method_types: ['card'] });
  });
});

it('is the version of Stripe’s own library, whose session type has what is answered', async () => {
  const { hostname, port } = new URL(sandbox.url);
  const stripe = new Stripe('sk_test_1', { host: hostname, port, protocol: 'http', telemetry: false });
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'http://localhost/done',
    allowed_payment_method_types: ['card'],
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Deposit' } } },
    ],
  });
  expect(session).toMatchObject({ ui_mode: 'hosted_page', allowed_payment_method_types: ['card'] });
});
