import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

describe('An invoice that QuickBooks made over another sum before what was sent was kept', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, 'TotalsAsSent1792454400079');
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into leads (id, org_id, name, status, currency)
      select n, 1, 'Roof', 'lead', 'USD' from generate_series(1, 3) n`);
    await database.query(`
      insert into invoices (id, org_id, proposal_id, kind, generation, currency, qbo_invoice_id, original_cents)
      select n, 1, n, 'final', 1, 'USD', 'Q' || n, 108250 from generate_series(1, 3) n`);
    await database.query(`
      insert into portal_activity (org_id, proposal_id, event, occurrence, meta)
      select 1, n, 'invoice_total_differs', 'Q' || n, '{"amount_cents": 108250, "sent_cents": 108330}'
        from generate_series(1, 2) n`);
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, state, created_at, updated_at, closed_at)
      select 1, 'invoice.total:' || n, 'total_differs', 'Another sum.', 'Compare it.', state, now(), now(), closed_at
        from (values (1, 'open', null), (2, 'resolved', now()), (3, 'open', null)) as i (n, state, closed_at)`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('is compared with what was sent, unless a person has kept it as it is or another rate is the matter', async () => {
    await migrate(database.ownerUrl);
    expect(await database.query(`select id, original_cents::int as cents from invoices order by id`)).toEqual(
      [
        { id: 1, cents: 108_330 },
        { id: 2, cents: 108_250 },
        { id: 3, cents: 108_250 },
      ],
    );
  });
});
