import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import type { Json } from '../oauth/test-app.ts';
import { TestMerchant } from './test-merchant.ts';

let sandbox: Sandbox;
let merchant: TestMerchant;
beforeEach(async () => {
  sandbox = await startSandbox({ companies: [] });
  merchant = new TestMerchant(sandbox.url);
});
afterEach(() => sandbox.close());

const listed = async (path: string, headers: Record<string, string> = {}): Promise<Json[]> =>
  (await merchant.call('GET', path, {}, headers)).body['data'] as Json[];

describe('a connected account', () => {
  let as: Record<string, string>;
  beforeEach(async () => {
    const { body } = await merchant.call('POST', '/v1/accounts', { type: 'standard', country: 'US' });
    as = { 'stripe-account': String(body['id']) };
  });

  async function sell(): Promise<Json> {
    const { body } = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), as);
    await merchant.press(body, 'pay');
    return (await merchant.call('GET', `/v1/checkout/sessions/${String(body['id'])}`, {}, as)).body;
  }

  it('has sessions, charges, a balance and refunds of its own', async () => {
    const session = await sell();
    expect(session['payment_status']).toBe('paid');
    expect(await listed('/v1/charges', as)).toHaveLength(1);
    expect(await listed('/v1/charges')).toEqual([]);
    expect(await listed('/v1/balance_transactions', as)).toHaveLength(1);
    expect(await listed('/v1/balance_transactions')).toEqual([]);
    const refund = { payment_intent: String(session['payment_intent']), amount: '100' };
    expect((await merchant.call('POST', '/v1/refunds', refund)).status).toBe(404);
    expect((await merchant.call('POST', '/v1/refunds', refund, as)).body['amount']).toBe(100);
  });

  it('has events of its own, which are not among the platform’s', async () => {
    await sell();
    const events = await listed('/v1/events?type=checkout.session.*', as);
    expect(events).toMatchObject([{ type: 'checkout.session.completed' }]);
    expect(await listed('/v1/events')).toEqual([]);
    const { id } = events[0]!;
    expect((await merchant.call('GET', `/v1/events/${String(id)}`)).status).toBe(404);
    expect((await merchant.call('GET', `/v1/events/${String(id)}`, {}, as)).status).toBe(200);
  });

  it('keeps its own idempotency keys', async () => {
    const key = { 'idempotency-key': 'k1' };
    const own = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), { ...as, ...key });
    const platform = await merchant.call('POST', '/v1/checkout/sessions', merchant.order(), key);
    expect(platform.body['id']).not.toBe(own.body['id']);
    expect(platform.headers.get('idempotent-replayed')).toBeNull();
  });

  it('is shown with what is asked of it, which is nothing, and with what it is called', async () => {
    const opened = await merchant.call('POST', '/v1/accounts', {
      type: 'express',
      email: 'bo@roofs.example',
      business_type: 'company',
      'business_profile[name]': 'Bo’s Roofs',
      'business_profile[url]': 'https://roofs.example',
      'capabilities[card_payments][requested]': 'true',
      'capabilities[transfers][requested]': 'true',
    });
    const { body } = await merchant.call('GET', `/v1/accounts/${String(opened.body['id'])}`);
    expect(body).toEqual(opened.body);
    expect(body).toMatchObject({
      business_profile: { mcc: null, name: 'Bo’s Roofs', url: 'https://roofs.example' },
      business_type: 'company',
      capabilities: { card_payments: 'active', transfers: 'active' },
      controller: { stripe_dashboard: { type: 'express' }, type: 'application' },
      details_submitted: true,
      external_accounts: { object: 'list', data: [] },
      future_requirements: { currently_due: [] },
      requirements: { currently_due: [], disabled_reason: null, eventually_due: [], past_due: [] },
      settings: { dashboard: { display_name: 'Bo’s Roofs' }, payouts: { schedule: { interval: 'daily' } } },
      tos_acceptance: { date: null },
      type: 'express',
    });
    const { body: own } = await merchant.call('GET', '/v1/account');
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(body).toSorted());
  });

  it('is in a saved state, with what it has', async () => {
    await sell();
    const state: unknown = JSON.parse(JSON.stringify(sandbox.save()));
    const other = await startSandbox({ companies: [], state });
    const again = new TestMerchant(other.url);
    expect((await again.call('GET', '/v1/charges', {}, as)).body['data']).toHaveLength(1);
    await other.close();
  });

  it('that is not connected is refused as Stripe does', async () => {
    const answer = await merchant.call('GET', '/v1/charges', {}, { 'stripe-account': 'acct_nobody' });
    expect(answer.status).toBe(403);
    expect(answer.body['error']).toMatchObject({
      code: 'account_invalid',
      type: 'invalid_request_error',
    });
    const read = await merchant.call('GET', '/v1/accounts/acct_nobody');
    expect([read.status, read.body]).toEqual([403, answer.body]);
  });
});
