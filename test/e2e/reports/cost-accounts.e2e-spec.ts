import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throughDoor } from '../../../src/platform/database/scope/scope.js';
import { MarginFiguresRepository } from '../../../src/qbo-sync/diagnostics/margin-figures.repository.js';
import {
  aContractorWith,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';

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
    const shown = {
      amount_cents: 10_000,
      is_cost: false,
      unallocated_cents: 0,
      allocations: [],
      candidates: [],
    };
    expect(items).toMatchObject([{ total_cents: 10_000, lines: [shown] }]);
    expect((await contractor.admin.get('/bills?allocation=missing')).body.items).toEqual([]);
  });

  it('costs what a person says of it all the same, until the person takes that back', async () => {
    const { admin } = contractor;
    const [{ id }] = (await admin.get('/bills')).body.items;
    const path = `/bills/${id}/lines/1`;
    const allocated = await admin.post(`${path}/allocate`, { proposal_id: job, amount_cents: 4_000 });
    const borne = { proposal_id: job, amount_cents: 4_000, state: 'accepted', basis: 'manual' };
    expect(allocated.body.lines).toMatchObject([
      { is_cost: false, unallocated_cents: 0, allocations: [borne], candidates: [] },
    ]);
    expect(await costs()).toBe(4_000);
    expect((await admin.get(`/bills?proposal_id=${job}`)).body.items).toMatchObject([{ id }]);
    expect((await admin.post(`${path}/reject`, { proposal_id: job })).status).toBe(200);
    expect(await costs()).toBe(0);
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
    const [bill] = (await contractor.admin.get('/bills?vendor=Norton')).body.items;
    expect([bill.total_cents, bill.lines.map((one: Json) => one.amount_cents)]).toEqual([
      45_000,
      [50_000, -5_000],
    ]);
    await enter('bill', { VendorRef, Line: [line(50, kept)] });
    expect(await costs()).toBe(50_000);
  });
});
