import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxRefusal, type QboRecord } from '../../../sandbox/control-client.ts';
import { centsFromDecimal } from '../../../src/platform/money/cents.js';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';

const RUNS = 5;
const ACTIONS_MAX = 7;

type Edit = 'edit payment' | 'edit invoice' | 'redate';

/** One thing a bookkeeper does; `share` is of what is open, `which` picks one of the payments there are. */
interface Act {
  kind: 'pay' | 'overpay' | 'credit' | 'delete' | 'void' | 'unapply' | Edit;
  share: number;
  which: number;
  heardBy: 'check' | 'poll';
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom<Act['kind'][]>(
    'pay',
    'pay',
    'overpay',
    'credit',
    'delete',
    'void',
    'unapply',
    'edit payment',
    'edit invoice',
    'redate',
  ),
  share: fc.integer({ min: 1, max: 100 }),
  which: fc.nat(20),
  heardBy: fc.constantFrom('check', 'poll'),
});

describe('Whatever a bookkeeper does', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  it('the CRM says what QuickBooks says, and the payments sum to what is paid', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: ACTIONS_MAX }), async (acts) => {
        const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
        await pollCompany(books, contractor);
        for (const one of acts) {
          await perform(one, invoiceId);
          // A payment's new day, or its own money in place of a credit, leaves the invoice as it is: only changes
          // tell of it.
          await (one.heardBy === 'check' && one.kind !== 'redate' && one.kind !== 'edit payment'
            ? contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)
            : pollCompany(books, contractor));
          expect(await heldOf(proposalId)).toEqual(await truthOf(invoiceId));
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  async function perform({ kind, share, which }: Act, invoiceId: string): Promise<void> {
    const { realmId } = contractor;
    const invoice = await invoiceOf(invoiceId);
    const some = Math.max(Math.round(Number(invoice.Balance) * share), 1) / 100;
    const payments = await paymentsOn(invoiceId);
    const there = payments[which % Math.max(payments.length, 1)];
    const customer = (invoice.CustomerRef as { value: string }).value;
    const acts: Record<Act['kind'], () => Promise<unknown> | undefined> = {
      pay: () => books.control.receivePayment(realmId, invoiceId, { amount: some }),
      overpay: () => books.control.receivePayment(realmId, invoiceId, { amount: some + 5_000 }),
      credit: () =>
        books.control.creditMemo(realmId, { customer_id: customer, amount: some, apply_to: invoiceId }),
      delete: () => there && books.control.deletePayment(realmId, there.Id),
      void: () => there && books.control.voidPayment(realmId, there.Id),
      unapply: () => there && books.control.unapplyPayment(realmId, there.Id),
      'edit payment': () => there && books.control.editPayment(realmId, there.Id, { amount: some }),
      'edit invoice': () => books.control.editInvoice(realmId, invoiceId, { amount: 1_000 + share * 50 }),
      redate: () =>
        there && books.control.editPayment(realmId, there.Id, { TxnDate: `2026-03-${10 + (which % 20)}` }),
    };
    // QuickBooks refuses some of it, such as a credit on what is paid: then there is nothing to hear of.
    await acts[kind]()?.catch((error: unknown) => {
      if (!(error instanceof SandboxRefusal)) throw error;
    });
  }

  /** What the CRM shows. */
  async function heldOf(proposalId: number) {
    const { body: proposal } = await contractor.admin.get(`/proposals/${proposalId}`);
    const { body } = await contractor.admin.get(`/proposals/${proposalId}/payments`);
    const payments = body.items as {
      qbo_payment_id: string;
      kind: string;
      amount_cents: number;
      paid_on: string;
    }[];
    const cash = payments.filter((one) => one.kind === 'payment');
    expect(cash.reduce((sum, one) => sum + one.amount_cents, 0)).toBe(proposal.qbo_paid_cents);
    return {
      status: proposal.qbo_status,
      balanceCents: proposal.qbo_balance_cents,
      paidCents: proposal.qbo_paid_cents,
      byCredit: proposal.qbo_state === 'settled_by_credit',
      payments: payments
        .map((one) => `${one.qbo_payment_id} ${one.kind} ${one.amount_cents} ${one.paid_on}`)
        .toSorted(),
    };
  }

  /** The same from the books themselves. */
  async function truthOf(invoiceId: string) {
    const invoice = await invoiceOf(invoiceId);
    const parts = (await paymentsOn(invoiceId)).flatMap((payment) => {
      const applied = appliedTo(payment, invoiceId);
      // What of the payment's own money is unapplied settles nothing; the rest came from a credit memo.
      const brought = centsFromDecimal(payment.TotalAmt) - centsFromDecimal(payment.UnappliedAmt);
      const money = Math.min(applied, brought);
      const part = { id: payment.Id, on: payment.TxnDate as string };
      return [
        { ...part, kind: 'payment', cents: money },
        { ...part, kind: 'credit', cents: applied - money },
      ].filter(({ cents }) => cents > 0);
    });
    const balanceCents = centsFromDecimal(invoice.Balance);
    const sumOf = (kind: string): number =>
      parts.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.cents, 0);
    const isNearlyNoCash = sumOf('payment') * 100 < centsFromDecimal(invoice.TotalAmt);
    return {
      status: balanceCents === 0 ? 'Paid' : 'Open',
      balanceCents,
      paidCents: sumOf('payment'),
      byCredit: balanceCents === 0 && sumOf('credit') > 0 && isNearlyNoCash,
      payments: parts.map((one) => `${one.id} ${one.kind} ${one.cents} ${one.on}`).toSorted(),
    };
  }

  async function invoiceOf(invoiceId: string): Promise<QboRecord> {
    return (await books.control.records(contractor.realmId, 'Invoice')).find((one) => one.Id === invoiceId)!;
  }

  async function paymentsOn(invoiceId: string): Promise<QboRecord[]> {
    const payments = await books.control.records(contractor.realmId, 'Payment');
    return payments.filter((one) => one.status !== 'Deleted' && appliedTo(one, invoiceId) > 0);
  }
});

function appliedTo(payment: QboRecord, invoiceId: string): number {
  const lines = (payment.Line ?? []) as { Amount: number; LinkedTxn: { TxnId: string; TxnType: string }[] }[];
  return lines
    .filter(({ LinkedTxn: [link] }) => link?.TxnType === 'Invoice' && link.TxnId === invoiceId)
    .reduce((sum, line) => sum + centsFromDecimal(line.Amount), 0);
}
