import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

describe('Customers who were erased before they had a name to be shown by', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, 'NamesOfTheErased1793145600087');
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into customers (id, org_id, email, full_name, is_active, erased_at)
      values (11, 1, 'erased-11@erased.invalid', null, false, now()), (12, 1, 'ann@example.com', null, true, null)`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('have one, and nobody else is called anything else', async () => {
    await migrate(database.ownerUrl);
    const names = await database.query('select id, full_name as name from customers order by id');
    expect(names).toEqual([
      { id: 11, name: 'Erased customer 11' },
      { id: 12, name: null },
    ]);
  });
});
