import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RetentionService } from '../../../src/jobs/retention/retention.service.js';
import type { FaultKind } from '../../../sandbox/http/fault-plan.ts';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { QboEventProcessorService } from '../../../src/qbo-sync/pull/webhooks/qbo-event-processor.service.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { LeasesService } from '../../../src/jobs/leases/leases.service.js';
import { EVENTS_LEASE } from '../../../src/qbo-sync/pull/webhooks/events-lease.js';
import { startApp, type TestApp } from '../../support/app.js';
import { InvoiceProjectorService } from '../../../src/qbo-sync/pull/invoices/invoice-projector.service.js';
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
import { metric } from '../../support/metrics.js';
import {
  type BooksWithWebhooks,
  caughtUp,
  cloudEvent,
  deliver,
  eventsAbout,
  openBooksWithWebhooks,
  settledEvents,
  VERIFIER,
} from '../../support/webhooks.js';

const WITHOUT_FAULTS = { drop: 0, duplicate: 0, shuffle: false, coalesce_ms: 0 };

describe('Bad luck with what QuickBooks tells', () => {
  let books: BooksWithWebhooks;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooksWithWebhooks({ QBO_REQUEST_TIMEOUT_MS: '2000' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterEach(async () => {
    await books.control.clearFaults();
    await books.notices.configure(WITHOUT_FAULTS);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const fault = (kind: FaultKind, operation: string, times = 1, realmId = contractor.realmId) =>
    books.control.planFault({ operation, kind, times, realm_id: realmId });
  const isPaid = async ({ admin }: Contractor, proposalId: number) =>
    expect((await admin.get(`/proposals/${proposalId}`)).body.qbo_status).toBe('Paid');
  /** What cron does in production: takes up what is due again. */
  const enqueueDue = () => books.app.app.get(DueJobsService).enqueueDue('qbo_events');
  const jobsOf = (orgId: number) =>
    books.database.query(
      `select id from pgboss.job where name = 'qbo.events.process' and (data->>'orgId')::int = $1`,
      [orgId],
    );

  it('loses nothing when QuickBooks meets the question with a failure of any kind', async () => {
    for (const kind of ['timeout', 'reset', '500', '503_html', 'truncated', '200_fault'] as const) {
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      await caughtUp(books, contractor.realmId);
      await fault(kind, 'invoice.query', kind === 'timeout' ? 1 : 3);
      await books.control.receivePayment(contractor.realmId, invoiceId);
      await eventually(async () => {
        await books.database.query(
          `update qbo_events set next_attempt_at = now() where realm_id = $1 and state = 'pending'`,
          [contractor.realmId],
        );
        await enqueueDue();
        await isPaid(contractor, proposalId);
      });
      const log = await eventsOf(contractor, proposalId);
      expect(log.filter((event) => event === 'invoice_paid')).toHaveLength(1);
      await books.control.clearFaults();
    }
  });

  it('looks into an event later where something fails here, as it reads from QuickBooks each time', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await caughtUp(books, contractor.realmId);
    vi.spyOn(books.app.app.get(InvoiceProjectorService), 'applyIn').mockRejectedValueOnce(new Error('wrong'));
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await eventually(async () => {
      const events = await eventsAbout(books, contractor.realmId);
      expect(events.at(-1)).toMatchObject({ attempts: 1 });
    });
    await eventually(() => isPaid(contractor, proposalId));
  });

  it('leaves a company alone that answers 429, whatever else it tells meanwhile', async () => {
    const { invoiceId } = await anInvoicedProposal(contractor);
    await caughtUp(books, contractor.realmId);
    await fault('429', '*', 1000);
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1 });
    await eventually(async () => {
      const events = await eventsAbout(books, contractor.realmId);
      expect(events.at(-1)).toMatchObject({ state: 'pending', attempts: 1 });
    });
    const { total } = await books.control.calls(contractor.realmId);
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 2 });
    await eventually(async () => {
      const [row] = await books.database.query<{ waiting: number }>(
        `select count(*)::int as waiting from qbo_events
          where realm_id = $1 and state = 'pending' and next_attempt_at > received_at + interval '30 seconds'`,
        [contractor.realmId],
      );
      expect(row!.waiting).toBe(2);
    });
    expect((await books.control.calls(contractor.realmId)).total).toBe(total);
  });

  it('has a worker of its own for each company: none waits for one in 429 with 2,000 events', async () => {
    const other = await aContractor(books, 'Bolt Roofing');
    const leases = books.app.app.get(LeasesService);
    type Held = NonNullable<Awaited<ReturnType<LeasesService['take']>>>;
    const take = ({ orgId }: Contractor) => inOrganisation(orgId, () => leases.take(EVENTS_LEASE, [orgId]));
    const release = ({ orgId }: Contractor, lease: Held | null) =>
      inOrganisation(orgId, () => leases.release(lease!));
    const lease = await take(contractor);
    expect(lease).not.toBeNull();
    expect(await take(contractor)).toBeNull();
    await release(other, await take(other));
    expect(await release(contractor, { ...lease!, token: '0' })).toBe(false);
    expect(await take(contractor)).toBeNull();
    await release(contractor, lease);
    await release(contractor, await take(contractor));

    const { proposalId, invoiceId } = await anInvoicedProposal(other);
    await caughtUp(books, other.realmId);
    await anInvoicedProposal(contractor);
    await fault('429', '*', 1000);
    for (let start = 0; start < 2_000; start += 500) {
      const events = Array.from({ length: 500 }, (_, index) =>
        cloudEvent(contractor.realmId, { entityId: String(start + index) }),
      );
      await deliver(books.app, events);
    }
    const startedAt = performance.now();
    await books.control.receivePayment(other.realmId, invoiceId);
    await eventually(() => isPaid(other, proposalId));
    expect(performance.now() - startedAt).toBeLessThan(30_000); // the company in 429 is left alone for a minute
  });

  it('looks into more events than one run takes, run by run', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.notices.pause();
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const events = Array.from({ length: 1_200 }, (_, index) =>
      cloudEvent(contractor.realmId, { entityId: String(100_000 + index) }),
    );
    events.push(cloudEvent(contractor.realmId, { entityId: invoiceId }));
    expect((await deliver(books.app, events)).status).toBe(200);
    await settledEvents(books, contractor.realmId, 1_201);
    await isPaid(contractor, proposalId);
    await books.notices.resume();
  });

  it('takes up events whose job was lost, and after a poll of another worker those that waited for it', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await caughtUp(books, contractor.realmId);
    await books.notices.pause();
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const before = await jobsOf(contractor.orgId);
    await books.database.query(
      `insert into qbo_events (event_id, realm_id, org_id, entity, entity_id, operation, received_at, state,
        next_attempt_at)
       values ($1, $2, $3, 'invoice', $4, 'updated', now(), 'pending', now())`,
      [crypto.randomUUID(), contractor.realmId, contractor.orgId, invoiceId],
    );
    expect(await jobsOf(contractor.orgId)).toHaveLength(before.length);
    await enqueueDue();
    await eventually(() => isPaid(contractor, proposalId));
    await books.notices.resume();
    await caughtUp(books, contractor.realmId);

    const failures = () =>
      metric(books.app, 'crm_invoice_sync_errors_total', { org_id: contractor.orgId, stage: 'fetch' });
    const failed = await failures();
    const leaseUntil = (instant: string) =>
      books.database.query(
        `update qbo_sweeps set lease_token = lease_token + 1, lease_until = ${instant} where org_id = $1`,
        [contractor.orgId],
      );
    await leaseUntil(`now() + interval '1 hour'`);
    const event = cloudEvent(contractor.realmId, { type: 'qbo.payment.updated.v1', entityId: '424242' });
    await deliver(books.app, [event]);
    const stored = async () =>
      (await eventsAbout(books, contractor.realmId)).find((one) => one.event_id === event.id);
    await eventually(async () =>
      expect(await stored()).toMatchObject({ state: 'pending', reason: expect.stringContaining('polls') }),
    );
    expect([(await stored())!.attempts, await failures()]).toEqual([0, failed]);
    await leaseUntil('null');
    await eventually(async () => {
      await enqueueDue();
      expect(await stored()).toMatchObject({ state: 'done' });
    });
  });

  it('keeps news of an invoice that is being made, and gives that of an unknown one up in ten minutes', async () => {
    await anInvoicedProposal(contractor);
    await caughtUp(books, contractor.realmId);
    const proposalId = await anApprovedProposal(contractor);
    const creation = holdNext(books.app.app.get(QboClient).invoices, 'create');
    const made = contractor.admin.post(`/qbo/invoice/${proposalId}`);
    const held = await eventually(async () => {
      const events = await eventsAbout(books, contractor.realmId);
      const [one] = events.filter((event) => event.state === 'pending' && event.reason !== null);
      expect(one).toMatchObject({ entity: 'invoice', reason: expect.stringContaining('being made') });
      return one!;
    });
    creation.letGo();
    expect((await made).body).toMatchObject({ status: 'created', qbo_invoice_id: held.entity_id });
    await eventually(async () => {
      await enqueueDue();
      const events = await eventsAbout(books, contractor.realmId);
      expect(events.find((event) => event.event_id === held.event_id)).toMatchObject({ state: 'done' });
    });

    await books.database.query(
      `update sync_operations set state = 'sent', next_attempt_at = now() + interval '1 day'
        where org_id = $1 and kind = 'invoice.create'`,
      [contractor.orgId],
    );
    const event = cloudEvent(contractor.realmId, { type: 'qbo.invoice.created.v1', entityId: '999999' });
    await deliver(books.app, [event]);
    const stored = async () =>
      (await eventsAbout(books, contractor.realmId)).find((one) => one.event_id === event.id);
    await eventually(async () =>
      expect(await stored()).toMatchObject({ state: 'pending', reason: expect.stringContaining('made') }),
    );
    await books.database.query(
      `update qbo_events set received_at = now() - interval '601 seconds', next_attempt_at = now() where event_id = $1`,
      [event.id],
    );
    await enqueueDue();
    await eventually(async () => expect(await stored()).toMatchObject({ state: 'ignored' }));
  });

  it('leaves what a disconnected company told to the first poll after it', async () => {
    const { invoiceId } = await anInvoicedProposal(contractor);
    await caughtUp(books, contractor.realmId);
    await contractor.admin.post('/qbo/disconnect');
    const event = cloudEvent(contractor.realmId, { entityId: invoiceId });
    await deliver(books.app, [event]);
    const events = await settledEvents(books, contractor.realmId);
    expect(events.find((one) => one.event_id === event.id)).toMatchObject({
      state: 'ignored',
      reason: expect.stringContaining('not connected'),
    });
  });

  it('forgets closed events after a hundred days, and not after ninety-nine', async () => {
    const [old, young, waiting] = ['old', 'young', 'waiting'].map((id) =>
      cloudEvent(contractor.realmId, { id: `${id}-${crypto.randomUUID()}`, type: 'qbo.item.updated.v1' }),
    );
    await deliver(books.app, [old!, young!, waiting!]);
    const age = (id: string, days: number, state: string) =>
      books.database.query(
        `update qbo_events set received_at = now() - $2 * interval '1 day', state = $3,
           closed_at = case when $3 = 'pending' then null else closed_at end, next_attempt_at = 'infinity'
          where event_id = $1`,
        [id, days, state],
      );
    await age(old!.id, 101, 'ignored');
    await age(young!.id, 99, 'ignored');
    await age(waiting!.id, 101, 'pending');
    await books.app.app.get(RetentionService).purge('qbo_events');
    const kept = (await eventsAbout(books, contractor.realmId)).map((event) => event.event_id);
    expect(kept.toSorted()).toEqual([waiting!.id, young!.id].toSorted());
  });

  describe('with two processes', () => {
    let second: TestApp;

    beforeAll(async () => {
      second = await startApp({
        databaseUrl: books.database.url,
        env: { QBO_REQUEST_TIMEOUT_MS: '600', QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER, ...books.qbo.env },
      });
    });

    afterAll(() => second[Symbol.asyncDispose]());

    it('has one effect of fifty copies of one event that race, also where both look into it at once', async () => {
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      await caughtUp(books, contractor.realmId);
      await books.notices.pause();
      const payment = await books.control.receivePayment(contractor.realmId, invoiceId);
      await books.control.resetCalls();
      const type = 'qbo.payment.created.v1';
      const event = cloudEvent(contractor.realmId, { type, entityId: payment.Id });
      const copies = Array.from({ length: 50 }, (_, index) =>
        deliver(index % 2 ? books.app : second, [event]),
      );
      await Promise.all(copies);
      await eventually(() => isPaid(contractor, proposalId));
      const paid = (await eventsOf(contractor, proposalId)).filter((one) => one === 'invoice_paid');
      expect(paid).toHaveLength(1);
      expect((await books.control.calls(contractor.realmId)).total).toBe(2);
      await books.notices.resume();

      const next = await anInvoicedProposal(contractor);
      await caughtUp(books, contractor.realmId);
      await books.control.receivePayment(contractor.realmId, next.invoiceId);
      await Promise.all(
        [books.app, second].flatMap(({ app }) =>
          Array.from({ length: 10 }, () => app.get(QboEventProcessorService).process(contractor)),
        ),
      );
      await eventually(() => isPaid(contractor, next.proposalId));
      const paidOnce = (await eventsOf(contractor, next.proposalId)).filter((one) => one === 'invoice_paid');
      expect(paidOnce).toHaveLength(1);
    });
  });

  describe('when a third is lost, a third comes twice and none in order', () => {
    interface Job {
      proposalId: number;
      invoiceId: string;
    }

    const stateOf = async ({ proposalId }: Job): Promise<string> =>
      (await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_state as string;

    /** Each invoice is paid, bounced and paid again, or paid, or voided. Answers the states they are in at the end. */
    const aBusyDay = async (jobs: readonly Job[]): Promise<string[]> => {
      const { control } = books;
      for (const [index, { invoiceId }] of jobs.entries()) {
        if (index % 4 === 3) {
          await control.voidInvoice(contractor.realmId, invoiceId);
          continue;
        }
        const payment = await control.receivePayment(contractor.realmId, invoiceId);
        if (index % 4 === 0) continue;
        await control.deletePayment(contractor.realmId, payment.Id);
        if (index % 4 === 1) await control.receivePayment(contractor.realmId, invoiceId);
      }
      return jobs.map((_, index) => ['paid', 'paid', 'open', 'voided'][index % 4]!);
    };

    const openJobs = async (count = 8): Promise<Job[]> => {
      const jobs: Job[] = [];
      for (let index = 0; index < count; index += 1) jobs.push(await anInvoicedProposal(contractor));
      await caughtUp(books, contractor.realmId);
      return jobs;
    };

    it('is right after one poll, and every transition is logged once', async () => {
      const jobs = await openJobs();
      await books.notices.configure({
        drop: 0.3,
        duplicate: 0.3,
        shuffle: true,
        seed: 11,
        coalesce_ms: 600_000,
      });
      const expected = await aBusyDay(jobs);
      const { dropped } = await books.notices.flush();
      expect(dropped).toBeGreaterThan(0);
      await settledEvents(books, contractor.realmId);
      await pollCompany(books, contractor);
      expect(await Promise.all(jobs.map(stateOf))).toEqual(expected);
      const paidCount = await metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId });
      const logs = await Promise.all(jobs.map((job) => eventsOf(contractor, job.proposalId)));
      expect(logs.flat().filter((event) => event === 'invoice_paid')).toHaveLength(paidCount);
      for (const [index, log] of logs.entries()) {
        const notified = log.filter((event) => !['approve', 'invoice_created'].includes(event));
        expect(notified.filter((event, place) => event === notified[place - 1])).toEqual([]);
        expect(notified.at(-1)).toBe(
          { paid: 'invoice_paid', voided: 'invoice_voided', open: notified.at(-1) }[expected[index]!],
        );
      }
    });

    it('would not be right without that poll, where all is lost (so the test above is not vacuous)', async () => {
      const jobs = await openJobs(4);
      await books.notices.configure({ drop: 1, coalesce_ms: 600_000 });
      await aBusyDay(jobs);
      await books.notices.flush();
      await settledEvents(books, contractor.realmId);
      expect(await Promise.all(jobs.map(stateOf))).toEqual(jobs.map(() => 'open'));
    });

    it('is right without any poll on the interval where none is lost', async () => {
      const jobs = await openJobs();
      await books.notices.configure({ duplicate: 0.3, shuffle: true, seed: 5, coalesce_ms: 600_000 });
      const expected = await aBusyDay(jobs);
      await books.notices.flush();
      await settledEvents(books, contractor.realmId);
      expect(await Promise.all(jobs.map(stateOf))).toEqual(expected);
    });
  });
});
