import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Json, type Person } from '../../support/people.js';

/** Seven rows in each list, made one after the other; the second and third the same instant. */
const PLACES = [1, 2, 3, 4, 5, 6, 7];

/** The numbers of invoices by each thing they are sorted by; what is not known yet comes first. */
const INVOICES_BY = {
  number: [null, 'crm-1', 'CRM-4', 'CRM-5'],
  customer_name: ['CRM-5', null, 'CRM-4', 'crm-1'],
  amount_cents: ['crm-1', 'CRM-4', null, 'CRM-5'],
  total_cents: ['crm-1', 'CRM-4', null, 'CRM-5'],
  balance_cents: [null, 'crm-1', 'CRM-4', 'CRM-5'],
  paid_cents: [null, 'CRM-5', 'crm-1', 'CRM-4'],
  txn_on: [null, 'CRM-4', 'crm-1', 'CRM-5'],
  due_on: [null, 'CRM-5', 'CRM-4', 'crm-1'],
};

describe('Lists for people', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let ann: number;
  let proposals: number[];
  /** Of another organisation, with five invoices. */
  let bookkeeper: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    const org = await createOrg(app);
    ({ admin } = org);
    const made = async (path: string, body: object): Promise<number> =>
      (await admin.post(path, body)).body.id;
    ann = await made('/customers', { email: 'ann@example.com', full_name: 'Ann Ruiz' });
    const customers = [ann];
    for (const name of ['Zoe', 'bob', 'Carl', null, 'Eva', '100% Slate']) {
      customers.push(
        await made('/customers', { email: `c${customers.length}@example.com`, full_name: name }),
      );
    }
    proposals = [];
    for (const place of PLACES) {
      const proposal = await made('/proposals', {
        name: ['Gutters', 'attic', 'Roof A', 'Roof B', 'Barn', 'Porch_1', 'Shed'][place - 1],
        customer_id: customers[(place - 1) % 2],
        lines: [{ description: 'Work', quantity: 1, unit_price_cents: 10_000 * (8 - place) }],
      });
      proposals.push(proposal);
      await made('/leads', { name: `Lead ${place}`, email: `lead${place}@example.com`, customer_id: ann });
      await database.query(
        `insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, created_at, updated_at)
         values ($1, $2, 'books_closed', $3, 'Open the period.', $4, now(), now())`,
        [org.orgId, `invoice.create:${place}`, `The invoice of proposal ${place}, 5_00`, proposal],
      );
    }
    await database.query(
      `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                             state, total_cents, balance_cents, paid_cents, due_on)
       values ($1, $2, 'deposit', 'USD', 21000, '1', '77', 'CRM-5', 'overdue', 21300, 21300, 0, '2026-02-15')`,
      [org.orgId, proposals[4]],
    );
    await database.query(
      `update leads set qbo_invoice_id = '77', qbo_invoice_number = 'CRM-5', qbo_status = 'Open'
        where org_id = $1 and id = $2`,
      [org.orgId, proposals[4]],
    );
    bookkeeper = (await createOrg(app)).admin;
    await database.query(
      `with rows (currency, name, number, total, balance, paid, txn_on, due_on) as (values
         ('USD', 'bob', null, 20000, null::int, null::int, null::date, null::date),
         ('USD', 'Zoe', 'crm-1', 10000, 0, 10000, '2026-02-02', '2026-03-03'),
         ('USD', 'Carl', 'CRM-4', 15000, 3000, 12000, '2026-02-01', '2026-02-20'),
         ('USD', 'Ann', 'CRM-5', 30000, 30000, 0, '2026-02-05', '2026-02-15'),
         ('EUR', 'Eve', 'CRM-2', 1, 1, 0, '2026-02-01', '2026-02-15')),
       people as (
         insert into customers (org_id, email, full_name) select $1, name || '@example.com', name from rows
         returning id, full_name),
       jobs as (
         insert into leads (org_id, customer_id, name, status, amount_cents)
           select $1, id, full_name, 'draft', 1 from people returning id, name)
       insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                             state, total_cents, balance_cents, paid_cents, txn_date, due_on)
         select $1, jobs.id, 'deposit', currency, total, '1', number, number,
                case when number is not null then 'open' end,
                case when number is not null then total end, balance, paid, txn_on, rows.due_on
           from rows join jobs using (name) order by number nulls first`,
      [bookkeeper.orgId],
    );
    const sameInstant = (table: string) =>
      `update ${table} set created_at = (select created_at from ${table} where org_id = $1 order by id offset 1 limit 1)
        where org_id = $1 and id = (select id from ${table} where org_id = $1 order by id offset 2 limit 1)`;
    for (const table of ['customers', 'leads', 'inbox_items'])
      await database.query(sameInstant(table), [org.orgId]);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const itemsOf = async (path: string, person = admin): Promise<Json[]> =>
    (await person.get(path)).body.items as Json[];
  const namesOf = async (query: string): Promise<string[]> =>
    (await itemsOf(`/proposals?${query}`)).map(({ name }) => name as string);

  it.each([
    { query: 'sort=name', names: ['attic', 'Barn', 'Gutters', 'Porch_1', 'Roof A', 'Roof B', 'Shed'] },
    { query: 'sort=-name&limit=2', names: ['Shed', 'Roof B'] },
    { query: 'sort=amount_cents&limit=2', names: ['Shed', 'Porch_1'] },
    { query: 'sort=-amount_cents&limit=1', names: ['Gutters'] },
    { query: 'sort=-created_at&limit=1', names: ['Shed'] },
    {
      query: 'sort=customer_name',
      names: ['Gutters', 'Roof A', 'Barn', 'Shed', 'attic', 'Roof B', 'Porch_1'],
    },
    { query: 'sort=-qbo_due_on&limit=1', names: ['Barn'] },
    { query: 'sort=-qbo_total_cents&limit=1', names: ['Barn'] },
    { query: 'sort=-qbo_balance_cents&limit=1', names: ['Barn'] },
    { query: 'search=ROOF', names: ['Roof A', 'Roof B'] },
    { query: 'search=ruiz', names: ['Gutters', 'Roof A', 'Barn', 'Shed'] },
    { query: 'search=crm-5', names: ['Barn'] },
    { query: 'search=h_1', names: ['Porch_1'] },
    { query: 'search=_____', names: [] },
    { query: 'qbo_state=overdue', names: ['Barn'] },
    { query: 'qbo_state=paid', names: [] },
    { query: 'qbo_status=Open', names: ['Barn'] },
    { query: 'qbo_status=Paid', names: [] },
    { query: 'currency=EUR', names: [] },
    { query: 'status=approved', names: [] },
    { query: 'status=draft&search=roof&sort=-name', names: ['Roof B', 'Roof A'] },
  ])('proposals by $query are $names', async ({ query, names }) => {
    expect(await namesOf(query)).toEqual(names);
  });

  it('leads by the invoice of what became of them are those, with what QuickBooks says of it', async () => {
    const figures = {
      qbo_invoice_id: '77',
      qbo_invoice_number: 'CRM-5',
      qbo_status: 'Open',
      qbo_state: 'overdue',
      qbo_due_on: '2026-02-15',
      qbo_total_cents: 21_300,
    };
    for (const query of ['qbo_state=overdue', 'qbo_status=Open']) {
      expect(await itemsOf(`/leads?${query}`)).toEqual([
        expect.objectContaining({ name: 'Barn', ...figures }),
      ]);
    }
    expect(await itemsOf('/leads?qbo_state=paid')).toEqual([]);
    expect((await admin.get(`/leads/${proposals[4]}`)).body).toMatchObject(figures);
    const [lead] = await itemsOf('/leads?search=lead1@example.com');
    expect(lead).toMatchObject({ qbo_invoice_id: null, qbo_state: null, qbo_due_on: null });
  });

  it('proposals say whose they are, when they changed and how their invoice stands', async () => {
    const [listed] = await itemsOf('/proposals?search=barn');
    const { body } = await admin.get(`/proposals/${proposals[4]}`);
    expect(listed).toEqual(body);
    expect(body).toMatchObject({
      customer_name: 'Ann Ruiz',
      updated_at: expect.stringMatching(/Z$/),
      qbo_due_on: '2026-02-15',
      qbo_total_cents: 21_300,
    });
  });

  it('customers are found by what they are, and sorted by name or else e-mail', async () => {
    const shown = (await itemsOf('/customers?sort=name')).map(({ full_name, email }) => full_name ?? email);
    expect(shown).toEqual(['100% Slate', 'Ann Ruiz', 'bob', 'c4@example.com', 'Carl', 'Eva', 'Zoe']);
    expect(await itemsOf('/customers?sort=full_name')).toEqual(await itemsOf('/customers?sort=name'));
    const byEmail = (await itemsOf('/customers?sort=-email')).map(({ email }) => email as string);
    expect(byEmail).toEqual(byEmail.toSorted().toReversed());
    expect(await itemsOf('/customers?linked=true')).toEqual([]);
    expect(await itemsOf('/customers?is_active=true&search=ruiz')).toMatchObject([{ id: ann }]);
    expect((await itemsOf('/customers?limit=1'))[0]).toHaveProperty('updated_at');
  });

  it('leads and items of the inbox name the customer, and are found by them', async () => {
    const leads = await itemsOf(`/leads?customer_id=${ann}&search=lead&sort=-name`);
    expect(leads.map(({ name }) => name)).toEqual(PLACES.toReversed().map((place) => `Lead ${place}`));
    expect(leads[0]).toMatchObject({ customer_name: 'Ann Ruiz' });
    const mine = await itemsOf(`/inbox?customer_id=${ann}`);
    expect(mine.map(({ proposal_id }) => proposal_id)).toEqual([0, 2, 4, 6].map((place) => proposals[place]));
    expect(mine[0]).toMatchObject({ customer_name: 'Ann Ruiz', customer_id: ann });
    expect(await itemsOf(`/inbox?proposal_id=${proposals[1]}`)).toMatchObject([
      { proposal_id: proposals[1] },
    ]);
    expect(await itemsOf('/inbox?search=5_00,')).toEqual([]);
    expect(await itemsOf('/inbox?search=PROPOSAL 7')).toHaveLength(1);
  });

  it.each(Object.entries(INVOICES_BY))(
    'invoices by %s are in the order a bookkeeper expects',
    async (key, numbers) => {
      const shown = async (sort: string): Promise<unknown> =>
        (await itemsOf(`/invoices?sort=${sort}&currency=USD`, bookkeeper)).map(({ number }) => number);
      expect(await shown(key)).toEqual(numbers);
      expect(await shown(`-${key}`)).toEqual(numbers.toReversed());
    },
  );

  it('invoices of one currency are found by it', async () => {
    expect(await itemsOf('/invoices?currency=eur', bookkeeper)).toMatchObject([
      { number: 'CRM-2', currency: 'EUR' },
    ]);
  });

  const SORTS = {
    '/proposals': [
      'id',
      'name',
      'customer_name',
      'amount_cents',
      'qbo_due_on',
      'qbo_total_cents',
      'qbo_balance_cents',
      'created_at',
      'updated_at',
    ],
    '/customers': ['id', 'name', 'full_name', 'email', 'created_at', 'updated_at'],
    '/leads': ['id', 'name', 'customer_name', 'created_at', 'updated_at'],
    '/inbox': ['id', 'created_at', 'updated_at'],
    '/invoices': ['id', 'created_at', 'updated_at', ...Object.keys(INVOICES_BY)],
  };
  const orders = Object.entries(SORTS).flatMap(([path, keys]) =>
    keys.flatMap((key) => [key, `-${key}`]).map((sort) => ({ path, sort })),
  );

  it.each(orders)('$path goes through all by $sort in pages, each once', async ({ path, sort }) => {
    const person = path === '/invoices' ? bookkeeper : admin;
    const whole = (await itemsOf(`${path}?sort=${sort}`, person)).map(({ id }) => id);
    expect(new Set(whole).size).toBe(whole.length);
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor ? `&cursor=${cursor}` : '';
      const { body } = await person.get(`${path}?sort=${sort}&limit=2${after}`);
      seen.push(...(body.items as Json[]).map(({ id }) => id));
      cursor = body.next_cursor as string | null;
    }
    expect(seen).toEqual(whole);
  });

  const cursor = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

  it.each([
    { sort: 'name', forged: cursor('-name', 'x', 1) },
    { sort: 'name', forged: cursor('name', 'a\0b', 1) },
    { sort: 'name', forged: cursor('name', 7, 1) },
    { sort: 'name', forged: cursor('name', 'x', '1') },
    { sort: 'created_at', forged: cursor('created_at', '2026-02-30T00:00:00.000000Z', 1) },
    { sort: 'created_at', forged: cursor('created_at', '0000-01-01T00:00:00.000000Z', 1) },
    { sort: 'created_at', forged: cursor('created_at', 'yesterday', 1) },
    { sort: 'amount_cents', forged: cursor('amount_cents', '1e9', 1) },
    { sort: 'amount_cents', forged: cursor('amount_cents', '9'.repeat(40), 1) },
    { sort: '-id', forged: cursor('-id', 'x', 1) },
    { sort: 'name', forged: Buffer.from('id:5').toString('base64url') },
  ])('refuse a forged cursor of $sort: $forged', async ({ sort, forged }) => {
    const answer = await admin.get(`/proposals?sort=${sort}&cursor=${forged}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_cursor' } });
  });

  it('take no cursor of another list, and go on with one from before lists were named in them', async () => {
    for (const id of proposals.slice(0, 2))
      for (const name of ['Roof', 'Roofs']) await admin.patch(`/proposals/${id}`, { name });
    const [one, other] = proposals.map((id) => `/proposals/${id}/activity`);
    const pages = ['/customers', '/leads', '/inbox', '/invoices', '/audit', '/users', '/auth/sessions', one];
    const cursors: string[] = [];
    for (const page of pages) {
      const { next_cursor: next } = (await admin.get(`${page}?limit=1`)).body;
      if (typeof next === 'string') cursors.push(next);
    }
    expect(cursors.length).toBeGreaterThan(2);
    for (const list of ['/proposals', other!])
      for (const foreign of cursors) {
        expect(await admin.get(`${list}?cursor=${foreign}`)).toMatchObject({
          status: 400,
          body: { code: 'malformed_cursor', detail: expect.stringContaining('of another list') },
        });
      }
    const [before] = cursors[0]!.split('.');
    const { body } = await admin.get(`/customers?cursor=${cursors[0]}`);
    expect((await admin.get(`/customers?cursor=${before}`)).body).toEqual(body);
  });

  it('an open invoice that is due on no day is not overdue', async () => {
    await database.query(
      `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                             state, total_cents, balance_cents, paid_cents)
       values ($1, $2, 'deposit', 'USD', 21000, '1', '78', 'CRM-6', 'open', 21000, 21000, 0)`,
      [admin.orgId, proposals[5]],
    );
    expect(await itemsOf('/invoices?overdue=false')).toMatchObject([{ number: 'CRM-6' }]);
    expect(await itemsOf('/invoices?overdue=true')).toMatchObject([{ number: 'CRM-5' }]);
  });

  it('refuse a letter that PostgreSQL cannot keep, in the cursor of invoices too', async () => {
    const answer = await admin.get(`/invoices?sort=due_on&cursor=${cursor('due_on', '2026\0', 1)}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_cursor' } });
  });

  it.each([
    '/proposals?sort=qbo_state',
    '/leads?sort=amount_cents',
    '/customers?linked=1',
    '/inbox?customer_id=x',
  ])('refuse what they do not know: %s', async (path) => {
    expect((await admin.get(path)).status).toBe(422);
  });
});
