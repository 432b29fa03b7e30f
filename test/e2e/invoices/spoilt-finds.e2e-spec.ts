import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { spoil } from '../../support/spoil.js';

const PRODUCT = 'Roof Deposit';

describe('What is looked for by its name or number', () => {
  let books: Books;
  let contractor: Contractor;
  let readable = (): void => undefined;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterEach(() => readable());

  afterAll(() => books[Symbol.asyncDispose]());

  const depositItem = async (): Promise<unknown> => {
    const { status, body } = await contractor.admin.post('/qbo/preflight');
    expect(status).toBe(200);
    return (body.checks as Json[]).find(({ code }) => code === 'deposit_item');
  };

  const incomeAccounts = async (): Promise<{ Id: string }[]> =>
    (await books.control.records(contractor.realmId, 'Account')).filter(
      ({ AccountType }) => AccountType === 'Income',
    );

  it('is a product, which another of its name in a category that cannot be read keeps from no invoice', async () => {
    const { realmId } = contractor;
    const { Id: category } = await books.control.createItem(realmId, 'Roofs', { Type: 'Category' });
    const income = (await incomeAccounts())[0]!;
    const IncomeAccountRef = { value: income.Id };
    const within = { IncomeAccountRef, SubItem: true, ParentRef: { value: category } };
    const { Id: spoilt } = await books.control.createItem(realmId, PRODUCT, within);
    const { Id: plain } = await books.control.createItem(realmId, PRODUCT, { IncomeAccountRef });
    readable = spoil(books.app, 'Item', ({ Id }) => Id === spoilt, { Active: 'perhaps' });
    const { invoiceId } = await anInvoicedProposal(contractor);
    const invoices = (await books.control.records(realmId, 'Invoice')) as unknown as Json[];
    const [line] = invoices.find(({ Id }) => Id === invoiceId)!.Line as Json[];
    expect(line!.SalesItemLineDetail.ItemRef.value).toBe(plain);
    expect(await depositItem()).toMatchObject({ ok: true });
  });

  it('is a product, which the pre-flight names where it is the one that cannot be read', async () => {
    const { Id: spoilt } = await books.control.createItem(contractor.realmId, PRODUCT, {
      IncomeAccountRef: { value: (await incomeAccounts())[0]!.Id },
    });
    readable = spoil(books.app, 'Item', ({ Id }) => Id === spoilt, { Active: 'perhaps' });
    expect(await depositItem()).toMatchObject({
      ok: false,
      found: '"Roof Deposit" is in QuickBooks, and what QuickBooks says of it cannot be read',
    });
  });

  it("is an invoice, which a stranger's under the same number that cannot be read hides from nobody", async () => {
    const { admin, realmId } = contractor;
    const proposalId = await anApprovedProposal(contractor);
    const { Id: customer_id } = await books.control.createCustomer(realmId, 'Somebody Else');
    const number = { DocNumber: `CRM-${proposalId}` };
    const strange = await books.control.createInvoice(realmId, { customer_id, amount: 10, ...number });
    readable = spoil(books.app, 'Invoice', ({ Id }) => Id === strange.Id);
    const lost = { operation: 'invoice.create', realm_id: realmId, kind: 'reset', when: 'after' } as const;
    await books.control.planFault(lost);
    const made = await admin.post(`/qbo/invoice/${proposalId}`);
    expect(made).toMatchObject({ status: 200, body: { status: 'created' } });
    const calls = await books.control.calls(realmId);
    expect(calls.operations).toMatchObject({ 'invoice.create': 1 });
  });

  it('is income, which an account that cannot be read keeps from no comparison', async () => {
    await anInvoicedProposal(contractor);
    const spoilt = new Set((await incomeAccounts()).map(({ Id }) => Id));
    const compared = async (): Promise<Json> =>
      (await contractor.admin.post('/reports/revenue/compare', { basis: 'accrual' })).body;
    const before = await compared();
    readable = spoil(books.app, 'Account', ({ Id }) => spoilt.has(Id), { Name: 7 });
    expect(await compared()).toEqual(before);
  });

  it.each([
    ['a customer whose name holds what no database keeps', 'Customer', { DisplayName: 'Bo\0b \ud83d' }],
    ['a bill of a day that no calendar has', 'Bill', { TxnDate: '2026-02-30' }],
    ['a bill of a version beyond counting', 'Bill', { SyncToken: '9'.repeat(19) }],
    ['a bill whose memo holds what no database keeps', 'Bill', { PrivateNote: 'For\0' }],
  ])('is none in a poll that brings %s', async (_, entity, fields) => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await eventually(async () => expect((await admin.get('/reports/aging?scope=company')).status).toBe(200));
    readable = spoil(books.app, entity, ({ Id }) => Id !== undefined, fields);
    await books.control.createCustomer(realmId, 'Bob');
    const { Id: value } = await books.control.createVendor(realmId, 'Supplier');
    await askCompany(books, contractor, 'bill', {
      VendorRef: { value },
      Line: [
        {
          Amount: 50,
          DetailType: 'AccountBasedExpenseLineDetail',
          AccountBasedExpenseLineDetail: { AccountRef: { value: '7' } },
        },
      ],
    });
    await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
    await pollCompany(books, contractor);
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ qbo_paid_cents: 10_000 });
  });

  it('is none in a poll that brings a payment which names a credit memo in two lines', async () => {
    const { admin, realmId } = contractor;
    const [first, second] = [await anInvoicedProposal(contractor), await anInvoicedProposal(contractor)];
    await pollCompany(books, contractor);
    const { Id: spoilt } = await books.control.receivePayment(realmId, first.invoiceId, { amount: 100 });
    await books.control.receivePayment(realmId, second.invoiceId, { amount: 100 });
    const line = (Amount: number, TxnType: string, TxnId: string) => ({
      Amount,
      LinkedTxn: [{ TxnId, TxnType }],
    });
    const Line = [
      line(100, 'Invoice', first.invoiceId),
      line(60, 'CreditMemo', '900'),
      line(40, 'CreditMemo', '900'),
    ];
    readable = spoil(books.app, 'Payment', ({ Id }) => Id === spoilt, { TotalAmt: 0, Line });
    await pollCompany(books, contractor);
    const { body } = await admin.get(`/proposals/${second.proposalId}`);
    expect(body).toMatchObject({ qbo_paid_cents: 10_000 });
    const { items } = (await admin.get(`/proposals/${first.proposalId}/payments`)).body;
    expect(items).toMatchObject([{ amount_cents: 10_000, kind: 'credit' }]);
  });
});
