import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QboCreditsClient } from '../../../src/qbo-sync/api/qbo-credits.client.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { CreditPlacementService } from '../../../src/qbo-sync/push/credits/credit-placement.service.js';
import { PaymentPreparationService } from '../../../src/qbo-sync/push/payments/payment-preparation.service.js';
import { RefundBooksService } from '../../../src/qbo-sync/push/payments/refunds/refund-books.service.js';
import {
  aContractor,
  aCustomer,
  anInvoicedProposal,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

const TOTAL = { amountCents: 1_000_000 };

/** Links that somebody corrects by SQL while money that follows them is on its way into the books. */
describe('A link that is corrected by SQL', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let customerId: number;
  let proposalId: number;
  let invoiceId: string;
  /** The bookkeeper's own invoice of the same work and customer, to which the link is corrected. */
  let rightId: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    customerId = await aCustomer(contractor);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor, { ...TOTAL, customerId }));
    const { body } = await contractor.admin.get(`/customers/${customerId}`);
    rightId = await anInvoiceOf(body.qbo_customer_id as string, 3_000);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const anInvoiceOf = async (customer_id: string, amount: number, realmId = contractor.realmId) =>
    (await books.control.createInvoice(realmId, { customer_id, amount })).Id;
  const correct = (id: string | null, proposal = proposalId) =>
    books.database.query('update leads set qbo_invoice_id = $2 where id = $1', [proposal, id]);
  const correctCustomer = (id: string) =>
    books.database.query('update customers set qbo_customer_id = $2 where id = $1', [customerId, id]);
  const records = async (entity: 'Payment' | 'RefundReceipt', realmId = contractor.realmId) =>
    (await books.control.records(realmId, entity)) as unknown as Json[];
  const ours = async (entity: 'Payment' | 'RefundReceipt', realmId = contractor.realmId) =>
    (await records(entity, realmId)).filter(({ PrivateNote }) => PrivateNote?.startsWith('crm:'));
  const invoicesOf = (payment: Json): string[] =>
    (payment.Line as Json[]).flatMap(({ LinkedTxn }) =>
      (LinkedTxn as Json[]).map(({ TxnId }) => TxnId as string),
    );
  const pay = async () => {
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session: session_id });
  };
  const inbox = () => openItems(contractor.admin);

  it('as a payment is prepared has it recorded on the invoice that is the right one', async () => {
    // Whoever asks this is about to send it, and alone: of two that prepare it, one may be through before the other.
    const prepared = holdBefore(books.app.app.get(PaymentPreparationService), 'outdated');
    await pay();
    await prepared.made;
    await correct(rightId);
    prepared.letGo();
    await idle(books, contractor);
    await eventually(async () => {
      const made = await ours('Payment');
      expect(made.map(invoicesOf)).toEqual([[rightId]]);
    });
    expect(await inbox()).toEqual([]);
  });

  it('as a payment is at QuickBooks has a person put it right, once', async () => {
    const sent = holdNext(books.app.app.get(QboClient).payments, 'create');
    await pay();
    await sent.done;
    await correct(rightId);
    sent.letGo();
    await idle(books, contractor);
    await eventually(async () => expect((await ours('Payment')).map(invoicesOf)).toEqual([[invoiceId]]));
    const items = await inbox();
    expect(items).toMatchObject([{ code: 'payment_on_other_invoice', proposal_id: proposalId }]);
    expect(items[0]!.reason).toMatch(`for proposal ${proposalId} for Ann Ruiz`);
    expect(items[0]!.reason).toContain(`was on its way to invoice ${invoiceId} of QuickBooks`);
    const why = (await contractor.admin.get(`/proposals/${proposalId}/why`)).body;
    expect(why.answer).toContain(`somebody linked another invoice in its place`);
    await pollCompany(books, contractor);
    expect(await inbox()).toHaveLength(1);
  });

  /** The payment of ours, applied to this invoice alone, as a bookkeeper does. */
  const apply = async (to: string): Promise<void> => {
    const [payment] = await ours('Payment');
    const [line] = payment.Line as [Json];
    await books.control.editPayment(contractor.realmId, payment.Id as string, {
      Line: [{ ...line, LinkedTxn: [{ TxnId: to, TxnType: 'Invoice' }] }],
    });
    await pollCompany(books, contractor);
  };

  it('as a payment is at QuickBooks is no question any more once that is on the invoice linked now', async () => {
    const sent = holdNext(books.app.app.get(QboClient).payments, 'create');
    await pay();
    await sent.done;
    await correct(rightId);
    sent.letGo();
    await idle(books, contractor);
    await eventually(async () => expect(await inbox()).toHaveLength(1));
    await pollCompany(books, contractor);
    await apply(rightId);
    expect(await inbox()).toEqual([]);
    await apply(invoiceId);
    expect(await inbox()).toMatchObject([{ code: 'payment_on_other_invoice' }]);
    await correct(invoiceId);
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);
  });

  it('long after a payment was recorded is before a person once, until either is put right', async () => {
    await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect(await ours('Payment')).toHaveLength(1));
    await idle(books, contractor);
    await pollCompany(books, contractor);
    await correct(rightId);
    await pollCompany(books, contractor);
    const [item, ...others] = await inbox();
    expect(others).toEqual([]);
    expect(item).toMatchObject({ code: 'payment_on_other_invoice', proposal_id: proposalId });
    expect(item!.reason).toContain(
      `recorded on invoice ${invoiceId} of QuickBooks; since then somebody linked`,
    );
    await contractor.admin.post(`/inbox/${item!.id}/resolve`, {});
    await books.control.editInvoice(contractor.realmId, rightId, { PrivateNote: 'Seen' });
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);

    const { body } = await contractor.admin.get(`/customers/${customerId}`);
    const third = await anInvoiceOf(body.qbo_customer_id as string, 3_000);
    await correct(third);
    await pollCompany(books, contractor);
    expect(await inbox()).toMatchObject([{ reason: expect.stringContaining(`linked invoice ${third} of`) }]);
    await apply(third);
    expect(await inbox()).toEqual([]);
  });

  it('as a payment is at QuickBooks is before a person for each invoice that is linked since', async () => {
    const sent = holdNext(books.app.app.get(QboClient).payments, 'create');
    await pay();
    await sent.done;
    await correct(rightId);
    sent.letGo();
    await idle(books, contractor);
    await eventually(async () => expect(await inbox()).toHaveLength(1));
    await contractor.admin.post(`/inbox/${(await inbox())[0]!.id}/resolve`, {});
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);

    const { body } = await contractor.admin.get(`/customers/${customerId}`);
    const third = await anInvoiceOf(body.qbo_customer_id as string, 3_000);
    await correct(third);
    await pollCompany(books, contractor);
    expect(await inbox()).toMatchObject([{ reason: expect.stringContaining(`linked invoice ${third} of`) }]);
  });

  it('after a payment that is given back in full is no question, unless the refund comes to nothing', async () => {
    const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect(await ours('Payment')).toHaveLength(1));
    await idle(books, contractor);
    await pollCompany(books, contractor);
    await correct(rightId);
    await pollCompany(books, contractor);
    const codes = async () => (await inbox()).map(({ code }) => code as unknown);
    expect(await codes()).toEqual(['payment_on_other_invoice']);

    const refund = await books.stripe.act('refund', { payment_intent: paymentIntentId });
    await eventually(async () => expect(await ours('RefundReceipt')).toHaveLength(1));
    await idle(books, contractor);
    expect(await codes()).toEqual([]);
    await books.stripe.act('update-refund', { refund: refund.id, status: 'failed' });
    await eventually(async () => expect(await codes()).toContain('refund_failed'));
    await idle(books, contractor);
    expect(await codes()).toContain('payment_on_other_invoice');
  });

  it('of a customer as their payment is under way keeps it with whoever is billed', async () => {
    const { Id } = await books.control.createCustomer(contractor.realmId, 'Zoe Hill');
    const prepared = holdNext(books.app.app.get(PaymentPreparationService), 'prepare');
    await pay();
    await prepared.done;
    await correctCustomer(Id);
    prepared.letGo();
    await idle(books, contractor);
    const made = await ours('Payment');
    expect(made.map(invoicesOf)).toEqual([[invoiceId]]);
    expect(await inbox()).toEqual([]);
  });

  it('of invoice and customer as a refund is prepared leaves it with the payment', async () => {
    const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    await idle(books, contractor);
    const [payment] = await ours('Payment');
    const { Id } = await books.control.createCustomer(contractor.realmId, 'Zoe Hill');
    const held = holdNext(books.app.app.get(RefundBooksService), 'of');
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 10_000 });
    await held.done;
    await correct(rightId);
    await correctCustomer(Id);
    held.letGo();
    await idle(books, contractor);
    const made = await eventually(async () => {
      const receipts = await ours('RefundReceipt');
      expect(receipts).toHaveLength(1);
      return receipts;
    });
    expect(made[0].CustomerRef.value).toBe(payment.CustomerRef.value);
  });

  it("as a credit is put on an invoice puts it on none that is the contract's no more", async () => {
    const { admin } = contractor;
    const billed = await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const final = billed.body.invoice.qbo_invoice_id as string;
    const held = holdNext(books.app.app.get(CreditPlacementService), 'next');
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: -50_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'Gutter', lines });
    const approved = await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, {
      reason: 'Agreed',
    });
    expect(approved.status).toBe(200);
    await held.done;
    await correct(rightId);
    held.letGo();
    await idle(books, contractor);
    await eventually(async () => {
      const credits = (await ours('Payment')).filter((one) => one.TotalAmt === 0);
      expect(credits.flatMap(invoicesOf)).toContain(invoiceId);
      expect(credits.flatMap(invoicesOf)).not.toContain(final);
    });
    expect(await inbox()).toEqual([]);
  });

  it('of a customer before a credit has it made out to whoever is billed, and put on an invoice', async () => {
    const { admin, realmId } = contractor;
    const { body } = await admin.get(`/customers/${customerId}`);
    const billed = await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const { Id } = await books.control.createCustomer(realmId, 'Zoe Hill');
    await correctCustomer(Id);
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: -50_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'Gutter', lines });
    await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, { reason: 'Agreed' });
    await eventually(async () => {
      const uses = (await ours('Payment')).filter(({ TotalAmt }) => TotalAmt === 0);
      expect(uses.flatMap(invoicesOf)).toContain(billed.body.invoice.qbo_invoice_id);
    });
    await idle(books, contractor);
    const all = (await books.control.records(realmId, 'CreditMemo')) as unknown as Json[];
    const memos = all.filter(({ PrivateNote }) => PrivateNote?.startsWith('crm:'));
    expect(memos.map(({ CustomerRef }) => CustomerRef.value)).toEqual([body.qbo_customer_id]);
    expect(await inbox()).toEqual([]);
  });

  it('as a credit is at QuickBooks has a person put it right, until it is on an invoice of the contract', async () => {
    const { admin, realmId } = contractor;
    const { body } = await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const final = body.invoice.qbo_invoice_id as string;
    const sent = holdNext(books.app.app.get(QboCreditsClient), 'apply');
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: -50_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'Gutter', lines });
    await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, { reason: 'Agreed' });
    await sent.done;
    await correct(rightId);
    sent.letGo();
    await idle(books, contractor);
    await pollCompany(books, contractor);
    const items = await inbox();
    expect(items).toMatchObject([{ code: 'payment_on_other_invoice', proposal_id: proposalId }]);
    expect(items[0]!.reason).toContain(`was on its way to invoice ${final} of QuickBooks, and is used there`);
    const [use] = (await ours('Payment')).filter(({ TotalAmt }) => TotalAmt === 0);
    const to = (Line: Json[]): Json[] =>
      Line.map((line) => {
        const isInvoice = line.LinkedTxn[0].TxnType === 'Invoice';
        return isInvoice ? { ...line, LinkedTxn: [{ TxnId: rightId, TxnType: 'Invoice' }] } : line;
      });
    await books.control.editPayment(realmId, use.Id as string, { Line: to(use.Line as Json[]) });
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);
  });

  it('while nothing is connected has what is paid meanwhile recorded on the right invoice', async () => {
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await contractor.admin.post('/qbo/disconnect');
    await correct(rightId);
    await books.stripe.act('pay', { session: session_id });
    await idle(books, contractor);
    await connect(books.app, contractor.admin, { realmId: contractor.realmId });
    await eventually(async () => expect((await ours('Payment')).map(invoicesOf)).toEqual([[rightId]]));
  });

  /** A payment whose invoice is in a company before the one connected, as a person is asked about it. */
  const paidElsewhere = async (): Promise<string> => {
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await contractor.admin.post('/qbo/disconnect');
    await correct(rightId);
    await books.stripe.act('pay', { session: session_id });
    await idle(books, contractor);
    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    const { Id: walkIn } = await books.control.createCustomer(other, 'Walk-in');
    while (Number(await anInvoiceOf(walkIn, 5_000, other)) < Number(rightId));
    await connect(books.app, contractor.admin, { realmId: other, replaceCompany: true });
    await idle(books, contractor);
    await pollCompany(books, contractor);
    await idle(books, contractor);
    await eventually(async () =>
      expect(await inbox()).toMatchObject([
        { code: 'invoice_gone', next_step: /^Connect the company of the invoice/ },
      ]),
    );
    return other;
  };

  it('while nothing is connected pays nothing in another company that comes after it', async () => {
    const other = await paidElsewhere();
    expect(await records('Payment', other)).toEqual([]);
    const { items } = (await contractor.admin.get(`/invoices?proposal_id=${proposalId}`)).body;
    expect(items).toMatchObject([{ qbo_invoice_id: rightId, state: null, balance_cents: null }]);
    await connect(books.app, contractor.admin, { realmId: contractor.realmId, replaceCompany: true });
    await eventually(async () => expect((await ours('Payment')).map(invoicesOf)).toEqual([[rightId]]));
    await eventually(async () => expect(await inbox()).toEqual([]));
  });

  it('while another company is connected has what is paid asked about anew in its own, once', async () => {
    const { admin, realmId } = contractor;
    const other = await paidElsewhere();
    const close = async (code: string): Promise<void> => {
      const [item] = await inbox();
      expect(item).toMatchObject({ code });
      expect((await admin.post(`/inbox/${item!.id}/resolve`)).status).toBe(200);
    };
    await close('invoice_gone');
    await connect(books.app, admin, { realmId, replaceCompany: true });
    await idle(books, contractor);
    expect(await ours('Payment')).toEqual([]);
    await close('payment_left');
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    await connect(books.app, admin, { realmId, replaceCompany: true });
    await idle(books, contractor);
    expect(await inbox()).toEqual([]);
    expect(await ours('Payment')).toEqual([]);
  });
});
