import { describe, expect, it } from 'vitest';
import type { PlannedEntry } from '../../../contracts/schedule/entry-plan.js';
import { NO_CREDITS } from '../../../contracts/settlement/settlements.js';
import type { ContractInvoice } from '../../../contracts/billing/contract-standing.js';
import type { InvoiceKind } from '../../../invoices/invoice.entity.js';
import { type AccountFacts, type AccountInvoice, type AccountMoney, pageAccount } from './page-account.js';

const contractInvoice = (kind: InvoiceKind, amountCents: number, taxCents = 0): ContractInvoice => ({
  id: 1,
  kind,
  sequence: 1,
  generation: 1,
  state: 'open',
  isRefused: false,
  amountCents,
  totalCents: amountCents + taxCents,
  taxCents,
  ...NO_CREDITS,
  retainedCents: 0,
  releasedCents: 0,
});
const entry = (
  kind: InvoiceKind,
  plannedCents: number,
  invoice: ContractInvoice | null = null,
): PlannedEntry => ({
  number: 1,
  kind,
  sequence: 1,
  percent: null,
  amountCents: null,
  milestone: null,
  triggerOn: null,
  plannedCents,
  state: invoice ? 'invoiced' : 'ready',
  invoice,
});
const invoice = (
  kind: InvoiceKind,
  totalCents: number,
  facts: Partial<AccountInvoice> = {},
): AccountInvoice => ({
  id: kind === 'final' ? 3 : kind === 'progress' ? 2 : 1,
  kind,
  sequence: 1,
  number: 'CRM-7',
  state: 'open',
  totalCents,
  balanceCents: totalCents,
  dueOn: '2026-03-17',
  qboRealmId: '1',
  ...facts,
});
const money = (kind: InvoiceKind, facts: Partial<AccountMoney>): AccountMoney => ({
  kind,
  sequence: 1,
  netCents: 0,
  unrecordedCents: 0,
  replacedCents: 0,
  standingCents: 0,
  refundedCents: 0,
  lostCents: 0,
  ...facts,
});

/** A contract over 1,000.00: deposit 300.00, progress 400.00, final 300.00. */
const FACTS: AccountFacts = {
  valueCents: 100_000,
  depositMode: 'income',
  isTaxToCome: false,
  standing: { remainingCents: 100_000, retainedCents: 0, depositHeldCents: 0 },
  entries: [entry('deposit', 30_000), entry('progress', 40_000), entry('final', 30_000)],
  invoices: [],
  money: [],
  waiting: { cents: 0, elsewhere: [], realmId: '1' },
  payouts: { refundsCents: 0, creditsCents: 0, notGivenBackCents: 0 },
  memos: [],
  changes: [],
};
const DEPOSIT_BILLED: AccountFacts = {
  ...FACTS,
  standing: { ...FACTS.standing, remainingCents: 70_000 },
  entries: [entry('deposit', 30_000, contractInvoice('deposit', 30_000)), ...FACTS.entries.slice(1)],
  invoices: [invoice('deposit', 30_000)],
};

const DEPOSIT_REFUNDED: AccountFacts = {
  ...DEPOSIT_BILLED,
  invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
  money: [money('deposit', { refundedCents: 30_000 })],
};

/** All of it billed and 700.00 paid, then a change that takes 60.00 off. */
const CREDITED: AccountFacts = {
  ...FACTS,
  valueCents: 94_000,
  standing: { remainingCents: 0, retainedCents: 0, depositHeldCents: 0 },
  entries: [
    entry('deposit', 30_000, contractInvoice('deposit', 30_000)),
    entry('progress', 40_000, contractInvoice('progress', 40_000)),
    entry('final', 30_000, contractInvoice('final', 30_000)),
  ],
  invoices: [
    invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 }),
    invoice('progress', 40_000, { state: 'paid', balanceCents: 0 }),
    invoice('final', 30_000),
  ],
  waiting: { ...FACTS.waiting, cents: 6_000 },
};

const TAXED_INVOICE = contractInvoice('progress', 40_000, 4_000);
const TAXED: AccountFacts = {
  ...FACTS,
  standing: { ...FACTS.standing, remainingCents: 60_000 },
  entries: [entry('progress', 40_000, TAXED_INVOICE)],
  invoices: [invoice('progress', 44_000)],
};
const MEMO = { id: 1, isRefused: false, amountCents: 5_000, totalCents: 5_500, taxCents: 500 };

describe("A customer's account of a contract over 1,000.00", () => {
  it.each<{ name: string; facts: Partial<AccountFacts>; of?: AccountFacts; is: object }>([
    { name: 'approved', facts: {}, is: { remainingCents: 100_000, hasSettled: false } },
    {
      name: 'with a deposit that is not billed yet',
      facts: { money: [money('deposit', { netCents: 30_000, unrecordedCents: 30_000 })] },
      is: { remainingCents: 70_000, rows: [{ state: 'paid_here' }, { state: 'planned' }, {}] },
    },
    { name: 'with its deposit billed', of: DEPOSIT_BILLED, facts: {}, is: { remainingCents: 100_000 } },
    {
      name: 'with its deposit paid here, which QuickBooks is yet to show',
      of: DEPOSIT_BILLED,
      facts: { money: [money('deposit', { netCents: 30_000, unrecordedCents: 30_000 })] },
      is: { remainingCents: 70_000, hasSettled: true, rows: [{ state: 'paid_here' }, {}, {}] },
    },
    {
      name: 'with its deposit paid, held until the work is billed',
      of: DEPOSIT_BILLED,
      facts: {
        standing: { remainingCents: 100_000, retainedCents: 0, depositHeldCents: 30_000 },
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { netCents: 30_000 })],
      },
      is: { remainingCents: 70_000, rows: [{ state: 'paid' }, {}, {}] },
    },
    {
      name: 'with a deposit that the bank took back',
      of: DEPOSIT_BILLED,
      facts: {
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { standingCents: 30_000, lostCents: 30_000 })],
      },
      is: { remainingCents: 100_000, takenBackCents: 30_000 },
    },
    {
      name: 'with a deposit that the bank took back and the customer paid anew',
      of: DEPOSIT_BILLED,
      facts: {
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { netCents: 30_000, standingCents: 30_000, lostCents: 30_000 })],
      },
      is: { remainingCents: 70_000, takenBackCents: 0 },
    },
    {
      name: 'with a deposit that the bank took back and the customer paid by check',
      of: DEPOSIT_BILLED,
      facts: {
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { lostCents: 30_000 })],
      },
      is: { remainingCents: 70_000, takenBackCents: 0 },
    },
    {
      name: 'with a deposit of which the bank took a part back, as much as was not paid by check',
      of: DEPOSIT_BILLED,
      facts: {
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { standingCents: 20_000, lostCents: 20_000 })],
      },
      is: { remainingCents: 90_000, takenBackCents: 20_000 },
    },
    {
      name: 'with a deposit that the bank took back and the bookkeeper opened again',
      of: DEPOSIT_BILLED,
      facts: { money: [money('deposit', { lostCents: 30_000 })] },
      is: { remainingCents: 100_000, takenBackCents: 0 },
    },
    {
      name: 'with a deposit that was refunded in full',
      of: DEPOSIT_REFUNDED,
      facts: {},
      is: { remainingCents: 70_000, refundedCents: 30_000 },
    },
    {
      name: 'with a deposit that was refunded in part',
      of: DEPOSIT_REFUNDED,
      facts: { money: [money('deposit', { netCents: 20_000, refundedCents: 10_000 })] },
      is: { remainingCents: 70_000, refundedCents: 10_000 },
    },
    {
      name: 'with a deposit that was held and refunded, so that it is billed again with the work',
      of: DEPOSIT_REFUNDED,
      facts: {
        depositMode: 'liability',
        standing: { remainingCents: 100_000, retainedCents: 0, depositHeldCents: 0 },
      },
      is: { remainingCents: 100_000, refundedCents: 0 },
    },
    {
      name: 'with a deposit that was refunded and paid again',
      of: DEPOSIT_REFUNDED,
      facts: { money: [money('deposit', { netCents: 30_000, refundedCents: 30_000 })] },
      is: { remainingCents: 70_000, refundedCents: 0 },
    },
    {
      name: 'with a deposit that was refunded, and whose invoice is open again',
      of: DEPOSIT_REFUNDED,
      facts: { invoices: [invoice('deposit', 30_000)] },
      is: { remainingCents: 100_000, refundedCents: 0 },
    },
    {
      name: 'with a deposit of which a part was refunded and the bank took the rest back',
      of: DEPOSIT_REFUNDED,
      facts: {
        money: [money('deposit', { standingCents: 30_000, refundedCents: 10_000, lostCents: 20_000 })],
      },
      is: { remainingCents: 90_000, refundedCents: 10_000, takenBackCents: 20_000 },
    },
    {
      name: 'paid twice',
      of: DEPOSIT_BILLED,
      facts: {
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { netCents: 30_000, unrecordedCents: 30_000 })],
      },
      is: { remainingCents: 70_000, overpaidCents: 30_000 },
    },
    {
      name: 'with a payment that was deleted in QuickBooks, and may be entered there again',
      facts: {
        ...DEPOSIT_BILLED,
        invoices: [invoice('deposit', 30_000, { state: 'paid', balanceCents: 0 })],
        money: [money('deposit', { netCents: 30_000, unrecordedCents: 30_000, replacedCents: 30_000 })],
      },
      is: { remainingCents: 70_000, overpaidCents: 0 },
    },
    {
      name: 'with tax on its progress invoice, part of it paid',
      facts: {
        standing: { ...FACTS.standing, remainingCents: 60_000 },
        entries: [
          entry('deposit', 30_000),
          entry('progress', 40_000, contractInvoice('progress', 40_000, 8_000)),
          entry('final', 30_000),
        ],
        invoices: [invoice('progress', 48_000, { state: 'overdue', balanceCents: 18_000 })],
      },
      is: {
        taxCents: 8_000,
        remainingCents: 78_000,
        rows: [{}, { state: 'overdue', amountCents: 48_000, openCents: 18_000 }, {}],
      },
    },
    {
      name: 'with an invoice that QuickBooks has not answered for yet',
      of: DEPOSIT_BILLED,
      facts: {
        invoices: [
          invoice('deposit', 0, { state: null, totalCents: null, balanceCents: null, number: null }),
        ],
      },
      is: { remainingCents: 100_000, rows: [{ state: 'on_its_way', amountCents: 30_000 }, {}, {}] },
    },
    {
      name: 'with a credit that QuickBooks is yet to put on the final invoice',
      of: CREDITED,
      facts: {},
      is: { remainingCents: 24_000, creditCents: 0, rows: [{}, {}, { state: 'due', openCents: 24_000 }] },
    },
    {
      name: 'with a credit over all that is open',
      of: CREDITED,
      facts: { waiting: { ...FACTS.waiting, cents: 30_000 }, valueCents: 70_000 },
      is: { remainingCents: 0, creditCents: 0, rows: [{}, {}, { state: 'credited', openCents: 0 }] },
    },
    {
      name: 'with a credit and nothing open',
      of: CREDITED,
      facts: {
        invoices: CREDITED.invoices.map((one) => ({ ...one, state: 'paid', balanceCents: 0 })),
      },
      is: { remainingCents: 0, creditCents: 6_000 },
    },
    {
      name: 'with a credit in the books of the company before, beside what is billed in others',
      of: CREDITED,
      facts: { waiting: { cents: 2_000, elsewhere: [{ realmId: '2', cents: 4_000 }], realmId: '1' } },
      is: { remainingCents: 28_000, creditCents: 4_000, rows: [{}, {}, { openCents: 28_000 }] },
    },
    {
      name: 'with a credit in the books of the company before, and its invoice there',
      of: CREDITED,
      facts: { waiting: { cents: 0, elsewhere: [{ realmId: null, cents: 6_000 }], realmId: '2' } },
      is: { remainingCents: 24_000, creditCents: 0, rows: [{}, {}, { state: 'due', openCents: 24_000 }] },
    },
    {
      name: 'with a credit, and an invoice in the books of the company before',
      of: CREDITED,
      facts: { waiting: { ...FACTS.waiting, cents: 6_000, realmId: '2' } },
      is: { remainingCents: 24_000, creditCents: 0, rows: [{}, {}, { openCents: 30_000 }] },
    },
    {
      name: 'with a credit that a refund may have paid out, which nobody has decided',
      of: CREDITED,
      facts: {
        invoices: CREDITED.invoices.map((one) => ({ ...one, state: 'paid', balanceCents: 0 })),
        money: [money('deposit', { netCents: 24_000, refundedCents: 6_000 })],
        payouts: { refundsCents: 6_000, creditsCents: 6_000, notGivenBackCents: 0 },
      },
      is: { remainingCents: 0, creditCents: 0, refundedCents: 0 },
    },
    {
      name: 'with a credit that a refund has paid out, beside another refund',
      of: CREDITED,
      facts: {
        invoices: CREDITED.invoices.map((one) => ({ ...one, state: 'paid', balanceCents: 0 })),
        money: [money('deposit', { netCents: 20_000, refundedCents: 10_000 })],
        waiting: { ...FACTS.waiting, cents: 0 },
        payouts: { refundsCents: 6_000, creditsCents: 0, notGivenBackCents: 0 },
      },
      is: { remainingCents: 0, creditCents: 0, refundedCents: 4_000 },
    },
    {
      name: 'with a credit that is left when more is added',
      of: CREDITED,
      facts: {
        standing: { ...CREDITED.standing, remainingCents: 50_000 },
        invoices: CREDITED.invoices.map((one) => ({ ...one, state: 'paid', balanceCents: 0 })),
      },
      is: { remainingCents: 44_000, creditCents: 0 },
    },
    {
      name: 'with a credit memo of a change order, whose tax is no tax of the contract any more',
      of: TAXED,
      facts: {
        valueCents: 95_000,
        standing: { ...TAXED.standing, remainingCents: 55_000 },
        waiting: { ...FACTS.waiting, cents: 5_500 },
        memos: [{ ...MEMO, state: 'open' }],
      },
      is: { taxCents: 3_500, remainingCents: 93_500 },
    },
    {
      name: 'with a credit memo that was voided',
      of: TAXED,
      facts: { memos: [{ ...MEMO, state: 'voided' }] },
      is: { taxCents: 4_000 },
    },
    {
      name: "with a bookkeeper's credit over an invoice with tax",
      of: TAXED,
      facts: {
        standing: { ...TAXED.standing, remainingCents: 100_000 },
        entries: [
          entry('progress', 40_000, { ...TAXED_INVOICE, creditCents: 40_000, creditTaxCents: 4_000 }),
        ],
        invoices: [invoice('progress', 44_000, { state: 'settled_by_credit', balanceCents: 0 })],
      },
      is: { taxCents: 0, remainingCents: 100_000, writtenOffCents: 0 },
    },
    {
      name: 'with an invoice of which a part was paid and the rest was given up',
      of: TAXED,
      facts: {
        entries: [entry('progress', 40_000, { ...TAXED_INVOICE, writtenOffCents: 30_000 })],
        invoices: [invoice('progress', 44_000, { state: 'paid', balanceCents: 0 })],
        money: [money('progress', { refundedCents: 20_000 })],
      },
      is: {
        taxCents: 4_000,
        remainingCents: 60_000,
        writtenOffCents: 30_000,
        refundedCents: 14_000,
        rows: [{ state: 'credited' }],
      },
    },
  ])('$name', ({ of = FACTS, facts, is }) => {
    expect(pageAccount({ ...of, ...facts })).toMatchObject(is);
  });

  it('shows no entry that comes to nothing', () => {
    const entries = [{ ...entry('deposit', 0), state: 'void' as const }, entry('retainage', 0)];
    expect(pageAccount({ ...FACTS, entries }).rows).toEqual([]);
  });
});
