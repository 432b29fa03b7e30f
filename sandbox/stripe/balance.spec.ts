import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxControl } from '../control-client.ts';
import type { Json } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { World } from '../world.ts';
import { stripeApiVersion } from './api-version.ts';
import { checkoutParamsOf } from './checkout-params.ts';
import { Disputes } from './disputes.ts';
import { formOf } from './form.ts';
import { Refunds } from './refunds.ts';
import { StripeAccount } from './stripe-account.ts';
import { StripeError } from './stripe-error.ts';
import { TestMerchant } from './test-merchant.ts';

let sandbox: Sandbox;
let merchant: TestMerchant;
let stripe: SandboxControl['stripe'];

beforeEach(async () => {
  sandbox = await startSandbox({ companies: [] });
  merchant = new TestMerchant(sandbox.url);
  ({ stripe } = new SandboxControl(sandbox.url));
});
afterEach(() => sandbox.close());

const get = async (path: string): Promise<Json> => (await merchant.call('GET', path)).body;
const listed = async (path: string): Promise<Json[]> => (await get(path))['data'] as Json[];

async function paidIntent(changes: Record<string, string> = {}): Promise<string> {
  const session = await merchant.session(changes);
  await merchant.press(session, 'pay');
  return String((await merchant.sessionNow(session['id']))['payment_intent']);
}

describe('a charge', () => {
  it('has a transaction with its fee, found by expanding', async () => {
    const intent = await paidIntent();
    const shown = await get(`/v1/payment_intents/${intent}?expand[]=latest_charge.balance_transaction`);
    expect(shown['latest_charge']).toMatchObject({
      balance_transaction: {
        amount: 25_100,
        fee: 758,
        net: 24_342,
        currency: 'usd',
        exchange_rate: null,
        reporting_category: 'charge',
        status: 'pending',
        fee_details: [{ amount: 758, type: 'stripe_fee' }],
      },
    });
  });

  it('in another currency settles at a rate', async () => {
    await stripe.configureBalance({ exchange_rates: { eur: 1.1 } });
    await paidIntent({ 'line_items[0][price_data][currency]': 'eur' });
    expect(await listed('/v1/balance_transactions')).toMatchObject([
      { amount: 27_610, currency: 'usd', exchange_rate: 1.1 },
    ]);
  });
});

describe('refunds and disputes', () => {
  it('move the balance, and move it back when they fail or are won', async () => {
    const payment_intent = await paidIntent();
    const refund = await stripe.refund({ payment_intent, amount: 1000 });
    await stripe.updateRefund(refund.id, 'failed');
    const dispute = await stripe.dispute({ payment_intent, amount: 2000 });
    await stripe.closeDispute(dispute.id, 'won');
    const moved = (await listed('/v1/balance_transactions?limit=100')).toReversed();
    expect(moved.map((one) => [one['reporting_category'], one['amount'], one['fee']])).toEqual([
      ['charge', 25_100, 758],
      ['refund', -1000, 0],
      ['refund_failure', 1000, 0],
      ['dispute', -2000, 1500],
      ['dispute_reversal', 2000, 0],
    ]);
  });
});

describe('a payout', () => {
  it('pays out what is available, says what is in it, and shows at the bank', async () => {
    await paidIntent();
    await expect(stripe.payout()).rejects.toThrow('insufficient funds');
    sandbox.world.clock.advance(3 * 86_400_000);
    const payout = await stripe.payout();
    expect(payout).toMatchObject({
      amount: 24_342,
      status: 'in_transit',
      reconciliation_status: 'completed',
    });
    const members = await listed(`/v1/balance_transactions?payout=${payout.id}`);
    const others = members.filter(({ source }) => source !== payout.id);
    expect(others.reduce((sum, { net }) => sum + Number(net), 0)).toBe(payout.amount);
    sandbox.world.switches.payoutOwnTransaction = 'absent';
    expect(await listed(`/v1/balance_transactions?payout=${payout.id}`)).toEqual(others);
    sandbox.world.switches.payoutOwnTransaction = 'present';
    await stripe.updatePayout(payout.id, 'paid');
    expect(await stripe.bankFeed()).toMatchObject([{ amount: 24_342, payout: payout.id }]);
  });

  it('can fail after it was paid: the money is in the balance again', async () => {
    await paidIntent();
    const payout = await stripe.payout({ include_pending: true });
    await stripe.updatePayout(payout.id, 'paid');
    sandbox.world.clock.advance(5 * 86_400_000);
    await stripe.updatePayout(payout.id, 'failed');
    const [arrived, back] = await stripe.bankFeed();
    expect([arrived?.amount, back?.amount]).toEqual([24_342, -24_342]);
    const days = (Date.parse(back!.date) - Date.parse(arrived!.date)) / 86_400_000;
    expect(days).toBe(3);
    expect(await get('/v1/balance')).toMatchObject({
      available: [{ amount: 24_342 }],
      pending: [],
    });
  });

  it('is negative where more went back than came in', async () => {
    const payment_intent = await paidIntent();
    await stripe.payout({ include_pending: true });
    await stripe.refund({ payment_intent });
    expect(await stripe.payout({ include_pending: true })).toMatchObject({ amount: -25_100 });
  });

  it('by hand leaves less for the next, and takes no more than there is', async () => {
    await paidIntent();
    await expect(stripe.payout({ kind: 'manual', amount: 100 })).rejects.toThrow('insufficient funds');
    await stripe.payout({ kind: 'manual', amount: 4_342, include_pending: true });
    const instant = await stripe.payout({ kind: 'instant', amount: 10_000 });
    await expect(stripe.payout({ kind: 'instant', amount: 9_900 })).rejects.toThrow('insufficient funds');
    const rest = await stripe.payout({ include_pending: true });
    expect(rest).toMatchObject({ amount: 9_900 });
    const members = await listed(`/v1/balance_transactions?payout=${rest.id}`);
    expect(members.map(({ source }) => source)).toContain(instant.id);
    await stripe.updatePayout(instant.id, 'failed');
    expect(await stripe.payout()).toMatchObject({ amount: 10_000 });
  });

  it('by hand needs an amount, a currency and the money', async () => {
    const refusal = async (form: Record<string, string>): Promise<unknown> =>
      (await merchant.call('POST', '/v1/payouts', form)).body['error'];
    expect(await refusal({ currency: 'usd' })).toMatchObject({ code: 'parameter_missing', param: 'amount' });
    expect(await refusal({ amount: '100' })).toMatchObject({ code: 'parameter_missing', param: 'currency' });
    expect(await refusal({ amount: '100', currency: 'usd' })).toMatchObject({ code: 'balance_insufficient' });
  });

  it('by hand does not say what is in it', async () => {
    await paidIntent();
    const payout = await stripe.payout({ kind: 'instant', amount: 10_000 });
    expect(payout).toMatchObject({
      method: 'instant',
      automatic: false,
      reconciliation_status: 'not_applicable',
    });
    expect(await get(`/v1/balance_transactions?payout=${payout.id}`)).toMatchObject({
      error: { param: 'payout' },
    });
  });
});

it('payouts are what charges, refunds, disputes and fees come to, whatever happens', () => {
  const step = fc.tuple(
    fc.constantFrom('pay', 'refund', 'fail', 'dispute', 'win', 'lose', 'payout', 'manual'),
    fc.nat(5),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const account = new StripeAccount(new World(), () => undefined);
      const refunds = new Refunds(account, () => undefined);
      const disputes = new Disputes(account, () => undefined);
      const form = formOf(new URLSearchParams(new TestMerchant('').order()).toString());
      const pick = <Item>(map: Map<string, Item>, which: number): Item | undefined =>
        [...map.values()][which % Math.max(1, map.size)];
      const act: Record<string, (which: number) => unknown> = {
        pay: () =>
          account.payByCard(
            account.createSession(checkoutParamsOf(form, account.now(), stripeApiVersion), () => '').id,
          ),
        refund: (which) => refunds.create({ charge: pick(account.charges, which)?.id, amount: 100 + which }),
        fail: (which) => refunds.update(pick(account.refunds, which)?.id ?? '', 'failed'),
        dispute: (which) => disputes.open({ charge: pick(account.charges, which)?.id, amount: 200 + which }),
        win: (which) => disputes.close(pick(account.disputes, which)?.id ?? '', 'won'),
        lose: (which) => disputes.close(pick(account.disputes, which)?.id ?? '', 'lost'),
        payout: () => account.payouts.create({ kind: 'automatic', currency: 'usd', includesPending: true }),
        manual: (which) =>
          account.payouts.create({
            kind: which > 2 ? 'manual' : 'instant',
            currency: 'usd',
            amount: 100 + which,
            includesPending: true,
          }),
      };
      for (const [name, which] of [...steps, ['payout', 0] as const])
        try {
          act[name]!(which);
        } catch (error) {
          if (!(error instanceof StripeError)) throw error;
        }
      const all = [...account.balance.all()];
      expect(all.reduce((sum, { net }) => sum + net, 0)).toBe(0);
      for (const payout of [...account.payouts.payouts.values()].filter(({ automatic }) => automatic)) {
        const members = account.payouts.membersOf(payout.id).filter(({ source }) => source !== payout.id);
        expect(members.reduce((sum, { net }) => sum + net, 0)).toBe(payout.amount);
      }
    }),
    { numRuns: 60 },
  );
});
