import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, createOrg, type Json, type Person, someEmail } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';

const SKYLIGHT = { description: 'Skylight', quantity: 2, unit_price_cents: 45_000 };
const NO_GUTTER = { description: 'Gutter left out', quantity: 1, unit_price_cents: -120_000 };

describe('A change order', () => {
  let database: TestDatabase;
  let app: TestApp;
  let orgId: number;
  let admin: Person;
  let customerId: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ orgId, admin } = await createOrg(app));
    customerId = (await admin.post('/customers', { email: someEmail() })).body.id;
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const aDraft = async (): Promise<number> => {
    const lines = [{ description: 'New roof', quantity: 1, unit_price_cents: 1_000_000 }];
    return (await admin.post('/proposals', { name: 'Roof', customer_id: customerId, lines })).body.id;
  };
  const anApproved = async (): Promise<number> => {
    const id = await aDraft();
    await admin.post(`/proposals/${id}/approve`);
    return id;
  };
  const draft = (id: number, lines: object[] = [SKYLIGHT], description = 'Skylights') =>
    admin.post(`/proposals/${id}/change-orders`, { description, lines });
  const approve = (id: number, number: number, reason = 'Agreed by telephone') =>
    admin.post(`/proposals/${id}/change-orders/${number}/approve`, { reason });
  const contract = async (id: number): Promise<Json> => (await admin.get(`/proposals/${id}/contract`)).body;
  const amounts = ({ entries }: Json): unknown[] =>
    (entries as Json[]).map(({ kind, amount_cents: cents }) => [kind, cents]);

  it('is drafted with lines of its own, numbered within its proposal, and changes nothing yet', async () => {
    const id = await anApproved();
    const made = await draft(id, [SKYLIGHT, NO_GUTTER]);
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({
      number: 1,
      state: 'draft',
      description: 'Skylights',
      delta_cents: -30_000,
      lines: [
        { description: 'Skylight', quantity: 2, unit_price_cents: 45_000, amount_cents: 90_000 },
        { description: 'Gutter left out', quantity: 1, unit_price_cents: -120_000, amount_cents: -120_000 },
      ],
      created_at: expect.any(String),
      approved_at: null,
      approved_by: null,
      reason: null,
      credit_memo: null,
    });
    expect((await draft(id)).body.number).toBe(2);
    expect((await draft(await anApproved())).body.number).toBe(1);
    const stands = await contract(id);
    expect(stands).toMatchObject({ version: 1, value_cents: 1_000_000 });
    expect((stands.change_orders as Json[]).map(({ number, state }) => [number, state])).toEqual([
      [1, 'draft'],
      [2, 'draft'],
    ]);
  });

  it('is drafted once under a key of the client, however often it asks after a lost answer', async () => {
    const id = await anApproved();
    const body = { description: 'Skylights', lines: [SKYLIGHT] };
    const ask = (key: string, asked: object = body, of = id) =>
      admin.post(`/proposals/${of}/change-orders`, asked, { 'idempotency-key': key });
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask('co-1')));
    expect(answers.map(({ status, body: { number } }) => [status, number])).toEqual(
      Array.from({ length: 5 }, () => [201, 1]),
    );
    // The same request, its fields in another order.
    expect((await ask('co-1', { lines: body.lines, description: 'Skylights' })).body.number).toBe(1);
    expect(await ask('co-1', { ...body, description: 'More of them' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused', detail: expect.stringContaining('change order 1') },
    });
    await approve(id, 1);
    expect((await ask('co-1')).body).toMatchObject({ number: 1, state: 'approved' });
    expect((await ask('co-2')).body.number).toBe(2);
    expect((await ask('co-1', body, await anApproved())).body.number).toBe(1);
    expect(await contract(id)).toMatchObject({ value_cents: 1_090_000 });
    expect((await ask('no key', body)).status).toBe(422);
  });

  it('is approved with a reason; value, schedule and version follow, once however often', async () => {
    const id = await anApproved();
    await draft(id, [SKYLIGHT]);
    const { body } = await approve(id, 1, 'Agreed by telephone');
    expect(body).toMatchObject({
      state: 'approved',
      reason: 'Agreed by telephone',
      approved_by: `user:${admin.userId}`,
      approved_at: expect.any(String),
    });
    expect(await approve(id, 1, 'Another reason')).toEqual({ status: 200, body, headers: expect.anything() });
    const stands = await contract(id);
    expect(stands).toMatchObject({ version: 2, value_cents: 1_090_000, remaining_cents: 1_090_000 });
    expect(amounts(stands)).toEqual([
      ['deposit', 300_000],
      ['final', 790_000],
    ]);
  });

  it('takes something off; percentages of progress payments are of the new value', async () => {
    const id = await anApproved();
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
    await draft(id, [NO_GUTTER]);
    await approve(id, 1);
    expect(amounts(await contract(id))).toEqual([
      ['deposit', 300_000],
      ['progress', 352_000],
      ['final', 228_000],
    ]);
  });

  it('leaves a schedule that can be changed where it leaves less than the deposit', async () => {
    const id = await anApproved();
    const put = (...entries: object[]) => admin.put(`/proposals/${id}/contract/schedule`, { entries });
    const day = { kind: 'progress', amount_cents: 500_000, trigger_on: '2199-01-31' };
    expect((await put(day)).status).toBe(200);
    await draft(id, [{ ...NO_GUTTER, unit_price_cents: -800_000 }]);
    expect((await approve(id, 1)).status).toBe(200);
    expect(amounts(await contract(id))).toEqual([
      ['deposit', 200_000],
      ['progress', 0],
      ['final', 0],
    ]);
    const above = { status: 409, body: { code: 'schedule_above_value' } };
    expect(await put({ ...day, amount_cents: 1 })).toMatchObject(above);
    const { status, body } = await put();
    expect([status, amounts(body)]).toEqual([
      200,
      [
        ['deposit', 200_000],
        ['final', 0],
      ],
    ]);
  });

  it('is approved once by twenty at the same moment, and twenty of them one after the other', async () => {
    const id = await anApproved();
    await draft(id, [SKYLIGHT]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => approve(id, 1)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await contract(id)).toMatchObject({ version: 2, value_cents: 1_090_000 });

    const drafts = await Promise.all(Array.from({ length: 20 }, () => draft(id, [SKYLIGHT])));
    const numbers = drafts.map(({ body }) => body.number as number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, place) => place + 2));
    await Promise.all(numbers.map((number) => approve(id, number)));
    expect(await contract(id)).toMatchObject({
      version: 22,
      value_cents: 2_890_000,
      remaining_cents: 2_890_000,
    });
  });

  it('never brings the contract below nothing', async () => {
    const id = await anApproved();
    await draft(id, [{ description: 'All of it', quantity: 1, unit_price_cents: -1_000_001 }]);
    const link = await aLink(admin, id);
    const { html } = await openPage(app, link.path);
    expect(html).toContain('This change cannot be approved at the moment.');
    expect(html).not.toContain('/change-orders/1/approve');
    const refused = await approve(id, 1);
    expect(refused).toMatchObject({ status: 409, body: { code: 'below_nothing' } });
    const [route] = /\/proposals\/\d+\/change-orders\/1\/void/.exec(refused.body.detail as string) ?? [];
    expect((await admin.post(route!)).status).toBe(200);
    expect(await contract(id)).toMatchObject({ version: 1, value_cents: 1_000_000 });
  });

  it('is withdrawn before it is approved, and then is approved no more', async () => {
    const id = await anApproved();
    await draft(id);
    for (const _ of [1, 2]) {
      expect(await admin.post(`/proposals/${id}/change-orders/1/void`)).toMatchObject({
        status: 200,
        body: { number: 1, state: 'void' },
      });
    }
    expect(await approve(id, 1)).toMatchObject({ status: 409, body: { code: 'change_order_void' } });
    expect(await contract(id)).toMatchObject({ value_cents: 1_000_000 });
  });

  it('that staff approved is taken back while nothing of it is billed', async () => {
    const id = await anApproved();
    await draft(id, [SKYLIGHT]);
    await approve(id, 1);
    expect(await admin.post(`/proposals/${id}/change-orders/1/void`)).toMatchObject({
      status: 200,
      body: { state: 'void' },
    });
    expect(await contract(id)).toMatchObject({ version: 3, value_cents: 1_000_000 });
  });

  it('is for what was approved and not cancelled', async () => {
    const id = await aDraft();
    expect(await draft(id)).toMatchObject({ status: 409, body: { code: 'proposal_not_approved' } });
    await admin.post(`/proposals/${id}/approve`);
    await draft(id);
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(await draft(id)).toMatchObject({ status: 409, body: { code: 'contract_cancelled' } });
    expect(await approve(id, 1)).toMatchObject({ status: 409, body: { code: 'contract_cancelled' } });
    expect(await draft(999_999)).toMatchObject({ status: 404 });
    expect(await approve(id, 7)).toMatchObject({ status: 404, body: { code: 'change_order_not_found' } });
  });

  it.each([
    { bad: 'no lines', body: { description: 'x', lines: [] }, field: 'lines' },
    { bad: 'no description', body: { lines: [SKYLIGHT] }, field: 'description' },
    {
      bad: 'half a cent',
      body: { description: 'x', lines: [{ ...SKYLIGHT, unit_price_cents: 0.5 }] },
      field: 'lines.0',
    },
    {
      bad: 'a quantity below nothing',
      body: { description: 'x', lines: [{ ...SKYLIGHT, quantity: -1 }] },
      field: 'lines.0',
    },
    {
      bad: 'an unknown field',
      body: { description: 'x', lines: [SKYLIGHT], state: 'approved' },
      field: 'state',
    },
  ])('takes no $bad', async ({ body, field }) => {
    const id = await anApproved();
    const answer = await admin.post(`/proposals/${id}/change-orders`, body);
    expect(answer.status).toBe(422);
    expect((answer.body.errors as { field: string }[])[0]!.field).toContain(field);
  });

  it('is approved by nobody without a reason, by no viewer, and is nobody else’s', async () => {
    const id = await anApproved();
    await draft(id);
    const route = `/proposals/${id}/change-orders/1`;
    expect(await admin.post(`${route}/approve`, {})).toMatchObject({ status: 422 });
    const viewer = await addPerson(app, orgId, ['viewer']);
    expect(await viewer.post(`${route}/approve`, { reason: 'x' })).toMatchObject({ status: 403 });
    const { admin: other } = await createOrg(app, 'Other Roofing');
    expect(await other.post(`${route}/approve`, { reason: 'x' })).toMatchObject({ status: 404 });
    expect(await other.post(`${route}/void`)).toMatchObject({ status: 404 });
    expect(
      await other.post(`/proposals/${id}/change-orders`, { description: 'x', lines: [SKYLIGHT] }),
    ).toMatchObject({
      status: 404,
    });
  });

  it('stands in the activity of its proposal', async () => {
    const id = await anApproved();
    await draft(id);
    await approve(id, 1);
    const { items } = (await admin.get(`/proposals/${id}/activity`)).body as { items: Json[] };
    expect(items.slice(0, 2)).toMatchObject([
      {
        event: 'change_order_approved',
        meta: { number: 1, delta_cents: 90_000, value_cents: 1_090_000, approved_by: `user:${admin.userId}` },
      },
      { event: 'change_order_created', meta: { number: 1, delta_cents: 90_000 } },
    ]);
  });
});
