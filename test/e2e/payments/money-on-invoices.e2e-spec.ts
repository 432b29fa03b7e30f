import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import { metric } from '../../support/metrics.js';

/** Of the deposit invoice of a proposal over 12,500.00. */
const TOTAL = 375_000;
/** What is left to bill where all of that was given up. */
const GIVEN_UP = 875_000;

describe('Money on an invoice', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;
  let customerId: string;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
    const invoice = (await books.control.records(contractor.realmId, 'Invoice')).find(
      ({ Id }) => Id === invoiceId,
    );
    customerId = (invoice!.CustomerRef as { value: string }).value;
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const check = async (id = proposalId) =>
    (await contractor.admin.post(`/qbo/sync/invoice/${id}/check`)).body;
  const proposal = async (id = proposalId) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const payments = async (id = proposalId) =>
    (await contractor.admin.get(`/proposals/${id}/payments`)).body.items;
  const ourCustomerId = async () => (await proposal()).customer_id as number;
  const counted = () => metric(books.app, 'crm_invoice_payments_cents_total', { org_id: contractor.orgId });
  const paidCount = () => metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId });

  const remainingCents = async () =>
    (await contractor.admin.get(`/proposals/${proposalId}/contract`)).body.remaining_cents as number;
  /** What payments on our invoices settle by, as far as the mirror of the books has it. */
  const mirrored = async () => {
    const rows = await books.database.query<{ type: string }>(
      `select distinct d.type from invoice_payments p
         join qbo_document_links l on l.org_id = p.org_id and l.realm_id = p.realm_id and l.type = 'Payment'
                                  and l.qbo_id = p.qbo_payment_id
         join qbo_documents d on d.org_id = l.org_id and d.realm_id = l.realm_id and d.type = l.to_type
                             and d.qbo_id = l.to_id
        where p.org_id = $1 and d.type <> 'Invoice' order by 1`,
      [contractor.orgId],
    );
    return rows.map(({ type }) => type);
  };
  /** A credit memo for a product on such an account. */
  const credit = async (type: string, { amount, apply_to }: { amount: number; apply_to?: string }) => {
    const accounts = await books.control.records(contractor.realmId, 'Account');
    const { Id } = accounts.find(({ AccountType }) => AccountType === type)!;
    const product = { Name: `On ${type}`, Type: 'Service', IncomeAccountRef: { value: Id } };
    const { Item } = await askCompany(books, contractor, 'item', product);
    const SalesItemLineDetail = { ItemRef: { value: Item.Id }, TaxCodeRef: { value: 'NON' } };
    return books.control.creditMemo(contractor.realmId, {
      customer_id: customerId,
      amount,
      ...(apply_to === undefined ? {} : { apply_to }),
      Line: [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail }],
    });
  };

  it('that is entered in its own Deposit field is money, in part and in full', async () => {
    await books.control.editInvoice(contractor.realmId, invoiceId, { Deposit: 1_000 });
    expect(await check()).toMatchObject({ qbo_status: 'Open', qbo_balance_cents: TOTAL - 100_000 });
    expect(await proposal()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 100_000 });

    await books.control.editInvoice(contractor.realmId, invoiceId, { Deposit: 3_750 });
    expect(await check()).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: TOTAL });
    expect(await payments()).toMatchObject([
      { qbo_payment_id: invoiceId, amount_cents: TOTAL, kind: 'deposit' },
    ]);
    expect(await counted()).toBe(TOTAL);

    await books.control.editInvoice(contractor.realmId, invoiceId, { Deposit: 0 });
    expect(await check()).toMatchObject({ qbo_status: 'Open', qbo_balance_cents: TOTAL });
    expect(await proposal()).toMatchObject({ qbo_paid_cents: 0 });
    expect(await payments()).toEqual([]);
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_partially_paid',
      'invoice_paid',
      'invoice_reopened',
    ]);
  });

  it.each([
    { what: 'a deposit of the bank feed', act: 'bankFeedDeposit' },
    { what: 'a journal entry', act: 'journalEntry' },
  ] as const)('that $what brings is money, told of by a poll too', async ({ act }) => {
    await books.control[act](contractor.realmId, {
      customer_id: customerId,
      amount: 3_750,
      apply_to: invoiceId,
    });
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_status: 'Paid', qbo_state: 'paid', qbo_paid_cents: TOTAL });
    expect(await payments()).toMatchObject([{ amount_cents: TOTAL, kind: 'payment' }]);
    expect(await counted()).toBe(TOTAL);
    expect(await paidCount()).toBe(1);
  });

  it('is none where a journal entry writes the invoice off to an expense', async () => {
    const accounts = await books.control.records(contractor.realmId, 'Account');
    const expense = accounts.find(({ AccountType }) => AccountType === 'Expense')!;
    await books.control.journalEntry(contractor.realmId, {
      customer_id: customerId,
      amount: 3_750,
      account_id: expense.Id,
      apply_to: invoiceId,
    });
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'settled_by_credit', qbo_paid_cents: 0 });
    expect(await payments()).toMatchObject([{ amount_cents: TOTAL, kind: 'credit' }]);
    expect([await paidCount(), await counted()]).toEqual([0, 0]);
    expect(await check()).toMatchObject({ changed_to_paid: false, qbo_status: 'Paid' });
  });

  it.each([
    { what: 'is given up by a credit memo over bad debts', type: 'Expense', remaining: GIVEN_UP },
    { what: 'is credited', type: 'Income', remaining: 1_250_000 },
  ])('that $what is billed again only where it was credited', async ({ type, remaining }) => {
    await credit(type, { amount: 3_750, apply_to: invoiceId });
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'settled_by_credit', qbo_paid_cents: 0 });
    expect(await payments()).toMatchObject([{ amount_cents: TOTAL, kind: 'credit' }]);
    expect(await remainingCents()).toBe(remaining);
    // A poll that tells of the same use once more reads nothing for it.
    await books.control.resetCalls();
    await pollCompany(books, contractor);
    expect((await books.control.calls(contractor.realmId)).operations).not.toHaveProperty('creditmemo.query');
    expect(await remainingCents()).toBe(remaining);
  });

  it.each([
    { what: 'the credit memo', operation: 'creditmemo.query' },
    { what: 'the chart of accounts', operation: 'account.query' },
  ])('that is given up is not billed again where $what could not be read at first', async ({ operation }) => {
    await credit('Expense', { amount: 3_750, apply_to: invoiceId });
    await books.control.planFault({ kind: '503_html', operation, realm_id: contractor.realmId, rate: 1 });
    await pollCompany(books, contractor);
    expect(await payments()).toEqual([]);
    await books.control.clearFaults();
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'settled_by_credit', qbo_paid_cents: 0 });
    expect(await remainingCents()).toBe(GIVEN_UP);
  });

  it('is none as far as a journal entry gives income back, and that is billed again', async () => {
    const accounts = await books.control.records(contractor.realmId, 'Account');
    const income = accounts.find(({ AccountType }) => AccountType === 'Income')!;
    const before = await remainingCents();
    await books.control.journalEntry(contractor.realmId, {
      customer_id: customerId,
      amount: 750,
      account_id: income.Id,
      apply_to: invoiceId,
    });
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 0 });
    expect(await payments()).toMatchObject([{ amount_cents: 75_000, kind: 'credit' }]);
    expect(await remainingCents()).toBe(before + 75_000);
    expect([await paidCount(), await counted()]).toEqual([0, 0]);

    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: 300_000 });
    expect([await paidCount(), await counted()]).toEqual([1, 300_000]);
  });

  it('that is given up stays it where the chart of accounts may not be read any more', async () => {
    await credit('Expense', { amount: 3_750, apply_to: invoiceId });
    await pollCompany(books, contractor);
    await books.control.planFault({
      kind: '403',
      operation: 'account.query',
      realm_id: contractor.realmId,
      rate: 1,
    });
    const use = (await books.control.records(contractor.realmId, 'Payment')).at(-1)!;
    await books.control.editPayment(contractor.realmId, use.Id, { PrivateNote: 'Agreed by telephone' });
    await pollCompany(books, contractor);
    await books.control.clearFaults();
    expect(await remainingCents()).toBe(GIVEN_UP);
  });

  it.each([
    { what: 'a price reduction', entry: 'Income', memo: 'Expense', remaining: GIVEN_UP + 175_000 },
    { what: 'given up', entry: 'Expense', memo: 'Income', remaining: GIVEN_UP + 200_000 },
  ])('that a journal entry settles is $what whatever a credit memo beside it is', async (story) => {
    const { entry: entryOn, memo: memoOn, remaining } = story;
    const memo = await credit(memoOn, { amount: 2_000 });
    const accounts = await books.control.records(contractor.realmId, 'Account');
    const entry = await books.control.journalEntry(contractor.realmId, {
      customer_id: customerId,
      amount: 1_750,
      account_id: accounts.find(({ AccountType }) => AccountType === entryOn)!.Id,
    });
    const line = (TxnType: string, TxnId: string, Amount: number) => ({
      Amount,
      LinkedTxn: [{ TxnId, TxnType }],
    });
    await askCompany(books, contractor, 'payment', {
      CustomerRef: { value: customerId },
      TotalAmt: 0,
      Line: [
        line('Invoice', invoiceId, 3_750),
        line('CreditMemo', memo.Id, 2_000),
        line('JournalEntry', entry.Id, 1_750),
      ],
    });
    await contractor.admin.get('/reports/aging?scope=company');
    await pollCompany(books, contractor);
    // Versions that did not look at the accounts of entries kept what those settle as a credit.
    await books.database.query(
      "update invoice_payments set kind = 'credit' where org_id = $1 and credit_memo_id = ''",
      [contractor.orgId],
    );
    await eventually(async () => expect(await mirrored()).toEqual(['CreditMemo', 'JournalEntry']));
    expect(await remainingCents()).toBe(remaining);
  });

  it('is counted once where a bookkeeper moves it to another invoice, and back', async () => {
    const other = await anInvoicedProposal(contractor, { customerId: await ourCustomerId() });
    const payment = await books.control.receivePayment(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await counted()).toBe(TOTAL);

    await books.control.movePayment(contractor.realmId, payment.Id, other.invoiceId);
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_status: 'Open', qbo_paid_cents: 0 });
    expect(await proposal(other.proposalId)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: TOTAL });
    expect(await payments()).toEqual([]);
    expect(await payments(other.proposalId)).toHaveLength(1);
    expect(await counted()).toBe(TOTAL);

    await books.control.movePayment(contractor.realmId, payment.Id, invoiceId);
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: TOTAL });
    expect(await counted()).toBe(TOTAL);
  });

  it('of two payments is counted twice (so the test above is not vacuous)', async () => {
    const other = await anInvoicedProposal(contractor);
    for (const id of [invoiceId, other.invoiceId]) await books.control.receivePayment(contractor.realmId, id);
    await pollCompany(books, contractor);
    expect(await counted()).toBe(2 * TOTAL);
  });

  it('is none where a credit alone settles it, and makes it paid once it comes', async () => {
    const memo = await books.control.creditMemo(contractor.realmId, {
      customer_id: customerId,
      amount: 3_750,
      apply_to: invoiceId,
    });
    expect(await check()).toMatchObject({ changed_to_paid: false, qbo_status: 'Paid' });
    expect(await proposal()).toMatchObject({ qbo_state: 'settled_by_credit', qbo_paid_cents: 0 });
    expect([await paidCount(), await counted()]).toEqual([0, 0]);

    const applied = (await books.control.records(contractor.realmId, 'Payment')).find((one) =>
      JSON.stringify(one).includes(`"${memo.Id}"`),
    );
    await books.control.deletePayment(contractor.realmId, applied!.Id);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: TOTAL });
    expect([await paidCount(), await counted()]).toEqual([1, TOTAL]);
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_paid']);
  });

  it('that is on account and on no invoice is before a person, until it is applied', async () => {
    const items = async () =>
      (await openItems(contractor.admin)).filter(({ code }) => code === 'payment_on_account');
    const payment = await books.control.receivePayment(contractor.realmId, invoiceId, {
      amount: 123,
      unapplied: true,
    });
    await pollCompany(books, contractor);
    expect(await items()).toMatchObject([
      {
        reason: expect.stringContaining(`Payment ${payment.Id} over $123.00`),
        customer_id: await ourCustomerId(),
      },
    ]);
    expect(await counted()).toBe(0);

    await books.control.movePayment(contractor.realmId, payment.Id, invoiceId);
    await pollCompany(books, contractor);
    expect(await items()).toEqual([]);
    expect(await proposal()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 12_300 });
  });

  it('on account is not asked about again once a person decided, nor where it is no customer of ours', async () => {
    const stranger = await books.control.createCustomer(contractor.realmId, 'Cash Customer');
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 5, unapplied: true });
    const theirs = await books.control.createInvoice(contractor.realmId, {
      customer_id: stranger.Id,
      amount: 50,
    });
    await books.control.receivePayment(contractor.realmId, theirs.Id, { amount: 7, unapplied: true });
    await pollCompany(books, contractor);
    const open = () => openItems(contractor.admin);
    const [item, ...others] = await open();
    expect(others).toEqual([]);
    await contractor.admin.post(`/inbox/${item!.id}/dismiss`);
    await pollCompany(books, contractor);
    expect(await open()).toEqual([]);
  });
});
