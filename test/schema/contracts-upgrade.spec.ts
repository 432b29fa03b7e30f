import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const CONTRACTS = 'Contracts1788566400034';

describe('Proposals that were approved before there were contracts', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, CONTRACTS);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`insert into org_settings (org_id, terms_days) values (1, 30)`);
    await database.query(
      `insert into customers (id, org_id, email, full_name) values (1, 1, 'ann@example.com', 'Ann Ruiz')`,
    );
    // 7: billed, with lines. 8: approved by SQL, without lines. 9: a draft. 10: cancelled after its approval.
    await database.query(`
      insert into leads (id, org_id, customer_id, name, status, currency, amount_cents, approved_at, approved_by,
                         deposit_percent, deposit_cents)
      values (7, 1, 1, 'Roof', 'approved', 'USD', 1000000, '2026-03-01T10:00:00Z', 'link:3', 30, 300000),
             (8, 1, 1, 'Gutter', 'approved', 'USD', 50000, '2026-03-02T10:00:00Z', 'user:1', null, null),
             (9, 1, 1, 'Porch', 'draft', 'USD', 70000, null, null, null, null),
             (10, 1, 1, 'Shed', 'cancelled', 'USD', 80000, '2026-03-03T10:00:00Z', 'user:1', 30, 24000)`);
    await database.query(`
      insert into proposal_lines (org_id, proposal_id, position, description, quantity, unit_price_cents, amount_cents)
      values (1, 7, 1, 'Tear-off', 1, 600000, 600000), (1, 7, 2, 'Shingles', 2, 200000, 400000)`);
    await database.query(`
      insert into invoices (id, org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                            state, total_cents, balance_cents)
      values (7, 1, 7, 'deposit', 'USD', 300000, '1', '145', 'CRM-7', 'open', 300000, 300000)`);
    await migrate(database.ownerUrl);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('have a contract with the terms of their approval, and what was billed is its deposit', async () => {
    expect(
      await database.query(
        `select proposal_id, currency, value_cents::int, deposit_mode, deposit_percent::float, deposit_cents::int,
                terms_days, approved_by from contracts order by proposal_id`,
      ),
    ).toEqual([
      {
        proposal_id: 7,
        currency: 'USD',
        value_cents: 1_000_000,
        deposit_mode: 'income',
        deposit_percent: 30,
        deposit_cents: 300_000,
        terms_days: 30,
        approved_by: 'link:3',
      },
      {
        proposal_id: 8,
        currency: 'USD',
        value_cents: 50_000,
        deposit_mode: 'income',
        deposit_percent: 0,
        deposit_cents: 50_000,
        terms_days: 30,
        approved_by: 'user:1',
      },
    ]);
    expect(
      await database.query(
        `select c.proposal_id, l.position, l.description, l.amount_cents::int
           from contract_lines l join contracts c on c.org_id = l.org_id and c.id = l.contract_id order by 1, 2`,
      ),
    ).toEqual([
      { proposal_id: 7, position: 1, description: 'Tear-off', amount_cents: 600_000 },
      { proposal_id: 7, position: 2, description: 'Shingles', amount_cents: 400_000 },
      { proposal_id: 8, position: 1, description: 'Gutter', amount_cents: 50_000 },
    ]);
    expect(
      await database.query(
        `select c.proposal_id, e.number, e.kind
           from contract_entries e join contracts c on c.org_id = e.org_id and c.id = e.contract_id order by 1, 2`,
      ),
    ).toEqual([
      { proposal_id: 7, number: 1, kind: 'deposit' },
      { proposal_id: 7, number: 2, kind: 'final' },
      { proposal_id: 8, number: 1, kind: 'deposit' },
      { proposal_id: 8, number: 2, kind: 'final' },
    ]);
    expect(await database.query(`select invoice_id, kind, amount_cents::int from invoice_lines`)).toEqual([
      { invoice_id: 7, kind: 'deposit', amount_cents: 300_000 },
    ]);
  });

  it('go back with every invoice, one over nothing included', async () => {
    await database.query(`
      insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id)
      values (1, 7, 'final', 'USD', 0, '1', '146')`);
    await revertToBefore(database, CONTRACTS);
    const invoices = () =>
      database.query('select kind, amount_cents::int from invoices order by qbo_invoice_id');
    expect(await invoices()).toEqual([
      { kind: 'deposit', amount_cents: 300_000 },
      { kind: 'final', amount_cents: null },
    ]);
    await migrate(database.ownerUrl);
    expect(await database.query('select count(*)::int as count from contracts')).toEqual([{ count: 2 }]);
  });
});
