import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Invoices1785024000024 } from '../../migrations/024-invoices.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const STEP = new Invoices1785024000024();
/** Of proposals: billed and paid, wanted and refused twice, linked by hand and never read, and never billed. */
const [PAID, REFUSED, BY_HAND, UNBILLED] = [1, 2, 3, 4];

describe('An installation with invoices of the time when a proposal had one', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let before: Awaited<ReturnType<typeof rows>>;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, STEP.name);
    dataSource = await openDataSource(database.ownerUrl);
    await database.query(`
      insert into orgs (id, name) values (1, 'Acme Roofing');
      insert into customers (id, org_id, email, full_name) values (1, 1, 'ann@example.com', 'Ann Ruiz');
      insert into leads (id, org_id, customer_id, name, status, currency, amount_cents, approved_at,
          qbo_realm_id, qbo_invoice_id, qbo_invoice_number, qbo_sync_token, qbo_status, qbo_state, qbo_total_cents,
          qbo_balance_cents, qbo_paid_cents, qbo_due_on, qbo_paid_on, qbo_transition_count, qbo_payments_owed,
          qbo_billed_to, qbo_txn_on, qbo_agreed_cents, qbo_agreed_billed_to, qbo_agreed_txn_on, qbo_last_sync_at)
        values
          (${PAID}, 1, 1, 'Roof', 'approved', 'USD', 1000000, now(), '9130001', '145', 'CRM-1', 7, 'Paid', 'paid',
           300000, 0, 300000, '2026-03-25', '2026-03-20', 3, true, '58', '2026-03-18', 300000, '58', '2026-03-18',
           '2026-03-20T17:00:00Z'),
          (${REFUSED}, 1, 1, 'Gutter', 'approved', 'USD', 500000, now(), null, null, null, null, null, null,
           null, null, null, null, null, 0, false, null, null, null, null, null, null),
          (${BY_HAND}, 1, 1, 'Vent', 'approved', 'USD', 200000, now(), null, '146', null, null, null, null,
           null, null, null, null, null, 0, false, null, null, null, null, null, null),
          (${UNBILLED}, 1, 1, 'Shed', 'draft', 'USD', 100000, null, null, null, null, null, null, null,
           null, null, null, null, null, 0, false, null, null, null, null, null, null)`);
    await operation(PAID, PAID, 1, '300000', 'done');
    await operation(REFUSED, REFUSED, 1, '140000', 'refused');
    await operation(REFUSED, REFUSED, 2, '150000', 'refused');
    await item(REFUSED, REFUSED);
    before = await rows();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database[Symbol.asyncDispose]();
  });

  const operation = (entity: number, proposal: number, generation: number, cents: string, state: string) =>
    database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, proposal_id, generation, request_id, payload,
                                    state, qbo_id, next_attempt_at)
       values (1, '9130001', 'invoice.create', $1, $2, $3, gen_random_uuid()::text,
               jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('amountCents', $4::bigint))),
               $5, case when $5 = 'done' then '145' end, now())`,
      [entity, proposal, generation, cents, state],
    );
  const item = (entity: number, proposal: number) =>
    database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, created_at, updated_at)
       values (1, 'invoice.create:' || $1::int, 'books_closed', 'Closed.', 'Open it.', $2, now(), now())`,
      [entity, proposal],
    );
  const run = (direction: 'up' | 'down') =>
    dataSource.transaction(({ queryRunner }) => STEP[direction](queryRunner!));

  async function rows() {
    const of = (table: string) =>
      database.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) - 'updated_at' as row from ${table} t order by id`,
      );
    return Promise.all(['leads', 'sync_operations', 'inbox_items'].map(of));
  }

  it('has a row for each that was wanted or linked, with all that was known, and none for others', async () => {
    await run('up');
    const invoices = await database.query(
      `select id, proposal_id, kind, generation, amount_cents::int, qbo_realm_id, qbo_invoice_id, number, state,
              total_cents::int, balance_cents::int, paid_cents::int, due_on::text, paid_on::text, transition_count,
              payments_incomplete, qbo_customer_ref, original_cents::int, sync_token::int
         from invoices order by id`,
    );
    const unread = { qbo_realm_id: null, number: null, state: null, total_cents: null, transition_count: 0 };
    expect(invoices).toMatchObject([
      {
        id: PAID,
        proposal_id: PAID,
        kind: 'deposit',
        generation: 1,
        amount_cents: 300_000,
        qbo_realm_id: '9130001',
        qbo_invoice_id: '145',
        number: 'CRM-1',
        state: 'paid',
        total_cents: 300_000,
        balance_cents: 0,
        paid_cents: 300_000,
        due_on: '2026-03-25',
        paid_on: '2026-03-20',
        transition_count: 3,
        payments_incomplete: true,
        qbo_customer_ref: '58',
        original_cents: 300_000,
        sync_token: 7,
      },
      { ...unread, id: REFUSED, qbo_invoice_id: null, amount_cents: 150_000 },
      { ...unread, id: BY_HAND, qbo_invoice_id: '146', amount_cents: null },
    ]);
    const [next] = await database.query<{ id: number }>(
      `insert into invoices (org_id, proposal_id, kind, currency) values (1, ${UNBILLED}, 'deposit', 'USD')
       returning id`,
    );
    expect(next!.id).toBeGreaterThan(UNBILLED);
    await database.query(`delete from invoices where proposal_id = ${UNBILLED}`);
  });

  it('goes back with every row as it was', async () => {
    await run('down');
    expect(await rows()).toEqual(before);
  });

  it('goes back with the operations and items of an invoice that was made anew under its proposal', async () => {
    await run('up');
    await database.query(`
      insert into invoices (org_id, proposal_id, kind, generation, currency, qbo_invoice_id, state)
        values (1, ${PAID}, 'deposit', 2, 'USD', '150', 'open');
      update leads set qbo_invoice_id = '150' where id = ${PAID}`);
    const [made] = await database.query<{ id: number }>('select max(id) as id from invoices');
    await operation(made!.id, PAID, 2, '300000', 'done');
    await item(made!.id, PAID);
    await run('down');
    expect(
      await database.query(
        `select entity_id, generation from sync_operations where proposal_id = ${PAID} order by generation`,
      ),
    ).toEqual([
      { entity_id: PAID, generation: 1 },
      { entity_id: PAID, generation: 2 },
    ]);
    expect(await database.query(`select subject from inbox_items where proposal_id = ${PAID}`)).toEqual([
      { subject: `invoice.create:${PAID}` },
    ]);
    expect(await database.query(`select qbo_invoice_id, qbo_state from leads where id = ${PAID}`)).toEqual([
      { qbo_invoice_id: '150', qbo_state: 'open' },
    ]);
  });
});
