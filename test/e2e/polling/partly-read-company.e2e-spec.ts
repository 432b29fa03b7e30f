import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';

describe('A company of which not everything may be read', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;
  let customerId: string;
  let job: { proposalId: number; invoiceId: string };

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({ JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '300' }, clock);
    contractor = await aContractor(books);
    job = await anInvoicedProposal(contractor);
    const { realmId } = contractor;
    customerId = (await books.control.createCustomer(realmId, 'Large Builder')).Id;
    await books.control.createInvoice(realmId, { customer_id: customerId, amount: 100 });
    await books.control.journalEntry(realmId, { customer_id: customerId, amount: 30 });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** What the customer owes and has on account, once there is a report. */
  const owed = (): Promise<object> =>
    eventually(async () => {
      const { status, body } = await contractor.admin.get('/reports/aging?scope=company');
      expect(status).toBe(200);
      const sum = (rows: Json[]): number =>
        rows
          .filter(({ qbo_customer_id: id }) => id === customerId)
          .reduce((total, { total_cents: cents }) => total + cents, 0);
      return { rows: sum(body.rows), credits: sum(body.credits), unknown: body.unknown };
    });
  const chartReads = async (): Promise<number> =>
    (await books.control.calls(contractor.realmId)).operations['account.query'] ?? 0;

  it('has reports without its chart of accounts, which is asked for once an hour', async () => {
    await books.control.planFault({
      realm_id: contractor.realmId,
      operation: 'account.query',
      kind: '403',
      times: 99,
    });
    await books.control.resetCalls();
    const lacking = { rows: 10_000, credits: 0, unknown: ['journal_entry', 'bank_entry'] };
    expect(await owed()).toEqual(lacking);
    clock.advance({ minutes: 2 });
    expect(await owed()).toEqual(lacking);
    expect(await chartReads()).toBe(1);
  });

  /** What the customer's own account and the margin of the job do not know. */
  const unknown = async (): Promise<object> => {
    const { admin } = contractor;
    const { customer_id: ours } = (await admin.get(`/proposals/${job.proposalId}`)).body;
    const statement = (await admin.get(`/customers/${ours}/statement`)).body;
    const margin = (await admin.get(`/proposals/${job.proposalId}/margin`)).body;
    return { statement: statement.unknown, margin: margin.unknown, cost_cents: margin.cost_cents };
  };

  it('says so in the account of a customer, and in a margin that may have costs which are none', async () => {
    const records = async (type: 'Invoice' | 'Account'): Promise<Json[]> =>
      books.control.records(contractor.realmId, type);
    const ofJob = (await records('Invoice')).find(({ Id }) => Id === job.invoiceId)!;
    const accountOf = async (type: string): Promise<string> =>
      (await records('Account')).find(({ AccountType }) => AccountType === type)!.Id;
    const paidOut = await askCompany(books, contractor, 'purchase', {
      PaymentType: 'Cash',
      AccountRef: { value: await accountOf('Bank') },
      EntityRef: { ...ofJob.CustomerRef, type: 'Customer' },
      Line: [
        {
          Amount: 100,
          DetailType: 'AccountBasedExpenseLineDetail',
          AccountBasedExpenseLineDetail: {
            AccountRef: { value: await accountOf('Accounts Receivable') },
            CustomerRef: ofJob.CustomerRef,
          },
        },
      ],
    });
    expect(paidOut.Fault).toBeUndefined();
    clock.advance({ minutes: 2 });
    await owed();
    const lacking = ['journal_entry', 'bank_entry'];
    expect(await unknown()).toEqual({ statement: lacking, margin: ['accounts'], cost_cents: 10_000 });
  });

  it('has what journal entries say of customers in them once its chart can be read', async () => {
    await books.control.clearFaults();
    clock.advance({ hours: 1, minutes: 5 });
    expect(await owed()).toEqual({ rows: 10_000, credits: -3_000, unknown: [] });
    expect(await unknown()).toEqual({ statement: [], margin: [], cost_cents: 0 });
  });

  it('has invoices that follow each poll, also where what changed of its other documents may not be read', async () => {
    const { admin, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
    await books.control.planFault({ realm_id: realmId, operation: 'cdc', kind: '403' });
    await pollCompany(books, contractor);
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ qbo_paid_cents: 10_000 });
  });
});
