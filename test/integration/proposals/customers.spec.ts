import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, anyone, createOrg, type Person, someEmail } from '../../support/people.js';
import { fieldsOf } from '../../support/problem.js';

describe('Customers', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const aCustomer = async (by: Person, facts: object = {}): Promise<{ id: number; email: string }> => {
    const { status, body } = await by.post('/customers', { email: someEmail('customer'), ...facts });
    expect(status).toBe(201);
    return body;
  };

  it('are added as the testing guide does it', async () => {
    const { status, body } = await admin.post('/customers', {
      org_id: admin.orgId,
      email: 'test@example.com',
      full_name: 'Test Customer',
      phone: '555-0100',
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      org_id: admin.orgId,
      email: 'test@example.com',
      full_name: 'Test Customer',
      phone: '555-0100',
      is_active: true,
      qbo_customer_id: null,
      qbo_last_sync_at: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: body.created_at,
    });
    expect((await admin.get(`/customers/${body.id}`)).body).toEqual(body);
  });

  it('need no more than an e-mail', async () => {
    const email = someEmail();
    const { body } = await admin.post('/customers', { email, full_name: null, phone: null });
    expect(body).toMatchObject({ email, full_name: null, phone: null, is_active: true });
  });

  it('are never added to an organisation one does not work for', async () => {
    const other = await createOrg(app);
    const answer = await admin.post('/customers', { email: someEmail(), org_id: other.orgId });
    expect(answer).toMatchObject({ status: 403, body: { code: 'foreign_org' } });
  });

  it('have an e-mail of their own within the organisation, whatever its case', async () => {
    const { email } = await aCustomer(admin);
    const twice = await admin.post('/customers', { email: email.toUpperCase() });
    expect(twice).toMatchObject({ status: 409, body: { code: 'customer_email_taken' } });

    const other = await createOrg(app);
    expect((await other.admin.post('/customers', { email })).status).toBe(201);
  });

  it('are added once when twenty ask at the same time', async () => {
    const email = someEmail('raced');
    const answers = await Promise.all(Array.from({ length: 20 }, () => admin.post('/customers', { email })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('are changed field by field, and null clears', async () => {
    const { id, email } = await aCustomer(admin, { full_name: 'Maria Ruiz', phone: '555-0111' });
    const changed = await admin.patch(`/customers/${id}`, {
      full_name: 'Maria Ruiz-Lopez',
      is_active: false,
    });
    expect(changed.body).toMatchObject({
      email,
      full_name: 'Maria Ruiz-Lopez',
      phone: '555-0111',
      is_active: false,
    });
    const billing_address = { line1: '1 Elm Street', city: 'Denver', region: 'CO', postal_code: '80202' };
    expect((await admin.patch(`/customers/${id}`, { billing_address })).body).toMatchObject({
      billing_address,
    });
    expect((await admin.patch(`/customers/${id}`, { billing_address: null })).body).not.toHaveProperty(
      'billing_address',
    );
    const cleared = await admin.patch(`/customers/${id}`, { full_name: null, phone: null });
    expect(cleared.body).toMatchObject({ full_name: null, phone: null, is_active: false });
    expect((await admin.patch(`/customers/${id}`, {})).body).toEqual(cleared.body);
  });

  it("keep their own e-mail in another case, and get no one else's", async () => {
    const one = await aCustomer(admin);
    const other = await aCustomer(admin);
    expect((await admin.patch(`/customers/${one.id}`, { email: one.email.toUpperCase() })).status).toBe(200);
    const taken = await admin.patch(`/customers/${one.id}`, { email: other.email });
    expect(taken).toMatchObject({ status: 409, body: { code: 'customer_email_taken' } });
  });

  it('hold what people type, trimmed: accents, quotes and ampersands', async () => {
    const name = 'Zoë O\'Brien & "Söhne" <GmbH>; 屋根';
    const { id } = await aCustomer(admin, { full_name: `  ${name} ` });
    expect((await admin.get(`/customers/${id}`)).body.full_name).toBe(name);
  });

  it.each([
    { body: {}, fields: ['email'] },
    { body: { email: 'nobody' }, fields: ['email'] },
    { body: { email: null }, fields: ['email'] },
    { body: { email: `${'a'.repeat(60)}@${'b'.repeat(40)}.example.com` }, fields: ['email'] },
    { body: { email: 'a@b.example', full_name: 'x'.repeat(201) }, fields: ['full_name'] },
    { body: { email: 'a@b.example', full_name: 'two\nlines' }, fields: ['full_name'] },
    { body: { email: 'a@b.example', full_name: 'nul\u0000' }, fields: ['full_name'] },
    { body: { email: 'a@b.example', full_name: '   ' }, fields: ['full_name'] },
    { body: { email: 'a@b.example', full_name: ['a'] }, fields: ['full_name'] },
    { body: { email: 'a@b.example', phone: '5'.repeat(31) }, fields: ['phone'] },
    {
      body: { email: 'a@b.example', billing_address: { city: 'Denver' } },
      fields: ['billing_address.line1'],
    },
    { body: { email: 'a@b.example', org_id: '1' }, fields: ['org_id'] },
    { body: { email: 'x', phone: 5, qbo_customer_id: '58' }, fields: ['email', 'phone', 'qbo_customer_id'] },
  ])('are refused with $body', async ({ body, fields }) => {
    const answer = await admin.post('/customers', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it.each([
    { body: { email: null }, field: 'email' },
    { body: { is_active: null }, field: 'is_active' },
    { body: { is_active: 'yes' }, field: 'is_active' },
    { body: { org_id: 1 }, field: 'org_id' },
  ])('are not changed by $body', async ({ body, field }) => {
    const { id } = await aCustomer(admin);
    const answer = await admin.patch(`/customers/${id}`, body);
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual([field]);
  });

  it("are nobody else's to see or to change", async () => {
    const { id, email } = await aCustomer(admin);
    const other = await createOrg(app);
    expect(await other.admin.get(`/customers/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'customer_not_found' },
    });
    expect((await other.admin.patch(`/customers/${id}`, { email: someEmail() })).status).toBe(404);
    expect((await other.admin.get('/customers')).body.items).toEqual([]);
    expect((await admin.get(`/customers/${id}`)).body.email).toBe(email);
  });

  it.each([
    { id: 'abc', status: 400 },
    { id: '1.5', status: 400 },
    { id: '-1', status: 400 },
    { id: '0', status: 404 },
    { id: '999999', status: 404 },
    { id: '99999999999', status: 404 },
    { id: '9007199254740993', status: 404 },
    { id: '9'.repeat(40), status: 404 },
  ])('are asked for by id: $id answers $status', async ({ id, status }) => {
    expect((await admin.get(`/customers/${id}`)).status).toBe(status);
    expect((await admin.patch(`/customers/${id}`, {})).status).toBe(status);
  });

  describe('in a list', () => {
    let seller: Person;
    let ids: number[];

    beforeAll(async () => {
      ({ admin: seller } = await createOrg(app));
      ids = [];
      for (const name of [
        'Maria Ruiz',
        'Tom Becker',
        'Priya Nair',
        'Dana 100%',
        'Dana 100 percent',
        'José ÉLAN',
      ]) {
        ids.push((await aCustomer(seller, { full_name: name })).id);
      }
    });

    const idsOf = (body: { items: { id: number }[] }): number[] => body.items.map(({ id }) => id);

    it('come oldest first', async () => {
      const { body } = await seller.get('/customers');
      expect(idsOf(body)).toEqual(ids);
      expect(body.next_cursor).toBeNull();
    });

    it('come page by page, each once', async () => {
      const seen: number[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor ? `&cursor=${cursor}` : '';
        const { body } = await seller.get(`/customers?limit=2${query}`);
        expect(body.items.length).toBeLessThanOrEqual(2);
        seen.push(...idsOf(body));
        cursor = body.next_cursor;
      }
      expect(seen).toEqual(ids);
    });

    it('end with a full page that knows it is the last', async () => {
      const { body } = await seller.get('/customers?limit=6');
      expect(idsOf(body)).toEqual(ids);
      expect(body.next_cursor).toBeNull();
    });

    it.each([
      { search: 'RUIZ', found: [0] },
      { search: 'dana', found: [3, 4] },
      { search: '100%', found: [3] },
      { search: '_', found: [] },
      { search: '@acme.test', found: [0, 1, 2, 3, 4, 5] },
      { search: 'JOSÉ', found: [5] },
      { search: 'élan', found: [5] },
    ])('are found by a part of name or e-mail: $search', async ({ search, found }) => {
      const { body } = await seller.get(`/customers?search=${encodeURIComponent(search)}`);
      expect(idsOf(body)).toEqual(found.map((index) => ids[index]));
    });

    it.each([
      { search: '(970) 555-0144', found: [1] },
      { search: '9705550', found: [1] },
      { search: '0144', found: [1] },
      { search: '(44)', found: [] },
      { search: '555-9999', found: [] },
    ])(
      'are found by a part of the phone number, however it is written: $search',
      async ({ search, found }) => {
        await seller.patch(`/customers/${ids[1]}`, { phone: '970.555.0144' });
        const { body } = await seller.get(`/customers?search=${encodeURIComponent(search)}`);
        expect(idsOf(body)).toEqual(found.map((index) => ids[index]));
      },
    );

    it.each([
      { query: 'limit=0', status: 422 },
      { query: 'limit=201', status: 422 },
      { query: 'limit=many', status: 422 },
      { query: 'page=2', status: 422 },
      { query: 'search=%00', status: 400 },
      { query: 'search=a&search=b', status: 422 },
      { query: 'cursor=nonsense', status: 400 },
      { query: `cursor=${Buffer.from('id:1 or 1=1').toString('base64url')}`, status: 400 },
      { query: `cursor=${Buffer.from('id:999999999999999').toString('base64url')}`, status: 200 },
    ])('answer $status to ?$query', async ({ query, status }) => {
      expect((await seller.get(`/customers?${query}`)).status).toBe(status);
    });
  });

  it.each([
    { role: 'admin' as const, writes: true },
    { role: 'finance' as const, writes: true },
    { role: 'sales' as const, writes: true },
    { role: 'viewer' as const, writes: false },
  ])('are read by $role; written: $writes', async ({ role, writes }) => {
    const person = await addPerson(app, admin.orgId, [role]);
    const { id } = await aCustomer(admin);
    expect((await person.get('/customers')).status).toBe(200);
    expect((await person.get(`/customers/${id}`)).status).toBe(200);
    expect((await person.post('/customers', { email: someEmail() })).status).toBe(writes ? 201 : 403);
    expect((await person.patch(`/customers/${id}`, { phone: '1' })).status).toBe(writes ? 200 : 403);
  });

  it.each([
    { method: 'GET', path: '/customers' },
    { method: 'POST', path: '/customers' },
    { method: 'GET', path: '/customers/1' },
    { method: 'PATCH', path: '/customers/1' },
  ])('are closed to whoever is not signed in: $method $path', async ({ method, path }) => {
    expect((await anyone(app).send(method, path)).status).toBe(401);
  });
});
