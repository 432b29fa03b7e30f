import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QboRecord } from '../../../sandbox/control-client.ts';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

/** What the inbox asks about a payment by card, and facts of QuickBooks and Stripe that answer it, or ask it again. */
describe('A question of the inbox about a payment of 3,000.00 in the books', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;
  let intent: string;
  let invoiceId: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    ({ paymentIntentId: intent } = await payDeposit(books, contractor.admin, id));
    await eventually(async () => {
      if (!(await ours('Payment'))) throw new Error('the payment is not in the books yet');
    });
    await idle(books, contractor);
    await pollCompany(books, contractor);
    const { items } = (await contractor.admin.get(`/invoices?proposal_id=${id}`)).body;
    invoiceId = items[0].qbo_invoice_id as string;
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const ours = async (entity: 'Payment' | 'RefundReceipt'): Promise<QboRecord | undefined> => {
    const all = await books.control.records(contractor.realmId, entity);
    return all.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:')).at(-1);
  };
  const inbox = () => openItems(contractor.admin);
  const codes = async (): Promise<unknown[]> => (await inbox()).map(({ code }) => code as unknown);
  const why = async (): Promise<Json> => (await contractor.admin.get(`/proposals/${id}/why`)).body;
  const dismissAll = async (): Promise<void> => {
    for (const item of await inbox()) await contractor.admin.post(`/inbox/${item.id}/dismiss`, {});
  };
  const voidPayment = async (): Promise<QboRecord> => {
    const payment = (await ours('Payment'))!;
    await books.control.voidPayment(contractor.realmId, payment.Id);
    await pollCompany(books, contractor);
    return payment;
  };

  it('that was voided is over once a bookkeeper gives it its sum again, and asked anew by another void', async () => {
    const { Id, TotalAmt, Line } = await voidPayment();
    expect(await codes()).toEqual(['payment_removed']);
    await books.control.editPayment(contractor.realmId, Id, { amount: TotalAmt as number, Line });
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);
    await books.control.voidPayment(contractor.realmId, Id);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('that was deleted for a lost dispute is asked about once the dispute is won after all', async () => {
    const dispute = await books.stripe.act('dispute', { payment_intent: intent });
    await books.stripe.act('close-dispute', { dispute: dispute.id, status: 'lost' });
    await eventually(async () => expect(await codes()).toEqual(['dispute_lost']));
    await books.control.deletePayment(contractor.realmId, (await ours('Payment'))!.Id);
    await pollCompany(books, contractor);
    await dismissAll();
    await books.stripe.act('overturn-dispute', { dispute: dispute.id });
    await eventually(async () => expect(await codes()).toEqual(['payment_removed']));
    expect((await why()).answer).toContain('was deleted or voided in QuickBooks, but its money is with us');
  });

  it('that was voided, and closed by its refund, is asked about once that refund fails', async () => {
    await voidPayment();
    const refund = await books.stripe.act('refund', { payment_intent: intent });
    await eventually(async () => expect(await codes()).not.toContain('payment_removed'));
    await idle(books, contractor);
    await books.stripe.act('update-refund', { refund: refund.id, status: 'failed' });
    await eventually(async () => expect(await codes()).toContain('payment_removed'));
  });

  it('that was voided is not put once more where a person said that it is no matter', async () => {
    await voidPayment();
    await dismissAll();
    const refund = await books.stripe.act('refund', { payment_intent: intent, amount: 10_000 });
    await eventually(async () => {
      const { items } = (await contractor.admin.get(`/payments?proposal_id=${id}`)).body;
      expect(items).toMatchObject([{ refunded_cents: 10_000 }]);
    });
    await books.stripe.act('update-refund', { refund: refund.id, status: 'failed' });
    await eventually(async () => expect(await codes()).toContain('refund_failed'));
    await idle(books, contractor);
    expect(await codes()).not.toContain('payment_removed');
  });

  it.each([
    { how: 'deleted', path: 'refundreceipt?operation=delete', dollars: 100, left: /^$/ },
    {
      how: 'lowered',
      path: 'refundreceipt',
      dollars: 60,
      left: /^\$60\.00 of refunds .+ stand in QuickBooks/,
    },
  ])('of which a refund failed is over as far as its receipt is $how', async ({ path, dollars, left }) => {
    const refund = await books.stripe.act('refund', { payment_intent: intent, amount: 10_000 });
    await eventually(async () => expect(await ours('RefundReceipt')).toBeDefined());
    await idle(books, contractor);
    await pollCompany(books, contractor);
    await books.stripe.act('update-refund', { refund: refund.id, status: 'failed' });
    await eventually(async () => expect(await codes()).toContain('refund_reversed'));
    await idle(books, contractor);
    const { Id, SyncToken, Line } = (await ours('RefundReceipt'))! as QboRecord & { Line: [Json] };
    const [line] = Line;
    const detail = { ...line.SalesItemLineDetail, UnitPrice: dollars };
    const lines = [{ ...line, Amount: dollars, SalesItemLineDetail: detail }];
    await askCompany(books, contractor, path, { Id, SyncToken, sparse: true, Line: lines });
    await pollCompany(books, contractor);
    await idle(books, contractor);
    const reversed = (await inbox()).filter(({ code }) => code === 'refund_reversed');
    expect(reversed.map(({ reason }) => reason as unknown).join()).toMatch(left);
  });

  it('that was voided beside a cheque leaves nothing due, as why says, also once it is closed', async () => {
    await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 6000 });
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 3000 });
    await pollCompany(books, contractor);
    await books.database.query(
      `update invoice_payments set seen_at = seen_at - interval '2 hours' where org_id = $1`,
      [contractor.orgId],
    );
    await voidPayment();
    expect((await why()).answer).toMatch(/open over \$3,000\.00 although .+ was voided in QuickBooks, but/);
    await dismissAll();
    const [{ id: paymentId }] = (await contractor.admin.get(`/payments?proposal_id=${id}`)).body.items;
    expect(await why()).toMatchObject({
      answer: expect.stringMatching(
        /open over \$3,000\.00 although \$3,000\.00 of it was paid, because .+ deleted or voided in QuickBooks\.$/,
      ),
      next_step: expect.stringContaining(`POST /payments/${paymentId}/refund`),
    });
    await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 7000 });
    await pollCompany(books, contractor);
    expect((await why()).answer).toContain('; $1,000.00 is still due');
  });
});
