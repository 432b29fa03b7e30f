import { describe, expect, it } from 'vitest';
import { creditsOn } from '../../contracts/settlement/settlements.js';
import { NO_DEPOSIT_REFUNDS, standingOf } from '../../contracts/billing/contract-standing.js';
import { contractEvents } from './contract-events.js';
import type { ApplicationFact, ContractFacts, InvoiceFact } from './contract-facts.js';

/** A deposit of 1,000.00 and a final invoice of 3,333.33 less it, both with tax of 8.25 %. */
const DEPOSIT: InvoiceFact = {
  id: 1,
  kind: 'deposit',
  currency: 'USD',
  txnOn: '2026-03-02',
  totalCents: 108_250,
  taxCents: 8_250,
  retainedCents: 0,
  releasedCents: 0,
  lines: [{ kind: 'deposit', cents: 100_000 }],
};
const FINAL: InvoiceFact = {
  ...DEPOSIT,
  id: 2,
  kind: 'final',
  currency: 'USD',
  txnOn: '2026-05-01',
  totalCents: 252_583,
  taxCents: 19_250,
  lines: [
    { kind: 'work', cents: 222_222 },
    { kind: 'work', cents: 111_111 },
    { kind: 'deposit', cents: -100_000 },
  ],
};
const applied = (id: number, invoiceId: number, cents: number): ApplicationFact => ({
  id,
  invoiceId,
  cents,
  kind: 'credit',
  on: `2026-05-0${id}`,
  paymentId: null,
  usedOn: null,
  isOwnMemo: false,
  isWriteOff: false,
  memo: null,
});
const paid = (id: number, invoiceId: number, cents: number): ApplicationFact => ({
  ...applied(id, invoiceId, cents),
  kind: 'payment',
});
const CONTRACT: ContractFacts = {
  contractId: 1,
  proposalId: 1,
  currency: 'USD',
  policy: 'invoice',
  depositMode: 'income',
  isTaxCountedThere: false,
  valueCents: 333_333,
  completedOn: null,
  cancelledOn: null,
  changes: [],
  memos: [],
  invoices: [DEPOSIT, FINAL],
  applications: [],
  payments: [],
  returns: [],
  payouts: [],
  leftOut: [],
  lossesNotOwed: [],
  receipts: [],
  failedRefunds: [],
  milestones: [],
  progress: [],
};
const standingBy = ({ valueCents, depositMode, invoices, applications }: ContractFacts) =>
  standingOf(
    { valueCents, depositMode },
    invoices.map((invoice) => ({
      ...invoice,
      sequence: 1,
      generation: 1,
      state: 'open',
      isRefused: false,
      amountCents: null,
      ...creditsOn(invoice, applications),
    })),
    NO_DEPOSIT_REFUNDS,
  );
const sum = (of: ContractFacts, kind: string, source?: string): number =>
  contractEvents(of)
    .filter((one) => one.kind === kind && (source === undefined || one.sourceKind === source))
    .reduce((total, { cents }) => total + cents, 0);

describe('What can be billed again of a contract, and what its revenue lost,', () => {
  it.each([
    { what: 'a credit', applications: [applied(1, 2, 11_111)] },
    {
      what: 'credits between payments, each rounded',
      applications: [
        paid(1, 2, 33_337),
        applied(2, 2, 10_001),
        paid(3, 2, 77),
        applied(4, 2, 5_003),
        applied(5, 1, 13),
      ],
    },
    { what: 'a credit of a whole invoice', applications: [applied(1, 2, 252_583)] },
    {
      what: 'a credit of what was left to pay',
      applications: [paid(1, 2, 100_003), applied(2, 2, 152_580)],
    },
    { what: 'a debt that was given up', applications: [{ ...applied(1, 2, 11_111), isWriteOff: true }] },
  ])('are the same to the cent after $what', ({ applications }) => {
    const of = { ...CONTRACT, applications };
    const { remainingCents, billedCents } = standingBy(of);
    expect(remainingCents).toBe(sum(of, 'credited'));
    expect(billedCents).toBe(sum(of, 'earned'));
  });

  it('are the same to the cent after a credit of the work on the invoice of a deposit that is held', () => {
    const work = { ...DEPOSIT, releasedCents: 30_000 };
    const of: ContractFacts = {
      ...CONTRACT,
      depositMode: 'liability',
      invoices: [work],
      applications: [applied(1, 1, 10_825)],
    };
    const { billedCents, depositHeldCents } = standingBy(of);
    expect([billedCents, depositHeldCents]).toEqual([20_000, 70_000]);
    expect([sum(of, 'earned'), sum(of, 'credited')]).toEqual([20_000, 10_000]);
    const byWork = {
      ...of,
      policy: 'completion',
      completedOn: '2026-06-01',
      cancelledOn: '2026-06-02',
    } as const;
    expect(sum(byWork, 'earned')).toBe(20_000);
  });

  it.each([
    { what: 'was credited in part', credit: applied(1, 1, 54_125), held: 50_000 },
    { what: 'was credited whole', credit: applied(1, 1, 108_250), held: 0 },
    { what: 'was given up as a debt', credit: { ...applied(1, 1, 54_125), isWriteOff: true }, held: 100_000 },
    {
      what: 'a credit memo of ours paid',
      credit: { ...applied(1, 1, 54_125), isOwnMemo: true },
      held: 100_000,
    },
  ])(
    'are the same where a refund of a deposit goes beyond what is held after it $what',
    ({ credit, held }) => {
      const refund = {
        id: 1,
        kind: 'refund',
        paymentId: 9,
        invoiceKind: 'deposit',
        invoiceId: 1,
        on: '2026-06-01',
      } as const;
      const of: ContractFacts = {
        ...CONTRACT,
        depositMode: 'liability',
        invoices: [DEPOSIT],
        applications: [credit],
        returns: [{ ...refund, cents: 120_000 }],
      };
      expect(standingBy(of).depositHeldCents).toBe(held);
      expect(sum(of, 'earned', 'refund')).toBe(held - 120_000);
    },
  );
});
