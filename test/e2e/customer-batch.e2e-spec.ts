import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CustomerBatchWorker } from '../../src/qbo-sync/customers/customer-batch-worker.service.js';
import { QboClient } from '../../src/qbo-sync/client/qbo.client.js';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { MAY_STILL_RUN_MS } from '../../src/qbo-sync/operations/operation-policy.js';
import { startApp, type TestApp } from '../support/app.js';
import { aContractor, aCustomer, type Books, type Contractor, openBooks } from '../support/books.js';
import {
  customersInQbo,
  EMAIL_DOMAIN,
  eventsOfBatch,
  finished,
  manyCustomers,
  requestBatch,
} from '../support/batches.js';
import { FakeClock } from '../support/clock.js';
import { eventually } from '../support/eventually.js';
import { metric } from '../support/metrics.js';
import { addPerson, createOrg, Session } from '../support/people.js';

describe('Many customers at once', () => {
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
  const worker = (app: TestApp = books.app) => app.app.get(CustomerBatchWorker);
  const planFault = (fault: { kind: '500' | '429' | '401' | 'timeout'; when?: 'before' | 'after' }) =>
    books.control.planFault({ operation: 'batch', realm_id: contractor.realmId, ...fault });

  it('go to QuickBooks thirty to a call, and cost nothing the second time', async () => {
    const ids = await manyCustomers(books, contractor, 65);
    const first = await finished(contractor, await requestBatch(contractor, ids));
    expect(first).toMatchObject({ status: 'done', total: 65, done: 65 });
    expect(first.results.map((one) => one.customer_id)).toEqual(ids);
    expect(first.results.every((one) => one.ok && one.result === 'created')).toBe(true);
    expect(await operations()).toEqual({ batch: 3 });
    expect(await counted('created')).toBe(65);
    const inQbo = await customersInQbo(books, contractor);
    expect(new Set(first.results.map((one) => one.qbo_customer_id))).toEqual(
      new Set(inQbo.map((one) => one.Id)),
    );
    expect(inQbo).toHaveLength(65);

    const second = await finished(contractor, await requestBatch(contractor, ids));
    expect(second.results.every((one) => one.ok && one.result === 'updated')).toBe(true);
    expect(await operations()).toEqual({ batch: 3 });
    expect(await counted('updated')).toBe(65);
  });

  it('carry a stored requestid, and keys that fit beside it', async () => {
    const ids = await manyCustomers(books, contractor, 3);
    await finished(contractor, await requestBatch(contractor, ids));
    const [request] = await requestsOf('batch');
    const [call] = await books.database.query<{ request_id: string; customers: Record<string, number> }>(
      'select request_id, customers, answered_at from customer_batch_calls where realm_id = $1',
      [contractor.realmId],
    );
    expect(request!.requestid).toBe(call!.request_id);
    expect(call!.request_id).toHaveLength(36);
    expect(call).toMatchObject({ answered_at: expect.any(Date) as Date });
    expect(Object.values(call!.customers).toSorted((one, other) => one - other)).toEqual(ids);
  });

  it('are told apart: made, changed, in step, unknown, a name that is taken, one made inactive', async () => {
    const { admin, realmId } = contractor;
    const rival = await aContractor(books, 'Rival Roofing');
    const ids = await manyCustomers(books, contractor, 6);
    const [changed, inStep, inactive, clash, fresh, fresh2] = ids as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (const id of [changed, inStep, inactive]) await admin.post(`/qbo/sync/customer/${id}`);
    await admin.patch(`/customers/${changed}`, { phone: '555-0199' });
    const retired = (await admin.get(`/customers/${inactive}`)).body.qbo_customer_id as string;
    await books.control.inactivateCustomer(realmId, retired);
    await admin.patch(`/customers/${inactive}`, { phone: '555-0142' });
    const clashName = (await admin.get(`/customers/${clash}`)).body.full_name as string;
    await books.control.createVendor(realmId, clashName);
    const foreign = await aCustomer(rival);
    await books.control.resetCalls();

    const batchId = await requestBatch(contractor, [...ids, foreign, 2_000_000_000, changed]);
    const { total, results } = await finished(contractor, batchId);
    expect(total).toBe(8);
    const by = new Map(results.map((one) => [one.customer_id, one]));
    const resultOf = (id: number) => by.get(id)?.result;
    expect([changed, inStep, inactive].map(resultOf)).toEqual(['updated', 'updated', 'updated']);
    expect([clash, fresh, fresh2].map(resultOf)).toEqual(['created', 'created', 'created']);
    for (const id of [foreign, 2_000_000_000]) {
      expect(by.get(id)).toEqual({
        customer_id: id,
        ok: false,
        result: 'not_found',
        qbo_customer_id: null,
        error: 'There is no such customer.',
      });
    }
    const names = (await customersInQbo(books, contractor)).map((one) => one.DisplayName);
    expect(names).toContain(`${clashName} (CRM-${clash})`);
    expect((await operations()).batch).toBe(1);
    expect(await counted('created')).toBe(6);
    expect(await counted('updated')).toBe(3);
    expect(await counted('error')).toBe(0);
  });

  it('let the others through when QuickBooks refuses one', async () => {
    const ids = await manyCustomers(books, contractor, 4);
    const long = await aCustomer(contractor);
    await books.database.query('update customers set phone = $2 where id = $1', [long, '5'.repeat(31)]);
    const { results } = await finished(contractor, await requestBatch(contractor, [...ids, long]));
    expect(results.filter((one) => one.ok)).toHaveLength(4);
    expect(results.at(-1)).toMatchObject({
      customer_id: long,
      ok: false,
      result: 'error',
      qbo_customer_id: null,
    });
    expect(results.at(-1)!.error).toContain('QuickBooks refused what was sent');
    expect(await counted('error')).toBe(1);
    const { body } = await contractor.admin.get('/inbox');
    expect(body.items).toMatchObject([{ customer_id: long, code: 'validation' }]);
  });

  it.each(['timeout', '500'] as const)(
    'are found again, not sent again, when the answer is lost (%s after the change)',
    async (kind) => {
      const ids = await manyCustomers(books, contractor, 8);
      await planFault({ kind, when: 'after' });
      const { results } = await finished(contractor, await requestBatch(contractor, ids));
      expect(results.map((one) => one.result)).toEqual(Array(8).fill('created'));
      expect(await customersInQbo(books, contractor)).toHaveLength(8);
      expect(await operations()).toEqual({ batch: 1, 'customer.query': 8 });
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
        await client.batchCustomers(company, [{ key: '1', operation: 'create', draft }], requestId)
      ).get('1');
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
    expect(await worker().wakeDue()).toBe(0);

    clock.advance({ seconds: MAY_STILL_RUN_MS / 1000 });
    expect(await worker().wakeDue()).toBe(1);
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
            and next_run_at between $2::timestamptz + interval '60 seconds' and $2::timestamptz + interval '65 seconds'`,
        [batchId, clock.now()],
      );
      expect(paused).toBeDefined();
    });
    expect(await operations()).toEqual({ batch: 1 });

    await books.database.query('update qbo_limits set blocked_until = null where realm_id = $1', [
      contractor.realmId,
    ]);
    clock.advance({ seconds: 65 });
    expect(await worker().wakeDue()).toBe(1);
    const { results } = await finished(contractor, batchId);
    expect(results.filter((one) => one.result === 'created')).toHaveLength(31);
    expect(await operations()).toEqual({ batch: 2, 'customer.create': 1 });
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

  it('are skipped where no company is connected', async () => {
    const { admin, orgId } = await createOrg(books.app);
    const stranger = { orgId, admin, realmId: 'none' };
    const ids = [await aCustomer(stranger), await aCustomer(stranger)];
    const { results } = await finished(stranger, await requestBatch(stranger, ids));
    expect(results).toEqual(
      ids.map((id) => ({
        customer_id: id,
        ok: false,
        result: 'skipped',
        qbo_customer_id: null,
        error: 'QBO not connected',
      })),
    );
    expect(await metric(books.app, 'crm_qbo_customer_sync_total', { org_id: orgId, result: 'skipped' })).toBe(
      2,
    );
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
    expect(await worker().wakeDue()).toBe(1);
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
    await Promise.all(Array.from({ length: 5 }, () => worker().carry(batchId)));
    await finished(contractor, batchId);
    expect((await operations()).batch).toBe(2);
    expect(await counted('created')).toBe(35);
  });

  it('can be watched to their end', async () => {
    const ids = await manyCustomers(books, contractor, 65);
    await books.control.planFault({
      operation: 'batch',
      realm_id: contractor.realmId,
      kind: 'slow',
      delay_ms: 400,
      times: 3,
    });
    const batchId = await requestBatch(contractor, ids);
    const { headers, events } = await eventsOfBatch(contractor.admin, batchId);
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(events.at(-1)).toEqual({
      event: 'done',
      data: { batch_id: batchId, status: 'done', total: 65, done: 65 },
    });
    const steps = events.map(({ data }) => data.done);
    expect(steps).toEqual(steps.toSorted((one, other) => one - other));
    expect(steps).toContain(30);
    expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true);
    expect(new Set(events.map((one) => JSON.stringify(one))).size).toBe(events.length);
    const again = await eventsOfBatch(contractor.admin, batchId);
    expect(again.events).toEqual(events.slice(-1));
  });

  it('are nobody else’s business', async () => {
    const rival = await aContractor(books, 'Rival Roofing');
    const batchId = await requestBatch(contractor, await manyCustomers(books, contractor, 2));
    for (const path of [batchId, `${batchId}/events`, crypto.randomUUID()]) {
      const answer = await rival.admin.get(`/qbo/sync/batches/${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'batch_not_found' } });
    }
    const viewer = await addPerson(books.app, contractor.orgId, ['viewer']);
    expect((await viewer.get(`/qbo/sync/batches/${batchId}`)).status).toBe(200);
    expect((await viewer.post('/qbo/sync/customers', { customer_ids: [1] })).status).toBe(403);
    expect((await viewer.get('/qbo/sync/batches/7')).status).toBe(400);
  });

  it.each([
    { name: 'none', customer_ids: [] },
    { name: 'more than a thousand', customer_ids: Array.from({ length: 1001 }, (_, index) => index + 1) },
    { name: 'what is no list', customer_ids: 7 },
    { name: 'what is no id', customer_ids: [1, 'two', 2.5, 0] },
    { name: 'nothing at all', customer_ids: undefined },
  ])('are refused where they are $name, naming the field', async ({ customer_ids }) => {
    const answer = await contractor.admin.post('/qbo/sync/customers', { customer_ids });
    expect(answer.status).toBe(422);
    expect((answer.body.errors as { field: string }[]).map(({ field }) => field)).toContain('customer_ids');
  });
});
