import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import type { Json } from '../../support/people.js';

const VALUE = 1_000_000;
/** Of progress: 40 % of the value, with 10 % tax. */
const PROGRESS = 400_000;
const TAXED = 440_000;

describe('A credit on an invoice with tax', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    await books.control.setPreferences(realmId, { PartnerTaxEnabled: false });
    const settings = { tax_mode: 'ours', tax_percent: 10, deposit_mode: 'income', revenue_policy: 'invoice' };
    await admin.patch('/org/settings', settings);
    await admin.post('/qbo/preflight');
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const contractOf = async (id: number): Promise<Json> =>
    (await contractor.admin.get(`/proposals/${id}/contract`)).body;
  const deposited = async (id: number): Promise<number> =>
    ((await contractOf(id)).entries as Json[])[0]!.amount_cents as number;

  /** A job whose deposit and 40 % of progress are billed. */
  const aJob = async (currency = 'USD'): Promise<{ id: number; progress: Json; customer: string }> => {
    const { admin, realmId } = contractor;
    const customer_id = await aCustomer(contractor);
    const lines = [{ description: 'Shingles', quantity: 1, unit_price_cents: VALUE }];
    const id = (await admin.post('/proposals', { name: 'Roof', customer_id, currency, lines })).body
      .id as number;
    await admin.post(`/proposals/${id}/approve`);
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
    await admin.post(`/qbo/invoice/${id}`);
    expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
    const { items } = (await admin.get(`/invoices?proposal_id=${id}&kind=progress`)).body as {
      items: Json[];
    };
    expect(items).toMatchObject([{ total_cents: TAXED, tax_cents: TAXED - PROGRESS }]);
    const records = (await books.control.records(realmId, 'Invoice')) as unknown as Json[];
    const { CustomerRef } = records.find(({ Id }) => Id === items[0]!.qbo_invoice_id)!;
    return { id, progress: items[0]!, customer: (CustomerRef as { value: string }).value };
  };
  const credit = async ({ progress, customer }: Awaited<ReturnType<typeof aJob>>, cents: number) => {
    const apply_to = progress.qbo_invoice_id as string;
    await books.control.creditMemo(contractor.realmId, {
      customer_id: customer,
      amount: cents / 100,
      apply_to,
    });
    await pollCompany(books, contractor);
  };
  const revenueOf = async (id: number): Promise<Json> => {
    const path = '/reports/revenue?from=2026-01-01&to=2027-12-31&by=proposal';
    const { rows } = (await contractor.admin.get(path)).body as { rows: Json[] };
    return rows.find(({ proposal_id }) => proposal_id === id)!;
  };

  /** The customer's page, without markup. */
  const pageOf = async (id: number): Promise<string> => {
    const { url } = (await contractor.admin.post(`/portal/links/${id}`)).body as { url: string };
    const html = await (await fetch(`${books.app.url}${new URL(url).pathname}`)).text();
    return html
      .slice(html.indexOf('<body'))
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  };

  it('makes what it takes off before tax billable again, to the cent, and takes as much off revenue', async () => {
    const job = await aJob();
    const billed = (await deposited(job.id)) + PROGRESS;
    expect(await contractOf(job.id)).toMatchObject({ billed_cents: billed, remaining_cents: VALUE - billed });
    await credit(job, 11_000);
    expect(await contractOf(job.id)).toMatchObject({
      billed_cents: billed - 10_000,
      remaining_cents: VALUE - billed + 10_000,
    });
    await credit(job, 3_333);
    const standing = await contractOf(job.id);
    expect(standing).toMatchObject({
      billed_cents: billed - 13_030,
      remaining_cents: VALUE - billed + 13_030,
    });
    expect(await revenueOf(job.id)).toMatchObject({ earned_cents: standing.billed_cents });
  });

  it('in yen makes whole yen billable again, and takes as many off revenue', async () => {
    const { admin, realmId } = contractor;
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'JPY');
    await books.control.rateCurrency(realmId, 'JPY', 0.0067, yesterday);
    const job = await aJob('JPY');
    const billed = (await deposited(job.id)) + PROGRESS;
    await credit(job, 10_000);
    // Of 100 yen 9 are tax.
    expect(await contractOf(job.id)).toMatchObject({
      billed_cents: billed - 9_100,
      remaining_cents: VALUE - billed + 9_100,
    });
    expect(await revenueOf(job.id)).toMatchObject({ earned_cents: billed - 9_100 });
    await admin.post(`/proposals/${job.id}/complete`);
    expect(await admin.post(`/proposals/${job.id}/contract/entries/3/bill`)).toMatchObject({ status: 200 });
    const { items } = (await admin.get(`/invoices?proposal_id=${job.id}&kind=final`)).body as {
      items: Json[];
    };
    expect((items[0]!.total_cents as number) % 100).toBe(0);
  });

  it('of all of it makes all of its work billable again, which the final invoice bills', async () => {
    const { admin } = contractor;
    const job = await aJob();
    const deposit = await deposited(job.id);
    await credit(job, 100_001);
    await credit(job, TAXED - 100_001);
    expect(await pageOf(job.id)).toContain('Contract $10,000.00 Paid $0.00 Remaining $10,000.00');
    expect(await contractOf(job.id)).toMatchObject({
      billed_cents: deposit,
      remaining_cents: VALUE - deposit,
    });
    await admin.post(`/proposals/${job.id}/complete`, { completed_on: '2026-11-20' });
    expect(await admin.post(`/proposals/${job.id}/contract/entries/3/bill`)).toMatchObject({ status: 200 });
    await eventually(async () =>
      expect(await contractOf(job.id)).toMatchObject({ billed_cents: VALUE, remaining_cents: 0 }),
    );
    expect(await revenueOf(job.id)).toMatchObject({ earned_cents: VALUE });
  });

  it('stands before what was paid after it on its day, also where it was edited before it was read', async () => {
    const { admin, realmId } = contractor;
    await admin.get('/reports/aging?scope=company'); // from here on the tax of each credit memo is known
    const paidOn = async (isEdited: boolean): Promise<number> => {
      const { id, progress, customer } = await aJob();
      const TxnDate = progress.txn_date as string;
      const apply_to = progress.qbo_invoice_id as string;
      await books.control.creditMemo(realmId, { customer_id: customer, amount: 1_000, apply_to, TxnDate });
      const use = (await books.control.records(realmId, 'Payment')).at(-1)!;
      await books.control.receivePayment(realmId, apply_to, { amount: 1_000, TxnDate });
      if (isEdited) await books.control.editPayment(realmId, use.Id, { PrivateNote: 'Goodwill' });
      await pollCompany(books, contractor);
      const path = '/reports/revenue?basis=cash&from=2026-01-01&to=2027-12-31&by=proposal';
      const { rows } = (await admin.get(path)).body as { rows: Json[] };
      return rows.find(({ proposal_id }) => proposal_id === id)!.earned_cents as number;
    };
    // Without tax of its own it leaves 40,000 of tax in the 340,000 that are open: 11,765 of 100,000.
    expect(await paidOn(false)).toBe(88_235);
    expect(await paidOn(true)).toBe(88_235);
  });

  it('is none where a journal entry gives the debt up: nothing of it is billable again', async () => {
    const { realmId } = contractor;
    const job = await aJob();
    const before = await contractOf(job.id);
    const accounts = await books.control.records(realmId, 'Account');
    await books.control.journalEntry(realmId, {
      customer_id: job.customer,
      amount: TAXED / 100,
      account_id: accounts.find(({ AccountType }) => AccountType === 'Expense')!.Id,
      apply_to: job.progress.qbo_invoice_id as string,
    });
    await pollCompany(books, contractor);
    const { body } = await contractor.admin.get(`/invoices/${job.progress.id as number}`);
    expect(body).toMatchObject({ state: 'settled_by_credit', balance_cents: 0 });
    const { billed_cents, remaining_cents } = before;
    expect(await contractOf(job.id)).toMatchObject({ billed_cents, remaining_cents });
    expect(await revenueOf(job.id)).toMatchObject({ earned_cents: billed_cents });
    expect(await pageOf(job.id)).toContain('Paid $0.00 No longer asked for $4,400.00');
  });
});
