import { describe, expect, it } from 'vitest';
import type { QboInvoice } from '../client/qbo-objects.js';
import { changeBy, type InvoiceSnapshot, type LinkedInvoice } from './invoice-change.js';

const TODAY = '2026-03-02';

const held = (facts: Partial<LinkedInvoice> = {}): LinkedInvoice => ({
  proposalId: 7,
  customerId: 1,
  invoiceId: '145',
  number: 'CRM-7',
  syncToken: 1,
  status: 'Open',
  state: 'open',
  totalCents: 10_000,
  balanceCents: 10_000,
  paidCents: 0,
  dueOn: '2026-03-16',
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
    totalCents: 10_000,
    balanceCents: 10_000,
    privateNote: 'crm:inv-1',
    linkedPaymentIds: [],
    lastUpdatedAt: null,
    ...facts,
  },
});

const paid = { status: 'Paid', state: 'paid', balanceCents: 0, paidCents: 10_000 } as const;

describe('What a snapshot changes', () => {
  it('is nothing when it tells nothing new', () => {
    expect(changeBy(held(), said({ syncToken: '1' }), TODAY)).toBeNull();
  });

  it('is a payment when the balance is gone', () => {
    const change = changeBy(held(), said({ balanceCents: 0 }), TODAY);
    expect(change).toMatchObject({
      event: 'invoice_paid',
      arrivedCents: 10_000,
      next: { ...paid, transitionCount: 1 },
    });
  });

  it('is a part payment when some of it is gone', () => {
    const change = changeBy(held(), said({ balanceCents: 7_500 }), TODAY);
    expect(change).toMatchObject({ event: 'invoice_partially_paid', arrivedCents: 2_500 });
  });

  it('is a reopening when a payment bounces', () => {
    const change = changeBy(held(paid), said({ balanceCents: 10_000 }), TODAY);
    expect(change).toMatchObject({
      event: 'invoice_reopened',
      arrivedCents: 0,
      next: { status: 'Open', paidCents: 0 },
    });
  });

  it('is a void, never a payment, when total and balance are gone together', () => {
    const gone = said({ totalCents: 0, balanceCents: 0, privateNote: 'Voided' });
    expect(changeBy(held(), gone, TODAY)).toMatchObject({
      event: 'invoice_voided',
      next: { status: 'Unknown' },
    });
    expect(changeBy(held(paid), gone, TODAY)).toMatchObject({ event: 'invoice_voided', arrivedCents: 0 });
  });

  it('is nothing when an older version arrives late', () => {
    expect(changeBy(held({ ...paid, syncToken: 3 }), said({ syncToken: '2' }), TODAY)).toBeNull();
  });

  it('would be a reopening if the late version were the newer one (so the test above is not vacuous)', () => {
    expect(changeBy(held({ ...paid, syncToken: 1 }), said({ syncToken: '2' }), TODAY)?.event).toBe(
      'invoice_reopened',
    );
  });

  it('compares versions as numbers, not as text', () => {
    expect(changeBy(held({ syncToken: 9 }), said({ syncToken: '10', balanceCents: 0 }), TODAY)?.event).toBe(
      'invoice_paid',
    );
  });

  it('is a deletion once, and after that nothing any more', () => {
    const deletion = changeBy(held(), { invoiceId: '145', deleted: true }, TODAY);
    expect(deletion).toMatchObject({
      event: 'invoice_deleted',
      next: { state: 'deleted', status: 'Unknown' },
    });
    expect(changeBy(deletion!.next, said({ syncToken: '9', balanceCents: 0 }), TODAY)).toBeNull();
  });

  it('stays voided when the note of a void is edited', () => {
    const voided = held({ status: 'Unknown', state: 'voided', totalCents: 0, balanceCents: 0 });
    const edited = said({ totalCents: 0, balanceCents: 0, privateNote: 'see mail', dueDate: '2026-03-20' });
    expect(changeBy(voided, edited, TODAY)).toMatchObject({ event: null, next: { state: 'voided' } });
  });
});
