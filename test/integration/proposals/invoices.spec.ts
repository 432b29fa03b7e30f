import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicesQuery } from '../../../src/invoices/invoice.dto.js';
import { InvoicesService } from '../../../src/invoices/invoices.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Json, type Person } from '../../support/people.js';
import { statementsWhile } from '../../support/statements.js';

describe('The list of invoices', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let orgId: number;
  let ann: number;
  let eva: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    const org = await createOrg(app);
    ({ admin, orgId } = org);
    const customer = async (email: string, full_name: string): Promise<number> =>
      (await admin.post('/customers', { email, full_name })).body.id;
    ann = await customer('ann@example.com', 'Ann Ruiz');
    eva = await customer('eva@example.com', 'Eva O_tt');
    for (let place = 1; place <= 7; place += 1) {
      const { body } = await admin.post('/proposals', {
        name: place === 3 ? '100% Slate' : `Roof ${place}`,
        customer_id: place % 2 === 0 ? ann : eva,
        lines: [{ description: 'Roof', quantity: 1, unit_price_cents: 100_000 }],
      });
      // Due on three days, the last without one; the third is made the same instant as the fourth.
      await database.query(
        `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                               state, total_cents, balance_cents, paid_cents, due_on, created_at)
         values ($1, $2, $3, 'USD', 30000, '1', $4, $5, $6, 30000, $7, 0, $8, $9)`,
        [
          org.orgId,
          body.id,
          place % 3 === 0 ? 'progress' : 'deposit',
          `${place}`,
          `CRM-${place}`,
          place === 7 ? 'paid' : 'open',
          place === 7 ? 0 : 30_000,
          place === 7 ? null : `2026-0${1 + (place % 3)}-15`,
          `2026-01-0${place === 4 ? 3 : place}T00:00:00Z`,
        ],
      );
    }
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const numbers = async (query: string): Promise<string[]> =>
    ((await admin.get(`/invoices?${query}`)).body.items as Json[]).map(({ number }) => number as string);

  it.each([
    { query: 'sort=id', order: [1, 2, 3, 4, 5, 6, 7] },
    { query: 'sort=-id', order: [7, 6, 5, 4, 3, 2, 1] },
    { query: 'sort=due_on', order: [7, 3, 6, 1, 4, 2, 5] },
    { query: 'sort=-due_on', order: [5, 2, 4, 1, 6, 3, 7] },
    { query: 'sort=created_at', order: [1, 2, 3, 4, 5, 6, 7] },
    { query: 'sort=-created_at', order: [7, 6, 5, 4, 3, 2, 1] },
    { query: 'kind=progress', order: [3, 6] },
    { query: 'state=paid', order: [7] },
    { query: 'overdue=true', order: [1, 2, 3, 4, 5, 6] },
    { query: 'overdue=false', order: [7] },
    { query: 'search=crm-5', order: [5] },
    { query: 'search=ruiz', order: [2, 4, 6] },
    { query: 'search=100%25', order: [3] },
    { query: 'search=o_t', order: [1, 3, 5, 7] },
    { query: 'search=nobody', order: [] },
  ])('$query answers $order', async ({ query, order }) => {
    expect(await numbers(query)).toEqual(order.map((place) => `CRM-${place}`));
  });

  it('finds those of some days, and the one over an amount, or on which as much is open', async () => {
    await database.query(
      `update invoices set txn_date = '2026-03-01'::date + (id % 7)::int,
                           total_cents = case when number = 'CRM-6' then 30006 else total_cents end,
                           balance_cents = case when number = 'CRM-6' then 12345 else balance_cents end`,
    );
    const [six] = await database.query<{ on: string; total: number }>(
      `select txn_date::text as on, total_cents::int as total from invoices where number = 'CRM-6'`,
    );
    for (const query of [`from=${six!.on}&to=${six!.on}`, `amount_cents=${six!.total}`, 'amount_cents=12345'])
      expect({ query, found: await numbers(query) }).toEqual({ query, found: ['CRM-6'] });
    expect(await numbers('from=2026-03-01&to=2026-03-31')).toHaveLength(7);
    expect(await numbers('to=2026-02-28')).toEqual([]);
    expect((await admin.get('/invoices?from=2026-03-02&to=2026-03-01')).body.errors).toEqual([
      { field: 'to', message: 'to must not be before from' },
    ]);
  });

  it('finds a voided one by what it was over', async () => {
    await database.query(
      `update invoices set state = 'voided', total_cents = 0, balance_cents = 0, original_cents = 48125
        where number = 'CRM-1'`,
    );
    expect(await numbers('amount_cents=48125')).toEqual(['CRM-1']);
    await database.query(
      `update invoices set state = 'open', total_cents = 30000, balance_cents = 30000 where number = 'CRM-1'`,
    );
    expect(await numbers('amount_cents=48125')).toEqual([]);
  });

  it('is a file of all that fit, in the same order', async () => {
    const { status, headers, body } = await admin.get('/invoices?format=csv&limit=1&sort=-due_on&search=crm');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const [head, ...lines] = String(body).trimEnd().split('\r\n');
    expect(head).toBe(
      'id,number,txn_on,due_on,customer_id,customer_name,proposal_id,proposal_name,kind,state,currency,total_cents,' +
        'tax_cents,balance_cents,paid_cents,qbo_invoice_id',
    );
    expect(lines.map((line) => line.split(',')[1])).toEqual(
      [5, 2, 4, 1, 6, 3, 7].map((place) => `CRM-${place}`),
    );
    expect(lines[1]).toContain(',Ann Ruiz,');
    const turned = await admin.get('/invoices?format=csv&from=2026-03-02&to=2026-03-01');
    expect(turned.status).toBe(422);
  });

  const makeMany = async (): Promise<void> => {
    await database.query(`
      insert into invoices (org_id, proposal_id, kind, sequence, currency, amount_cents, number, state, updated_at)
      select org_id, proposal_id, 'final', n, 'USD', 100, 'MANY-' || n, 'open', now() - make_interval(secs => 10 * n)
        from invoices, generate_series(1, 2500) n where number = 'CRM-2'`);
  };
  const removeMany = async (): Promise<void> => {
    await database.query(`delete from invoices where number like 'MANY-%'`);
  };

  it('is one file, however many there are, each once', async () => {
    await makeMany();
    const { body } = await admin.get('/invoices?format=csv&search=MANY-&sort=-number');
    const found = String(body)
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[1]!);
    expect([found.length, new Set(found).size]).toEqual([2500, 2500]);
    expect(found).toEqual(found.toSorted((one, other) => (one < other ? 1 : -1)));
    await removeMany();
  });

  it.each(['updated_at', '-updated_at'] as const)(
    'is one file by %s with each once, also where QuickBooks changes some while it is written',
    async (sort) => {
      await makeMany();
      const query = Object.assign(new InvoicesQuery(), { search: 'MANY-', sort });
      const found: (string | null)[] = [];
      for await (const rows of await app.app.get(InvoicesService).export(orgId, query)) {
        found.push(...rows.map(({ invoice }) => invoice.number));
        // The one that was written first, and the one that is written last.
        await database.query(
          `update invoices set updated_at = now() where number in ('MANY-1', 'MANY-2500') and org_id = $1`,
          [orgId],
        );
      }
      const oldestFirst = Array.from({ length: 2500 }, (_, place) => `MANY-${2500 - place}`);
      expect(found).toEqual(sort === 'updated_at' ? oldestFirst : oldestFirst.toReversed());
      await removeMany();
    },
  );

  it('is a file of what it has columns for: no line of any invoice is read for it', async () => {
    const readFor = async (path: string): Promise<string> =>
      (await statementsWhile(orgId, () => admin.get(path))).join('\n');
    expect(await readFor('/invoices?format=csv')).not.toMatch(/invoice_lines|change_orders/);
    expect(await readFor('/invoices')).toMatch(/invoice_lines/);
  });

  it('finds those of a customer or a proposal', async () => {
    expect(await numbers(`customer_id=${ann}`)).toEqual(['CRM-2', 'CRM-4', 'CRM-6']);
    const { body } = await admin.get('/invoices?search=CRM-5');
    expect(await numbers(`proposal_id=${body.items[0].proposal_id as number}`)).toEqual(['CRM-5']);
  });

  it.each(['id', '-id', 'due_on', '-due_on', 'created_at', '-created_at'])(
    'goes through all by %s in pages, each once, also while rows come and change',
    async (sort) => {
      const whole = await numbers(`sort=${sort}`);
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const after: string = cursor ? `&cursor=${cursor}` : '';
        const { body } = await admin.get(`/invoices?sort=${sort}&limit=2${after}`);
        seen.push(...(body.items as Json[]).map(({ number }) => number as string));
        cursor = body.next_cursor as string | null;
      }
      expect(seen).toEqual(whole);
    },
  );

  it('shows one with whose it is', async () => {
    const { body } = await admin.get('/invoices?search=CRM-2');
    const { id } = body.items[0] as { id: number };
    expect((await admin.get(`/invoices/${id}`)).body).toMatchObject({
      customer_id: ann,
      customer_name: 'Ann Ruiz',
      kind: 'deposit',
      sequence: 1,
      generation: 1,
      number: 'CRM-2',
      total_cents: 30_000,
      balance_cents: 30_000,
      state: 'open',
      due_on: '2026-03-15',
      qbo_invoice_id: '2',
      lines: [],
    });
    const { admin: other } = await createOrg(app, 'Other Roofing');
    expect((await other.get(`/invoices/${id}`)).status).toBe(404);
    expect((await other.get('/invoices')).body.items).toEqual([]);
    expect((await other.post(`/invoices/${id}/void`)).status).toBe(404);
    expect((await other.post(`/invoices/${id}/remake`)).status).toBe(404);
  });

  it.each([
    { query: 'sort=amount', status: 422 },
    { query: 'state=lost', status: 422 },
    { query: 'overdue=maybe', status: 422 },
    { query: 'proposal_id=x', status: 422 },
    { query: 'colour=red', status: 422 },
    { query: 'cursor=abc', status: 400 },
  ])('refuses $query', async ({ query, status }) => {
    expect((await admin.get(`/invoices?${query}`)).status).toBe(status);
  });

  it('refuses the cursor of another order', async () => {
    const { body } = await admin.get('/invoices?sort=due_on&limit=2');
    const answer = await admin.get(`/invoices?sort=-due_on&cursor=${body.next_cursor as string}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_cursor' } });
  });
});
