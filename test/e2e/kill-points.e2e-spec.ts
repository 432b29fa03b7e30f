import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  eventsOf,
} from '../support/books.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/people.js';
import { type CrmProcess, startProcess } from '../support/process.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../support/stripe.js';

/**
 * The points between a customer's card and a paid invoice at which a worker can die: at each request to QuickBooks,
 * before it takes effect and after. The worker is killed there, another one starts, and the end is the same.
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
const APPROVAL_TABLES = ['audit_log', 'contracts', 'contract_entries'] as const;
const CHANGE_TABLES = ['contract_lines', 'credit_memos', 'audit_log'] as const;
const BILLING_TABLES = ['invoices', 'invoice_lines', 'sync_operations'] as const;

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

  /** Waits until the worker is at the point, kills it there, and starts another once nothing stands in the way. */
  async function killAt({ realmId }: Contractor, operation: string, already: number): Promise<void> {
    const reached = async () => (await books.control.calls(realmId)).operations[operation] ?? 0;
    await eventually(async () => expect(await reached()).toBeGreaterThan(already));
    await worker!.end('SIGKILL');
    await books.control.clearFaults();
    await forgetTheDead();
    worker = await startWorker();
  }

  /** A contract of 10,000.00 that is billed, with a change order that takes 600.00 off, not approved yet. */
  async function aBilledContract({ admin }: Contractor, proposalId: number): Promise<string> {
    for (const number of [1, 2]) await admin.post(`/proposals/${proposalId}/contract/entries/${number}/bill`);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'No gutter', lines });
    return `/proposals/${proposalId}/change-orders/1/approve`;
  }

  it.each(POINTS)('at $operation, $when it takes effect: one invoice, one payment, paid', async (point) => {
    const contractor: Contractor = await aContractor(books);
    const proposalId = await anApprovedProposal(contractor);
    worker ??= await startWorker();
    await books.control.planFault({ ...point, realm_id: contractor.realmId, kind: 'timeout' });
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session: session_id });

    await killAt(contractor, point.operation, 0);
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
      const contractor = await aContractor(books);
      const { admin, realmId } = contractor;
      const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
      const approval = await aBilledContract(contractor, proposalId);
      worker ??= await startWorker();
      const already = (await books.control.calls(realmId)).operations[point.operation] ?? 0;
      await books.control.planFault({ ...point, realm_id: realmId, kind: 'timeout' });
      expect((await admin.post(approval, { reason: 'Agreed on site' })).status).toBe(200);
      await killAt(contractor, point.operation, already);
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

  it('while a change order is approved: nothing of it, or all of it, wherever the process is killed', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    const approval = await aBilledContract(contractor, proposalId);
    const contract = async () => (await admin.get(`/proposals/${proposalId}/contract`)).body;
    const before = await contract();
    for (const table of CHANGE_TABLES) {
      await killedAt(table, contractor, approval, { reason: 'Agreed on site' });
      await eventually(async () => expect(await contract()).toEqual(before));
    }
    for (const _ of [1, 2]) expect((await admin.post(approval, { reason: 'Again' })).status).toBe(200);
    expect(await contract()).toMatchObject({ value_cents: 940_000, version: 2, remaining_cents: 0 });
    worker ??= await startWorker();
    await eventually(async () => {
      const memos = await books.control.records(realmId, 'CreditMemo');
      expect(memos.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'))).toHaveLength(1);
    });
  });

  it('while a proposal is approved: no contract, or one, wherever the process is killed', async () => {
    const contractor = await aContractor(books);
    const { admin } = contractor;
    const customer_id = await aCustomer(contractor);
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const { id } = (await admin.post('/proposals', { name: 'Roof', customer_id, lines })).body as {
      id: number;
    };
    const approval = `/proposals/${id}/approve`;
    for (const table of APPROVAL_TABLES) {
      await killedAt(table, contractor, approval);
      await eventually(async () => {
        expect((await admin.get(`/proposals/${id}`)).body).toMatchObject({ status: 'draft' });
        expect((await admin.get(`/proposals/${id}/contract`)).status).toBe(404);
      });
    }
    for (const _ of [1, 2]) expect((await admin.post(approval)).status).toBe(200);
    expect((await admin.get(`/proposals/${id}/contract`)).body).toMatchObject({
      version: 1,
      value_cents: 1_000_000,
      remaining_cents: 1_000_000,
    });
    expect(await eventsOf(contractor, id)).toEqual(['approve']);
  });

  it('while an entry is billed: its amount once on one invoice, wherever the process is killed', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    const id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
    expect((await admin.post(`/qbo/invoice/${id}`)).status).toBe(200);
    const billing = `/proposals/${id}/contract/entries/2/bill`;
    for (const table of BILLING_TABLES) await killedAt(table, contractor, billing);
    await eventually(async () => {
      const { body } = await admin.post(billing);
      expect(body).toMatchObject({
        invoice: { number: `CRM-${id}-P1`, total_cents: 400_000, state: 'open' },
      });
    });
    expect((await admin.get(`/proposals/${id}/contract`)).body).toMatchObject({
      billed_cents: 700_000,
      remaining_cents: 300_000,
    });
    const made = await books.control.records(realmId, 'Invoice');
    expect(made.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'))).toHaveLength(2);
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

  /** Has a process of its own do what is asked, and kills it where it waits to write to the table. */
  async function killedAt(
    table: string,
    { admin }: Contractor,
    path: string,
    body: object = {},
  ): Promise<void> {
    const api = await startProcess(books.database.url, { ...books.qbo.env, CRM_ROLE: 'api' });
    await whileLocked(table, async (isWaitedFor) => {
      const headers = { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' };
      const asked = { method: 'POST', headers, body: JSON.stringify(body) };
      const answer = fetch(`${api.url}${path}`, asked).catch(() => 'cut off');
      await eventually(async () => expect(await isWaitedFor()).toBe(true));
      await api.end('SIGKILL');
      expect(await answer).toBe('cut off');
    });
  }

  /** Holds a table so that whoever writes to it waits. */
  async function whileLocked(
    table: string,
    work: (isWaitedFor: () => Promise<boolean>) => Promise<void>,
  ): Promise<void> {
    const client = new Client({ connectionString: books.database.ownerUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`lock table ${table} in share row exclusive mode`);
      await work(async () => {
        const { rows } = await client.query(
          `select from pg_locks where relation = $1::regclass and not granted`,
          [table],
        );
        return rows.length > 0;
      });
    } finally {
      await client.end();
    }
  }
});
