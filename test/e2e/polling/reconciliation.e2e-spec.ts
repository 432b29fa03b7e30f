import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RetentionService } from '../../../src/jobs/retention/retention.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { QboError } from '../../../src/qbo-sync/api/errors/qbo-error.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ChangeFeedPollService } from '../../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import { ChangeFeedProjectorService } from '../../../src/qbo-sync/pull/change-feed/change-feed-projector.service.js';
import { FullReconciliationService } from '../../../src/qbo-sync/pull/reconciliation/full-reconciliation.service.js';
import { ReconciliationWorkerService } from '../../../src/qbo-sync/pull/reconciliation/reconciliation-worker.service.js';
import {
  aContractor,
  aCustomer,
  anInvoicedProposal,
  type Books,
  compared,
  type Contractor,
  eventsOf,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { addPerson, createOrg } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import { startApp } from '../../support/app.js';

interface Compare {
  compare_id: string;
  status: string;
  reason: string;
  total: number | null;
  done: number;
  changed: number;
  paid: number;
  failed: number;
  calls: number;
  error: string | null;
}

describe('A full comparison with QuickBooks', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterEach(async () => {
    await books.control.clearFaults();
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const ask = async () => contractor.admin.post('/qbo/sync/invoice/compare');
  const progress = async (id: string): Promise<Compare> =>
    (await contractor.admin.get(`/qbo/sync/compares/${id}`)).body;
  /** A comparison long enough after the last one. */
  const compare = async (): Promise<Compare> => {
    await books.database.query(`update invoice_compares set started_at = started_at - interval '1 hour'`);
    const asked = await ask();
    await compared(books, contractor);
    return progress(asked.body.compare_id);
  };
  const callsMade = async () => (await books.control.calls(contractor.realmId)).operations;

  /**
   * Linked invoices without the way there: typed into the books by hand, and linked to proposals as an import would.
   */
  const linkMany = async (count: number): Promise<string[]> => {
    const customer = await books.control.createCustomer(contractor.realmId, 'Old Customers Ltd');
    const ids: string[] = [];
    for (let from = 0; from < count; from += 50) {
      const some = Array.from({ length: Math.min(50, count - from) }, () =>
        books.control.createInvoice(contractor.realmId, { customer_id: customer.Id, amount: 100 }),
      );
      ids.push(...(await Promise.all(some)).map(({ Id }) => Id));
    }
    await books.database.query(
      `insert into leads (org_id, customer_id, name, status, amount_cents, approved_at, qbo_invoice_id)
       select $1, $2, 'Roof ' || id, 'approved', 10000, now(), id from unnest($3::text[]) as id`,
      [contractor.orgId, await aCustomer(contractor), ids],
    );
    return ids;
  };
  const statesInCrm = async (): Promise<Record<string, number>> => {
    const rows = await books.database.query<{ state: string; count: number }>(
      `select coalesce(state, 'unseen') as state, count(*)::int as count from invoices
        where org_id = $1 and qbo_invoice_id is not null group by 1`,
      [contractor.orgId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };

  it('is asked for, tells how far it is, and finds what was done in QuickBooks', async () => {
    const [paid, open] = [await anInvoicedProposal(contractor), await anInvoicedProposal(contractor)];
    await books.control.receivePayment(contractor.realmId, paid.invoiceId);
    const asked = await ask();
    expect(asked).toMatchObject({
      status: 202,
      body: { reason: 'asked', status: expect.stringMatching(/^(queued|running|done)$/) },
    });
    await compared(books, contractor);
    expect(await progress(asked.body.compare_id)).toMatchObject({
      status: 'done',
      total: 2,
      done: 2,
      changed: 1,
      paid: 1,
      failed: 0,
      calls: 2, // the list of both, and the payment behind one
      error: null,
    });
    expect(await eventsOf(contractor, paid.proposalId)).toContain('invoice_paid');
    expect(await eventsOf(contractor, open.proposalId)).not.toContain('invoice_paid');
  });

  it(
    'reads the list of a company with many linked invoices, by pages, instead of asking for each by its ' +
      'id',
    async () => {
      const ids = await linkMany(350);
      await books.control.receivePayment(contractor.realmId, ids[7]!);
      await books.control.voidInvoice(contractor.realmId, ids[8]!);
      await books.control.deleteInvoice(contractor.realmId, ids[9]!);
      await books.control.resetCalls();
      const { calls, ...run } = await compare();
      expect(run).toMatchObject({ status: 'done', total: 350, done: 350, failed: 0 });
      // One page, the one that is gone by the list and by itself, and the payment.
      expect(await callsMade()).toEqual({ 'invoice.query': 2, 'invoice.read': 1, 'payment.query': 1 });
      expect(calls).toBe(4);
      expect(await statesInCrm()).toEqual({ open: 347, paid: 1, voided: 1, deleted: 1 });

      await books.control.resetCalls();
      expect(await compare()).toMatchObject({ status: 'done', total: 349, done: 349, changed: 0 });
      expect(await callsMade()).toEqual({ 'invoice.query': 1 });
    },
  );

  it('asks of a company that is known for the compared facts alone, and by id for what is news', async () => {
    const ids = await linkMany(350);
    await compare();
    for (const id of ids.slice(0, 3)) await books.control.receivePayment(contractor.realmId, id);
    await books.control.resetCalls();
    expect(await compare()).toMatchObject({ status: 'done', done: 350, changed: 3, paid: 3, failed: 0 });
    expect(await callsMade()).toEqual({ 'invoice.query': 2, 'payment.query': 1 });
    expect(await statesInCrm()).toEqual({ open: 347, paid: 3 });
  });

  it('reads a page as a whole where much of it is news', async () => {
    const ids = await linkMany(350);
    await compare();
    for (const id of ids.slice(0, 101)) await books.control.voidInvoice(contractor.realmId, id);
    await books.control.resetCalls();
    expect(await compare()).toMatchObject({ status: 'done', done: 350, changed: 101, failed: 0 });
    expect(await callsMade()).toEqual({ 'invoice.query': 2 }); // by their ids it would be three
    expect(await statesInCrm()).toEqual({ open: 249, voided: 101 });
  });

  it('reads whole pages where QuickBooks refuses the question for the facts alone', async () => {
    await linkMany(350);
    await compare();
    const refused = new QboError('validation', 'QuickBooks refused it', {
      operation: 'invoice.query',
      code: '4001',
    });
    const listKnown = vi.spyOn(books.app.app.get(QboClient).invoices, 'listKnown').mockRejectedValue(refused);
    expect(await compare()).toMatchObject({ status: 'done', done: 350, failed: 0, error: null, calls: 2 });
    listKnown.mockRestore();
  });

  it('reads whole pages where the answer to that question cannot be read', async () => {
    await linkMany(350);
    await compare();
    await books.control.planFault({
      realm_id: contractor.realmId,
      operation: 'invoice.query',
      kind: 'malformed',
    });
    expect(await compare()).toMatchObject({ status: 'done', done: 350, failed: 0, error: null, calls: 2 });
  });

  it('asks by id where the company has far more invoices than are ours', async () => {
    const ids = await linkMany(50);
    await books.control.receivePayment(contractor.realmId, ids[0]!);
    await books.control.resetCalls();
    await compare();
    expect(await callsMade()).toEqual({ 'invoice.query': 1, 'payment.query': 1 });
    expect(await statesInCrm()).toEqual({ open: 49, paid: 1 });
  });

  it('asks by id where the list cannot be had', async () => {
    await linkMany(250);
    await books.control.planFault({
      realm_id: contractor.realmId,
      operation: 'invoice.query',
      kind: 'malformed',
    });
    const run = await compare();
    expect(run).toMatchObject({ status: 'done', total: 250, done: 250, failed: 0 });
    expect(await statesInCrm()).toEqual({ open: 250 });
  });

  it('tells of what could not be compared, and does the rest', async () => {
    await linkMany(250);
    const fault = { realm_id: contractor.realmId, operation: 'invoice.query', kind: 'malformed' } as const;
    await books.control.planFault({ ...fault, times: 3 });
    const run = await compare();
    // The list and two of the three hundreds.
    expect(run).toMatchObject({ status: 'failed', total: 250, error: expect.stringMatching(/\w/) });
    expect(run.done + run.failed).toBe(250);
    expect(run.failed).toBeGreaterThan(0);
    expect(await compare()).toMatchObject({ status: 'done', done: 250 });
  });

  it('waits out a pause that QuickBooks asks for, and then compares everything', async () => {
    await linkMany(3);
    await books.control.planFault({ realm_id: contractor.realmId, operation: 'invoice.query', kind: '429' });
    const asked = await ask();
    await eventually(async () =>
      expect(await progress(asked.body.compare_id)).toMatchObject({
        status: 'queued',
        error: expect.stringMatching(/QuickBooks/),
      }),
    );
    await books.database.query('update qbo_limits set blocked_until = null');
    await books.database.query(`update invoice_compares set next_run_at = now() - interval '1 second'`);
    await books.app.app.get(DueJobsService).enqueueDue('invoice_compares');
    await compared(books, contractor);
    expect(await progress(asked.body.compare_id)).toMatchObject({ status: 'done', done: 3, error: null });
  });

  it(
    'does not begin again at once where the last one was dear (so that nobody can use up the limits by ' +
      'asking)',
    async () => {
      await linkMany(3);
      await compare();
      await books.database.query(
        `update invoice_compares set calls = 12, started_at = now() where org_id = $1`,
        [contractor.orgId],
      );
      const { body } = await ask();
      const [row] = await books.database.query<{ seconds: number }>(
        `select extract(epoch from one.next_run_at - max(other.started_at))::float8 as seconds
           from invoice_compares one join invoice_compares other using (org_id)
          where one.id = $1 group by one.next_run_at`,
        [body.compare_id],
      );
      expect(row!.seconds).toBeGreaterThan(30);
      expect(row!.seconds).toBeLessThanOrEqual(45);
      await books.app.app.get(ReconciliationWorkerService).run(contractor);
      expect(await progress(body.compare_id)).toMatchObject({ status: 'queued', done: 0 });
    },
  );

  it('is one however often it is asked for while it waits, and runs once more where it had begun', async () => {
    await linkMany(3);
    const comparison = holdNext(books.app.app.get(FullReconciliationService), 'compare');
    await books.control.resetCalls();
    const first = await ask();
    await comparison.done;
    expect((await progress(first.body.compare_id)).status).toBe('running');
    const again = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(again.map(({ body }) => body.compare_id))).toEqual(new Set([first.body.compare_id]));
    comparison.letGo();
    await compared(books, contractor);
    expect(await progress(first.body.compare_id)).toMatchObject({ status: 'done' });
    expect(await callsMade()).toEqual({ 'invoice.query': 2 });
  });

  it('that was asked for once more, and is put off, begins anew with that, and is over then', async () => {
    await linkMany(3);
    const { app } = books.app;
    const runs = vi.spyOn(app.get(FullReconciliationService), 'compare');
    const own = () => runs.mock.calls.filter(([{ orgId }]) => orgId === contractor.orgId).length;
    runs.mockImplementationOnce(async () => {
      await ask();
      throw new Error('wrong');
    });
    try {
      const { compare_id: id } = (await ask()).body as Compare;
      await eventually(async () => {
        const putOff = { status: 'queued', error: expect.stringMatching(/failed here/) };
        expect(await progress(id)).toMatchObject(putOff);
      });
      await books.database.query(
        `update invoice_compares set next_run_at = now() - interval '1 second' where org_id = $1`,
        [contractor.orgId],
      );
      await compared(books, contractor);
      expect(await progress(id)).toMatchObject({ status: 'done' });
      expect(own()).toBe(2);
    } finally {
      runs.mockRestore();
    }
  });

  it('of the company that is connected is asked for whatever is open of the one before', async () => {
    await linkMany(1);
    const { orgId, admin, realmId } = contractor;
    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    const comparison = holdNext(books.app.app.get(FullReconciliationService), 'compare', { orgId });
    const before = (await ask()).body as Compare;
    await comparison.done;
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    const asked = (await ask()).body as Compare;
    comparison.letGo();
    await compared(books, contractor);
    expect(await progress(asked.compare_id)).toMatchObject({ status: 'done', error: null });
    expect(await progress(before.compare_id)).toMatchObject({ status: 'failed', error: expect.any(String) });
    const companies = await books.database.query(
      'select realm_id as company from invoice_compares where org_id = $1 order by created_at',
      [orgId],
    );
    expect(companies).toEqual([{ company: realmId }, { company: other }]);
  });

  it('of the company that is connected goes on where the one before is still being polled', async () => {
    await linkMany(1);
    const { orgId, admin, realmId } = contractor;
    const { app } = books.app;
    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    await books.database.query(
      `update qbo_sweeps set changed_since = now() - interval '40 days', last_compared_at = null where org_id = $1`,
      [orgId],
    );
    const applied = holdBefore(app.get(ChangeFeedProjectorService), 'applyInvoices', { orgId });
    const polled = app.get(ChangeFeedPollService).poll(orgId);
    await applied.made;
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    const comparison = holdBefore(app.get(FullReconciliationService), 'compare', { orgId });
    const asked = (await ask()).body as Compare;
    applied.letGo();
    await polled;
    comparison.letGo();
    await compared(books, contractor);
    expect(await progress(asked.compare_id)).toMatchObject({ status: 'done', error: null });
    const before = await books.database.query(
      'select from invoice_compares where org_id = $1 and realm_id = $2',
      [orgId, realmId],
    );
    expect(before).toEqual([]);
  });

  it('is taken up by another worker where the one that ran it died', async () => {
    const [invoiceId] = await linkMany(2);
    await books.control.receivePayment(contractor.realmId, invoiceId!);
    await books.database.query(
      `insert into invoice_compares (id, org_id, realm_id, reason, status, next_run_at, lease_until, started_at,
        created_at)
       values (gen_random_uuid(), $1, $2, 'weekly', 'running', now() - interval '1 minute', now() + interval '1 hour',
               now(), now())`,
      [contractor.orgId, contractor.realmId],
    );
    const worker = books.app.app.get(ReconciliationWorkerService);
    await worker.run(contractor);
    expect(await statesInCrm()).toEqual({ unseen: 2 });

    await books.database.query(`update invoice_compares set lease_until = now() where org_id = $1`, [
      contractor.orgId,
    ]);
    expect(await books.app.app.get(DueJobsService).enqueueDue('invoice_compares')).toBe(1);
    await compared(books, contractor);
    expect(await statesInCrm()).toEqual({ open: 1, paid: 1 });
  });

  it('that fails here each time begins anew a few times, ever later, and then says so', async () => {
    const { app } = books.app;
    const failing = vi.spyOn(app.get(FullReconciliationService), 'compare');
    failing.mockRejectedValue(new Error('wrong'));
    // Those of the contractors before may be due as well.
    const calls = () => failing.mock.calls.filter(([{ orgId }]) => orgId === contractor.orgId).length;
    try {
      const { compare_id: id } = (await ask()).body as Compare;
      for (let runs = 1; runs < 5; runs += 1) {
        await eventually(async () =>
          expect(await progress(id)).toMatchObject({
            status: 'queued',
            error: expect.stringMatching(/failed here/),
          }),
        );
        expect(calls()).toBe(runs);
        await books.database.query(
          `update invoice_compares set next_run_at = now() - interval '1 second' where org_id = $1`,
          [contractor.orgId],
        );
        await app.get(ReconciliationWorkerService).run(contractor);
      }
      expect(await progress(id)).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/failed here/),
      });
      expect(calls()).toBe(5);
    } finally {
      failing.mockRestore();
    }
  });

  it('is run by one of two replicas', async () => {
    await linkMany(250);
    await using other = await startApp({
      databaseUrl: books.database.url,
      env: { ...books.qbo.env, QBO_REQUEST_TIMEOUT_MS: '5000' },
    });
    await books.control.resetCalls();
    await ask();
    await Promise.all(
      [books.app, other].flatMap(({ app }) => {
        const worker = app.get(ReconciliationWorkerService);
        return [worker.run(contractor), worker.run(contractor)];
      }),
    );
    await compared(books, contractor);
    expect(await callsMade()).toEqual({ 'invoice.query': 1 });
  });

  it('is what a company begins with, and what it has once a week', async () => {
    await anInvoicedProposal(contractor);
    const reasons = async () =>
      (
        await books.database.query<{ reason: string }>(
          'select reason from invoice_compares where org_id = $1 order by created_at',
          [contractor.orgId],
        )
      ).map(({ reason }) => reason);
    await pollCompany(books, contractor);
    expect(await reasons()).toEqual(['first_look']);
    await pollCompany(books, contractor);
    expect(await reasons()).toEqual(['first_look']);

    await books.database.query(
      `update qbo_sweeps set last_compared_at = last_compared_at - interval '7 days' where org_id = $1`,
      [contractor.orgId],
    );
    await pollCompany(books, contractor);
    await pollCompany(books, contractor);
    expect(await reasons()).toEqual(['first_look', 'weekly']);
  });

  it('is deleted ninety days after its end', async () => {
    await anInvoicedProposal(contractor);
    const [old, young] = [await compare(), await compare()];
    await books.database.query(
      `update invoice_compares set finished_at = finished_at - interval '91 days' where id = $1`,
      [old.compare_id],
    );
    expect(await books.app.app.get(RetentionService).purge('invoice_compares')).toEqual({
      invoice_compares: 1,
    });
    expect((await contractor.admin.get(`/qbo/sync/compares/${old.compare_id}`)).status).toBe(404);
    expect((await contractor.admin.get(`/qbo/sync/compares/${young.compare_id}`)).status).toBe(200);
  });

  it('finds alone what neither webhook nor poll told of', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await books.control.resetCalls();
    expect(await compare()).toMatchObject({ status: 'done', paid: 1 });
    expect(await eventsOf(contractor, proposalId)).toContain('invoice_paid');
    expect((await callsMade()).cdc).toBeUndefined();
  });

  it('shows in the status of the connection, beside the last poll', async () => {
    await anInvoicedProposal(contractor);
    const status = async () => (await contractor.admin.get('/qbo/status')).body;
    expect(await status()).toMatchObject({
      last_sweep_at: null,
      next_sweep_at: expect.any(String),
      last_compared_at: null,
    });
    await pollCompany(books, contractor);
    const { last_sweep_at: polledAt, last_compared_at: comparedAt } = await status();
    expect(Date.parse(comparedAt)).toBeGreaterThan(Date.parse(polledAt) - 60_000);
  });

  it('is for those who keep the books, of their own company, while it is connected', async () => {
    const viewer = await addPerson(books.app, contractor.orgId, ['viewer']);
    expect((await viewer.post('/qbo/sync/invoice/compare')).status).toBe(403);
    const { body } = await ask();
    expect((await viewer.get(`/qbo/sync/compares/${body.compare_id}`)).status).toBe(200);
    const { admin: stranger } = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.get(`/qbo/sync/compares/${body.compare_id}`)).status).toBe(404);
    expect((await contractor.admin.get('/qbo/sync/compares/7')).status).toBe(400);
    expect((await stranger.post('/qbo/sync/invoice/compare')).body.code).toBe('qbo_not_connected');
  });
});
