import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { IncidentDetectorService } from '../../../src/alerts/incident-detector.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import {
  DueOperationsRepository,
  type JobSubject,
} from '../../../src/qbo-sync/operations/rows/due-operations.repository.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { InvoiceTriesService } from '../../../src/qbo-sync/push/invoices/create/invoice-tries.service.js';
import { OperationJobsService } from '../../../src/qbo-sync/operations/operation-jobs.service.js';
import type { OutboundOperation } from '../../../src/qbo-sync/operations/rows/operation.entity.js';
import { OperationsRepository } from '../../../src/qbo-sync/operations/rows/operations.repository.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { createOrg } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import { startMail, type TestMail } from '../../support/mail.js';
import { startSlack, type TestSlack } from '../../support/slack.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';
import { within } from '../../support/organisation.js';

/** The application of a test runs no timer, so what ends here was enqueued by whoever made it due. */
describe('With the timers off', () => {
  let books: BooksWithStripe;
  let slack: TestSlack;
  let mail: TestMail;
  let contractor: Contractor;

  beforeAll(async () => {
    [slack, mail] = await Promise.all([startSlack(), startMail()]);
    books = await startBooksWithStripe({
      QBO_RECORD_PAYMENTS: 'true',
      SLACK_WEBHOOK_URL: slack.url,
      SMTP_URL: mail.url,
    });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
    await Promise.all([slack[Symbol.asyncDispose](), mail[Symbol.asyncDispose]()]);
  });

  const proposal = async (id: number) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const operation = async (kind: string) => {
    const [row] = await books.database.query<{ state: string; later: boolean }>(
      `select state, next_attempt_at > now() + interval '5 minutes' as later from sync_operations
        where org_id = $1 and kind = $2 order by id desc limit 1`,
      [contractor.orgId, kind],
    );
    return row;
  };
  const fail = (name: string, times = 1) =>
    books.control.planFault({
      operation: name,
      realm_id: contractor.realmId,
      kind: '503_html',
      when: 'before',
      times,
    });

  it(
    'a payment that waits for its invoice is recorded when that is there, however often the invoice ' +
      'failed',
    async () => {
      await fail('item.query', 3);
      const proposalId = await anApprovedProposal(contractor);
      await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
      expect(await operation('payment.create')).toMatchObject({ state: 'done' });
    },
  );

  it('a refund that waits for its payment is recorded when that is there', async () => {
    const { proposalId } = await anInvoicedProposal(contractor);
    await fail('invoice.read', 2);
    const { paymentIntentId } = await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect(await operation('payment.create')).toBeDefined());
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 100_000 });
    await eventually(async () => expect(await operation('refund.create')).toMatchObject({ state: 'done' }));
  });

  it('an invoice whose customer was not taken at first is made once the customer is', async () => {
    await fail('customer.query', 2);
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, proposalId);
    await eventually(async () => expect((await proposal(proposalId)).qbo_status).toBe('Paid'));
  });

  it('an e-mail that the mail server did not take is sent ten seconds later', async () => {
    const proposalId = await anApprovedProposal(contractor);
    mail.refuse('451 4.7.1 try later');
    await contractor.admin.post(`/portal/email/${proposalId}`);
    const link = async () => (await contractor.admin.get(`/portal/links/${proposalId}`)).body.items[0];
    await eventually(async () => expect(await link()).toMatchObject({ email_attempts: 1 }));
    await eventually(async () => expect(await link()).toMatchObject({ email_state: 'sent' }));
  });

  it('an alert that Slack did not take is sent ten seconds later, and the one behind it after it', async () => {
    const detector = books.app.app.get(IncidentDetectorService);
    await books.qbo.oauth('revoke', { realm_id: contractor.realmId });
    slack.answer = 503;
    slack.posts.length = 0;
    await contractor.admin.post(`/qbo/sync/customer/${await aCustomer(contractor)}`);
    await detector.detect();
    await eventually(() => expect(slack.posts).toHaveLength(1));
    await books.database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, created_at, updated_at)
       values ($1, 'test', 'validation', 'Something', 'Look at it', now(), now())`,
      [contractor.orgId],
    );
    await detector.detect();
    slack.answer = 200;
    const waiting = () =>
      books.database.query(`select from alert_messages where channel = 'slack' and state = 'queued'`);
    await eventually(async () => expect(await waiting()).toEqual([]));
    // However often Slack refused the first one before it was mended: it came, and then the one behind it.
    const [again, behind] = slack.posts.slice(-2);
    expect(again).toBe(slack.posts[0]);
    expect(behind).not.toBe(again);
  });

  it('retries that were asked for together are made', async () => {
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    const ids = [await anApprovedProposal(contractor), await anApprovedProposal(contractor)];
    for (const id of ids) await contractor.admin.post(`/qbo/invoice/${id}`);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: null });
    const [item] = await openItems(contractor.admin);
    await contractor.admin.post('/inbox/retry', { code: item!.code });
    await eventually(async () => {
      expect(await openItems(contractor.admin)).toEqual([]);
    });
    for (const id of ids) expect((await proposal(id)).qbo_invoice_id).not.toBeNull();
  });

  it('a job that was lost leaves its row due, and the net ends it (so the tests above are not vacuous)', async () => {
    await fail('item.query', 1_000);
    const proposalId = await anApprovedProposal(contractor);
    await contractor.admin.post(`/qbo/invoice/${proposalId}`).catch(() => null);
    expect(await operation('invoice.create')).toMatchObject({ state: 'waiting' });
    await books.database.query(
      `delete from pgboss.job where name = 'qbo.invoice.create' and group_id = $1::text`,
      [contractor.orgId],
    );
    await books.database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [
      contractor.orgId,
    ]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await operation('invoice.create')).toMatchObject({ state: 'waiting' });

    await books.control.clearFaults();
    expect(await books.app.app.get(DueJobsService).enqueueDue('sync_operations')).toBeGreaterThan(0);
    await eventually(async () => expect(await operation('invoice.create')).toMatchObject({ state: 'done' }));
  });

  it('a retry whose operation was refused in between begins nothing', async () => {
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    const proposalId = await anApprovedProposal(contractor);
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    const generations = () =>
      books.database.query(
        `select from sync_operations where org_id = $1 and kind = 'invoice.create' and proposal_id = $2`,
        [contractor.orgId, proposalId],
      );
    expect(await operation('invoice.create')).toMatchObject({ state: 'refused' });
    const jobs = books.app.app.get(JobsService);
    const { manager } = books.app.app.get(DataSource);
    const job = { orgId: contractor.orgId, proposalId, retry: true } as const;
    await jobs.enqueue(manager, 'qbo.invoice.create', job);
    await eventually(async () => {
      const open = await books.database.query(
        `select from pgboss.job where name = 'qbo.invoice.create' and state <> 'completed' and group_id = $1::text`,
        [contractor.orgId],
      );
      expect(open).toEqual([]);
    });
    expect(await generations()).toHaveLength(1);
  });

  describe('an invoice that is wanted while the company is being connected', () => {
    /** What a connection waits for, by organisation. */
    const meanwhile = new Map<number, () => Promise<void>>();

    beforeAll(() => {
      const connections = books.app.app.get(ConnectionService);
      connections.onConnected({}, async (_, { orgId }) => meanwhile.get(orgId)?.());
    });

    /** Parks it after the connection has looked for what waits, and before it is committed. Answers its proposal. */
    async function wantMeanwhile(): Promise<number> {
      const { orgId, admin } = await createOrg(books.app);
      const { realm_id: realmId } = await books.control.createCompany({ name: 'Late', fixtures: 'sales' });
      contractor = { orgId, admin, realmId };
      const [looked, parked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      meanwhile.set(orgId, async () => {
        looked.resolve();
        await parked.promise;
      });
      const tries = books.app.app.get(InvoiceTriesService);
      const park = tries.park.bind(tries);
      vi.spyOn(tries, 'park').mockImplementationOnce(async (...asked) => {
        await looked.promise;
        await park(...asked);
        setTimeout(parked.resolve, 300);
      });
      const proposalId = await anApprovedProposal(contractor);
      await payDeposit(books, admin, proposalId);
      await connect(books.app, admin, { realmId });
      return proposalId;
    }

    it('is made at once', async () => {
      const id = await wantMeanwhile();
      await eventually(async () => expect((await proposal(id)).qbo_status).toBe('Paid'));
    });

    it('would wait for the net if it did not look again (so the test above is not vacuous)', async () => {
      const connections = books.app.app.get(ConnectionService);
      const look = vi.spyOn(connections, 'companyOfParked').mockResolvedValue(null);
      const id = await wantMeanwhile();
      await eventually(async () => {
        const [job] = await books.database.query<{ state: string }>(
          `select state from pgboss.job where name = 'qbo.invoice.create' and group_id = $1::text`,
          [contractor.orgId],
        );
        expect(job).toEqual({ state: 'completed' });
      });
      look.mockRestore();
      expect(await proposal(id)).toMatchObject({ qbo_invoice_id: null });
      expect(await books.app.app.get(DueJobsService).enqueueDue('sync_operations')).toBeGreaterThan(0);
      await eventually(async () => expect((await proposal(id)).qbo_status).toBe('Paid'));
    });
  });

  describe('a blocked operation and what it waits for, at the same moment,', () => {
    const inTenMinutes = () => new Date(Date.now() + 600_000);

    const jobs = () => books.app.app.get(OperationJobsService);
    const dataSource = () => books.app.app.get(DataSource);

    /** Whether anybody of this database waits for a lock. */
    const isAnyoneLocked = async (): Promise<boolean> => {
      const waiting = await books.database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    };

    async function aBlockedPayment(): Promise<{ proposalId: number; payment: OutboundOperation }> {
      const proposalId = await anApprovedProposal(contractor);
      await books.database.query(
        `insert into sync_operations (org_id, kind, entity_id, proposal_id, request_id, payload, state, next_attempt_at)
         values ($1, 'payment.create', $2, $2, gen_random_uuid()::text, '{}', 'waiting', now())`,
        [contractor.orgId, proposalId],
      );
      const operations = within(contractor.orgId, books.app.app.get(OperationsRepository));
      const payment = await operations.findNewest('payment.create', contractor.orgId, proposalId);
      return { proposalId, payment: payment! };
    }

    /** Has it look while what it waits for is on its way and not committed. Answers whether it waits then. */
    async function lookMeanwhile(): Promise<boolean> {
      const { proposalId, payment } = await aBlockedPayment();
      let there = false;
      let waits = Promise.resolve(true);
      await dataSource().transaction(async (tx) => {
        await jobs().enqueueBlocked(tx, contractor.orgId, proposalId);
        let hasLooked = false;
        waits = jobs().waitUntil(payment, inTenMinutes(), () => {
          hasLooked = true;
          return Promise.resolve(there);
        });
        await eventually(async () => {
          if (!hasLooked && !(await isAnyoneLocked())) throw new Error('it has not looked yet');
        });
        there = true;
      });
      return waits;
    }

    it('see each other where that is on its way', async () => {
      expect(await lookMeanwhile()).toBe(false);
      expect(await operation('payment.create')).toMatchObject({ state: 'waiting', later: false });
    });

    it('would miss each other without the lock (so the test above is not vacuous)', async () => {
      const lock = vi
        .spyOn(books.app.app.get(DueOperationsRepository), 'lockBlocked')
        .mockResolvedValue(true);
      expect(await lookMeanwhile()).toBe(true);
      lock.mockRestore();
      expect(await operation('payment.create')).toMatchObject({ state: 'waiting', later: true });
    });

    /** Has its job ask whether it is due while it is being made due. */
    async function askMeanwhile(ask: (subject: JobSubject) => Promise<boolean>): Promise<boolean> {
      const { proposalId, payment } = await aBlockedPayment();
      await books.database.query('update sync_operations set next_attempt_at = $2 where id = $1', [
        payment.id,
        inTenMinutes(),
      ]);
      let due = Promise.resolve(false);
      await dataSource().transaction(async (tx) => {
        await jobs().enqueueBlocked(tx, contractor.orgId, proposalId);
        let answered = false;
        due = ask({ orgId: contractor.orgId, kind: 'payment.create', entityId: proposalId });
        void due.then(() => (answered = true));
        await eventually(async () => {
          if (!answered && !(await isAnyoneLocked())) throw new Error('nobody has asked yet');
        });
      });
      return due;
    }

    it.each(['isDue', 'hasDue'] as const)(
      'see each other where a job that was queued before asks at that moment (%s)',
      async (question) => {
        expect(await askMeanwhile((subject) => jobs()[question](subject))).toBe(true);
      },
    );

    it('would miss each other if the job read without waiting (so the test above is not vacuous)', async () => {
      const withoutLock = async ({ orgId, entityId }: JobSubject): Promise<boolean> => {
        const [row] = await books.database.query<{ due: boolean }>(
          'select next_attempt_at <= now() as due from sync_operations where org_id = $1 and entity_id = $2',
          [orgId, entityId],
        );
        return row!.due;
      };
      expect(await askMeanwhile(withoutLock)).toBe(false);
    });

    it('see each other where that comes right after the look', async () => {
      const { proposalId, payment } = await aBlockedPayment();
      let made = Promise.resolve();
      const waits = await jobs().waitUntil(payment, inTenMinutes(), async () => {
        made = dataSource().transaction((tx) => jobs().enqueueBlocked(tx, contractor.orgId, proposalId));
        await new Promise((resolve) => setTimeout(resolve, 300));
        return false;
      });
      await made;
      expect(waits).toBe(true);
      expect(await operation('payment.create')).toMatchObject({ state: 'waiting', later: false });
    });
  });
});
