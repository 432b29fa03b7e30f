import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { DisputesRepository } from '../../../src/payments/ledger/disputes/disputes.repository.js';
import { PaymentSearchRepository } from '../../../src/payments/ledger/payment-search.repository.js';
import { DataSource, type EntityManager } from 'typeorm';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Json, type TestOrg } from '../../support/people.js';
import { statementsWhile } from '../../support/statements.js';

const PROPOSALS = 12;

interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** What was read from tables and indexes. */
function rowsOf(plan: Plan): number {
  const parts = plan.Plans ?? [];
  const own = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  return parts.length === 0 ? own : parts.reduce((sum, part) => sum + rowsOf(part), 0);
}

describe('The list of payments', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
    await moneyOf(org.orgId);
    await moneyOf((await createOrg(app, 'Best Gutters')).orgId);
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  /**
   * Proposals with a deposit and two parts each: some parts wait for their invoice, and some deposits have been
   * invoiced again. Some money goes back, in up to three refunds of which the later row may have been made earlier.
   */
  async function moneyOf(orgId: number): Promise<void> {
    await database.query(
      `with c as (
         insert into customers (org_id, email, full_name) values ($1, 'ann@example.com', 'Ann Ruiz') returning id),
       l as (
         insert into leads (org_id, name, customer_id, status, amount_cents, currency, approved_at)
         select $1, 'Roof ' || n, c.id, 'approved', 1000000, 'USD', now() from c, generate_series(1, $2::int) n
         returning id),
       s as (
         insert into checkout_sessions (org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                        amount_cents, total_cents, deposit_percent, currency, invoice_kind,
                                        invoice_sequence)
         select $1, l.id, kind || sequence || l.id, '{}', 'cs_' || kind || sequence || l.id, 'paid', 300000, 1000000,
                30, 'USD', kind, sequence
           from l, (values ('deposit', 1), ('progress', 1), ('progress', 2)) as v (kind, sequence)
         returning *)
       insert into payments (org_id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                             paid_at, invoice_kind, invoice_sequence)
       select $1, proposal_id, id, stripe_session_id, amount_cents, currency, now() - id * interval '7 hours',
              invoice_kind, invoice_sequence from s`,
      [orgId, PROPOSALS],
    );
    await database.query(
      `insert into invoices (org_id, proposal_id, kind, sequence, generation, currency, amount_cents)
       select $1, p.proposal_id, p.invoice_kind, p.invoice_sequence, generation, 'USD', 300000
         from payments p, (values (3), (1), (2)) as v (generation)
        where p.org_id = $1 and p.id % 5 > 0 and generation <= 1 + p.id % 3`,
      [orgId],
    );
    await database.query(
      `insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, made_at, created_at,
                            updated_at)
       select $1, p.proposal_id, p.id, 100000 + n, 'USD',
              (array['requested', 'pending', 'succeeded', 'failed', 'cancelled'])[1 + (p.id + n) % 5],
              now() - n * interval '1 day', now(), now()
         from payments p, generate_series(1, 3) n where p.org_id = $1 and n <= p.id % 4
        order by n desc, p.id desc`,
      [orgId],
    );
    await database.query(
      `insert into disputes (org_id, proposal_id, payment_id, amount_cents, currency, state, stripe_status, reason,
                             status_at, created_at, updated_at)
       select $1, p.proposal_id, p.id, 50000 + n, 'USD', (array['open', 'won', 'lost', 'closed'])[1 + (p.id + n) % 4],
              'needs_response', 'fraudulent', now(), now(), now()
         from payments p, generate_series(1, 2) n where p.org_id = $1 and n <= p.proposal_id % 3
        order by n desc, p.id`,
      [orgId],
    );
  }

  const list = async (limit: number): Promise<Json[]> =>
    (await org.admin.get(`/payments?limit=${limit}`)).body.items as Json[];

  it('shows each payment as it is shown by itself, with its refunds and disputes from the oldest on', async () => {
    const items = await list(200);
    expect(items).toHaveLength(3 * PROPOSALS);
    const rows = await database.query<{
      id: number;
      invoice: number | null;
      refunds: number[];
      disputes: number[];
    }>(
      `select p.id::int,
              (select id from invoices i where i.org_id = p.org_id and i.proposal_id = p.proposal_id
                and i.kind = p.invoice_kind and i.sequence = p.invoice_sequence
                order by generation desc limit 1) as invoice,
              array(select id::int from refunds r where r.payment_id = p.id order by id) as refunds,
              array(select id::int from disputes d where d.payment_id = p.id order by id) as disputes
         from payments p where p.org_id = $1 order by p.id desc`,
      [org.orgId],
    );
    const ids = (parts: Json[]): number[] => parts.map(({ id }) => id as number);
    expect(
      items.map(({ id, invoice_id: invoice, refunds, disputes }) => ({
        id,
        invoice,
        refunds: ids(refunds),
        disputes: ids(disputes),
      })),
    ).toEqual(rows);
    for (const item of items) expect((await org.admin.get(`/payments/${item.id}`)).body).toEqual(item);
  });

  it('names who paid and what for, and finds a payment by whatever a person knows of it', async () => {
    const found = async (query: string): Promise<number[]> =>
      ((await org.admin.get(`/payments?limit=200&${query}`)).body.items as Json[]).map(
        ({ id }) => id as number,
      );
    const [odd] = await database.query<{ id: number; invoice: number; customer: number }>(
      `update payments p set amount_cents = 481250, stripe_payment_intent_id = 'pi_3Odd', customer_id = l.customer_id
         from leads l, payment_balances b
        where l.id = p.proposal_id and b.payment_id = p.id and b.invoice_id is not null
          and p.id = (select max(payment_id) from payment_balances where org_id = $1 and invoice_id is not null)
       returning p.id::int as id, b.invoice_id::int as invoice, l.customer_id as customer`,
      [org.orgId],
    );
    await database.query(`update invoices set number = 'CRM-44' where id = $1`, [odd!.invoice]);
    expect((await org.admin.get(`/payments/${odd!.id}`)).body).toMatchObject({
      customer_id: odd!.customer,
      customer_name: 'Ann Ruiz',
      proposal_name: expect.stringMatching(/^Roof \d+$/),
      kind: expect.stringMatching(/^(deposit|progress)$/),
      invoice_number: 'CRM-44',
      reference: 'pi_3Odd',
      qbo_payment_id: null,
    });
    for (const query of [
      'amount_cents=481250',
      'search=pi_3Od',
      'search=crm-44',
      'search=ruiz&amount_cents=481250',
    ])
      expect({ query, found: await found(query) }).toEqual({ query, found: [odd!.id] });
    for (const query of [`customer_id=${odd!.customer}`, 'search=ANN@example.com', 'currency=USD'])
      expect({ query, found: (await found(query)).length }).toEqual({ query, found: 3 * PROPOSALS });
    for (const query of ['customer_id=999999', 'search=Nobody', 'amount_cents=481251', 'currency=EUR'])
      expect({ query, found: await found(query) }).toEqual({ query, found: [] });
    expect((await org.admin.get('/payments?amount_cents=0')).status).toBe(422);
  });

  it('is a file of all that fit, each with its day, who paid and what is with us', async () => {
    const items = await list(200);
    const { status, headers, body } = await org.admin.get('/payments?format=csv&limit=1&currency=USD');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const [head, ...lines] = String(body).trimEnd().split('\r\n');
    expect(head).toBe(
      'id,paid_on,customer_id,customer_name,proposal_id,proposal_name,kind,invoice_number,currency,amount_cents,' +
        'refunded_cents,lost_cents,net_cents,state,reference,qbo_payment_id',
    );
    expect(lines.map((line) => Number(line.split(',', 1)[0]))).toEqual(items.map(({ id }) => id));
    const [first] = items;
    expect(lines[0]!.split(',')[1]).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const shown of [first!.reference, first!.proposal_name, first!.net_cents])
      expect(lines[0]).toContain(String(shown));
  });

  const MANY = `stripe_session_id like 'cs_many_%'`;
  const makeMany = async (count: number): Promise<void> => {
    await database.query(`
      insert into checkout_sessions (org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                     amount_cents, total_cents, deposit_percent, currency)
      select org_id, id, 'many' || n, '{}', 'cs_many_' || n, 'paid', 77, 100, 30, 'USD'
        from (select org_id, id from leads where org_id = ${org.orgId} limit 1) l, generate_series(1, ${count}) n;
      insert into payments (org_id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                            paid_at)
      select org_id, proposal_id, id, stripe_session_id, 77, 'USD', now() from checkout_sessions where ${MANY};
      analyze payments`);
  };
  const removeMany = async (): Promise<void> => {
    await database.query(`delete from payments where ${MANY}; delete from checkout_sessions where ${MANY}`);
  };
  const idsOf = (file: unknown): number[] =>
    String(file)
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => Number(line.split(',', 1)[0]));

  it('is one file, however many there are, each once', async () => {
    await makeMany(2500);
    const { body } = await org.admin.get('/payments?format=csv&amount_cents=77');
    const ids = idsOf(body);
    expect([ids.length, new Set(ids).size]).toEqual([2500, 2500]);
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    const texts = await statementsWhile(org.orgId, async () => {
      const found = await org.admin.get('/payments?format=csv&search=cs_many');
      expect(idsOf(found.body)).toEqual(ids);
    });
    // Looked for once, not again for each batch.
    expect(texts.filter((text) => text.includes('ilike'))).toHaveLength(1);
    await removeMany();
  });

  it('looks for the few of a page among as many as there are that have the text', async () => {
    await makeMany(10_500);
    const search = new PaymentSearchRepository();
    const product = app.app.get(DataSource);
    const window = { search: 'cs_', limit: 50, timeZone: 'UTC' };
    let read = 0;
    const counting = {
      query: async (text: string, values: unknown[]) => {
        const [row] = await product.query<[{ 'QUERY PLAN': [{ Plan: Plan }] }]>(
          `explain (analyze, timing off, format json) ${text}`,
          values,
        );
        read += rowsOf(row['QUERY PLAN'][0].Plan);
        return product.query(text, values);
      },
    };
    const newest = await database.query<{ id: number }>(
      `select id::int from payments where org_id = $1 order by id desc limit 102`,
      [org.orgId],
    );
    const ids = newest.map(({ id }) => id);
    await inOrganisation(org.orgId, async () => {
      const first = await search.page(counting as unknown as EntityManager, org.orgId, window);
      expect(first).toEqual(ids.slice(0, 51));
      const next = { ...window, beforeId: first[50]! };
      const second = await search.page(counting as unknown as EntityManager, org.orgId, next);
      expect(second).toEqual(ids.slice(51, 102));
      // Where few are left before the position, they are those that fit all the same.
      const last = await search.page(product.manager, org.orgId, {
        ...window,
        beforeId: ids.at(-1)! - 10_350,
      });
      expect(last.length).toBeGreaterThan(0);
      expect(await search.all(product.manager, org.orgId, window)).toHaveLength(10_500 + 3 * PROPOSALS);
    });
    expect(read).toBeLessThan(5_000);
    await removeMany();
  });

  it('asks the database as often for a long page as for a short one', async () => {
    await list(2);
    const short = await statementsWhile(org.orgId, () => list(2));
    const long = await statementsWhile(org.orgId, () => list(200));
    expect(long).toHaveLength(short.length);
    expect(long.length).toBeLessThanOrEqual(8);
  });

  it('knows with one statement whether a bank is to decide about a payment of a proposal', async () => {
    const disputes = app.app.get(DisputesRepository);
    const tx = app.app.get(DataSource).manager;
    const rows = await database.query<{ id: number; open: boolean }>(
      `select id, exists (select from disputes d where d.proposal_id = l.id and d.state = 'open') as open
         from leads l where org_id = $1`,
      [org.orgId],
    );
    expect(new Set(rows.map(({ open }) => open))).toEqual(new Set([true, false]));
    for (const { id, open } of rows) expect(await disputes.hasOpen(tx, org.orgId, id)).toBe(open);
    const asked = await statementsWhile(org.orgId, () =>
      inOrganisation(org.orgId, () => disputes.hasOpen(tx, org.orgId, rows[0]!.id)),
    );
    expect(asked).toHaveLength(1);
  });
});
