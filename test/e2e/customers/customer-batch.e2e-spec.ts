import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CustomerBatchStreamsService } from '../../../src/qbo-sync/push/customers/batch/customer-batch-streams.service.js';
import { RetentionService } from '../../../src/jobs/retention/retention.service.js';
import { startApp } from '../../support/app.js';
import { aContractor, aCustomer, type Books, type Contractor, openBooks } from '../../support/books.js';
import {
  customersInQbo,
  eventsOfBatch,
  finished,
  manyCustomers,
  requestBatch,
} from '../../support/batches.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';
import { addPerson, createOrg } from '../../support/people.js';

describe('Many customers at once', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
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

  it('go to QuickBooks thirty to a call, and cost nothing the second time', async () => {
    const ids = await manyCustomers(books, contractor, 65);
    const first = await finished(contractor, await requestBatch(contractor, ids));
    expect(first).toMatchObject({ status: 'done', total: 65, done: 65 });
    expect(first.results.map((one) => one.customer_id)).toEqual(ids);
    expect(first.results.every((one) => one.ok && one.result === 'created')).toBe(true);
    expect(await operations()).toEqual({ cdc: 1, batch: 3 });
    expect(await counted('created')).toBe(65);
    const inQbo = await customersInQbo(books, contractor);
    expect(new Set(first.results.map((one) => one.qbo_customer_id))).toEqual(
      new Set(inQbo.map((one) => one.Id)),
    );
    expect(inQbo).toHaveLength(65);

    const second = await finished(contractor, await requestBatch(contractor, ids));
    expect(second.results.every((one) => one.ok && one.result === 'updated')).toBe(true);
    expect(await operations()).toEqual({ cdc: 1, batch: 3 });
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
    expect(results.at(-1)!.error).toContain('A text is longer than QuickBooks takes');
    expect(await counted('error')).toBe(1);
    const { body } = await contractor.admin.get('/inbox');
    expect(body.items).toMatchObject([{ customer_id: long, code: 'validation' }]);
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

  it('can be watched to their end', async () => {
    const ids = await manyCustomers(books, contractor, 65);
    await books.control.planFault({
      operation: 'batch',
      realm_id: contractor.realmId,
      kind: 'slow',
      delay_ms: 1_000,
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
    expect(steps.some((done) => done > 0 && done < 65)).toBe(true);
    expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true);
    expect(new Set(events.map((one) => JSON.stringify(one))).size).toBe(events.length);
    const again = await eventsOfBatch(contractor.admin, batchId);
    expect(again.events).toEqual(events.slice(-1));
  });

  it('let a watcher go when it leaves, and when the process ends', async () => {
    const api = await startApp({
      databaseUrl: books.database.url,
      env: { ...books.qbo.env, CRM_ROLE: 'api' },
    });
    const [batch] = await books.database.query<{ id: string }>(
      `with batch as (
         insert into customer_batches (id, org_id, created_by, total, next_run_at, created_at)
         values (gen_random_uuid(), $1, $2, 1, now() + interval '1 day', now()) returning id, org_id)
       insert into customer_batch_items (batch_id, org_id, position, customer_id, next_attempt_at)
       select id, org_id, 1, 1, now() from batch returning batch_id as id`,
      [contractor.orgId, contractor.admin.userId],
    );
    const watch = async (signal?: AbortSignal) => {
      const response = await fetch(`${api.url}/qbo/sync/batches/${batch!.id}/events`, {
        headers: { authorization: `Bearer ${contractor.admin.token}` },
        signal,
      });
      return response.body!.pipeThrough(new TextDecoderStream()).getReader();
    };
    const streams = api.app.get(CustomerBatchStreamsService);
    const leaving = new AbortController();
    const [leaver, stayer] = await Promise.all([watch(leaving.signal), watch()]);
    const begun = { done: false, value: expect.stringContaining('"status":"queued"') as string };
    expect(await leaver.read()).toEqual(begun);
    expect(await stayer.read()).toEqual(begun);
    expect(streams.count).toBe(2);
    leaving.abort();
    await expect(leaver.read()).rejects.toThrow('aborted');
    await eventually(() => expect(streams.count).toBe(1));

    await api[Symbol.asyncDispose]();
    expect(await stayer.read()).toMatchObject({ done: true });
  });

  it('are deleted ninety days after they were done, and their customers are not', async () => {
    const [customerId] = await manyCustomers(books, contractor, 1);
    const old = await requestBatch(contractor, [customerId!]);
    await finished(contractor, old);
    const young = await requestBatch(contractor, [customerId!]);
    await finished(contractor, young);
    await books.database.query(
      `update customer_batches set finished_at = finished_at - interval '91 days' where id = $1`,
      [old],
    );
    expect(await books.app.app.get(RetentionService).purge('customer_batches')).toEqual({
      customer_batches: 1,
    });
    expect((await contractor.admin.get(`/qbo/sync/batches/${old}`)).status).toBe(404);
    expect((await contractor.admin.get(`/qbo/sync/batches/${young}`)).status).toBe(200);
    expect((await contractor.admin.get(`/customers/${customerId}`)).body.qbo_customer_id).toEqual(
      expect.any(String),
    );
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

  it('are refused as no list where they are left out', async () => {
    const { errors } = (await contractor.admin.post('/qbo/sync/customers', {})).body;
    expect(errors).toEqual([{ field: 'customer_ids', message: 'customer_ids must be an array' }]);
  });
});
