import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

describe('A payment that was to be put on another invoice before it kept its company', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, 'TracesOfTheErased1793923200096');
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into sync_operations (org_id, realm_id, kind, entity_id, request_id, payload, state, qbo_id,
                                   next_attempt_at)
      values (1, 'R1', 'payment.create', 5, 'p-5', '{}', 'done', '150', now()),
             (1, 'R1', 'payment.create', 6, 'p-6', '{}', 'done', '160', now())`);
    await database.query(`
      insert into sync_operations (org_id, kind, entity_id, request_id, payload, state, next_attempt_at)
      select 1, 'payment.apply', entity, 'a-' || entity,
             jsonb_build_object('paymentId', payment, 'invoiceId', '9'), state, now()
        from (values (5, '150', 'waiting'), (6, '160', 'refused')) as o (entity, payment, state)`);
    await migrate(database.ownerUrl);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('is put there in that company alone, also where it was refused and is tried again', async () => {
    const companies = await database.query(
      `select entity_id as payment, realm_id as company from sync_operations where kind = 'payment.apply' order by 1`,
    );
    expect(companies).toEqual([
      { payment: 5, company: 'R1' },
      { payment: 6, company: 'R1' },
    ]);
  });
});
