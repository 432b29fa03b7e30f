import { describe, expect, it } from 'vitest';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { diffInvoice as judge, type InvoiceChange } from './invoice-diff.js';
import type { InvoiceSnapshot, InvoiceRecord } from './invoice-record.js';
import type { SettlementFacts } from './payments/paid-facts.js';

const TODAY = '2026-03-02';

const stored = (facts: Partial<InvoiceRecord> = {}): InvoiceRecord => ({
  id: 11,
  proposalId: 7,
  generation: 1,
  customerId: 1,
  qboInvoiceId: '145',
  number: 'CRM-7',
  syncToken: 1,
  status: 'Open',
  state: 'open',
  totalCents: 10_000,
  balanceCents: 10_000,
  paidCents: 0,
  paidOn: null,
  paymentsIncomplete: false,
  dueOn: '2026-03-16',
  currency: 'USD',
  customerRef: '58',
  txnDate: '2026-03-02',
  originalCents: 10_000,
  originalCustomerRef: '58',
  originalTxnDate: '2026-03-02',
  transitionCount: 0,
  ...facts,
});

const said = (facts: Partial<QboInvoice> = {}): InvoiceSnapshot => ({
  invoiceId: '145',
  deleted: false,
  invoice: {
    id: '145',
    syncToken: '2',
    docNumber: 'CRM-7',
    customerId: '58',
    txnDate: '2026-03-02',
    dueDate: '2026-03-16',
    currency: 'USD',
    exchangeRate: null,
    totalCents: 10_000,
    homeTotalCents: null,
    taxCents: 0,
    balanceCents: 10_000,
    privateNote: 'crm:inv-1',
    linkedPaymentIds: [],
    depositCents: 0,
    otherLinks: [],
    itemLines: [],
    taxLines: [],
    createdAt: null,
    lastUpdatedAt: null,
    ...facts,
  },
});

const NOTHING_PAID: SettlementFacts = { cashCents: 0, creditCents: 0, cashOn: null, complete: true };
const cash = (cashCents: number): SettlementFacts => ({ ...NOTHING_PAID, cashCents, cashOn: TODAY });

/** By default whatever is settled was paid in cash. */
function changeBy(
  current: InvoiceRecord,
  snapshot: InvoiceSnapshot | null,
  today: string,
  facts?: SettlementFacts,
): InvoiceChange | null {
  const settled =
    snapshot && !snapshot.deleted ? snapshot.invoice.totalCents - snapshot.invoice.balanceCents : 0;
  return judge(current, snapshot, today, facts ?? (settled > 0 ? cash(settled) : NOTHING_PAID));
}

const paid = { status: 'Paid', state: 'paid', balanceCents: 0, paidCents: 10_000, paidOn: TODAY } as const;

describe('What a snapshot changes', () => {
  it('is nothing when it tells nothing new', () => {
    expect(changeBy(stored(), said({ syncToken: '1' }), TODAY)).toBeNull();
  });

  it('is a payment when the balance is gone', () => {
    const change = changeBy(stored(), said({ balanceCents: 0 }), TODAY);
    expect(change).toMatchObject({
      event: 'invoice_paid',
      next: { ...paid, transitionCount: 1 },
    });
  });

  it('is a part payment when some of it is gone', () => {
    const change = changeBy(stored(), said({ balanceCents: 7_500 }), TODAY);
    expect(change).toMatchObject({ event: 'invoice_partially_paid' });
  });

  it('is a reopening when a payment bounces', () => {
    const change = changeBy(stored(paid), said({ balanceCents: 10_000 }), TODAY);
    expect(change).toMatchObject({
      event: 'invoice_reopened',
      next: { status: 'Open', paidCents: 0 },
    });
  });

  it('is a void, never a payment, when total and balance are gone together', () => {
    const gone = said({ totalCents: 0, balanceCents: 0, privateNote: 'Voided' });
    expect(changeBy(stored(), gone, TODAY)).toMatchObject({
      event: 'invoice_voided',
      next: { status: 'Unknown' },
    });
    expect(changeBy(stored(paid), gone, TODAY)).toMatchObject({ event: 'invoice_voided' });
  });

  it('is nothing when an older version arrives late', () => {
    expect(changeBy(stored({ ...paid, syncToken: 3 }), said({ syncToken: '2' }), TODAY)).toBeNull();
  });

  it('would be a reopening if the late version were the newer one (so the test above is not vacuous)', () => {
    expect(changeBy(stored({ ...paid, syncToken: 1 }), said({ syncToken: '2' }), TODAY)?.event).toBe(
      'invoice_reopened',
    );
  });

  it('compares versions as numbers, not as text', () => {
    expect(changeBy(stored({ syncToken: 9 }), said({ syncToken: '10', balanceCents: 0 }), TODAY)?.event).toBe(
      'invoice_paid',
    );
  });

  it('is a deletion once, and after that nothing any more', () => {
    const deletion = changeBy(stored(), { invoiceId: '145', deleted: true }, TODAY);
    expect(deletion).toMatchObject({
      event: 'invoice_deleted',
      next: { state: 'deleted', status: 'Unknown' },
    });
    expect(changeBy(deletion!.next, said({ syncToken: '9', balanceCents: 0 }), TODAY)).toBeNull();
  });

  it('stays voided when the note of a void is edited', () => {
    const voided = stored({ status: 'Unknown', state: 'voided', totalCents: 0, balanceCents: 0 });
    const edited = said({ totalCents: 0, balanceCents: 0, privateNote: 'see mail', dueDate: '2026-03-20' });
    expect(changeBy(voided, edited, TODAY)).toMatchObject({ event: null, next: { state: 'voided' } });
  });

  it('is no payment when a credit alone settles it', () => {
    const change = changeBy(stored(), said({ balanceCents: 0 }), TODAY, {
      ...NOTHING_PAID,
      creditCents: 10_000,
    });
    expect(change).toMatchObject({
      event: null,
      settledBy: 'credit',
      next: { status: 'Paid', state: 'settled_by_credit', paidCents: 0, paidOn: null },
    });
  });

  it('is a payment once money comes in place of the credit, and no reopening where the credit is taken off', () => {
    const settled = stored({ ...paid, state: 'settled_by_credit', paidCents: 0, paidOn: null });
    expect(changeBy(settled, said({ balanceCents: 0 }), TODAY, cash(1))?.event).toBe('invoice_paid');
    expect(changeBy(settled, said({ balanceCents: 10_000 }), TODAY)?.event).toBeNull();
  });

  it('is cash as far as cash came in when both settle it', () => {
    const mixed = { ...cash(6_000), creditCents: 4_000 };
    expect(changeBy(stored(), said({ balanceCents: 0 }), TODAY, mixed)).toMatchObject({
      settledBy: 'mixed',
      next: { state: 'paid', paidCents: 6_000, paidOn: TODAY },
    });
  });

  it('follows the invoice while its payments are not known, and counts the cash once they are', () => {
    const unknown = { ...NOTHING_PAID, complete: false };
    const first = changeBy(stored(), said({ balanceCents: 0 }), TODAY, unknown);
    expect(first).toMatchObject({
      event: 'invoice_paid',
      settledBy: null,
      next: { status: 'Paid', state: 'paid', paidCents: 0, paymentsIncomplete: true },
    });
    const then = changeBy(first!.next, said({ balanceCents: 0 }), TODAY, cash(10_000));
    expect(then).toMatchObject({
      event: null,
      next: { paidCents: 10_000, paymentsIncomplete: false, paidOn: TODAY },
    });
  });

  it('loses nothing that was known while a payment cannot be read', () => {
    const before = stored({ state: 'partially_paid', balanceCents: 7_000, paidCents: 3_000 });
    const change = changeBy(before, said({ balanceCents: 1_000 }), TODAY, {
      ...cash(3_000),
      complete: false,
    });
    expect(change).toMatchObject({
      event: 'invoice_partially_paid',
      settledMoreCents: 6_000,
    });
    expect(change!.next.paidCents).toBe(3_000);
  });

  it('learns how it was settled from the payments alone', () => {
    const owing = stored({ ...paid, paidCents: 0, paidOn: null, paymentsIncomplete: true });
    expect(changeBy(owing, null, TODAY, { ...NOTHING_PAID, creditCents: 10_000 })).toMatchObject({
      event: null,
      next: { state: 'settled_by_credit', paymentsIncomplete: false },
    });
  });

  it('is an edit, with both values, when somebody changes what was agreed', () => {
    const change = changeBy(
      stored(),
      said({ totalCents: 12_000, balanceCents: 12_000, customerId: '61', txnDate: '2026-03-03' }),
      TODAY,
    );
    expect(change!.event).toBeNull();
    expect(change!.edits).toEqual([
      { field: 'amount', before: 10_000, after: 12_000, original: 10_000 },
      { field: 'customer', before: '58', after: '61', original: '58' },
      { field: 'date', before: '2026-03-02', after: '2026-03-03', original: '2026-03-02' },
    ]);
    const again = changeBy(change!.next, said({ syncToken: '3' }), TODAY);
    expect(again!.edits).toMatchObject([
      { field: 'amount', before: 12_000, after: 10_000, original: 10_000 },
      { field: 'customer', after: '58', original: '58' },
      { field: 'date', after: '2026-03-02', original: '2026-03-02' },
    ]);
  });

  it('is what is not as it was at first, where a void is undone', () => {
    const voided = stored({ status: 'Unknown', state: 'voided', totalCents: 0, customerRef: '59' });
    expect(changeBy(voided, said({ totalCents: 12_000, customerId: '59' }), TODAY)).toMatchObject({
      hasCome: true,
      isNewLink: false,
      edits: [
        { field: 'amount', before: 0, after: 12_000, original: 10_000 },
        { field: 'customer', before: '59', after: '59', original: '58' },
      ],
    });
    expect(changeBy(stored({ state: 'voided', totalCents: 0 }), said(), TODAY)).toMatchObject({
      edits: [{ field: 'amount', before: 0, after: 10_000, original: 10_000 }],
    });
  });

  it('has an invoice come where another may stand in its place: made anew, or its void undone', () => {
    const firstSeen = (generation: number) =>
      changeBy(stored({ generation, syncToken: null, status: null, state: null }), said(), TODAY);
    expect(firstSeen(2)).toMatchObject({ hasCome: true });
    expect(firstSeen(1)).toMatchObject({ hasCome: false });
    expect(changeBy(stored(), said({ totalCents: 12_000 }), TODAY)).toMatchObject({ hasCome: false });
  });

  it('is no edit when an invoice is first seen, voided or deleted', () => {
    const unseen = stored({
      syncToken: null,
      totalCents: null,
      customerRef: null,
      txnDate: null,
      originalCents: null,
    });
    expect(changeBy(unseen, said(), TODAY)).toMatchObject({ edits: [], next: { originalCents: 10_000 } });
    const voided = said({ totalCents: 0, balanceCents: 0, privateNote: 'Voided' });
    expect(changeBy(stored(), voided, TODAY)!.edits).toEqual([]);
    expect(changeBy(stored(), { invoiceId: '145', deleted: true }, TODAY)!.edits).toEqual([]);
  });
});
