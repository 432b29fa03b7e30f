import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CURRENCY_PROBLEMS } from '../../../currencies/currency-rule.js';
import { DEPOSIT } from '../../../invoices/invoice-key.js';
import {
  beyondOwed,
  CHARGE_REFUSALS,
  type ChargedInvoice,
  type ChargeFacts,
  chargeQuestion,
} from './charge-question.js';

const FACTS: ChargeFacts = {
  proposalId: 7,
  status: 'approved',
  currency: 'USD',
  currencyProblem: null,
  key: DEPOSIT,
  depositCents: 30_000,
  isSpent: false,
  netCents: 0,
  hasOtherMoney: false,
  unrecordedCents: 0,
  isInBooks: false,
  elsewhereCents: 0,
  creditsCents: 0,
  pending: false,
  isInDoubt: false,
  isForeign: false,
  invoice: null,
};
const invoice = (
  state: string | null,
  balanceCents: number,
  isMade = true,
  totalCents = balanceCents,
): ChargedInvoice => ({
  id: 1,
  number: 'CRM-7',
  isMade,
  state,
  totalCents,
  balanceCents,
});

describe('What may be charged of a deposit of 300.00', () => {
  it.each<{ name: string; facts: Partial<ChargeFacts>; cents: number }>([
    { name: 'without an invoice', facts: {}, cents: 30_000 },
    { name: 'with an open invoice', facts: { invoice: invoice('open', 30_000) }, cents: 30_000 },
    { name: 'overdue', facts: { invoice: invoice('overdue', 30_000) }, cents: 30_000 },
    { name: 'of which 200.00 is paid', facts: { invoice: invoice('partially_paid', 10_000) }, cents: 10_000 },
    {
      name: 'that a credit lowers',
      facts: { invoice: invoice('open', 30_000), creditsCents: 6_000 },
      cents: 24_000,
    },
    { name: 'with an invoice over more', facts: { invoice: invoice('open', 50_000) }, cents: 30_000 },
    { name: 'with a link that was never read', facts: { invoice: invoice(null, 0) }, cents: 30_000 },
  ])('$name is $cents', ({ facts, cents }) => {
    expect(chargeQuestion({ ...FACTS, ...facts })).toEqual({ owed: true, amountCents: cents });
  });

  it.each<{ code: string; facts: Partial<ChargeFacts> }>([
    { code: 'proposal_paid', facts: { netCents: 1 } },
    { code: 'proposal_paid', facts: { hasOtherMoney: true } },
    { code: 'invoice_paid', facts: { invoice: invoice('open', 30_000), creditsCents: 30_000 } },
    { code: 'payment_pending', facts: { pending: true } },
    { code: 'payment_unknown', facts: { isInDoubt: true } },
    { code: 'invoice_in_other_currency', facts: { isForeign: true } },
    { code: 'proposal_not_approved', facts: { status: 'cancelled' } },
    { code: 'proposal_not_approved', facts: { status: 'draft' } },
    ...CURRENCY_PROBLEMS.map((code) => ({ code, facts: { currencyProblem: { code, reason: 'No.' } } })),
    { code: 'proposal_without_amount', facts: { depositCents: null } },
    { code: 'deposit_not_due', facts: { isSpent: true } },
    { code: 'invoice_paid', facts: { invoice: invoice('paid', 0) } },
    { code: 'invoice_paid', facts: { invoice: invoice('settled_by_credit', 0) } },
    { code: 'invoice_paid', facts: { invoice: invoice('open', 0) } },
    { code: 'invoice_voided', facts: { invoice: invoice('voided', 0) } },
    { code: 'invoice_deleted', facts: { invoice: invoice('deleted', 30_000) } },
    { code: 'amount_below_minimum', facts: { invoice: invoice('partially_paid', 49) } },
    { code: 'amount_above_maximum', facts: { depositCents: 120_000_000 } },
  ])('is nothing, because $code, with $facts', ({ code, facts }) => {
    expect(chargeQuestion({ ...FACTS, ...facts })).toMatchObject({ owed: false, code });
  });

  it('is told to be made anew only where something of the contract is left to bill', () => {
    const gone = { ...FACTS, invoice: invoice('voided', 0) };
    expect(chargeQuestion(gone)).toMatchObject({ reason: expect.stringContaining('Make it anew first') });
    const reason = expect.stringMatching(
      /nothing is owed\. Nothing of the contract is left to bill by it\.$/,
    );
    expect(chargeQuestion({ ...gone, isSpent: true })).toMatchObject({ code: 'invoice_voided', reason });
  });

  it('is never more than the deposit, and never more than QuickBooks shows as open', () => {
    const cents = fc.integer({ min: 0, max: 200_000_000 });
    const states = fc.constantFrom(
      'open',
      'overdue',
      'partially_paid',
      'paid',
      'voided',
      'deleted',
      'settled_by_credit',
    );
    const result = fc.check(
      fc.property(cents, states, cents, (depositCents, state, balanceCents) => {
        const answer = chargeQuestion({ ...FACTS, depositCents, invoice: invoice(state, balanceCents) });
        if (!answer.owed) return CHARGE_REFUSALS.includes(answer.code);
        return answer.amountCents > 0 && answer.amountCents <= Math.min(depositCents, balanceCents);
      }),
    );
    expect(result.counterexample).toBeNull();
  });
});

describe('What may be charged of a deposit of 300.00 that was paid', () => {
  const PAID: ChargeFacts = { ...FACTS, netCents: 30_000, isInBooks: true };
  const raised = (balanceCents: number, facts: Partial<ChargedInvoice> = {}): ChargedInvoice => ({
    ...invoice('partially_paid', balanceCents, true, 40_001),
    ...facts,
  });

  it.each<{ name: string; facts: Partial<ChargeFacts>; cents: number }>([
    { name: 'and whose invoice was raised to 400.01', facts: { invoice: raised(10_001) }, cents: 10_001 },
    {
      name: 'and whose raised invoice is overdue',
      facts: { invoice: raised(10_001, { state: 'overdue' }) },
      cents: 10_001,
    },
    {
      name: 'and whose raised invoice a credit lowers',
      facts: { invoice: raised(10_001), creditsCents: 4_000 },
      cents: 6_001,
    },
    {
      name: 'of which the bank took 200.00 back, and QuickBooks says so',
      facts: { netCents: 10_000, invoice: raised(20_000, { totalCents: 30_000 }) },
      cents: 20_000,
    },
    {
      name: 'of which 100.00 is on another invoice in QuickBooks',
      facts: { elsewhereCents: 10_000, invoice: raised(10_000, { totalCents: 30_000 }) },
      cents: 10_000,
    },
    {
      name: 'and whose invoice was raised to 400.01, where QuickBooks has 50.00 on an invoice of others',
      facts: { invoice: raised(15_001), unrecordedCents: 5_000 },
      cents: 10_001,
    },
    {
      name: 'and whose invoice was raised to 400.01, where QuickBooks has it on account',
      facts: { invoice: raised(40_001), unrecordedCents: 30_000 },
      cents: 10_001,
    },
    {
      name: 'in yen, with a fraction of one',
      facts: { currency: 'JPY', invoice: raised(10_051, { totalCents: 40_051 }) },
      cents: 10_000,
    },
  ])('$name is $cents', ({ facts, cents }) => {
    expect(chargeQuestion({ ...PAID, ...facts })).toEqual({ owed: true, amountCents: cents });
  });

  it.each<{ name: string; facts: Partial<ChargeFacts>; code?: string }>([
    { name: 'its invoice is not made yet', facts: {} },
    { name: 'its invoice is being made', facts: { invoice: raised(40_001, { isMade: false }) } },
    { name: 'its invoice was never read', facts: { invoice: raised(40_001, { state: null }) } },
    {
      name: 'QuickBooks does not show the payment yet',
      facts: { invoice: raised(40_001, { state: 'open' }), unrecordedCents: 30_000, isInBooks: false },
    },
    {
      name: 'QuickBooks has a part of the payment off the invoice, whose rest that is',
      facts: { invoice: raised(10_001, { totalCents: 30_000 }), unrecordedCents: 10_001 },
    },
    {
      name: 'QuickBooks has nothing but a payment by others since the one by card was deleted there',
      facts: { invoice: raised(30_000, { totalCents: 60_000 }), unrecordedCents: 30_000 },
    },
    {
      name: 'QuickBooks has the payment on another invoice',
      facts: { invoice: raised(30_000, { state: 'open', totalCents: 30_000 }) },
    },
    {
      name: 'the bookkeeper lowered the payment while the dispute is open',
      facts: { invoice: raised(30_000, { totalCents: 30_000 }) },
    },
    { name: 'some was paid in another currency', facts: { invoice: raised(10_001), hasOtherMoney: true } },
    { name: 'a credit settles the rest', facts: { invoice: raised(10_001), creditsCents: 10_001 } },
    { name: 'the raised invoice is paid', facts: { invoice: raised(0, { state: 'paid' }) } },
    { name: 'the raised invoice was voided', facts: { invoice: raised(0, { state: 'voided' }) } },
    { name: 'the raised invoice was deleted', facts: { invoice: raised(10_001, { state: 'deleted' }) } },
    {
      name: 'the bank is about to pay the rest',
      facts: { invoice: raised(10_001), pending: true },
      code: 'payment_pending',
    },
    {
      name: 'the proposal was cancelled',
      facts: { invoice: raised(10_001), status: 'cancelled' },
      code: 'proposal_not_approved',
    },
    {
      name: 'the rest is less than Stripe takes',
      facts: { invoice: raised(1, { totalCents: 30_001 }) },
      code: 'amount_below_minimum',
    },
  ])('is nothing where $name', ({ facts, code = 'proposal_paid' }) => {
    expect(chargeQuestion({ ...PAID, ...facts })).toMatchObject({ owed: false, code });
  });

  it('is never more than its invoice comes to beyond what is with us, whatever QuickBooks shows', () => {
    const cents = fc.integer({ min: 1, max: 2_000_000 });
    const states = fc.constantFrom('open', 'overdue', 'partially_paid', 'paid', 'voided', 'deleted');
    const result = fc.check(
      fc.property(cents, cents, cents, states, (netCents, totalCents, balanceCents, state) => {
        const answer = chargeQuestion({
          ...PAID,
          netCents,
          invoice: invoice(state, balanceCents, true, totalCents),
        });
        return !answer.owed || answer.amountCents <= Math.min(balanceCents, totalCents - netCents);
      }),
    );
    expect(result.counterexample).toBeNull();
  });
});

describe('What may be charged of an invoice', () => {
  const FINAL: ChargeFacts = {
    ...FACTS,
    key: { kind: 'final', sequence: 1, change: null },
    depositCents: null,
    netCents: 30_000,
    invoice: invoice('open', 70_000),
  };

  it.each<{ name: string; facts: Partial<ChargeFacts>; cents: number }>([
    { name: 'open', facts: {}, cents: 70_000 },
    {
      name: 'partly paid in QuickBooks',
      facts: { invoice: invoice('partially_paid', 20_000) },
      cents: 20_000,
    },
    { name: 'with a payment that is not on it yet', facts: { unrecordedCents: 50_000 }, cents: 20_000 },
    { name: 'with a credit that is not on it yet', facts: { creditsCents: 10_000 }, cents: 60_000 },
    { name: 'with tax, above its deposit', facts: { invoice: invoice('overdue', 77_000) }, cents: 77_000 },
    {
      name: 'in yen, with a fraction of one',
      facts: { currency: 'JPY', invoice: invoice('open', 70_050) },
      cents: 70_000,
    },
  ])('$name is $cents', ({ facts, cents }) => {
    expect(chargeQuestion({ ...FINAL, ...facts })).toEqual({ owed: true, amountCents: cents });
  });

  it.each<{ code: string; facts: Partial<ChargeFacts> }>([
    { code: 'invoice_not_made', facts: { invoice: invoice(null, 0, false) } },
    { code: 'invoice_not_made', facts: { invoice: null } },
    { code: 'invoice_paid', facts: { unrecordedCents: 70_000 } },
    { code: 'invoice_paid', facts: { creditsCents: 70_000 } },
    { code: 'invoice_paid', facts: { unrecordedCents: 90_000 } },
    { code: 'invoice_paid', facts: { invoice: invoice('paid', 0) } },
    { code: 'invoice_voided', facts: { invoice: invoice('voided', 0) } },
    { code: 'payment_pending', facts: { pending: true } },
  ])('is nothing, because $code, with $facts', ({ code, facts }) => {
    expect(chargeQuestion({ ...FINAL, ...facts })).toMatchObject({ owed: false, code });
  });
});

describe('A payment', () => {
  const asked = { amountCents: 30_000, currency: 'USD' };
  const paid = (amountCents: number, currency = 'USD') => ({ amountCents, currency });
  const owed = { owed: true, amountCents: 30_000 } as const;

  it('of what was owed is in order, and of less too', () => {
    expect(beyondOwed(paid(30_000), asked, owed)).toBeNull();
    expect(beyondOwed(paid(20_000), asked, owed)).toBeNull();
  });

  it('is beyond by what was not owed, not asked for, or not in its currency', () => {
    expect(beyondOwed(paid(30_000), asked, { owed: true, amountCents: 10_000 })).toMatchObject({
      cents: 20_000,
    });
    expect(beyondOwed(paid(35_000), asked, owed)).toMatchObject({ cents: 5_000 });
    expect(beyondOwed(paid(30_000, 'EUR'), asked, owed)).toMatchObject({ cents: 30_000 });
    const refused = chargeQuestion({ ...FACTS, invoice: invoice('paid', 0) });
    expect(beyondOwed(paid(30_000), asked, refused)).toEqual({
      cents: 30_000,
      why: 'Invoice CRM-7 is paid in QuickBooks.',
    });
  });

  it('is what was asked for, where its invoice is in another currency', () => {
    const foreign = chargeQuestion({ ...FACTS, isForeign: true, invoice: invoice('open', 10_000) });
    expect(beyondOwed(paid(30_000), asked, foreign)).toBeNull();
    expect(beyondOwed(paid(35_000), asked, foreign)).toEqual({
      cents: 5_000,
      why: 'Only $300.00 was owed.',
    });
  });
});
