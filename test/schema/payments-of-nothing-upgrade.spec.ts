import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const MIGRATION = 'PaymentsOfNothing1792195200076';

describe('A payment of nothing that was mirrored before it held what it uses', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, MIGRATION);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`insert into qbo_document_mirrors (org_id, realm_id) values (1, 'R')`);
    await database.query(`
      insert into qbo_documents (org_id, realm_id, type, qbo_id, sync_token, txn_on, party_kind, party_id, total_cents,
                                 state, first_seen_at, seen_at)
      select 1, 'R', d.type, d.id, 0, d.day::date, 'customer', '58', d.cents, d.state, now(), now()
        from (values ('CreditMemo', '1', '2026-01-15', 3000, 'live'), ('Invoice', '2', '2026-03-10', 9000, 'live'),
                     ('Payment', '3', '2026-02-15', 0, 'live'), ('Payment', '4', '2026-02-15', 0, 'void'))
          as d (type, id, day, cents, state)`);
    await database.query(`
      insert into qbo_subledger_entries (org_id, realm_id, type, qbo_id, line, ledger, party_kind, party_id, cents)
      values (1, 'R', 'CreditMemo', '1', 0, 'ar', 'customer', '58', -3000),
             (1, 'R', 'Invoice', '2', 0, 'ar', 'customer', '58', 9000)`);
    await database.query(`
      insert into qbo_document_links (org_id, realm_id, type, qbo_id, line, to_type, to_id, cents)
      values (1, 'R', 'Payment', '3', 1, 'Invoice', '2', 3000), (1, 'R', 'Payment', '3', 2, 'CreditMemo', '1', 3000)`);
    await database.query(`select refresh_qbo_receivables(1, 'R', null)`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const receivables = () =>
    database.query(
      `select type, cents::int, open_cents::int as open, applied_on::text as days, applied_amounts::int[] as amounts
         from qbo_receivables order by qbo_id`,
    );

  it('holds the credit until the day of the invoice, and no more once that is taken back', async () => {
    const memo = { type: 'CreditMemo', cents: -3_000, open: 0, days: '{2026-02-15}', amounts: [3_000] };
    const invoice = { type: 'Invoice', cents: 9_000, open: 6_000, days: '{2026-03-10}', amounts: [-3_000] };
    const days = '{2026-02-15,2026-03-10}';
    expect(await receivables()).toEqual([memo, invoice]);
    await migrate(database.ownerUrl);
    expect(await receivables()).toEqual([
      memo,
      invoice,
      { type: 'Payment', cents: 0, open: 0, days, amounts: [-3_000, 3_000] },
    ]);
    await revertToBefore(database, MIGRATION);
    expect(await receivables()).toEqual([memo, invoice]);
  });
});
