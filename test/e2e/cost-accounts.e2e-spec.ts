import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throughDoor } from '../../src/platform/database/scope.js';
import { MarginFiguresRepository } from '../../src/qbo-sync/diagnostics/margin-figures.repository.js';
import {
  aContractorWith,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../support/books.js';
import { askCompany } from '../support/ledger.js';
import type { Json } from '../support/people.js';

/** A deposit of 30 percent is invoiced, and earned by it. */
const VALUE = 1_000_000;
const EARNED = 300_000;

describe('What is entered with the customer of a job', () => {
  let books: Books;
  let contractor: Contractor;
  let job: number;
  let CustomerRef: Json;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractorWith(books, 'Costs and no costs', { revenue_policy: 'invoice' });
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor, { amountCents: VALUE });
    job = proposalId;
    const invoices = (await books.control.records(contractor.realmId, 'Invoice')) as unknown as Json[];
    CustomerRef = invoices.find(({ Id }) => Id === invoiceId)!.CustomerRef;
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: EARNED / 100 + 100 });
    await pollCompany(books, contractor);
    await contractor.admin.get('/reports/aging?scope=company');
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const accountOf = async (type: string): Promise<string> => {
    const accounts = (await books.control.records(contractor.realmId, 'Account')) as unknown as Json[];
    return accounts.find(({ AccountType }) => AccountType === type)!.Id as string;
  };
  const line = (Amount: number, account: string) => ({
    Amount,
    DetailType: 'AccountBasedExpenseLineDetail',
    AccountBasedExpenseLineDetail: { AccountRef: { value: account }, CustomerRef },
  });
  const enter = async (entity: 'purchase' | 'bill' | 'account', body: object): Promise<Json> => {
    const made = await askCompany(books, contractor, entity, body);
    expect(made.Fault).toBeUndefined();
    await pollCompany(books, contractor);
    return made;
  };
  /** What the job costs, by its own margin, by the report and by the gauge. */
  const costs = async (): Promise<number> => {
    const { admin, orgId } = contractor;
    await books.database.query(`update qbo_document_mirrors set looked_at = now() - interval '2 minutes'`);
    const { cost_cents, margin_cents, unallocated_cents } = (await admin.get(`/proposals/${job}/margin`))
      .body;
    expect([margin_cents, unallocated_cents]).toEqual([EARNED - cost_cents, 0]);
    const { totals } = (await admin.get('/reports/margin')).body;
    expect(totals).toMatchObject([{ cost_cents, margin_cents, unallocated_cents: 0 }]);
    const { app } = books.app;
    const facts = await throughDoor('overview', () =>
      app.get(MarginFiguresRepository).read(app.get(DataSource).manager, new Date()),
    );
    expect(facts.filter(({ labels }) => labels.org_id === String(orgId))).toMatchObject([
      { value: margin_cents },
    ]);
    return cost_cents as number;
  };

  it('is no cost where it pays out what was paid too much, as the inbox says it is entered', async () => {
    await enter('purchase', {
      PaymentType: 'Cash',
      AccountRef: { value: await accountOf('Bank') },
      EntityRef: { ...CustomerRef, type: 'Customer' },
      Line: [line(100, await accountOf('Accounts Receivable'))],
    });
    expect(await costs()).toBe(0);
    const { items } = (await contractor.admin.get('/bills')).body;
    expect(items).toMatchObject([{ total_cents: 10_000, lines: [] }]);
  });

  it('costs what was done, and neither less nor more where a part is kept back and paid later', async () => {
    const retainage = await enter('account', {
      Name: 'Retainage payable',
      AccountType: 'Other Current Liability',
    });
    const vendor = await books.control.createVendor(contractor.realmId, 'Norton Roofers');
    const VendorRef = { value: vendor.Id };
    const kept = retainage.Account.Id as string;
    await enter('bill', { VendorRef, Line: [line(500, await accountOf('Expense')), line(-50, kept)] });
    expect(await costs()).toBe(50_000);
    await enter('bill', { VendorRef, Line: [line(50, kept)] });
    expect(await costs()).toBe(50_000);
  });
});
