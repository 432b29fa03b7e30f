import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const INVOICES = 50;

/** Notes of each table that is made whether the planner may compare all rows with all rows. */
const WITNESS = `
  create table tables_made (name text, nested_loops text);
  create function note_table() returns event_trigger language plpgsql as $$
  begin
    insert into tables_made
    select object_identity, current_setting('enable_nestloop') from pg_event_trigger_ddl_commands()
     where object_type = 'table';
  end $$;
  create event trigger note_tables on ddl_command_end when tag in ('CREATE TABLE') execute function note_table()`;

describe('An installation that mirrors many documents and is brought up to date', () => {
  let database: TestDatabase;
  let orgId: number;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, 'Receivables1790553600057');
    const [org] = await database.query<{ id: number }>(
      `insert into orgs (name) values ('Acme Roofing') returning id`,
    );
    orgId = org!.id;
    await database.query(
      `insert into qbo_document_mirrors (org_id, realm_id, filled_at) values ($1, 'R1', now())`,
      [orgId],
    );
    // Invoices of 300 dollars, all but each fifth paid in full by a payment of its own.
    await database.query(
      `insert into qbo_documents (org_id, realm_id, type, qbo_id, sync_token, txn_on, due_on, party_kind, party_id,
                                  currency, total_cents, balance_cents, state, first_seen_at, seen_at)
       select $1, 'R1', kind, kind || n, 0, date '2026-03-01', date '2026-03-15', 'customer', (n % 500)::text, 'USD',
              30000, 0, 'live', now(), now()
         from generate_series(1, $2::int) as n, unnest(array['Invoice', 'Payment']) as kind
        where kind = 'Invoice' or n % 5 <> 0`,
      [orgId, INVOICES],
    );
    await database.query(
      `insert into qbo_document_links (org_id, realm_id, type, qbo_id, line, to_type, to_id, cents)
       select org_id, realm_id, type, qbo_id, 1, 'Invoice', replace(qbo_id, 'Payment', 'Invoice'), 30000
         from qbo_documents where org_id = $1 and type = 'Payment'`,
      [orgId],
    );
    await database.query(
      `insert into qbo_subledger_entries (org_id, realm_id, type, qbo_id, line, ledger, party_kind, party_id, cents)
       select org_id, realm_id, type, qbo_id, 1, 'ar', 'customer', party_id,
              case type when 'Invoice' then 30000 else -30000 end
         from qbo_documents where org_id = $1`,
      [orgId],
    );
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('keeps what is open of each, and compares no document with all others', async () => {
    await database.query(WITNESS);
    await migrate(database.ownerUrl);
    await database.query('drop event trigger note_tables');
    const made = await database.query<{ name: string; loops: string }>(
      'select distinct name, nested_loops as loops from tables_made',
    );
    expect(made.filter(({ loops }) => loops === 'off').map(({ name }) => name)).toEqual([
      'public.qbo_receivables',
    ]);
    expect(made.length).toBeGreaterThan(1);
    const open = await database.query(
      `select type, open_cents::int as "openCents", count(*)::int as count
         from qbo_receivables where org_id = $1 group by type, open_cents order by type, open_cents`,
      [orgId],
    );
    expect(open).toEqual([
      { type: 'Invoice', openCents: 0, count: (INVOICES * 4) / 5 },
      { type: 'Invoice', openCents: 30_000, count: INVOICES / 5 },
      { type: 'Payment', openCents: 0, count: (INVOICES * 4) / 5 },
    ]);
  });
});
