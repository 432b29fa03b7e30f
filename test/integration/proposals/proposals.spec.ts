import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, anyone, createOrg, type Person, someEmail } from '../../support/people.js';
import { fieldsOf } from '../../support/problem.js';

const aLine = (facts: object = {}): object => ({
  description: 'Shingles, per square',
  quantity: 2,
  unit_price_cents: 45_000,
  ...facts,
});

describe('Proposals', () => {
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

  const draft = (facts: object = {}) =>
    admin.post('/proposals', { name: 'New roof', customer_id: customerId, lines: [aLine()], ...facts });

  const aDraft = async (facts: object = {}): Promise<number> => {
    const { status, body } = await draft(facts);
    expect(status).toBe(201);
    return body.id;
  };

  it('have the address of the job, which is changed and taken away', async () => {
    const site_address = { line1: '412 Aspen Way', city: 'Denver', region: 'CO', postal_code: '80202' };
    const id = await aDraft({ site_address });
    expect((await admin.get(`/proposals/${id}`)).body.site_address).toEqual(site_address);
    const other = { ...site_address, line1: '414 Aspen Way', country: 'US' };
    expect((await admin.patch(`/proposals/${id}`, { site_address: other })).body.site_address).toEqual(other);
    expect((await admin.patch(`/proposals/${id}`, { site_address: null })).body.site_address).toBeNull();
    expect((await draft({ site_address: { city: 'Denver' } })).status).toBe(422);
    expect((await draft({ site_address: { line1: 'x', country: 'USA' } })).status).toBe(422);
  });

  it('have the address of the job put right after their approval too, until they are cancelled', async () => {
    const site_address = { line1: '412 Aspen Way', city: 'Denver', region: 'CO', postal_code: '80202' };
    const id = await aDraft({ site_address });
    await admin.post(`/proposals/${id}/approve`);
    const right = { ...site_address, line1: '421 Aspen Way' };
    const answer = await admin.patch(`/proposals/${id}`, { site_address: right });
    expect(answer).toMatchObject({ status: 200, body: { status: 'approved', site_address: right } });
    const [entry] = (await admin.get('/audit?action=proposal.updated')).body.items;
    expect(entry).toMatchObject({
      subject: `proposal:${id}`,
      before: { site_address: '412 Aspen Way, Denver, CO 80202' },
      after: { site_address: '421 Aspen Way, Denver, CO 80202' },
    });
    const late = { status: 409, body: { code: 'proposal_not_draft' } };
    expect(await admin.patch(`/proposals/${id}`, { site_address, name: 'Roof' })).toMatchObject({
      ...late,
      body: { detail: expect.stringContaining('site_address') },
    });
    expect(await admin.patch(`/proposals/${id}`, {})).toMatchObject(late);
    await admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(await admin.patch(`/proposals/${id}`, { site_address })).toMatchObject(late);
  });

  it('are not drafted for a customer who is inactive, nor moved to one; what they have stays theirs', async () => {
    const gone = (await admin.post('/customers', { email: someEmail() })).body.id as number;
    const theirs = await aDraft({ customer_id: gone });
    const others = await aDraft();
    await admin.patch(`/customers/${gone}`, { is_active: false });
    const refused = { status: 409, body: { code: 'customer_inactive' } };
    expect(await draft({ customer_id: gone })).toMatchObject(refused);
    expect(await admin.patch(`/proposals/${others}`, { customer_id: gone })).toMatchObject(refused);
    expect((await admin.patch(`/proposals/${theirs}`, { customer_id: gone, name: 'Gutters' })).status).toBe(
      200,
    );
    await admin.patch(`/customers/${gone}`, { is_active: true });
    expect((await draft({ customer_id: gone })).status).toBe(201);
  });

  it('are drafted with their lines and come to their sum', async () => {
    const lines = [
      { description: 'Tear off, per square\nand haul away', quantity: 24.5, unit_price_cents: 45_001 },
      { description: 'Discount', quantity: 1, unit_price_cents: -25_000 },
    ];
    const { status, body } = await draft({ lines });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      org_id: admin.orgId,
      name: 'New roof',
      customer_id: customerId,
      customer_name: expect.any(String),
      status: 'draft',
      amount_cents: 1_077_525,
      currency: 'USD',
      lines: [
        { id: expect.any(Number), ...lines[0], amount_cents: 1_102_525 },
        { id: expect.any(Number), ...lines[1], amount_cents: -25_000 },
      ],
      site_address: null,
      deposit_paid_cents: 0,
      approved_at: null,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
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
    expect((await admin.get(`/proposals/${body.id}`)).body).toEqual(body);
  });

  it('may hold a large amount exactly', async () => {
    const lines = [aLine({ quantity: 1, unit_price_cents: 9_999_999_999_999 })];
    expect((await draft({ lines })).body.amount_cents).toBe(9_999_999_999_999);
  });

  it.each(['KWD', 'BHD', 'tnd'])('cannot be in %s, of which a thousandth counts', async (currency) => {
    const answer = await draft({ currency });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'currency_not_supported', errors: [{ field: 'currency' }] });
  });

  it.each(['XXX', 'zzz', 'BTC'])('cannot be in %s, which is no currency, nor become so', async (currency) => {
    const refused = {
      status: 422,
      body: { code: 'currency_not_supported', errors: [{ field: 'currency' }] },
    };
    expect(await draft({ currency })).toMatchObject(refused);
    expect(await admin.patch(`/proposals/${await aDraft()}`, { currency })).toMatchObject(refused);
  });

  it('come to whole yen, line by line, also where a draft becomes one in yen', async () => {
    const lines = [
      aLine({ quantity: 3, unit_price_cents: 33_333 }),
      aLine({ quantity: 1, unit_price_cents: 50 }),
    ];
    const yen = [{ amount_cents: 100_000 }, { amount_cents: 100 }];
    expect((await draft({ currency: 'JPY', lines })).body).toMatchObject({
      amount_cents: 100_100,
      lines: yen,
    });
    const id = await aDraft({ lines });
    expect((await admin.get(`/proposals/${id}`)).body.amount_cents).toBe(100_049);
    const changed = await admin.patch(`/proposals/${id}`, { currency: 'JPY' });
    expect(changed.body).toMatchObject({ amount_cents: 100_100, lines: yen });
    const named = await admin.patch(`/proposals/${id}`, { name: 'Same roof', currency: 'JPY' });
    expect(named.body).toMatchObject({ amount_cents: 100_100, lines: yen });
  });

  it('name their currency in either case', async () => {
    expect((await draft({ currency: 'cad' })).body.currency).toBe('CAD');
  });

  it('may begin without lines', async () => {
    expect((await draft({ lines: [] })).body).toMatchObject({ amount_cents: 0, lines: [] });
  });

  it('grow out of a lead, which keeps its id, its name and its contact', async () => {
    const lead = (await admin.post('/leads', { name: 'Leak', phone: '555-0142' })).body;
    expect((await admin.get(`/proposals/${lead.id}`)).body.code).toBe('proposal_not_found');
    const { status, body } = await draft({ name: undefined, lead_id: lead.id });
    expect(status).toBe(201);
    expect(body).toMatchObject({ id: lead.id, name: 'Leak', status: 'draft', amount_cents: 90_000 });
    expect((await admin.get(`/leads/${lead.id}`)).body).toMatchObject({ phone: '555-0142', status: 'draft' });
    const again = await draft({ name: undefined, lead_id: lead.id });
    expect(again).toMatchObject({ status: 409, body: { code: 'lead_not_open' } });
  });

  it('may give the lead they grow out of another name', async () => {
    const lead = (await admin.post('/leads', { name: 'Leak' })).body;
    expect((await draft({ name: 'Flat roof', lead_id: lead.id })).body).toMatchObject({
      id: lead.id,
      name: 'Flat roof',
    });
  });

  it('grow out of a lead once when twenty ask at the same time', async () => {
    const lead = (await admin.post('/leads', { name: 'Leak' })).body;
    const answers = await Promise.all(Array.from({ length: 20 }, () => draft({ lead_id: lead.id })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await admin.get(`/proposals/${lead.id}`)).body.lines).toHaveLength(1);
  });

  it('change as long as they are drafts; lines replace all lines', async () => {
    const id = await aDraft();
    const renamed = await admin.patch(`/proposals/${id}`, { name: 'Newer roof', currency: 'eur' });
    expect(renamed.body).toMatchObject({ name: 'Newer roof', currency: 'EUR', amount_cents: 90_000 });
    expect(renamed.body.lines).toHaveLength(1);
    const lines = [aLine({ quantity: 0.5, unit_price_cents: 1 }), aLine(), aLine()];
    const repriced = await admin.patch(`/proposals/${id}`, { lines });
    expect(repriced.body).toMatchObject({ name: 'Newer roof', amount_cents: 180_001 });
    expect(repriced.body.lines).toHaveLength(3);
    expect((await admin.get(`/proposals/${id}`)).body).toEqual(repriced.body);
  });

  it.each([
    { body: {}, fields: ['customer_id', 'lines', 'name'] },
    { body: { name: null }, fields: ['customer_id', 'lines', 'name'] },
    { body: { name: 'x', customer_id: '1', lines: [] }, fields: ['customer_id'] },
    { body: { name: 'x', customer_id: 1, lines: 'none' }, fields: ['lines'] },
    { body: { name: 'x', customer_id: 1, lines: [null] }, fields: ['lines.0'] },
    { body: { name: 'x', customer_id: 1, lines: [], currency: 'QQQ' }, fields: ['currency'] },
    { body: { name: 'x', customer_id: 1, lines: [], currency: null }, fields: ['currency'] },
    { body: { name: 'x', customer_id: 1, lines: [], amount_cents: 5 }, fields: ['amount_cents'] },
    { body: { name: 'x', customer_id: 1, lines: [], qbo_invoice_id: '1' }, fields: ['qbo_invoice_id'] },
    { body: { lead_id: 'x', customer_id: 1, lines: [] }, fields: ['lead_id'] },
  ])('are refused with $body', async ({ body, fields }) => {
    const answer = await admin.post('/proposals', body);
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it.each([
    { line: {}, fields: ['lines.0.description', 'lines.0.quantity', 'lines.0.unit_price_cents'] },
    { line: aLine({ quantity: 0 }), fields: ['lines.0.quantity'] },
    { line: aLine({ quantity: -1 }), fields: ['lines.0.quantity'] },
    { line: aLine({ quantity: 1.23456 }), fields: ['lines.0.quantity'] },
    { line: aLine({ quantity: 1e-9 }), fields: ['lines.0.quantity'] },
    { line: aLine({ quantity: '2' }), fields: ['lines.0.quantity'] },
    { line: aLine({ quantity: 1e11 }), fields: ['lines.0.quantity'] },
    { line: aLine({ unit_price_cents: 10.5 }), fields: ['lines.0.unit_price_cents'] },
    { line: aLine({ unit_price_cents: 10 ** 13 }), fields: ['lines.0.unit_price_cents'] },
    { line: aLine({ quantity: 2, unit_price_cents: 6e12 }), fields: ['lines.0.unit_price_cents'] },
    { line: aLine({ quantity: 1, unit_price_cents: -1 }), fields: ['lines'] },
    { line: aLine({ description: ' ' }), fields: ['lines.0.description'] },
    { line: aLine({ description: 'x'.repeat(4_001) }), fields: ['lines.0.description'] },
    { line: aLine({ amount_cents: 1 }), fields: ['lines.0.amount_cents'] },
  ])('are refused with a line $line', async ({ line, fields }) => {
    const id = await aDraft();
    for (const answer of [
      await draft({ lines: [line] }),
      await admin.patch(`/proposals/${id}`, { lines: [line] }),
    ]) {
      expect(answer.status).toBe(422);
      expect(fieldsOf(answer)).toEqual(fields);
    }
  });

  it('have 200 lines at the most', async () => {
    const lines = Array.from({ length: 201 }, () => aLine());
    expect(fieldsOf(await draft({ lines }))).toEqual(['lines']);
    expect((await draft({ lines: lines.slice(1) })).body.amount_cents).toBe(200 * 90_000);
  });

  it("are nobody else's, and neither are the customers and leads they name", async () => {
    const id = await aDraft();
    const strangersLead = (await stranger.post('/leads', { name: 'Theirs' })).body;
    expect((await stranger.get(`/proposals/${id}`)).body.code).toBe('proposal_not_found');
    expect((await stranger.patch(`/proposals/${id}`, { name: 'Mine' })).status).toBe(404);
    expect((await stranger.get(`/proposals/${id}/activity`)).status).toBe(404);
    expect((await stranger.get('/proposals')).body.items).toEqual([]);
    for (const answer of [
      await draft({ customer_id: strangersCustomerId }),
      await admin.patch(`/proposals/${id}`, { customer_id: strangersCustomerId }),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'customer_not_found' } });
    }
    const foreignLead = await draft({ lead_id: strangersLead.id });
    expect(foreignLead).toMatchObject({ status: 404, body: { code: 'lead_not_found' } });
  });

  it('are listed oldest first with their lines, by status and page by page; plain leads are not', async () => {
    const { admin: seller } = await createOrg(app);
    const { body: customer } = await seller.post('/customers', { email: someEmail() });
    const ids: number[] = [];
    for (const quantity of [1, 2, 3]) {
      await seller.post('/leads', { name: 'Plain' });
      const body = { name: 'Roof', customer_id: customer.id, lines: [aLine({ quantity })] };
      ids.push((await seller.post('/proposals', body)).body.id);
    }
    await seller.post(`/proposals/${ids[1]}/approve`);
    const first = await seller.get('/proposals?limit=2');
    const second = await seller.get(`/proposals?limit=2&cursor=${first.body.next_cursor}`);
    const items = [...first.body.items, ...second.body.items] as {
      id: number;
      lines: { quantity: number }[];
    }[];
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(items.map(({ lines }) => lines[0]!.quantity)).toEqual([1, 2, 3]);
    expect(second.body.next_cursor).toBeNull();
    expect((await seller.get('/proposals?status=approved')).body.items).toMatchObject([{ id: ids[1] }]);
    expect((await seller.get('/proposals?status=draft')).body.items).toHaveLength(2);
    expect((await seller.get('/proposals?status=lead')).status).toBe(422);
    expect((await seller.get('/proposals?cursor=x')).status).toBe(400);
  });

  it.each([
    { role: 'finance' as const, writes: true },
    { role: 'sales' as const, writes: true },
    { role: 'viewer' as const, writes: false },
  ])('are read by $role; written: $writes', async ({ role, writes }) => {
    const person = await addPerson(app, admin.orgId, [role]);
    const id = await aDraft();
    const body = { name: 'x', customer_id: customerId, lines: [aLine()] };
    expect((await person.get('/proposals')).status).toBe(200);
    expect((await person.get(`/proposals/${id}`)).status).toBe(200);
    expect((await person.get(`/proposals/${id}/activity`)).status).toBe(200);
    expect((await person.post('/proposals', body)).status).toBe(writes ? 201 : 403);
    expect((await person.patch(`/proposals/${id}`, { name: 'y' })).status).toBe(writes ? 200 : 403);
    expect((await person.post(`/proposals/${id}/approve`)).status).toBe(writes ? 200 : 403);
    expect((await person.post(`/portal/approve/${id}`)).status).toBe(writes ? 200 : 403);
  });

  it.each([
    { method: 'GET', path: '/proposals' },
    { method: 'POST', path: '/proposals' },
    { method: 'GET', path: '/proposals/1' },
    { method: 'PATCH', path: '/proposals/1' },
    { method: 'POST', path: '/proposals/1/approve' },
    { method: 'POST', path: '/portal/approve/1' },
    { method: 'GET', path: '/proposals/1/activity' },
  ])('are closed to whoever is not signed in: $method $path', async ({ method, path }) => {
    expect((await anyone(app).send(method, path)).status).toBe(401);
  });
});
