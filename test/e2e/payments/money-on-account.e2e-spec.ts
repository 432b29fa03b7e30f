import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QboRecord } from '../../../sandbox/control-client.ts';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type InboxItem, openItems } from '../../support/inbox.js';
import { aLink, openPage } from '../../support/portal.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('Money on account in QuickBooks', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const onAccount = () => openItems(contractor.admin, 'payment_on_account');
  const ownPayment = (pi: string): Promise<QboRecord> =>
    eventually(async () => {
      const all = await books.control.records(contractor.realmId, 'Payment');
      const own = all.find(({ PrivateNote }) => typeof PrivateNote === 'string' && PrivateNote.endsWith(pi));
      if (!own) throw new Error('the payment is not in the books');
      return own;
    });

  it('whose payment the bank took back is not to be applied, and closes once the payment is deleted', async () => {
    const { admin, realmId } = contractor;
    const proposalId = await anApprovedProposal(contractor);
    const { paymentIntentId: pi } = await payDeposit(books, admin, proposalId);
    const payment = await ownPayment(pi);
    const { id } = await books.stripe.act('dispute', { payment_intent: pi });
    await books.stripe.act('close-dispute', { dispute: id, status: 'lost' });
    await eventually(async () =>
      expect((await admin.get(`/proposals/${proposalId}`)).body.deposit_paid_cents).toBe(0),
    );
    await books.control.unapplyPayment(realmId, payment.Id);
    await pollCompany(books, contractor);
    const [item] = await onAccount();
    expect(item!.reason).toContain('the bank took it by a dispute that was lost');
    expect(item!.next_step).toMatch(/^Do not apply it to an invoice, nor give it back again\./);
    await books.control.deletePayment(realmId, payment.Id);
    await pollCompany(books, contractor);
    expect(await onAccount()).toEqual([]);
    expect(await openItems(admin)).toMatchObject([{ code: 'dispute_lost' }]);
  });

  it('is why an invoice of the customer is not paid, and no word of what is not owed', async () => {
    const { admin, realmId } = contractor;
    const customerId = await aCustomer(contractor);
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, { customerId });
    const lines = [{ description: 'Shed', quantity: 1, unit_price_cents: 100_000 }];
    const draft = (await admin.post('/proposals', { name: 'Shed', customer_id: customerId, lines })).body.id;
    const cheque = await books.control.receivePayment(realmId, invoiceId, { unapplied: true });
    await pollCompany(books, contractor);
    const page = await openPage(books.app, (await aLink(admin, proposalId)).path);
    expect(page.html).toMatch(
      /A payment of yours has arrived that is on no invoice yet\. If it was for\s+this, do not/,
    );
    const why = async (id: number) => (await admin.get(`/proposals/${id}/why`)).body;
    expect(await why(proposalId)).toMatchObject({
      answer: expect.stringContaining(`a person has to decide: Payment ${cheque.Id} over`),
      next_step: expect.stringMatching(/^Apply it to an invoice in QuickBooks, or give it back/),
    });
    expect((await why(draft)).answer).toBe('This proposal is a draft that its customer has not been shown.');
    await books.control.movePayment(realmId, cheque.Id, invoiceId);
    await pollCompany(books, contractor);
    expect((await why(proposalId)).answer).toMatch(/^Invoice CRM-\d+ over \S+ was paid in full/);
  });

  it('that a person left there is before one again where it was on an invoice since, and once', async () => {
    const { admin, realmId } = contractor;
    const { invoiceId } = await anInvoicedProposal(contractor);
    const cheque = await books.control.receivePayment(realmId, invoiceId, { unapplied: true });
    const asked = async () => {
      await pollCompany(books, contractor);
      return (await onAccount()).filter(({ reason }) => reason.startsWith(`Payment ${cheque.Id} over`));
    };
    const decide = async (item: InboxItem) => admin.post(`/inbox/${item.id}/resolve`, {});
    await decide((await asked())[0]!);
    await books.control.editPayment(realmId, cheque.Id, { PrivateNote: 'Seen' });
    expect(await asked()).toEqual([]);
    await books.control.movePayment(realmId, cheque.Id, invoiceId);
    expect(await asked()).toEqual([]);
    await books.control.unapplyPayment(realmId, cheque.Id);
    const [again, ...others] = await asked();
    expect(others).toEqual([]);
    await decide(again!);
    await books.control.editPayment(realmId, cheque.Id, { PrivateNote: 'Seen again' });
    expect(await asked()).toEqual([]);
  });

  it('of a customer in a currency of their own is before a person as well', async () => {
    const { admin, realmId } = contractor;
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'EUR');
    await books.control.rateCurrency(realmId, 'EUR', 1.1);
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const customer_id = await aCustomer(contractor);
    const draft = { name: 'Roof', customer_id, currency: 'EUR', lines };
    const proposalId = (await admin.post('/proposals', draft)).body.id as number;
    await admin.post(`/proposals/${proposalId}/approve`);
    const { qbo_invoice_id: id } = (await admin.post(`/qbo/invoice/${proposalId}`)).body;
    const cheque = await books.control.receivePayment(realmId, id as string, {
      amount: 123,
      unapplied: true,
    });
    expect(cheque.CurrencyRef).toMatchObject({ value: 'EUR' });
    await pollCompany(books, contractor);
    const reason = expect.stringContaining(`Payment ${cheque.Id} over €123.00`);
    expect(await onAccount()).toMatchObject([{ reason, customer_id }]);
    await books.control.movePayment(realmId, cheque.Id, id as string);
    await pollCompany(books, contractor);
    expect(await onAccount()).toEqual([]);
  });

  it('that was given back is told of its own proposal, also once the invoice is void, and of no other', async () => {
    const { admin, realmId } = contractor;
    const customerId = await aCustomer(contractor);
    const other = await anInvoicedProposal(contractor, { customerId });
    const proposalId = await anApprovedProposal(contractor, { customerId });
    const { paymentIntentId: pi } = await payDeposit(books, admin, proposalId);
    const payment = await ownPayment(pi);
    const [paid] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items;
    await admin.post(`/payments/${paid.id}/refund`, { reason: 'cancelled' });
    await eventually(async () =>
      expect(await books.control.records(realmId, 'RefundReceipt')).toMatchObject([{ TotalAmt: 3750 }]),
    );
    await books.control.unapplyPayment(realmId, payment.Id);
    await pollCompany(books, contractor);
    await admin.post(`/qbo/invoice/${proposalId}/void`);
    const why = async (id: number) => (await admin.get(`/proposals/${id}/why`)).body;
    expect(await why(proposalId)).toMatchObject({
      answer: expect.stringMatching(/was voided in QuickBooks.*; a person has to decide: Payment \d+ over/),
      next_step: expect.stringMatching(/^Do not apply it to an invoice, nor give it back again\./),
    });
    expect(await why(other.proposalId)).toMatchObject({
      answer: expect.stringMatching(/ is open and due by [^;]+\.$/),
      next_step: "Wait for the customer's payment.",
    });
  });
});
