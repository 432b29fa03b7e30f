import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, revertMigration } from '../../src/platform/database/schema/migrate.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const CHANGE_ORDERS = 'ChangeOrders1789516800045';
const CONTRACT_TERMS = 'ContractTerms1790121600052';

describe('An installation with approved contracts', () => {
  let database: TestDatabase;

  const goBack = async (migration: string): Promise<void> => {
    let reverted: string | null;
    do reverted = await revertMigration(database.ownerUrl);
    while (reverted !== null && reverted !== migration);
  };
  const contracts = () =>
    database.query('select proposal_id, value_cents::int, version, company_terms from contracts order by id');

  beforeAll(async () => {
    database = await cloneDatabase();
    await goBack(CHANGE_ORDERS);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing'), (2, 'Bolt Solar')`);
    await database.query(`insert into org_settings (org_id) values (1)`);
    await database.query(
      `insert into customers (id, org_id, email, full_name) values (1, 1, 'ann@example.com', 'Ann Ruiz')`,
    );
    await database.query(`
      insert into leads (id, org_id, customer_id, name, status, currency, amount_cents, approved_at, approved_by)
      values (7, 1, 1, 'Roof', 'approved', 'USD', 1000000, '2026-03-01T10:00:00Z', 'link:3')`);
    await database.query(`
      insert into contracts (id, org_id, proposal_id, customer_id, currency, value_cents, deposit_percent,
                             deposit_cents, terms_days, approved_by, approved_at)
      values (7, 1, 7, 1, 'USD', 1000000, 30, 300000, 14, 'link:3', '2026-03-01T10:00:00Z')`);
    await database.query(`
      insert into contract_lines (id, org_id, contract_id, position, description, amount_cents)
      values (1, 1, 7, 1, 'New roof', 1000000)`);
    await database.query(`
      insert into contract_entries (org_id, contract_id, number, kind, sequence)
      values (1, 7, 1, 'deposit', 1), (1, 7, 2, 'final', 1)`);
    await database.query(`
      insert into invoices (id, org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                            state, total_cents, balance_cents)
      values (8, 1, 7, 'final', 'USD', 1000000, '1', '145', 'CRM-7-F', 'partially_paid', 1000000, 990000)`);
    await database.query(`
      insert into invoice_payments (org_id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind, amount_cents,
                                    sync_token, seen_at, updated_at)
      values (1, 7, '1', '200', '145', 'credit', 10000, 0, now(), now())`);
    await migrate(database.ownerUrl);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('keeps them as they were, and credits that are of nobody’s credit memo', async () => {
    expect(await contracts()).toEqual([
      { proposal_id: 7, value_cents: 1_000_000, version: 1, company_terms: null },
    ]);
    expect(await database.query('select change_order_id from contract_lines')).toEqual([
      { change_order_id: null },
    ]);
    expect(await database.query('select change_order_id from contract_entries')).toEqual([
      { change_order_id: null },
      { change_order_id: null },
    ]);
    expect(
      await database.query('select kind, amount_cents::int, credit_memo_id from invoice_payments'),
    ).toEqual([{ kind: 'credit', amount_cents: 10_000, credit_memo_id: '' }]);
    expect(await database.query('select from change_orders')).toEqual([]);
  });

  it('goes back with change orders, credits and what was sent for them, keeps the value, and comes again', async () => {
    await database.query(`
      insert into change_orders (id, org_id, contract_id, number, description, state, delta_cents, created_at,
                                 approved_by, approved_at, updated_at)
      values (1, 1, 7, 1, 'No gutter', 'approved', -60000, now(), 'user:1', now(), now()),
             (2, 1, 7, 2, 'Skylight', 'approved', 90000, now(), 'user:1', now(), now())`);
    await database.query(`
      insert into contract_lines (id, org_id, contract_id, position, description, amount_cents, change_order_id)
      values (2, 1, 7, 2, 'Gutter left out', -60000, 1), (3, 1, 7, 3, 'Skylight', 90000, 2)`);
    await database.query(`
      insert into contract_entries (org_id, contract_id, number, kind, sequence, amount_cents, change_order_id)
      values (1, 7, 3, 'progress', 1, 90000, 2)`);
    await database.query('update contracts set value_cents = 1030000, version = 3');
    await database.query(`
      insert into credit_memos (id, org_id, proposal_id, change_order_id, currency, amount_cents, total_cents,
                                balance_cents, number, state, qbo_realm_id, qbo_credit_memo_id, created_at, updated_at)
      values (1, 1, 7, 1, 'USD', 60000, 60000, 0, 'CRM-7-C1', 'used', '1', '300', now(), now())`);
    await database.query(`
      insert into credit_memo_lines (org_id, credit_memo_id, position, contract_line_id, description, amount_cents)
      values (1, 1, 1, 2, 'Gutter left out', 60000)`);
    await database.query(`
      insert into sync_operations (id, org_id, kind, entity_id, proposal_id, realm_id, request_id, payload, state,
                                   qbo_id, next_attempt_at)
      values (1, 1, 'credit.create', 1, 7, '1', 'credit-1', '{}', 'done', '300', now()),
             (2, 1, 'credit.apply', 1, 7, '1', 'use-1', '{}', 'refused', null, now())`);
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, operation_id, proposal_id, created_at,
                               updated_at)
      values (1, 'operation:2', 'forbidden', 'Not allowed.', 'Ask.', 2, 7, now(), now())`);
    // Of one payment two credits lie on the invoice: one of our credit memo, one of the bookkeeper's.
    await database.query(`
      insert into invoice_payments (org_id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind, amount_cents,
                                    sync_token, seen_at, updated_at, credit_memo_id)
      values (1, 7, '1', '200', '145', 'credit', 60000, 0, now(), now(), '300')`);

    await goBack(CHANGE_ORDERS);
    expect(await database.query('select value_cents::int, version from contracts')).toEqual([
      { value_cents: 1_030_000, version: 3 },
    ]);
    expect(
      await database.query(
        'select sum(amount_cents)::int as cents, count(*)::int as lines from contract_lines',
      ),
    ).toEqual([{ cents: 1_030_000, lines: 3 }]);
    expect(await database.query('select amount_cents::int from invoice_payments')).toEqual([
      { amount_cents: 70_000 },
    ]);
    expect(await database.query('select from sync_operations')).toEqual([]);
    expect(await database.query('select from inbox_items')).toEqual([]);

    await migrate(database.ownerUrl);
    expect(await contracts()).toMatchObject([{ value_cents: 1_030_000, version: 3 }]);
    expect(await database.query('select from change_orders')).toEqual([]);
  });

  it('has the terms of its papers in its contracts, as they were when it was upgraded', async () => {
    await goBack(CONTRACT_TERMS);
    await database.query(`update org_settings set company_terms = 'Ten years on the work.'`);
    await migrate(database.ownerUrl);
    await database.query('update org_settings set company_terms = null');
    expect(await contracts()).toMatchObject([{ company_terms: 'Ten years on the work.' }]);
  });
});
