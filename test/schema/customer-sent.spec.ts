import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const MIGRATION = 'CustomerSent1784678400023';
const SYNCED = '2026-03-02T17:00:00Z';
const LATER = '2026-03-03T17:00:00Z';

/** What is taken for sent of customers that were linked before it was written down. */
describe('Customers linked before the CRM wrote down what it sent', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, MIGRATION);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const linked = async (
    id: number,
    crm: { name?: string | null; phone: string | null; changedAt?: string },
    said: { displayName?: string; phone: string | null },
  ): Promise<void> => {
    const { name = 'Ann Ruiz', phone, changedAt = SYNCED } = crm;
    const profile = { displayName: 'Ann Ruiz', email: `ann-${id}@example.com`, ...said };
    await database.query(
      `insert into customers (id, org_id, email, full_name, phone, updated_at, qbo_customer_id, qbo_realm_id,
                              qbo_last_sync_at, qbo_profile)
       values ($1, 1, $2, $3, $4, $5, $6, '9341', $7, $8)`,
      [id, `ann-${id}@example.com`, name, phone, changedAt, `${100 + id}`, SYNCED, JSON.stringify(profile)],
    );
  };

  it('have sent what is known of both sides, and clear no phone that they never knew', async () => {
    await linked(1, { phone: null }, { phone: '555-0144' });
    await linked(2, { phone: null, changedAt: LATER }, { phone: '555-0144' });
    await linked(3, { phone: null, changedAt: LATER }, { phone: '555-0100' });
    await database.query(
      `insert into sync_operations (org_id, realm_id, kind, entity_id, request_id, payload, state, qbo_id,
                                    next_attempt_at)
       values (1, '9341', 'customer.create', 3, 'cust-3', $1, 'done', '103', now())`,
      ['{"displayName":"Ann Ruiz","phone":"555-0100"}'],
    );
    await linked(4, { phone: '555-0199', changedAt: LATER }, { phone: '555-0100' });
    await linked(5, { phone: '555-0100' }, { displayName: 'Ruiz, Ann', phone: null });
    await linked(
      6,
      { name: null, phone: '555-0100' },
      { displayName: 'ann-6@example.com', phone: '555-0100' },
    );
    await database.query(
      `insert into customers (id, org_id, email, qbo_customer_id) values (7, 1, 'by-hand@example.com', '107')`,
    );

    expect(await migrate(database.ownerUrl)).toContain(MIGRATION);
    const rows = await database.query<{ id: number; name: string | null; phone: string | null }>(
      `select id, qbo_sent ->> 'displayName' as name, qbo_sent ->> 'phone' as phone from customers order by id`,
    );
    expect(rows).toEqual([
      { id: 1, name: 'Ann Ruiz', phone: null },
      { id: 2, name: 'Ann Ruiz', phone: null },
      { id: 3, name: 'Ann Ruiz', phone: '555-0100' },
      { id: 4, name: 'Ann Ruiz', phone: '555-0100' },
      { id: 5, name: 'Ann Ruiz', phone: null },
      { id: 6, name: 'ann-6@example.com', phone: '555-0100' },
      { id: 7, name: null, phone: null },
    ]);
  });
});
