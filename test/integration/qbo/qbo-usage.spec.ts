import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import { AskedReadsService } from '../../../src/qbo-sync/api/metering/asked-reads.service.js';
import { ReadBudgetService } from '../../../src/qbo-sync/api/metering/read-budget.service.js';
import { startApp } from '../../support/app.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';

const HALF_MONTH = '2026-04-16T00:00:00Z';
const MINUTE_MS = 60_000;

describe('The read budget', () => {
  const clock = new FakeClock(HALF_MONTH);
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    const env = { QBO_READ_BUDGET_PER_MONTH: '1000', QBO_INVOICE_POLL_INTERVAL_MIN: '30' };
    books = await openBooks(env, clock);
    contractor = await aContractor(books);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    clock.set(HALF_MONTH);
    await books.database.query('delete from qbo_usage');
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const usage = async ({ admin }: Contractor) => (await admin.get('/qbo/usage')).body;
  const companyOf = ({ orgId }: Contractor): Promise<QboCompany> =>
    books.app.app.get(ConnectionService).requireCompany(orgId);
  const used = (orgId: number, reads: number, month = '2026-04') =>
    books.database.query(
      `insert into qbo_usage (month, org_id, operation, calls, metered) values ($1, $2, 'cdc', $3, $3)`,
      [month, orgId, reads],
    );

  it('counts what Intuit counts: reads that succeeded, of the organisation whose they are', async () => {
    const client = books.app.app.get(QboClient);
    const [other, company] = [await aContractor(books, 'Other Roofing'), await companyOf(contractor)];
    // its name, its customers and its currency
    await eventually(async () => expect((await usage(other)).reads_used).toBe(3));
    await books.database.query('delete from qbo_usage');
    await books.control.resetCalls();

    await client.customers.create(company, { displayName: 'Eva Ott' }, crypto.randomUUID());
    for (let n = 0; n < 3; n += 1) await client.changesSince(company, new Date());
    await client.company.info(company);
    await client.invoices.get(company, '999999').catch(() => {});
    await books.control.planFault({ operation: 'cdc', kind: '200_fault', realm_id: contractor.realmId });
    await client.changesSince(company, new Date()).catch(() => {});

    const expected = { month: '2026-04', reads_used: 4, reads_budget: 1000, reads_forecast: 8 };
    await eventually(async () => {
      const by_operation = { cdc: 3, 'companyinfo.read': 1 };
      expect(await usage(contractor)).toEqual({ ...expected, by_operation });
    });
    expect((await books.control.calls(contractor.realmId)).metered).toBe(4);
    expect(await usage(other)).toMatchObject({ reads_used: 0, reads_forecast: 0, by_operation: {} });
    await eventually(async () =>
      expect(
        await books.database.query('select operation, calls::int, metered::int from qbo_usage order by 1'),
      ).toEqual([
        { operation: 'cdc', calls: 4, metered: 3 },
        { operation: 'companyinfo.read', calls: 1, metered: 1 },
        { operation: 'customer.create', calls: 1, metered: 0 },
        { operation: 'invoice.read', calls: 1, metered: 0 },
      ]),
    );
  });

  it('begins anew with each month, and shows organisations and the whole to Prometheus', async () => {
    await used(contractor.orgId, 300);
    await used(contractor.orgId, 900, '2026-03');
    expect(await usage(contractor)).toMatchObject({ reads_used: 300, reads_forecast: 600 });
    expect(await books.app.app.get(ReadBudgetService).standing()).toEqual({
      month: '2026-04',
      used: 300,
      forecast: 600,
      budget: 1000,
      factor: 1,
    });
    expect(await metric(books.app, 'crm_qbo_reads_month', { org_id: contractor.orgId })).toBe(300);
    const text = await (await fetch(`${books.app.url}/metrics`)).text();
    expect(text).toMatch(/^crm_qbo_reads_forecast 600$/m);
    clock.set('2026-05-01T00:00:00Z');
    const next = await books.app.app.get(ReadBudgetService).usageOf(contractor.orgId);
    expect(next).toMatchObject({ month: '2026-05', used: 0, forecast: 0, byOperation: {} });
  });

  it.each([
    { reads: 0, factor: 1 },
    { reads: 390, factor: 1 },
    { reads: 420, factor: 2 },
    { reads: 460, factor: 4 },
    { reads: 480, factor: 8 },
    { reads: 550, factor: 16 },
    { reads: 5000, factor: 16 },
  ])(
    'at $reads of 1000 by mid-month makes polls $factor times rarer, never none',
    async ({ reads, factor }) => {
      await used(contractor.orgId, reads);
      const { orgId } = contractor;
      await books.database.query('update qbo_sweeps set next_sweep_at = $2 where org_id = $1', [
        orgId,
        HALF_MONTH,
      ]);
      expect(await books.app.app.get(InvoicePollerService).pollOnce()).toContain(orgId);
      const [poll] = await books.database.query<{ next: Date }>(
        'select next_sweep_at as next from qbo_sweeps where org_id = $1',
        [orgId],
      );
      const minutes = (poll!.next.getTime() - Date.parse(HALF_MONTH)) / MINUTE_MS;
      expect(minutes / (30 * factor)).toBeGreaterThanOrEqual(0.95);
      expect(minutes / (30 * factor)).toBeLessThanOrEqual(1.05);
    },
  );

  it('is not spent by the people of one organisation, by asking without end, where others need it', async () => {
    const asked = books.app.app.get(AskedReadsService);
    const check = ({ admin }: Contractor, id: number) => admin.post(`/qbo/sync/invoice/${id}/check`);
    const greedy = await aContractor(books, 'Greedy Roofing');
    const { proposalId } = await anInvoicedProposal(greedy);
    const customerId = await aCustomer(greedy);
    const refusedId = await anApprovedProposal(greedy);
    await books.control.planFault({ realm_id: greedy.realmId, operation: 'invoice.create', kind: '403' });
    await greedy.admin.post(`/qbo/invoice/${refusedId}`);
    const [item] = await openItems(greedy.admin);
    await asked.take(greedy.orgId, 2_000);
    await eventually(async () => {
      await books.database.query('delete from qbo_usage where org_id <> $1', [greedy.orgId]);
      const alone = await check(greedy, proposalId);
      expect([alone.status, alone.body.ok]).toEqual([200, true]);
    });

    const other = await aContractor(books, 'Next Roofing');
    const theirs = await anInvoicedProposal(other);
    await eventually(async () => expect((await usage(other)).reads_used).toBeGreaterThan(0));
    const refused = await check(greedy, proposalId);
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_reads']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_000);
    for (const path of ['/qbo/preflight', '/qbo/sync/invoice/poll_all', '/reports/aging/compare']) {
      const { status } = await greedy.admin.post(path, {});
      expect([path, status]).toEqual([path, 429]);
    }
    const document = { qbo_invoice_id: '130' };
    expect(await greedy.admin.post(`/inbox/${item!.id}/resolve`, document)).toMatchObject({
      status: 429,
      body: { code: 'too_many_reads' },
    });
    await books.control.resetCalls();
    for (let n = 0; n < 3; n += 1)
      expect(await greedy.admin.post(`/inbox/${item!.id}/retry`)).toMatchObject({
        status: 429,
        body: { code: 'too_many_reads' },
      });
    expect((await greedy.admin.post('/inbox/retry', { code: item!.code })).body).toMatchObject({
      queued: 1,
    });
    const { history } = await eventually(async () => {
      const { body } = await greedy.admin.get(`/inbox/${item!.id}`);
      expect(body.history).toHaveLength(1 + 3 + 2);
      return body;
    });
    expect(history.at(-1)).toMatchObject({
      event: 'retried',
      error: expect.stringContaining('asked to have QuickBooks read'),
    });
    expect((await books.control.calls(greedy.realmId)).operations).toEqual({});
    const match = `/customers/${customerId}/match`;
    const link = { action: 'link', qbo_customer_id: '1' };
    expect(await greedy.admin.post(match, link)).toMatchObject({ status: 429 });
    await books.control.resetCalls();
    expect(await greedy.admin.get(match)).toMatchObject({ status: 200, body: { state: 'unmatched' } });
    expect((await books.control.calls(greedy.realmId)).operations).toEqual({});
    expect(await check(other, theirs.proposalId)).toMatchObject({ status: 200, body: { ok: true } });
    clock.advance({ hours: 24 });
    await expect(asked.take(greedy.orgId, 1)).resolves.toBeUndefined();
  });

  it('is spent once by many who look at the currencies at the same moment', async () => {
    const { orgId, admin } = await aContractor(books, 'Many Eyes Roofing');
    await eventually(async () => {
      const known = await books.database.query('select from company_books where org_id = $1', [orgId]);
      if (known.length === 0) throw new Error('not read yet');
    });
    await books.database.query(
      `update company_books set read_at = read_at - interval '2 minutes' where org_id = $1`,
      [orgId],
    );
    const seen = async (): Promise<number> =>
      ((await admin.get('/qbo/usage')).body.by_operation as Record<string, number>)['preferences.read'] ?? 0;
    const before = await eventually(async () => {
      const reads = await seen();
      if (reads === 0) throw new Error('not counted yet');
      return reads;
    });
    const looks = await Promise.all(Array.from({ length: 20 }, () => admin.get('/qbo/currencies')));
    expect(new Set(looks.map(({ status }) => status))).toEqual(new Set([200]));
    await eventually(async () => expect(await seen()).toBeGreaterThan(before));
    expect(await seen()).toBe(before + 1);
  });

  it('says once an hour that it runs short', async () => {
    const warnings = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const poller = books.app.app.get(InvoicePollerService);
    const said = () => warnings.mock.calls.filter(([, text]) => String(text).includes('read budget')).length;
    clock.advance({ hours: 30 });
    await poller.pollOnce();
    expect(said()).toBe(0);
    await used(contractor.orgId, 900);
    for (let n = 0; n < 5; n += 1) await poller.pollOnce();
    expect(said()).toBe(1);
    clock.advance({ minutes: 61 });
    await poller.pollOnce();
    expect(said()).toBe(2);
  });

  it('loses no count when a process ends', async () => {
    const replica = await startApp({ databaseUrl: books.database.url, env: books.qbo.env, clock });
    const client = replica.app.get(QboClient);
    for (let n = 0; n < 5; n += 1) await client.company.info(await companyOf(contractor));
    await replica[Symbol.asyncDispose]();
    expect((await usage(contractor)).reads_used).toBe(5);
  });
});
