import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { CustomerBatchWorkerService } from '../../../src/qbo-sync/push/customers/batch/customer-batch-worker.service.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { MAY_STILL_RUN_MS } from '../../../src/qbo-sync/operations/operation-policy.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aContractor, type Books, type Contractor, openBooks } from '../../support/books.js';
import {
  customersInQbo,
  EMAIL_DOMAIN,
  finished,
  manyCustomers,
  requestBatch,
} from '../../support/batches.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';
import { Session } from '../../support/people.js';

/** What can go wrong while many customers are under way. */
describe('Many customers at once, in bad luck', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({}, clock);
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
    await books.control.resetCalls();
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const operations = async () => (await books.control.calls(contractor.realmId)).operations;
  const requestsOf = async (operation: string) =>
    (await books.control.requests({ realm_id: contractor.realmId })).filter(
      (one) => one.operation === operation,
    );
  const counted = (result: string) =>
    metric(books.app, 'crm_qbo_customer_sync_total', { org_id: contractor.orgId, result });
  const worker = (app: TestApp = books.app) => app.app.get(CustomerBatchWorkerService);
  const planFault = (fault: { kind: '500' | '429' | '401' | 'timeout'; when?: 'before' | 'after' }) =>
    books.control.planFault({ operation: 'batch', realm_id: contractor.realmId, ...fault });

  /** As if the process had died after QuickBooks made this customer, and before it was told. */
  async function diedAfterSending(customerId: number): Promise<void> {
    const [customer] = await books.database.query<{ email: string; full_name: string }>(
      'select email, full_name from customers where id = $1',
      [customerId],
    );
    const { email, full_name: displayName } = customer!;
    await books.database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, request_id, payload, state, attempts,
                                    first_sent_at, next_attempt_at, lease_until)
       values ($1, $2, 'customer.create', $3, $4, $5, 'sent', 1, $6, $6, now() - interval '1 second')`,
      [
        contractor.orgId,
        contractor.realmId,
        customerId,
        `cust-${crypto.randomUUID()}`,
        JSON.stringify({ displayName, email }),
        clock.now(),
      ],
    );
    const fields = { PrimaryEmailAddr: { Address: email } };
    await books.control.createCustomer(contractor.realmId, displayName, fields);
  }

  it.each(['timeout', '500'] as const)(
    'are found again, not sent again, when the answer is lost (%s after the change)',
    async (kind) => {
      const ids = await manyCustomers(books, contractor, 8);
      await planFault({ kind, when: 'after' });
      const { results } = await finished(contractor, await requestBatch(contractor, ids));
      expect(results.map((one) => one.result)).toEqual(Array(8).fill('created'));
      expect(await customersInQbo(books, contractor)).toHaveLength(8);
      expect(await operations()).toEqual({ cdc: 1, batch: 1, 'customer.query': 8 });
      expect(await counted('created')).toBe(8);
      expect(await counted('error')).toBe(0);
    },
  );

  it('would be other customers under another requestid (so that one call twice is one is not vacuous)', async () => {
    const client = books.app.app.get(QboClient);
    const company = await books.app.app.get(ConnectionService).requireCompany(contractor.orgId);
    const send = async (displayName: string, requestId: string) => {
      const draft = { displayName, email: `naive@${EMAIL_DOMAIN}` };
      return (
        await client.customers.batch(company, [{ key: '1', operation: 'create', draft }], requestId)
      ).value.get('1');
    };
    const first = await send('Naive', 'request-1');
    expect(await send('Naive', 'request-1')).toEqual(first);
    expect(await send('Naive', 'request-2')).toMatchObject({ kind: 'duplicate_name' });
    await send('Naive (2)', 'request-3');
    expect(await customersInQbo(books, contractor)).toHaveLength(2);
  });

  it('wait out the cut-off of QuickBooks when nothing is to be seen of a lost call, and lose nobody', async () => {
    const ids = await manyCustomers(books, contractor, 4);
    await planFault({ kind: 'timeout', when: 'before' });
    const batchId = await requestBatch(contractor, ids);
    await eventually(async () => {
      const [held] = await books.database.query(
        `select from customer_batches where id = $1 and lease_until is null and next_run_at > $2`,
        [batchId, clock.now()],
      );
      expect(held).toBeDefined();
    });
    expect((await contractor.admin.get(`/qbo/sync/batches/${batchId}`)).body).toMatchObject({
      status: 'running',
      done: 0,
      results: [],
    });
    expect(await books.app.app.get(DueJobsService).enqueueDue('customer_batches')).toBe(0);

    clock.advance({ seconds: MAY_STILL_RUN_MS / 1000 });
    expect(await books.app.app.get(DueJobsService).enqueueDue('customer_batches')).toBe(1);
    const { results } = await finished(contractor, batchId);
    expect(results.map((one) => one.result)).toEqual(Array(4).fill('created'));
    expect(await customersInQbo(books, contractor)).toHaveLength(4);
    expect(await counted('created')).toBe(4);
    expect(await counted('error')).toBe(0);
  });

  it('wait a minute when QuickBooks asks to slow down, and go out together again', async () => {
    const ids = await manyCustomers(books, contractor, 31);
    await planFault({ kind: '429' });
    const batchId = await requestBatch(contractor, ids);
    await eventually(async () => {
      const [paused] = await books.database.query(
        `select from customer_batches where id = $1 and lease_until is null
            and next_run_at - $2::timestamptz between interval '60 seconds' and interval '65 seconds'`,
        [batchId, clock.now()],
      );
      expect(paused).toBeDefined();
    });
    expect(await operations()).toEqual({ cdc: 1, batch: 1 });

    await books.database.query('update qbo_limits set blocked_until = null where realm_id = $1', [
      contractor.realmId,
    ]);
    clock.advance({ seconds: 65 });
    expect(await books.app.app.get(DueJobsService).enqueueDue('customer_batches')).toBe(1);
    const { results } = await finished(contractor, batchId);
    expect(results.filter((one) => one.result === 'created')).toHaveLength(31);
    expect(await operations()).toEqual({ cdc: 2, batch: 2, 'customer.create': 1 });
    expect(await counted('error')).toBe(0);
  });

  it('go out once more under the same requestid after a 401', async () => {
    const ids = await manyCustomers(books, contractor, 5);
    await planFault({ kind: '401' });
    const { results } = await finished(contractor, await requestBatch(contractor, ids));
    expect(results.filter((one) => one.ok)).toHaveLength(5);
    const requests = await requestsOf('batch');
    expect(requests).toHaveLength(2);
    expect(requests[1]!.requestid).toBe(requests[0]!.requestid);
  });

  it('and twenty single syncs beside them make one customer each', async () => {
    const ids = await manyCustomers(books, contractor, 20);
    const replica = await startApp({ databaseUrl: books.database.url, env: books.qbo.env, clock });
    try {
      const batchId = await requestBatch(contractor, ids);
      const there = new Session(replica.url, contractor.admin.token);
      const singles = await Promise.all(
        ids.map((id, index) => (index % 2 ? contractor.admin : there).post(`/qbo/sync/customer/${id}`)),
      );
      const { results } = await finished(contractor, batchId);
      expect(singles.map((one) => one.body.ok)).toEqual(Array(20).fill(true));
      expect(results.map((one) => one.qbo_customer_id)).toEqual(
        singles.map((one) => one.body.qbo_customer_id as string),
      );
      expect(await customersInQbo(books, contractor)).toHaveLength(20);
    } finally {
      await replica[Symbol.asyncDispose]();
    }
  });

  it('go on where a worker died, without what was over', async () => {
    const ids = await manyCustomers(books, contractor, 6);
    const [first, second] = ids as [number, number];
    await books.database.query(
      `with batch as (
         insert into customer_batches (id, org_id, created_by, status, total, next_run_at, lease_until, created_at)
         values (gen_random_uuid(), $1, $2, 'running', 6, $3, now() - interval '1 second', $3) returning id, org_id)
       insert into customer_batch_items (batch_id, org_id, position, customer_id, state, next_attempt_at, result,
                                         qbo_customer_id, finished_at)
       select id, org_id, position, customer_id, case when position <= 2 then 'done' else 'pending' end, $3,
              case when position <= 2 then 'created' end, case when position <= 2 then '77' end,
              case when position <= 2 then $3::timestamptz end
         from batch, unnest($4::int[]) with ordinality as asked (customer_id, position)`,
      [contractor.orgId, contractor.admin.userId, clock.now(), ids],
    );
    const [batch] = await books.database.query<{ id: string }>(
      'select id from customer_batches where org_id = $1',
      [contractor.orgId],
    );
    await diedAfterSending(ids[2]!);
    expect(await books.app.app.get(DueJobsService).enqueueDue('customer_batches')).toBe(1);
    const { results } = await finished(contractor, batch!.id);
    expect(results.slice(0, 2)).toMatchObject([
      { customer_id: first, qbo_customer_id: '77' },
      { customer_id: second, qbo_customer_id: '77' },
    ]);
    expect(await customersInQbo(books, contractor)).toHaveLength(4);
    expect(await counted('created')).toBe(4);
  });

  it('are carried by one worker, however many are woken', async () => {
    const ids = await manyCustomers(books, contractor, 35);
    const batchId = await requestBatch(contractor, ids);
    await Promise.all(Array.from({ length: 5 }, () => worker().run({ orgId: contractor.orgId, batchId })));
    await finished(contractor, batchId);
    expect((await operations()).batch).toBe(2);
    expect(await counted('created')).toBe(35);
  });
});
