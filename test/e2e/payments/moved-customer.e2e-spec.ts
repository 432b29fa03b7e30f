import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractorWith,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  eventsOf,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('Money of a customer who was merged into another one in QuickBooks', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;
  let survivor: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const receipts = () => books.control.records(contractor.realmId, 'RefundReceipt');
  const count = async (event: string): Promise<number> =>
    (await eventsOf(contractor, id)).filter((one) => one === event).length;
  /** A deposit is paid and recorded, and then a bookkeeper merges its customer into another one. */
  const paidAndMerged = async (name: string, { invoices = 1 } = {}): Promise<void> => {
    contractor = await aContractorWith(books, name, {});
    id = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, id);
    await eventually(async () => expect(await count('payment_recorded')).toBe(1));
    const { customer_id: customerId } = (await contractor.admin.get(`/proposals/${id}`)).body;
    for (let more = 1; more < invoices; more += 1) await anInvoicedProposal(contractor, { customerId });
    const trust = await askCompany(books, contractor, 'customer', { DisplayName: 'Elm Street Trust' });
    survivor = trust.Customer.Id;
    const [payment] = (await books.control.records(contractor.realmId, 'Payment')) as unknown as Json[];
    await books.control.mergeCustomers(contractor.realmId, survivor, payment!.CustomerRef.value);
  };
  const refund = async (amount_cents: number): Promise<void> => {
    const { admin } = contractor;
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    const asked = await admin.post(`/payments/${payment!.id}/refund`, { amount_cents, reason: 'Goodwill' });
    expect(asked).toMatchObject({ status: 200 });
  };

  it('is given back in the books to the one who is left', async () => {
    await paidAndMerged('Refunded');
    await refund(5_000);
    await idle(books, contractor);
    expect(await openItems(contractor.admin)).toEqual([]);
    expect(await receipts()).toMatchObject([{ TotalAmt: 50, CustomerRef: { value: survivor } }]);
  });

  it("is no question of its receipts: all that was one customer's is the other's", async () => {
    await paidAndMerged('Merged after');
    const { qbo_customer_id: kept } = (await contractor.admin.get('/customers')).body.items[0];
    await refund(5_000);
    await idle(books, contractor);
    const next = await askCompany(books, contractor, 'customer', { DisplayName: 'Elm Street Heirs' });
    await books.control.mergeCustomers(contractor.realmId, next.Customer.Id, survivor);
    await pollCompany(books, contractor);
    expect(await receipts()).toMatchObject([{ CustomerRef: { value: next.Customer.Id } }]);
    expect(kept).not.toBe(survivor);
    const items = await openItems(contractor.admin);
    expect(items.map(({ code }) => code)).not.toContain('customer_differs');
  });

  it('is no question of them where the customers of the company were never read before the merge', async () => {
    await paidAndMerged('Merged unread');
    await refund(5_000);
    await idle(books, contractor);
    const next = await askCompany(books, contractor, 'customer', { DisplayName: 'Elm Street Heirs' });
    await books.database.query('delete from qbo_customers where org_id = $1', [contractor.orgId]);
    await books.database.query(
      'update qbo_customer_mirrors set filled_at = null, changed_since = null where org_id = $1',
      [contractor.orgId],
    );
    await books.control.mergeCustomers(contractor.realmId, next.Customer.Id, survivor);
    await pollCompany(books, contractor);
    expect(await receipts()).toMatchObject([{ CustomerRef: { value: next.Customer.Id } }]);
    const items = await openItems(contractor.admin);
    expect(items.map(({ code }) => code)).not.toContain('customer_differs');
  });

  it('is no question of each of their invoices either, however it is heard of', async () => {
    await paidAndMerged('Merged invoices');
    await pollCompany(books, contractor);
    const items = await openItems(contractor.admin);
    expect(items).toEqual([]);
    const [invoice] = (await books.control.records(contractor.realmId, 'Invoice')) as unknown as Json[];
    expect(invoice).toMatchObject({ CustomerRef: { value: survivor } });
    expect(await count('invoice_changed')).toBe(1);
  });

  /** One of so many invoices is heard of before the merge is. */
  const heardOfFirst = async (name: string, invoices: number): Promise<void> => {
    await paidAndMerged(name, { invoices });
    expect(await contractor.admin.post(`/qbo/sync/invoice/${id}/check`)).toMatchObject({ status: 200 });
    expect(await openCodes(contractor.admin)).toEqual(['invoice_drift']);
    await pollCompany(books, contractor);
  };

  it('is a question of an invoice no more once it is heard that its customer was merged', async () => {
    await heardOfFirst('Merged unheard', 1);
    expect(await openCodes(contractor.admin)).toEqual([]);
  });

  it('is one no more then where they have several, of which one was heard of first', async () => {
    await heardOfFirst('Merged with several', 3);
    expect(await openCodes(contractor.admin)).toEqual([]);
  });

  it('is a question of an invoice that is moved to a stranger also where its customer is made inactive', async () => {
    contractor = await aContractorWith(books, 'Made inactive', {});
    const { realmId } = contractor;
    id = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, id);
    await eventually(async () => expect(await count('payment_recorded')).toBe(1));
    const { customer_id: customerId, qbo_invoice_id: kept } = (await contractor.admin.get(`/proposals/${id}`))
      .body;
    const other = await anInvoicedProposal(contractor, { customerId });
    const { Id: stranger } = await books.control.createCustomer(realmId, 'Somebody Else');
    await pollCompany(books, contractor);
    const invoices = (await books.control.records(realmId, 'Invoice')) as unknown as Json[];
    const theirs = invoices.find(({ Id }) => Id === kept)!.CustomerRef.value as string;
    await books.control.editInvoice(realmId, other.invoiceId, { CustomerRef: { value: stranger } });
    await books.control.inactivateCustomer(realmId, theirs);
    await pollCompany(books, contractor);
    expect(await openCodes(contractor.admin)).toEqual(['invoice_drift']);
  });

  it('is given back by a receipt that a person made out to the one who is left', async () => {
    await paidAndMerged('Refunded by hand');
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    await refund(5_000);
    await idle(books, contractor);
    const [item] = await openItems(contractor.admin);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: null });
    const [payment] = (await books.control.records(contractor.realmId, 'Payment')) as unknown as Json[];
    const items = (await books.control.records(contractor.realmId, 'Item')) as unknown as Json[];
    const ItemRef = { value: items.find(({ Type }) => Type === 'Service')!.Id as string };
    const made = await askCompany(books, contractor, 'refundreceipt', {
      CustomerRef: { value: survivor },
      DepositToAccountRef: payment!.DepositToAccountRef,
      Line: [
        {
          Amount: 50,
          DetailType: 'SalesItemLineDetail',
          SalesItemLineDetail: { ItemRef },
        },
      ],
    });
    const resolved = await contractor.admin.post(`/inbox/${item!.id}/resolve`, {
      qbo_refund_id: made.RefundReceipt.Id,
    });
    expect(resolved).toMatchObject({ status: 200 });
    expect(await count('refund_recorded')).toBe(1);
  });
});
