import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  eventsOf,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import type { Json } from '../../support/people.js';
import { type CrmProcess, startProcess } from '../../support/process.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../../support/stripe.js';

/**
 * The points between a customer's card and a paid invoice at which a worker can die: at each request to QuickBooks,
 * before it takes effect and after. The worker is killed there, another one starts, and the end is the same. A start
 * takes seconds: one worker comes to several points, each with a contractor of its own, before it is killed.
 */
const POINTS = [
  { operation: 'customer.create', when: 'after' },
  { operation: 'invoice.create', when: 'before' },
  { operation: 'invoice.create', when: 'after' },
  { operation: 'payment.create', when: 'before' },
  { operation: 'payment.create', when: 'after' },
] as const;

const CREDIT_POINTS = [
  { operation: 'creditmemo.create', when: 'before' },
  { operation: 'creditmemo.create', when: 'after' },
  { operation: 'payment.create', when: 'before' },
  { operation: 'payment.create', when: 'after' },
] as const;

/** Tables that these write to, first to last: a process that waits for one of them is killed there. */
const TABLES = {
  approval: ['audit_log', 'contracts', 'contract_entries'],
  change: ['contract_lines', 'credit_memos', 'audit_log'],
  billing: ['invoices', 'invoice_lines', 'sync_operations'],
} as const;
/** Whoever writes a row of an organisation for which it is held waits for this lock. */
const HELD = 20_261_201;

interface Job {
  contractor: Contractor;
  proposalId: number;
}

/** What a process was asked to write, and was killed at. */
interface KilledJob extends Job {
  path: string;
  body?: object;
}

describe('A worker killed between card and books', () => {
  let books: BooksWithStripe;
  let worker: CrmProcess | undefined;

  beforeAll(async () => {
    books = await startBooksWithStripe({ CRM_ROLE: 'api', QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(async () => {
    await worker?.end('SIGTERM');
    await books[Symbol.asyncDispose]();
  });

  const startWorker = (): Promise<CrmProcess> =>
    startProcess(books.database.url, {
      ...books.qbo.env,
      CRM_ROLE: 'worker',
      QBO_RECORD_PAYMENTS: 'true',
      QBO_REQUEST_TIMEOUT_MS: '120000', // it waits at its point until it is killed, however busy the machine is
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    });

  /** As if the dead worker's leases and claims had run out. */
  async function forgetTheDead(): Promise<void> {
    await books.database.query(
      `update sync_operations set lease_until = now(), next_attempt_at = now() where lease_until is not null`,
    );
    await books.database.query(
      `update pgboss.job set started_on = started_on - interval '1 hour', heartbeat_on = heartbeat_on - interval
        '1 hour'
        where state = 'active'`,
    );
  }

  /** As if QuickBooks had cut off what was lost. */
  async function passTheCutOff(): Promise<void> {
    await books.database.query(
      `update sync_operations
          set first_sent_at = first_sent_at - interval '131 seconds', next_attempt_at = now()
        where state = 'uncertain' and lease_until is null and next_attempt_at > now() + interval '60 seconds'`,
    );
  }

  /** A contract of 10,000.00 that is billed, with a change order that takes 600.00 off, not approved yet. */
  async function aBilledContract({ admin }: Contractor, proposalId: number): Promise<string> {
    for (const number of [1, 2]) await admin.post(`/proposals/${proposalId}/contract/entries/${number}/bill`);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'No gutter', lines });
    return `/proposals/${proposalId}/change-orders/1/approve`;
  }

  const made = async ({ realmId }: Contractor, operation: string): Promise<number> =>
    (await books.control.calls(realmId)).operations[operation] ?? 0;

  /** Has a customer pay, and waits until the worker is at the point. */
  async function paidUpTo(point: (typeof POINTS)[number]): Promise<Job> {
    const contractor = await aContractor(books);
    const proposalId = await anApprovedProposal(contractor);
    await books.control.planFault({ ...point, realm_id: contractor.realmId, kind: 'timeout' });
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session: session_id });
    await eventually(async () => expect(await made(contractor, point.operation)).toBe(1));
    return { contractor, proposalId };
  }

  /** Has a change order approved that takes something off a billed contract, and waits until the worker is there. */
  async function creditedUpTo(point: (typeof CREDIT_POINTS)[number]): Promise<Job> {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    const approval = await aBilledContract(contractor, proposalId);
    const already = await made(contractor, point.operation);
    await books.control.planFault({ ...point, realm_id: realmId, kind: 'timeout' });
    expect((await admin.post(approval, { reason: 'Agreed on site' })).status).toBe(200);
    await eventually(async () => expect(await made(contractor, point.operation)).toBeGreaterThan(already));
    return { contractor, proposalId };
  }

  describe('at a request to QuickBooks,', () => {
    let paid: Job[];
    let credited: Job[];

    /** The worker is killed when all of these are at their points, and another starts with nothing in its way. */
    async function killedWith(...points: readonly Promise<Job[]>[]): Promise<Job[][]> {
      const jobs = await Promise.all(points);
      await worker!.end('SIGKILL');
      await books.control.clearFaults();
      await forgetTheDead();
      worker = await startWorker();
      return jobs;
    }

    beforeAll(async () => {
      worker = await startWorker();
      const [first, second] = [CREDIT_POINTS.slice(0, 2), CREDIT_POINTS.slice(2)];
      // A worker carries two credits at once.
      const [ofCards, ofMemos] = await killedWith(
        Promise.all(POINTS.map(paidUpTo)),
        Promise.all(first.map(creditedUpTo)),
      );
      const [ofUses] = await killedWith(Promise.all(second.map(creditedUpTo)));
      paid = ofCards!;
      credited = [...ofMemos!, ...ofUses!];
    });

    it.each(POINTS)('at $operation, $when it takes effect: one invoice, one payment, paid', async (point) => {
      const { contractor, proposalId } = paid[POINTS.indexOf(point)]!;
      await eventually(async () => {
        await passTheCutOff();
        expect((await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_status).toBe('Paid');
      });
      const ours = async (entity: 'Invoice' | 'Payment' | 'Customer') =>
        (await books.control.records(contractor.realmId, entity)).filter((one) =>
          JSON.stringify(one).includes(entity === 'Customer' ? '@example.com' : 'crm:'),
        );
      expect(await ours('Invoice')).toHaveLength(1);
      expect(await ours('Payment')).toHaveLength(1);
      expect(await ours('Customer')).toHaveLength(1);
      await eventually(async () => {
        const events = await eventsOf(contractor, proposalId);
        for (const event of ['payment_success', 'invoice_created', 'payment_recorded', 'invoice_paid']) {
          expect(events.filter((one) => one === event)).toHaveLength(1);
        }
      });
    });

    it.each(CREDIT_POINTS)(
      'at $operation of a credit, $when it takes effect: one credit memo, on the invoice once',
      async (point) => {
        const { contractor, proposalId } = credited[CREDIT_POINTS.indexOf(point)]!;
        const { admin, realmId } = contractor;
        await eventually(async () => {
          await passTheCutOff();
          const { change_orders: orders } = (await admin.get(`/proposals/${proposalId}/contract`)).body;
          expect((orders as Json[])[0]!.credit_memo).toMatchObject({ state: 'used', balance_cents: 0 });
        });
        const memos = (await books.control.records(realmId, 'CreditMemo')).filter(({ PrivateNote }) =>
          beginsWith(PrivateNote, 'crm:'),
        );
        expect(memos).toMatchObject([{ DocNumber: `CRM-${proposalId}-C1`, TotalAmt: 600, Balance: 0 }]);
        expect((await admin.get(`/proposals/${proposalId}/contract`)).body).toMatchObject({
          value_cents: 940_000,
          billed_cents: 940_000,
          remaining_cents: 0,
        });
        await eventually(async () => {
          await passTheCutOff();
          const { body } = await admin.get(`/invoices?proposal_id=${proposalId}&kind=final`);
          expect((body.items as Json[])[0]).toMatchObject({ balance_cents: 640_000 });
        });
      },
    );
  });

  describe('or a process that serves,', () => {
    const jobs = { approval: [] as KilledJob[], change: [] as KilledJob[], billing: [] as KilledJob[] };
    const befores: Json[] = [];

    const contractOf = async ({ contractor: { admin }, proposalId }: Job): Promise<Json> =>
      (await admin.get(`/proposals/${proposalId}/contract`)).body;

    async function anApproval(): Promise<KilledJob> {
      const contractor = await aContractor(books);
      const customer_id = await aCustomer(contractor);
      const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
      const { body } = await contractor.admin.post('/proposals', { name: 'Roof', customer_id, lines });
      const proposalId = body.id as number;
      return { contractor, proposalId, path: `/proposals/${proposalId}/approve` };
    }

    async function aChange(): Promise<KilledJob> {
      const contractor = await aContractor(books);
      const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
      const path = await aBilledContract(contractor, proposalId);
      return { contractor, proposalId, path, body: { reason: 'Agreed on site' } };
    }

    async function aBilling(): Promise<KilledJob> {
      const contractor = await aContractor(books);
      const { admin } = contractor;
      const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
      const entries = [{ kind: 'progress', percent: 40 }];
      await admin.put(`/proposals/${proposalId}/contract/schedule`, { entries });
      expect((await admin.post(`/qbo/invoice/${proposalId}`)).status).toBe(200);
      return { contractor, proposalId, path: `/proposals/${proposalId}/contract/entries/2/bill` };
    }

    /** A process of its own is asked for all of them, waits at each with its table, and is killed. */
    async function killAtEach(): Promise<void> {
      for (const _table of TABLES.approval) jobs.approval.push(await anApproval());
      for (const _table of TABLES.change) jobs.change.push(await aChange());
      for (const _table of TABLES.billing) jobs.billing.push(await aBilling());
      befores.push(...(await Promise.all(jobs.change.map(contractOf))));
      const held = (['approval', 'change', 'billing'] as const).flatMap((deed) =>
        TABLES[deed].map((table, place) => ({ table, job: jobs[deed][place]! })),
      );
      const api = await startProcess(books.database.url, {
        ...books.qbo.env,
        CRM_ROLE: 'api',
        DB_POOL_MAX: '20',
      });
      await whileHeld(held, async (waiting) => {
        const answers = held.map(({ job: { contractor, path, body = {} } }) => {
          const { token } = contractor.admin;
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
          const asked = { method: 'POST', headers, body: JSON.stringify(body) };
          return fetch(`${api.url}${path}`, asked).catch(() => 'cut off');
        });
        await eventually(async () => expect(await waiting()).toBe(held.length));
        await api.end('SIGKILL');
        expect(new Set(await Promise.all(answers))).toEqual(new Set(['cut off']));
      });
    }

    beforeAll(killAtEach);

    it('while a change order is approved: nothing of it, or all of it, wherever the process is killed', async () => {
      worker ??= await startWorker();
      for (const [place, job] of jobs.change.entries()) {
        const { admin, realmId } = job.contractor;
        await eventually(async () => expect(await contractOf(job)).toEqual(befores[place]));
        for (const _ of [1, 2]) expect((await admin.post(job.path, { reason: 'Again' })).status).toBe(200);
        expect(await contractOf(job)).toMatchObject({ value_cents: 940_000, version: 2, remaining_cents: 0 });
        await eventually(async () => {
          const memos = await books.control.records(realmId, 'CreditMemo');
          expect(memos.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'))).toHaveLength(1);
        });
      }
    });

    it('while a proposal is approved: no contract, or one, wherever the process is killed', async () => {
      for (const job of jobs.approval) {
        const { contractor, proposalId, path } = job;
        const { admin } = contractor;
        await eventually(async () => {
          expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({ status: 'draft' });
          expect((await admin.get(`/proposals/${proposalId}/contract`)).status).toBe(404);
        });
        for (const _ of [1, 2]) expect((await admin.post(path)).status).toBe(200);
        expect(await contractOf(job)).toMatchObject({
          version: 1,
          value_cents: 1_000_000,
          remaining_cents: 1_000_000,
        });
        expect(await eventsOf(contractor, proposalId)).toEqual(['approve']);
      }
    });

    it('while an entry is billed: its amount once on one invoice, wherever the process is killed', async () => {
      for (const job of jobs.billing) {
        const { contractor, proposalId, path } = job;
        await eventually(async () => {
          const { body } = await contractor.admin.post(path);
          expect(body).toMatchObject({
            invoice: { number: `CRM-${proposalId}-P1`, total_cents: 400_000, state: 'open' },
          });
        });
        expect(await contractOf(job)).toMatchObject({ billed_cents: 700_000, remaining_cents: 300_000 });
        const invoices = await books.control.records(contractor.realmId, 'Invoice');
        expect(invoices.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'))).toHaveLength(2);
      }
    });
  });

  it('while the documents of a company are read for reports: goes on where it was, as forecast', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const { Id: customer_id } = await books.control.createCustomer(realmId, 'Large Builder');
    await books.control.createInvoices(realmId, { customer_id, amount: 100, count: 3_000 });
    worker ??= await startWorker();
    const mirror = async (): Promise<Json> => (await admin.get('/reports/mirror')).body;
    const invoices = async (): Promise<Json> =>
      ((await mirror()).documents as Json[]).find(({ type }) => type === 'Invoice')!;
    const company = () => admin.get('/reports/aging?scope=company');
    const reads = async (): Promise<number> => {
      const { by_operation: by } = (await admin.get('/qbo/usage')).body as { by_operation: Json };
      return ((by['document.query'] as number) ?? 0) + ((by['account.query'] as number) ?? 0);
    };
    expect(await mirror()).toMatchObject({ state: 'unread', filled_at: null, reads_forecast: 24 });
    const before = await reads();

    const asked = company();
    await eventually(async () => expect((await invoices()).read).toBeGreaterThanOrEqual(1_000));
    await worker.end('SIGKILL');
    const cutOff = await mirror();
    const forecast = cutOff.reads_forecast as number;
    expect(cutOff).toMatchObject({ state: 'filling' });
    const { read, total } = await invoices();
    expect(total).toBeGreaterThanOrEqual(3_000);
    expect(read).toBeLessThan(total);
    expect(forecast).toBe(24 + Math.floor((total - 10) / 990));
    await books.database.query(
      'update qbo_document_mirrors set lease_until = now() where lease_until > now()',
    );
    await books.database.query(
      `delete from pgboss.job where name = 'qbo.documents.mirror' and state = 'active'`,
    );
    worker = await startWorker();
    await eventually(async () => expect((await company()).status).toBe(200));
    expect(await mirror()).toMatchObject({ state: 'filled', reads_forecast: forecast });
    expect(await invoices()).toMatchObject({ read: total, total });
    // The accounts again, and the page that was not noted; the changes are counted by themselves.
    expect((await reads()) - before).toBeLessThanOrEqual(forecast + 3);
    expect([200, 409]).toContain((await asked).status);
    const kept = await books.database.query(
      `select count(*)::int as count from qbo_documents where org_id = $1 and type = 'Invoice' and state = 'live'`,
      [contractor.orgId],
    );
    expect(kept).toEqual([{ count: total }]);
  });

  /** Has whoever writes a row of one of these organisations to its table wait; asks how many do. */
  async function whileHeld(
    held: readonly { table: string; job: Job }[],
    work: (waiting: () => Promise<number>) => Promise<void>,
  ): Promise<void> {
    const client = new Client({ connectionString: books.database.ownerUrl });
    await client.connect();
    try {
      await client.query(`select pg_advisory_lock(${HELD})`);
      await client.query(`create function wait_until_killed() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock_shared(${HELD}); return new; end $$`);
      for (const { table, job } of held)
        await client.query(`create trigger wait_${job.contractor.orgId} before insert on ${table} for each row
          when (new.org_id = ${job.contractor.orgId}) execute function wait_until_killed()`);
      await work(async () => {
        const { rows } = await client.query(
          `select from pg_locks where locktype = 'advisory' and objid = $1 and not granted
            and database = (select oid from pg_database where datname = current_database())`,
          [HELD],
        );
        return rows.length;
      });
    } finally {
      await client.query(`select pg_advisory_unlock(${HELD})`);
      // Those who waited go on at this moment, and PostgreSQL may end a deadlock with one of them at our expense.
      await eventually(() => client.query('drop function if exists wait_until_killed cascade'));
      await client.end();
    }
  }
});
