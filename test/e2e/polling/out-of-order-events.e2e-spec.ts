import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ChangeFeedPollService } from '../../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import { SyncCursorsRepository } from '../../../src/qbo-sync/pull/change-feed/sync-cursors.repository.js';
import { FullReconciliationService } from '../../../src/qbo-sync/pull/reconciliation/full-reconciliation.service.js';
import { ReconciliationRunsRepository } from '../../../src/qbo-sync/pull/reconciliation/reconciliation-runs.repository.js';
import { ReconciliationWorkerService } from '../../../src/qbo-sync/pull/reconciliation/reconciliation-worker.service.js';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import { startApp } from '../../support/app.js';
import {
  aContractor,
  anInvoicedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import {
  type BooksWithWebhooks,
  caughtUp,
  deliver,
  openBooksWithWebhooks,
  settledEvents,
} from '../../support/webhooks.js';

const MINUTE_MS = 60_000;

/** News that overtakes other news, comes late, comes again, or is read by a worker whose time is over. */
describe('Late news', () => {
  let books: BooksWithWebhooks;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooksWithWebhooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
    await caughtUp(books, contractor.realmId);
    await books.notices.pause();
    await pollCompany(books, contractor);
    await books.control.resetCalls();
  });

  afterEach(async () => {
    await books.control.clearFaults();
    await books.control.resetClock();
    await books.notices.resume();
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const pay = () => books.control.receivePayment(contractor.realmId, invoiceId);
  const check = async () => (await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).body;
  const status = async () => (await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_status;
  const notified = async () =>
    (await eventsOf(contractor, proposalId)).filter(
      (event) => !['approve', 'invoice_created'].includes(event),
    );
  const pollAlone = () => books.app.app.get(ChangeFeedPollService).poll(contractor.orgId);
  const feedCalls = async () => (await books.control.calls(contractor.realmId)).operations.cdc ?? 0;
  /** The next poll has its answer, and does nothing with it yet. */
  const holdFeed = () => holdNext(books.app.app.get(QboClient), 'changesSince');
  const slowFeed = (ms: number) =>
    books.control.planFault({
      operation: 'cdc',
      kind: 'slow',
      when: 'after',
      delay_ms: ms,
      realm_id: contractor.realmId,
    });
  const cursor = async (): Promise<{ changedSince: Date | null; leased: boolean }> => {
    const [row] = await books.database.query<{ changedSince: Date | null; leased: boolean }>(
      `select changed_since as "changedSince", lease_until is not null as leased from qbo_sweeps where org_id = $1`,
      [contractor.orgId],
    );
    return row!;
  };

  it('of a poll undoes nothing that was read meanwhile, and moves no cursor after its lease', async () => {
    const feed = holdFeed();
    const poll = pollAlone();
    await feed.done;
    await pay();
    expect(await check()).toMatchObject({ changed_to_paid: true });
    feed.letGo();
    await poll;
    expect(await status()).toBe('Paid');
    expect(await notified()).toEqual(['invoice_paid']);

    // A worker that slept over its lease.
    const late = holdFeed();
    const before = await cursor();
    const sleeper = pollAlone();
    await late.done;
    await books.database.query(
      `update qbo_sweeps set lease_token = lease_token + 1, lease_until = now() + interval '1 minute' ` +
        'where org_id = $1',
      [contractor.orgId],
    );
    late.letGo();
    await sleeper;
    expect(await cursor()).toEqual({ changedSince: before.changedSince, leased: true });
  });

  it('is asked for again from where the cursor was taken back to, by a poll as by a comparison', async () => {
    const feed = holdFeed();
    const poll = pollAlone();
    await feed.done;
    const moment = new Date(Date.now() - 10 * MINUTE_MS);
    await books.app.app
      .get(SyncCursorsRepository)
      .lookBackTo(books.app.app.get(DataSource).manager, contractor, moment);
    feed.letGo();
    await poll;
    expect((await cursor()).changedSince).toEqual(moment);
    await pollAlone();
    expect((await cursor()).changedSince!.getTime()).toBeGreaterThan(moment.getTime());

    const { app } = books.app;
    const { manager } = app.get(DataSource);
    const company = { ...contractor, env: 'sandbox' as const };
    const before = (await cursor()).changedSince!;
    const changesKnownUntil = new Date(before.getTime() + MINUTE_MS);
    const runs = app.get(ReconciliationRunsRepository);
    await runs.open(manager, company, { reason: 'weekly', changesKnownUntil });
    await books.database.query(
      `update invoice_compares set next_run_at = now() - interval '1 second'
        where org_id = $1 and status = 'queued'`,
      [contractor.orgId],
    );
    const comparison = holdNext(app.get(FullReconciliationService), 'compare');
    const run = app.get(ReconciliationWorkerService).run(contractor);
    await comparison.done;
    await app.get(SyncCursorsRepository).lookBackTo(manager, company, before);
    comparison.letGo();
    await run;
    expect((await cursor()).changedSince).toEqual(before);
  });

  it('that is told again when its id is long forgotten leads to a look, and to nothing else', async () => {
    await books.notices.resume();
    const payment = await pay();
    await caughtUp(books, contractor.realmId);
    expect(await status()).toBe('Paid');
    const { body } = (await books.notices.deliveries()).at(-1)!;
    await books.control.deletePayment(contractor.realmId, payment.Id);
    await caughtUp(books, contractor.realmId);
    expect(await status()).toBe('Open');
    const before = await notified();

    await books.database.query('delete from qbo_events where realm_id = $1', [contractor.realmId]);
    expect((await deliver(books.app, body)).status).toBe(200);
    const events = await settledEvents(books, contractor.realmId);
    expect(events.length).toBeGreaterThan(0);
    expect(await status()).toBe('Open');
    expect(await notified()).toEqual(before);
  });

  it('that is shown two minutes late is found by the next poll, seven late by the next comparison', async () => {
    await books.control.advanceClock(-2 * MINUTE_MS);
    await pay();
    await books.control.resetClock();
    await pollAlone();
    expect(await status()).toBe('Paid');

    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
    await pollAlone();
    await books.control.advanceClock(-7 * MINUTE_MS);
    await pay();
    await books.control.resetClock();
    await pollAlone();
    expect(await status()).toBe('Open');
    await books.database.query(
      `update qbo_sweeps set last_compared_at = last_compared_at - interval '7 days' where org_id = $1`,
      [contractor.orgId],
    );
    await pollCompany(books, contractor);
    expect(await status()).toBe('Paid');
  });

  it('is asked for again where it could not be written down', async () => {
    await pay();
    const before = await cursor();
    await books.database.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$;
       create trigger refuse before update on leads for each row execute function refuse()`,
    );
    await pollAlone();
    await books.database.query('drop trigger refuse on leads; drop function refuse');
    expect(await cursor()).toEqual(before);
    expect(await status()).toBe('Open');
    await pollAlone();
    expect(await status()).toBe('Paid');
    expect((await cursor()).changedSince!.getTime()).toBeGreaterThan(before.changedSince!.getTime());
  });

  it('is found by comparing everything where the cursor was lost or is too old, and told once', async () => {
    const settled = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, settled.invoiceId);
    await pollCompany(books, contractor);
    const before = await eventsOf(contractor, settled.proposalId);
    expect(before).toContain('invoice_paid');
    // Lost with a restored database, and older than QuickBooks remembers.
    for (const since of [null, new Date(Date.now() - 31 * 1_440 * MINUTE_MS)]) {
      ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
      await books.control.advanceClock(-60 * MINUTE_MS);
      await pay();
      await books.control.resetClock();
      await books.database.query('update qbo_sweeps set changed_since = $2 where org_id = $1', [
        contractor.orgId,
        since,
      ]);
      await pollCompany(books, contractor);
      expect(await status()).toBe('Paid');
      expect(await notified()).toEqual(['invoice_paid']);
      expect(await eventsOf(contractor, settled.proposalId)).toEqual(before);
      expect((await cursor()).changedSince!.getTime()).toBeGreaterThan(Date.now() - 10 * MINUTE_MS);
    }
  });

  it('of our own doing changes nothing and is told to nobody', async () => {
    const another = await anInvoicedProposal(contractor);
    const before = await eventsOf(contractor, another.proposalId);
    await pollAlone();
    await pollAlone();
    expect(await eventsOf(contractor, another.proposalId)).toEqual(before);
    expect((await books.control.calls(contractor.realmId)).operations['invoice.read']).toBeUndefined();
  });

  it('is fetched by one poll at a time, however long one takes and however often the company is due', async () => {
    await using other = await startApp({ databaseUrl: books.database.url, env: books.qbo.env });
    await slowFeed(1_500);
    await pay();
    for (const { app } of [books.app, other, other]) {
      await books.database.query('update qbo_sweeps set next_sweep_at = now() where org_id = $1', [
        contractor.orgId,
      ]);
      await app.get(InvoicePollerService).pollOnce();
      await eventually(async () => expect(await feedCalls()).toBeGreaterThan(0));
    }
    await eventually(async () => {
      const [row] = await books.database.query<{ waiting: number }>(
        `select count(*)::int as waiting from pgboss.job
          where name = 'qbo.company.sweep' and state < 'completed' and (data->>'orgId')::int = $1`,
        [contractor.orgId],
      );
      expect(row!.waiting).toBe(0);
    });
    expect((await books.control.calls(contractor.realmId)).most_at_once).toBe(1);
    expect(await status()).toBe('Paid');
  });

  it('of paid, open and paid again between two looks is one payment, whatever number the invoice has', async () => {
    const payment = await pay();
    await books.control.deletePayment(contractor.realmId, payment.Id);
    const again = await pay();
    await pollAlone();
    expect(await notified()).toEqual(['invoice_paid']);

    await books.control.editInvoice(contractor.realmId, invoiceId, { DocNumber: 'BY-HAND-7' });
    await books.control.deletePayment(contractor.realmId, again.Id);
    await pay();
    await pollAlone();
    const { body } = await contractor.admin.get(`/proposals/${proposalId}`);
    expect(body).toMatchObject({
      qbo_status: 'Paid',
      qbo_invoice_id: invoiceId,
      qbo_invoice_number: 'BY-HAND-7',
    });
  });
});
