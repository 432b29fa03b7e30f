import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, anyone, createOrg, type Person, someEmail } from '../../support/people.js';
import { fieldsOf } from '../../support/problem.js';

describe('Leads', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let stranger: Person;
  let customerId: number;
  let strangersCustomerId: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
    ({ admin: stranger } = await createOrg(app));
    customerId = (await admin.post('/customers', { email: someEmail() })).body.id;
    strangersCustomerId = (await stranger.post('/customers', { email: someEmail() })).body.id;
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const aLead = async (by: Person, facts: object = {}): Promise<number> => {
    const { status, body } = await by.post('/leads', { name: 'Leak above the garage', ...facts });
    expect(status).toBe(201);
    return body.id;
  };

  const aDraftFrom = async (leadId: number): Promise<void> => {
    const lines = [{ description: 'Patch', quantity: 1, unit_price_cents: 10_000 }];
    const { status } = await admin.post('/proposals', { lead_id: leadId, customer_id: customerId, lines });
    expect(status).toBe(201);
  };

  it('are noted down with what is known', async () => {
    const facts = {
      name: 'Leak above the garage',
      email: 'dana@example.com',
      phone: '555-0142',
      source: 'Phone',
      notes: 'Called twice.\nWants someone before the weekend.',
      customer_id: customerId,
    };
    const { status, body } = await admin.post('/leads', facts);
    expect(status).toBe(201);
    expect(body).toEqual({
      ...facts,
      customer_name: expect.any(String),
      id: expect.any(Number),
      org_id: admin.orgId,
      status: 'lead',
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
      qbo_invoice_id: null,
      qbo_invoice_number: null,
      qbo_status: null,
      qbo_state: null,
      qbo_due_on: null,
      qbo_total_cents: null,
      qbo_balance_cents: null,
      qbo_paid_cents: null,
      qbo_last_sync_at: null,
    });
    expect((await admin.get(`/leads/${body.id}`)).body).toEqual(body);
  });

  it('are noted down once under a key of the client, and so are proposals drafted', async () => {
    const lines = [{ description: 'Patch', quantity: 1, unit_price_cents: 10_000 }];
    const asked = {
      '/leads': { name: 'Moss' },
      '/proposals': { name: 'Moss', customer_id: customerId, lines },
    };
    for (const [route, body] of Object.entries(asked)) {
      const key = { 'idempotency-key': `key-of${route}` };
      const answers = await Promise.all(Array.from({ length: 5 }, () => admin.post(route, body, key)));
      const [first] = answers;
      expect(first!.status).toBe(201);
      expect(answers.map((one) => one.body)).toEqual(Array(5).fill(first!.body));
      const changed = await admin.patch(`${route}/${first!.body.id as number}`, { name: 'Moss and ice' });
      expect((await admin.post(route, body, key)).body).toEqual(changed.body);
      expect(await admin.post(route, { ...body, name: 'Ice' }, key)).toMatchObject({
        status: 409,
        body: { code: 'idempotency_key_reused' },
      });
      expect((await stranger.post('/leads', { name: 'Moss' }, key)).status).toBe(201);
    }
    const crossed = await admin.post('/leads', asked['/leads'], { 'idempotency-key': 'key-of/proposals' });
    expect(crossed.status).toBe(201); // a key is of what is made under it
  });

  it('need no more than a name', async () => {
    const { body } = await admin.post('/leads', { name: 'Moss' });
    expect(body).toMatchObject({ name: 'Moss', email: null, phone: null, source: null, customer_id: null });
  });

  it('are changed field by field, and null clears', async () => {
    const id = await aLead(admin, { phone: '1', notes: 'Old', customer_id: customerId });
    const { body } = await admin.patch(`/leads/${id}`, { name: 'New', phone: null, customer_id: null });
    expect(body).toMatchObject({ name: 'New', phone: null, notes: 'Old', customer_id: null });
  });

  it('come to nothing, once and for all', async () => {
    const id = await aLead(admin);
    expect((await admin.patch(`/leads/${id}`, { status: 'cancelled' })).body.status).toBe('cancelled');
    expect((await admin.patch(`/leads/${id}`, { status: 'cancelled' })).status).toBe(200);
    const late = await admin.patch(`/leads/${id}`, { name: 'Again' });
    expect(late).toMatchObject({ status: 409, body: { code: 'lead_not_open' } });
    expect((await admin.get(`/proposals/${id}`)).status).toBe(404);
  });

  it('leave name, customer and status to the proposal they became, and keep their contact', async () => {
    const id = await aLead(admin);
    await aDraftFrom(id);
    for (const body of [{ name: 'Other' }, { customer_id: customerId }, { status: 'cancelled' }]) {
      const answer = await admin.patch(`/leads/${id}`, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'lead_not_open' } });
      expect(answer.body.detail).toContain(`PATCH /proposals/${id}`);
    }
    const { body } = await admin.patch(`/leads/${id}`, { phone: '555-0199' });
    expect(body).toMatchObject({ phone: '555-0199', status: 'draft', customer_id: customerId });
  });

  it('are listed oldest first, with what became of them, page by page', async () => {
    const { admin: seller } = await createOrg(app);
    const ids = [await aLead(seller), await aLead(seller), await aLead(seller)];
    await seller.patch(`/leads/${ids[1]}`, { status: 'cancelled' });
    const first = await seller.get('/leads?limit=2');
    const second = await seller.get(`/leads?limit=2&cursor=${first.body.next_cursor}`);
    const listed = [...first.body.items, ...second.body.items] as { id: number; status: string }[];
    expect(listed.map(({ id, status }) => [id, status])).toEqual([
      [ids[0], 'lead'],
      [ids[1], 'cancelled'],
      [ids[2], 'lead'],
    ]);
    expect(second.body.next_cursor).toBeNull();
    const open = await seller.get('/leads?status=lead');
    expect(open.body.items).toHaveLength(2);
    expect((await seller.get('/leads?status=won')).status).toBe(422);
    expect((await seller.get('/leads?cursor=x')).status).toBe(400);
  });

  it("are nobody else's, and neither are the customers they name", async () => {
    const id = await aLead(admin);
    expect((await stranger.get(`/leads/${id}`)).body.code).toBe('lead_not_found');
    expect((await stranger.patch(`/leads/${id}`, { name: 'Mine' })).status).toBe(404);
    const foreign = { customer_id: strangersCustomerId };
    for (const answer of [
      await admin.post('/leads', { name: 'x', ...foreign }),
      await admin.patch(`/leads/${id}`, foreign),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'customer_not_found' } });
    }
  });

  it.each([
    { body: {}, fields: ['name'] },
    { body: { name: '' }, fields: ['name'] },
    { body: { name: 'x'.repeat(201) }, fields: ['name'] },
    { body: { name: 'x', email: 'nobody', phone: 5 }, fields: ['email', 'phone'] },
    { body: { name: 'x', notes: 'bell\u0007' }, fields: ['notes'] },
    { body: { name: 'x', source: 'a\nb' }, fields: ['source'] },
    { body: { name: 'x', customer_id: 1.5 }, fields: ['customer_id'] },
    { body: { name: 'x', customer_id: 2 ** 31 }, fields: ['customer_id'] },
    { body: { name: 'x', status: 'approved', org_id: 1 }, fields: ['org_id', 'status'] },
  ])('are refused with $body', async ({ body, fields }) => {
    const answer = await admin.post('/leads', body);
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it.each([
    { body: { name: null }, fields: ['name'] },
    { body: { status: 'approved' }, fields: ['status'] },
    { body: { status: null }, fields: ['status'] },
  ])('are not changed by $body', async ({ body, fields }) => {
    const answer = await admin.patch(`/leads/${await aLead(admin)}`, body);
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it.each([
    { role: 'finance' as const, writes: true },
    { role: 'sales' as const, writes: true },
    { role: 'viewer' as const, writes: false },
  ])('are read by $role; written: $writes', async ({ role, writes }) => {
    const person = await addPerson(app, admin.orgId, [role]);
    const id = await aLead(admin);
    expect((await person.get('/leads')).status).toBe(200);
    expect((await person.get(`/leads/${id}`)).status).toBe(200);
    expect((await person.post('/leads', { name: 'x' })).status).toBe(writes ? 201 : 403);
    expect((await person.patch(`/leads/${id}`, { name: 'y' })).status).toBe(writes ? 200 : 403);
  });

  it('are closed to whoever is not signed in', async () => {
    const nobody = anyone(app);
    expect((await nobody.get('/leads')).status).toBe(401);
    expect((await nobody.post('/leads', { name: 'x' })).status).toBe(401);
    expect((await nobody.get('/leads/1')).status).toBe(401);
    expect((await nobody.patch('/leads/1', {})).status).toBe(401);
  });
});
