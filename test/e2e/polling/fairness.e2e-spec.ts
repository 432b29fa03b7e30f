import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { FullReconciliationService } from '../../../src/qbo-sync/pull/reconciliation/full-reconciliation.service.js';
import { DueOperationsRepository } from '../../../src/qbo-sync/operations/rows/due-operations.repository.js';
import { startApp, type TestApp } from '../../support/app.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { type BooksWithWebhooks, caughtUp, openBooksWithWebhooks } from '../../support/webhooks.js';

describe('An organisation beside others', () => {
  let books: BooksWithWebhooks;
  let busy: Contractor;
  let calm: Contractor;

  beforeAll(async () => {
    books = await openBooksWithWebhooks();
  });

  beforeEach(async () => {
    [busy, calm] = [await aContractor(books, 'Busy Roofing'), await aContractor(books, 'Calm Roofing')];
  });

  afterEach(() => books.control.clearFaults());

  afterAll(() => books[Symbol.asyncDispose]());

  /** As a request for an invoice leaves it: noted down as wanted, with its job. */
  const enqueue = async ({ orgId }: Contractor, proposalId: number) => {
    const { app } = books.app;
    await books.database.query(
      `insert into invoices (org_id, proposal_id, kind, currency) values ($1, $2, 'deposit', 'USD')`,
      [orgId, proposalId],
    );
    await app
      .get(JobsService)
      .enqueue(app.get(DataSource).manager, 'qbo.invoice.create', { orgId, proposalId });
  };
  const slowly = ({ realmId }: Contractor, ms: number) =>
    books.control.planFault({ kind: 'slow', delay_ms: ms, rate: 1, realm_id: realmId });
  const isPaid = async ({ admin }: Contractor, proposalId: number) =>
    expect((await admin.get(`/proposals/${proposalId}`)).body.qbo_status).toBe('Paid');

  it('has its invoice made while a thousand of another wait at a slow QuickBooks', async () => {
    const theirs = await Promise.all(Array.from({ length: 6 }, () => anApprovedProposal(busy)));
    const ours = await anApprovedProposal(calm);
    await slowly(busy, 500);
    for (const id of theirs) await enqueue(busy, id);
    await books.database.query(
      `insert into pgboss.job (name, data, policy, singleton_key, group_id)
       select 'qbo.invoice.create', jsonb_build_object('orgId', $1::int, 'proposalId', 1000000 + n), 'short',
              'waiting ' || n, $1::text
         from generate_series(1, 1000) as n`,
      [busy.orgId],
    );
    await eventually(async () => {
      const [row] = await books.database.query<{ active: number }>(
        `select count(*)::int as active from pgboss.job
          where name = 'qbo.invoice.create' and state = 'active' and group_id = $1::text`,
        [busy.orgId],
      );
      // Looks at the same instant can take one too many; that place is free again with its job.
      expect(row!.active).toBeGreaterThanOrEqual(3);
    });
    await enqueue(calm, ours);
    await eventually(async () => expect(await eventsOf(calm, ours)).toContain('invoice_created'));
    const [row] = await books.database.query<{ waiting: number }>(
      `select count(*)::int as waiting
         from pgboss.job theirs,
              (select min(started_on) as begun from pgboss.job
                where name = 'qbo.invoice.create' and group_id = $2::text) as ours
        where theirs.name = 'qbo.invoice.create' and theirs.group_id = $1::text
          and coalesce(theirs.started_on > ours.begun, true)`,
      [busy.orgId, calm.orgId],
    );
    expect(row!.waiting).toBeGreaterThan(0);
    await books.database.query(
      `delete from pgboss.job where name = 'qbo.invoice.create' and group_id = $1::text and state < 'active'`,
      [busy.orgId],
    );
  });

  it('has its turn where hundreds of another are due to be tried again', async () => {
    const due = ({ orgId }: Contractor, count: number) =>
      books.database.query(
        `insert into sync_operations (org_id, kind, entity_id, request_id, payload, state, next_attempt_at)
         select $1, 'invoice.create', 2000000 + n, gen_random_uuid()::text, '{}', 'waiting', now() - interval '1 minute'
           from generate_series(1, $2::int) as n`,
        [orgId, count],
      );
    await due(busy, 300);
    await due(calm, 2);
    const listed = await books.app.app
      .get(DueOperationsRepository)
      .list(books.app.app.get(DataSource).manager, 200);
    expect(listed).toHaveLength(200);
    expect(listed.filter(({ orgId }) => orgId === calm.orgId)).toHaveLength(2);
    await books.database.query('delete from sync_operations where entity_id > 2000000');
  });

  it('hears of a payment while another has more changes than a feed holds', async () => {
    const invoices = [await anInvoicedProposal(calm), await anInvoicedProposal(calm)];
    await caughtUp(books, calm.realmId);
    await anInvoicedProposal(busy);
    await pollCompany(books, busy);
    await books.notices.pause();
    for (let batch = 0; batch < 11; batch += 1) {
      const typedIn = Array.from({ length: 100 }, () =>
        books.control.createInvoice(busy.realmId, { customer_id: '1', amount: 10 }),
      );
      await Promise.all(typedIn);
    }
    await books.notices.resume();
    const { app } = books.app;
    const feedPoll = holdNext(app.get(QboClient), 'changesSince');
    const comparison = holdNext(app.get(FullReconciliationService), 'compare');
    const polled = pollCompany(books, busy);
    for (const [place, step] of [feedPoll, comparison].entries()) {
      await step.done;
      const { proposalId, invoiceId } = invoices[place]!;
      await books.control.receivePayment(calm.realmId, invoiceId);
      await eventually(() => isPaid(calm, proposalId));
      step.letGo();
    }
    await polled;
    const states = await Promise.all(
      invoices.map(
        async ({ proposalId }) => (await calm.admin.get(`/proposals/${proposalId}`)).body.qbo_status,
      ),
    );
    expect(states).toEqual(['Paid', 'Paid']);
  });
});

describe('Three replicas', () => {
  let books: BooksWithWebhooks;
  let others: TestApp[];

  beforeAll(async () => {
    books = await openBooksWithWebhooks();
    const start = () => startApp({ databaseUrl: books.database.url, env: books.qbo.env });
    others = await Promise.all([start(), start()]);
  });

  afterAll(async () => {
    await Promise.all(others.map((other) => other[Symbol.asyncDispose]()));
    await books[Symbol.asyncDispose]();
  });

  const everywhere = () => [books.app, ...others].map(({ app }) => app);

  it('poll each company once per interval, whichever of them looks how often', async () => {
    const contractors = await Promise.all(
      ['One', 'Two', 'Three', 'Four'].map((name) => aContractor(books, name)),
    );
    for (const contractor of contractors) await anInvoicedProposal(contractor);
    for (const contractor of contractors) await pollCompany(books, contractor);
    for (let interval = 1; interval <= 2; interval += 1) {
      await books.control.resetCalls();
      await books.database.query('update qbo_sweeps set next_sweep_at = now()');
      const looks = everywhere().flatMap((app) =>
        Array.from({ length: 4 }, () => app.get(InvoicePollerService)),
      );
      const taken = await Promise.all(looks.map((poller) => poller.pollOnce()));
      expect(taken.flat().toSorted((a, b) => a - b)).toEqual(
        contractors.map(({ orgId }) => orgId).toSorted((a, b) => a - b),
      );
      await eventually(async () => {
        const [row] = await books.database.query<{ busy: number }>(
          `select (select count(*) from qbo_sweeps where lease_until is not null)::int
                + (select count(*) from pgboss.job where name = 'qbo.company.sweep' and state <
                  'completed')::int as busy`,
        );
        expect(row!.busy).toBe(0);
      });
      const calls = await books.control.allCalls();
      expect(contractors.map(({ realmId }) => calls[realmId]?.operations.cdc)).toEqual([1, 1, 1, 1]);
      expect(await Promise.all(everywhere().map((app) => app.get(InvoicePollerService).pollOnce()))).toEqual([
        [],
        [],
        [],
      ]);
    }
  });

  it('make one poll up for six hours in which none of them ran', async () => {
    const contractor = await aContractor(books);
    await anInvoicedProposal(contractor);
    await pollCompany(books, contractor);
    await books.control.resetCalls();
    await books.database.query(
      `update qbo_sweeps set next_sweep_at = now() - interval '6 hours' where org_id = $1`,
      [contractor.orgId],
    );
    for (let look = 0; look < 3; look += 1) {
      await Promise.all(everywhere().map((app) => app.get(InvoicePollerService).pollOnce()));
    }
    const [row] = await books.database.query<{ ahead: number }>(
      'select extract(epoch from next_sweep_at - now())::float8 as ahead from qbo_sweeps where org_id = $1',
      [contractor.orgId],
    );
    expect(row!.ahead).toBeGreaterThan(27 * 60);
    expect(row!.ahead).toBeLessThan(32 * 60);
    await eventually(async () =>
      expect((await books.control.calls(contractor.realmId)).operations.cdc).toBe(1),
    );
    await Promise.all(everywhere().map((app) => app.get(DueJobsService).enqueueDue('invoice_compares')));
    expect((await books.control.calls(contractor.realmId)).operations.cdc).toBe(1);
  });

  it('have their companies polled at different times, though all were due at once', async () => {
    await Promise.all(['Five', 'Six', 'Seven'].map((name) => aContractor(books, name)));
    await books.database.query('update qbo_sweeps set next_sweep_at = now()');
    // A company whose row is held by a poll that just ends is passed over by one look, and taken by the next.
    await eventually(async () => {
      await others[0]!.app.get(InvoicePollerService).pollOnce();
      expect(await books.database.query('select from qbo_sweeps where next_sweep_at <= now()')).toEqual([]);
    });
    const rows = await books.database.query<{ at: Date }>(
      `select s.next_sweep_at as at from qbo_sweeps s join qbo_tokens t using (org_id, realm_id)`,
    );
    const times = new Set(rows.map(({ at }) => at.getTime()));
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(times.size).toBe(rows.length);
  });
});
