import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  eventsOf,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const [FAR, PAST] = ['2099-12-31', '2001-01-01'];

/** It is not known whether QuickBooks remembers a refusal by the key of its request; here it does. */
describe('What QuickBooks has refused, and remembers so,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    await books.control.patchSwitches({ requestIdKeepsRefusals: true });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    await payDeposit(books, contractor.admin, id);
    await happens('payment_recorded');
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const happens = (event: string) =>
    eventually(async () => expect(await eventsOf(contractor, id)).toContain(event));
  const inbox = () => openItems(contractor.admin);
  const closeBooks = (day: string) =>
    books.control.setPreferences(contractor.realmId, { BookCloseDate: day });
  /** It is refused as the books are closed; a bookkeeper opens them, and a person has it tried again. */
  const refusedThenRetried = async (): Promise<void> => {
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'books_closed' }]));
    await closeBooks(PAST);
    const [item] = await inbox();
    expect(await contractor.admin.post(`/inbox/${item!.id}/retry`)).toMatchObject({ status: 200 });
    expect(await inbox()).toEqual([]);
  };

  it('is a refund that comes into the books once they are open, and somebody has it tried again', async () => {
    const { admin, realmId } = contractor;
    await closeBooks(FAR);
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    await admin.post(`/payments/${payment!.id}/refund`, { amount_cents: 10_000, reason: 'Goodwill' });
    await refusedThenRetried();
    expect(await books.control.records(realmId, 'RefundReceipt')).toMatchObject([{ TotalAmt: 100 }]);
    await happens('refund_recorded');
  });

  it('is a credit memo that comes into the books likewise', async () => {
    const { admin, realmId } = contractor;
    expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
    await closeBooks(FAR);
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: -50_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'Gutter', lines });
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed' });
    await refusedThenRetried();
    const memos = await books.control.records(realmId, 'CreditMemo');
    const ours = memos.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'));
    expect(ours).toMatchObject([{ TotalAmt: 500 }]);
    await happens('credit_memo_applied');
  });

  it('is a payment for the new invoice, which a bookkeeper had edited, and that is asked of nobody', async () => {
    const { admin, realmId } = contractor;
    const before = (await admin.get(`/proposals/${id}`)).body;
    const payment = (await books.control.records(realmId, 'Payment')).find(({ PrivateNote }) =>
      beginsWith(PrivateNote, 'crm:'),
    );
    await books.control.voidInvoice(realmId, before.qbo_invoice_id);
    const applied = holdBefore(books.app.app.get(QboClient).payments, 'apply');
    await admin.post(`/qbo/invoice/${id}`, { again: true });
    await applied.made;
    await books.control.editPayment(realmId, payment!.Id, { PaymentRefNum: 'Seen' });
    applied.letGo();
    await eventually(async () => {
      const { body } = await admin.get(`/proposals/${id}`);
      expect(body).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: 300_000 });
      expect(body.qbo_invoice_id).not.toBe(before.qbo_invoice_id);
    });
    const items = await inbox();
    expect(items.map(({ code }) => code)).not.toContain('stale');
    vi.restoreAllMocks();
  });
});
