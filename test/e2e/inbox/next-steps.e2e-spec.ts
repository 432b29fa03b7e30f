import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  beginsWith,
  type Contractor,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type InboxItem, openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

/** A bookkeeper who knows nothing else does what the inbox says, word by word. */
describe('The next step of an inbox item, followed to the letter,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const records = (entity: 'Invoice' | 'Payment' | 'RefundReceipt' | 'CreditMemo') =>
    books.control.records(contractor.realmId, entity);
  const ourPayments = async () =>
    (await records('Payment')).filter(
      ({ PrivateNote, status }) => beginsWith(PrivateNote, 'crm:') && status !== 'Deleted',
    );
  const proposal = async (id: number): Promise<Json> => (await contractor.admin.get(`/proposals/${id}`)).body;
  const inbox = () => openItems(contractor.admin);
  const codes = async () => (await inbox()).map(({ code }) => code);
  const theOnly = (code: string): Promise<InboxItem> =>
    eventually(async () => {
      const items = await inbox();
      expect(items.map((item) => item.code)).toEqual([code]);
      return items[0]!;
    });
  const why = async (id: number): Promise<Json> => (await contractor.admin.get(`/proposals/${id}/why`)).body;
  /** Calls the first route of this kind that a next step names. */
  const follow = async ({ next_step: step }: Pick<InboxItem, 'next_step'>, route: RegExp, body?: Json) => {
    const [, path, named] = new RegExp(`POST (${route.source})(?: (\\{[^}]+\\}))?`).exec(step) ?? [];
    if (path === undefined) throw new Error(`No such route: ${step}`);
    const answer = await contractor.admin.post(path, body ?? (named && JSON.parse(named)));
    expect([200, 202]).toContain(answer.status);
    return answer;
  };
  const aPaidDeposit = async (amountCents = 1_250_000): Promise<number> => {
    const id = await anApprovedProposal(contractor, { amountCents });
    await payDeposit(books, contractor.admin, id);
    await eventually(async () => expect((await proposal(id)).qbo_status).toBe('Paid'));
    return id;
  };
  const paymentOf = async (proposalId: number): Promise<number> => {
    const { items } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body;
    return (items as Json[])[0]!.id as number;
  };
  const refund = async (paymentId: number, amountCents?: number) => {
    const body = { reason: 'The job was cancelled', ...(amountCents && { amount_cents: amountCents }) };
    expect((await contractor.admin.post(`/payments/${paymentId}/refund`, body)).status).toBe(200);
  };

  it('makes the final invoice anew that is gone, and its payment is on the new one', async () => {
    const id = await aPaidDeposit(1_000_000);
    const { body } = await contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`);
    const { session_id } = await openCheckout(contractor.admin, id);
    await books.control.voidInvoice(contractor.realmId, body.invoice.qbo_invoice_id);
    await books.stripe.act('pay', { session: session_id });
    const item = await theOnly('invoice_gone');
    expect((await why(id)).next_step).toContain(`POST /invoices/${body.invoice.id as number}/remake`);

    await follow(item, /\/invoices\/\d+\/remake/);
    await eventually(async () => expect(await codes()).toEqual([]));
    await eventually(async () => {
      const { items } = (await contractor.admin.get(`/invoices?proposal_id=${id}&sort=id`)).body;
      expect((items as Json[]).at(-1)).toMatchObject({ kind: 'final', state: 'paid', balance_cents: 0 });
    });
    expect(await ourPayments()).toHaveLength(2);
  });

  it('makes a customer anew who was merged into another, and then the invoice', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const customerId = (await proposal(proposalId)).customer_id as number;
    const known = (await records('Invoice')).find(({ Id }) => Id === invoiceId);
    const winner = await books.control.createCustomer(realmId, 'Ann Ruiz and Sons');
    await books.control.mergeCustomers(realmId, winner.Id, (known!.CustomerRef as { value: string }).value);
    const other = await anApprovedProposal(contractor, { customerId });
    await admin.post(`/qbo/invoice/${other}`);
    const item = await theOnly('not_found');

    await follow(item, /\/customers\/\d+\/match/, { action: 'unlink' });
    await follow(item, /\/customers\/\d+\/match/, { action: 'create' });
    expect((await admin.post(`/inbox/${item.id}/retry`)).body).toMatchObject({ state: 'resolved' });
    expect((await proposal(other)).qbo_status).toBe('Open');
  });

  it('makes a credit memo anew that is gone', async () => {
    const { admin, realmId } = contractor;
    const id = await aPaidDeposit(1_000_000);
    await admin.post(`/proposals/${id}/contract/entries/2/bill`);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'No gutter', lines });
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed on site' });
    const memo = await eventually(async () => {
      const [made] = (await records('CreditMemo')).filter(({ DocNumber }) => DocNumber === `CRM-${id}-C1`);
      expect(made?.Balance).toBe(0);
      return made!;
    });
    await books.control.deleteCreditMemo(realmId, memo.Id);
    await pollCompany(books, contractor);
    const item = await theOnly('credit_memo_gone');

    await follow(item, /\/proposals\/\d+\/change-orders\/\d+\/approve/);
    await eventually(async () => expect(await codes()).toEqual([]));
    const { remaining_cents: left } = (await admin.get(`/proposals/${id}/contract`)).body;
    expect(left).toBe(0);
  });

  it('gives back what came for a cancelled proposal whose question was closed, and asks for no invoice', async () => {
    const { admin } = contractor;
    const id = await anApprovedProposal(contractor);
    const { session_id } = await openCheckout(admin, id);
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    await books.stripe.act('pay', { session: session_id });
    const unapproved = await theOnly('paid_not_approved');
    await admin.post(`/inbox/${unapproved.id}/resolve`);
    await books.database.query(
      `update sync_operations set next_attempt_at = now() where org_id = $1 and state = 'waiting'`,
      [contractor.orgId],
    );
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    const item = await theOnly('invoice_missing');
    expect(item.next_step).not.toContain('invoice');

    await follow(item, /\/payments\/\d+\/refund/);
    await eventually(async () => expect(await codes()).toEqual([]));
    expect([await ourPayments(), await records('RefundReceipt')]).toEqual([[], []]);
  });

  it('gives back what was paid in another way before; nothing is asked then, nor while the bank has it', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
    await theOnly('invoice_settled_already');
    const { id: dispute } = await books.stripe.act('dispute', { payment_intent: pi });
    await books.stripe.act('close-dispute', { dispute, status: 'lost' });
    expect((await theOnly('dispute_lost')).next_step).toContain('agree with the customer');

    // The bank decides anew, so that the money is with us again and in no books.
    await books.stripe.act('overturn-dispute', { dispute });
    const item = await theOnly('invoice_settled_already');

    await follow(item, /\/payments\/\d+\/refund/);
    await eventually(async () => expect(await codes()).toEqual([]));
    expect([await ourPayments(), await records('RefundReceipt')]).toEqual([[], []]);
    expect((await why(proposalId)).answer).not.toContain('a person has to decide');

    // The customer does not have it after all, so what becomes of the payment is a question again.
    const [back] = await books.database.query<{ id: string }>(
      'select stripe_refund_id as id from refunds where org_id = $1',
      [contractor.orgId],
    );
    await books.stripe.act('update-refund', { refund: back!.id, status: 'failed' });
    await eventually(async () =>
      expect((await codes()).toSorted()).toEqual(['invoice_settled_already', 'refund_failed']),
    );
  });

  it('gives back a payment that was deleted in QuickBooks, and no receipt is made of it', async () => {
    const id = await aPaidDeposit();
    await books.control.deletePayment(contractor.realmId, (await ourPayments())[0]!.Id);
    await pollCompany(books, contractor);
    const item = await theOnly('payment_removed');

    await follow(item, /\/payments\/\d+\/refund/);
    await eventually(async () => {
      const [step] = await books.database.query<{ kind: string; error_kind: string }>(
        `select error_kind from sync_operations where org_id = $1 and kind = 'refund.create'`,
        [contractor.orgId],
      );
      expect(step?.error_kind).toBe('payment_missing');
    });
    expect(await codes()).toEqual([]);
    expect(await records('RefundReceipt')).toEqual([]);
    expect((await why(id)).next_step).toBe("Wait for the customer's payment.");
  });

  it('applies the rest of a payment, and nobody is asked about it any more', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const customerId = (await proposal(proposalId)).customer_id as number;
    const other = await anInvoicedProposal(contractor, { customerId });
    await books.control.receivePayment(realmId, invoiceId);
    await payDeposit(books, admin, proposalId);
    const settled = await theOnly('invoice_settled_already');
    await admin.post(`/inbox/${settled.id}/retry`);
    await theOnly('payment_unapplied');

    await books.control.movePayment(realmId, (await ourPayments())[0]!.Id, other.invoiceId);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual([]);
    expect((await proposal(other.proposalId)).qbo_status).toBe('Paid');
  });

  it('is another one once a payment that is on account was given back', async () => {
    const id = await aPaidDeposit();
    await books.control.unapplyPayment(contractor.realmId, (await ourPayments())[0]!.Id);
    await pollCompany(books, contractor);
    expect((await theOnly('payment_on_account')).next_step).toMatch(/^Apply it to an invoice/);

    await refund(await paymentOf(id));
    await eventually(async () => {
      const items = await openItems(contractor.admin, 'payment_on_account');
      expect(items[0]!.next_step).toMatch(/^Do not apply it to an invoice, nor give it back again/);
    });
    expect((await codes()).toSorted()).toEqual(['payment_on_account', 'refund_on_account']);
  });

  it.each([
    { how: 'deleted', act: 'deletePayment' },
    { how: 'voided', act: 'voidPayment' },
  ] as const)(
    'names the payment that was entered again in place of one that was $how, and a refund finds it',
    async ({ act }) => {
      const { admin, realmId } = contractor;
      const id = await aPaidDeposit();
      const invoiceId = (await proposal(id)).qbo_invoice_id as string;
      await books.control[act](realmId, (await ourPayments())[0]!.Id);
      await pollCompany(books, contractor);
      const item = await theOnly('payment_removed');
      const entered = await books.control.receivePayment(realmId, invoiceId);
      expect(item.next_step).toContain('Enter the payment in QuickBooks again and resolve this with its id');
      const resolved = await admin.post(`/inbox/${item.id}/resolve`, { qbo_payment_id: entered.Id });
      expect(resolved.body).toEqual({ id: item.id, state: 'resolved' });

      await refund(await paymentOf(id), 100_000);
      await eventually(async () =>
        expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 1000 }]),
      );
      await pollCompany(books, contractor);
      expect(await codes()).toEqual([]);
    },
  );

  it('is no refund where a payment was entered again in parts, of which none can be named', async () => {
    const { admin, realmId } = contractor;
    const id = await aPaidDeposit();
    const invoiceId = (await proposal(id)).qbo_invoice_id as string;
    await books.control.deletePayment(realmId, (await ourPayments())[0]!.Id);
    await pollCompany(books, contractor);
    const removed = await theOnly('payment_removed');
    const part = await books.control.receivePayment(realmId, invoiceId, { amount: 1000 });
    await books.control.receivePayment(realmId, invoiceId);
    await pollCompany(books, contractor);
    const refused = await admin.post(`/inbox/${removed.id}/resolve`, { qbo_payment_id: part.Id });
    expect(refused.body.detail).toContain('is over $1,000.00 and not over $3,750.00');
    await admin.post(`/inbox/${removed.id}/resolve`);
    const { answer, next_step: step } = await why(id);
    expect(answer).not.toContain('more than the invoice comes to');
    expect(step).toMatch(/^When the work is due, bill it by/);
  });

  it('enters a refund by hand whose payment was entered again without being named', async () => {
    const { admin, realmId } = contractor;
    const id = await aPaidDeposit();
    const invoiceId = (await proposal(id)).qbo_invoice_id as string;
    await books.control.deletePayment(realmId, (await ourPayments())[0]!.Id);
    await pollCompany(books, contractor);
    const removed = await theOnly('payment_removed');
    await books.control.receivePayment(realmId, invoiceId);
    await admin.post(`/inbox/${removed.id}/resolve`);
    await refund(await paymentOf(id));
    const item = await theOnly('payment_missing');
    expect(item.next_step).toContain('enter this refund there too and resolve this with its id');
    expect((await why(id)).next_step).toContain(item.next_step);
  });
});
