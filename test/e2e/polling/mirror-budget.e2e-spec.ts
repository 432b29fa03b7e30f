import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { ReadBudgetService } from '../../../src/qbo-sync/api/metering/read-budget.service.js';
import { QboDocumentsClient } from '../../../src/qbo-sync/api/qbo-documents.client.js';
import { DocumentMirrorService } from '../../../src/qbo-sync/pull/documents/document-mirror.service.js';
import { startApp } from '../../support/app.js';
import { aContractor, type Books, type Contractor, openBooks } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { connect } from '../../support/qbo.js';

const ENV = { QBO_READ_BUDGET_PER_MONTH: '1000' };

describe('The first reading of a company, where the read budget of the month has no room for it,', () => {
  let books: Books;

  beforeAll(async () => {
    books = await openBooks(ENV);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await books.database.query('delete from qbo_usage');
    await books.database.query('update qbo_document_mirrors set waits = null');
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const used = ({ orgId }: Contractor, reads: number) =>
    books.database.query(
      `insert into qbo_usage (month, org_id, operation, calls, metered)
       values (to_char(now() at time zone 'UTC', 'YYYY-MM'), $1, 'cdc', $2, $2)
       on conflict on constraint qbo_usage_pkey do update set metered = excluded.metered`,
      [orgId, reads],
    );
  const standing = (reads: number) =>
    vi
      .spyOn(books.app.app.get(ReadBudgetService), 'standing')
      .mockResolvedValue({ month: '2026-04', used: reads, forecast: reads, budget: 1_000, factor: 1 });
  const report = ({ admin }: Contractor) => admin.get('/reports/aging?scope=company');
  const mirror = async ({ admin }: Contractor) => (await admin.get('/reports/mirror')).body;
  const questions = ({ admin }: Contractor) => openItems(admin, 'reads_short');
  const readOf = async (contractor: Contractor, operation: string): Promise<number> =>
    (await books.control.requests({ realm_id: contractor.realmId, limit: 200 })).filter(
      (request) => request.operation.startsWith(operation) && request.url.includes('Id%20%3E'),
    ).length;

  it('reads nothing and says so, wherever one looks, and goes on by itself in the next month', async () => {
    const contractor = await aContractor(books);
    await used(contractor, 990);
    const refused = await report(contractor);
    expect(refused).toMatchObject({ status: 409, body: { code: 'mirror_not_ready' } });
    expect(refused.body.detail).toMatch(/takes 24 metered reads\. Of the 1,000 of this month 99\d are used/);
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(await mirror(contractor)).toMatchObject({
      state: 'waiting',
      waiting_since: expect.any(String),
      waits_for: expect.stringContaining('no room for it'),
      reads_forecast: 24,
    });
    expect((await report(contractor)).status).toBe(409);
    expect(await questions(contractor)).toMatchObject([
      { reason: expect.stringContaining('takes 24 metered reads') },
    ]);
    expect(await readOf(contractor, 'invoice')).toBe(0);

    await books.database.query(`update qbo_usage set month = '2020-01'`);
    await books.app.app.get(DueJobsService).enqueueDue('qbo_document_mirrors');
    await eventually(async () =>
      expect(await mirror(contractor)).toMatchObject({
        state: 'filled',
        waiting_since: null,
        waits_for: null,
      }),
    );
    expect((await report(contractor)).status).toBe(200);
    expect(await questions(contractor)).toEqual([]);
  });

  it('asks nobody about a company that was given back, and asks again once it is connected again', async () => {
    const contractor = await aContractor(books);
    await used(contractor, 990);
    await report(contractor);
    expect(await questions(contractor)).toHaveLength(1);
    await contractor.admin.post('/qbo/disconnect');
    expect(await questions(contractor)).toEqual([]);
    await connect(books.app, contractor.admin, { realmId: contractor.realmId });
    await report(contractor);
    expect(await questions(contractor)).toHaveLength(1);
  });

  it('goes on by itself when the budget was raised', async () => {
    const contractor = await aContractor(books);
    await used(contractor, 990);
    expect((await report(contractor)).status).toBe(409);
    await using raised = await startApp({
      databaseUrl: books.database.url,
      env: { ...books.qbo.env, QBO_READ_BUDGET_PER_MONTH: '100000' },
    });
    expect(await raised.app.get(DueJobsService).enqueueDue('qbo_document_mirrors')).toBeGreaterThan(0);
    // Whichever worker takes the job looks at the budget that it was started with: here there is one of before as well.
    await eventually(async () => {
      await raised.app.get(DocumentMirrorService).catchUpWhereConnected(contractor);
      expect(await mirror(contractor)).toMatchObject({ state: 'filled' });
    });
  });

  it('waits once its documents are counted and are too many, and then counts them no more', async () => {
    const contractor = await aContractor(books);
    const { Id: customer_id } = await books.control.createCustomer(contractor.realmId, 'Large Builder');
    await books.control.createInvoices(contractor.realmId, { customer_id, count: 1_200 });
    standing(976);
    expect((await report(contractor)).body.detail).toContain('takes 25 metered reads');
    const { documents } = await mirror(contractor);
    expect(documents[0]).toMatchObject({ type: 'Invoice', read: 0 });
    expect(documents[0].total).toBeGreaterThanOrEqual(1_200);
    const before = (await books.control.calls(contractor.realmId)).total;
    expect((await report(contractor)).status).toBe(409);
    expect((await books.control.calls(contractor.realmId)).total).toBe(before);
  });

  it('stops where the reads of the month are used up by others, and goes on where it was', async () => {
    const contractor = await aContractor(books);
    const { Id: customer_id } = await books.control.createCustomer(contractor.realmId, 'Large Builder');
    await books.control.createInvoices(contractor.realmId, { customer_id, count: 1_200 });
    const budget = standing(0);
    const client = books.app.app.get(QboDocumentsClient);
    const list = client.listDocuments.bind(client);
    vi.spyOn(client, 'listDocuments').mockImplementation(async (company, ...asked) => {
      if (company.orgId === contractor.orgId) standing(1_000);
      return list(company, ...asked);
    });
    await report(contractor);
    await eventually(async () =>
      expect(await mirror(contractor)).toMatchObject({
        state: 'waiting',
        documents: expect.arrayContaining([expect.objectContaining({ type: 'Invoice', read: 1_000 })]),
      }),
    );
    expect(await readOf(contractor, 'invoice')).toBe(1);
    budget.mockRestore();
    vi.restoreAllMocks();
    standing(0); // what is read by now would not do for the whole of a month that has just begun
    // Whoever read before may hold the mirror for a moment yet: as the timer does, it is asked for again.
    await eventually(async () => {
      await books.app.app.get(DueJobsService).enqueueDue('qbo_document_mirrors');
      expect(await mirror(contractor)).toMatchObject({ state: 'filled' });
    });
    expect(await readOf(contractor, 'invoice')).toBe(2);
  });
});
