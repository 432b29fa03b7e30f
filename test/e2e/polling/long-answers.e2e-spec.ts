import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';

const HOUR_MS = 3_600_000;

/** Of an answer 10 MB are taken in; a thousand documents of many lines are more. */
describe('What changed in a company, where that is more than is taken in of one answer,', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '120000' }); // a busy machine takes long over 10 MB
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** Invoices of others, each of almost 3 MB, or of twice that where each letter is written as two. */
  const longInvoices = async (count: number, letter = 'x'): Promise<void> => {
    const name = `Wholesale ${crypto.randomUUID()}`;
    const { Id: value } = await books.control.createCustomer(contractor.realmId, name);
    const Line = Array.from({ length: 700 }, () => ({
      Amount: 1,
      Description: letter.repeat(4_000),
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: { ItemRef: { value: '1' } },
    }));
    for (let made = 0; made < count; made += 1) {
      const { Invoice } = await askCompany(books, contractor, 'invoice', { CustomerRef: { value }, Line });
      expect(Invoice).toMatchObject({ Id: expect.any(String) });
    }
  };
  const cursorOf = async (): Promise<{ since: Date; error: string | null }> => {
    const [row] = await books.database.query<{ since: Date; error: string | null }>(
      `select changed_since as since, last_error as error from qbo_sweeps where org_id = $1`,
      [contractor.orgId],
    );
    return row!;
  };
  const pollAfterHours = async (): Promise<void> => {
    await books.database.query(
      `update qbo_sweeps set changed_since = now() - interval '4 hours' where org_id = $1`,
      [contractor.orgId],
    );
    await pollCompany(books, contractor);
  };

  it('keeps no payment from being heard of, and is passed over by the next poll', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await pollCompany(books, contractor);
    await books.control.setClock(new Date(Date.now() - 2 * HOUR_MS));
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await longInvoices(4);
    await books.control.resetClock();
    await pollAfterHours();
    const { body } = await contractor.admin.get(`/proposals/${proposalId}`);
    expect(body).toMatchObject({ qbo_status: 'Paid' });
    const { since, error } = await cursorOf();
    expect(error).toBeNull();
    expect(since.getTime()).toBeGreaterThan(Date.now() - HOUR_MS);
  });

  it('is not asked for again and again, nor is the company taken for one that does not answer', async () => {
    await books.control.resetCalls();
    for (let polls = 0; polls < 6; polls += 1) await pollAfterHours();
    const { cdc } = (await books.control.calls(contractor.realmId)).operations;
    expect(cdc).toBe(18); // once in vain, once for what changed at this moment, and once for customers
    expect((await contractor.admin.post('/qbo/preflight')).status).toBe(200);
  });

  it('keeps no report from being made of all that there is', async () => {
    contractor = await aContractor(books);
    const { Id: customer_id } = await books.control.createCustomer(contractor.realmId, 'Large Builder');
    await longInvoices(2);
    await books.control.createInvoices(contractor.realmId, { customer_id, amount: 100, count: 110 });
    await longInvoices(4);
    await eventually(async () => {
      const { status } = await contractor.admin.get('/reports/aging?scope=company');
      expect(status).toBe(200);
    });
    const [row] = await books.database.query<{ known: number }>(
      `select count(*)::int as known from qbo_documents where org_id = $1 and type = 'Invoice'`,
      [contractor.orgId],
    );
    const invoices = await books.control.records(contractor.realmId, 'Invoice');
    expect(row!.known).toBe(invoices.length);
  });

  it('keeps none from being made either where two documents are more than that together', async () => {
    contractor = await aContractor(books);
    await longInvoices(3, '"');
    await eventually(async () => {
      const { status } = await contractor.admin.get('/reports/aging?scope=company');
      expect(status).toBe(200);
    });
  });
});
