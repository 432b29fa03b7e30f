import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

describe('Addresses that were kept in Punycode', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, 'EmailDomains1792108800075');
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing'), (2, 'Beta Roofing')`);
    await database.query(`
      insert into customers (id, org_id, email) values
        (1, 1, 'ann@xn--exmple-cua.com'), (2, 1, 'Bob@mail.XN--EXMPLE-CUA.com'), (3, 1, 'cy@exämple.com'),
        (4, 1, 'cy@xn--exmple-cua.com'), (5, 2, 'cy@xn--exmple-cua.com'), (6, 1, 'xn--dan@example.com'),
        (7, 1, 'eve@xn--zzzzzz999.com')`);
    await database.query(
      `insert into leads (id, org_id, name, email) values (1, 1, 'Roof', 'ann@xn--exmple-cua.com')`,
    );
    await migrate(database.ownerUrl);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('are in the letters that people read, but where there is one in these already', async () => {
    const rows = await database.query<{ email: string }>('select email from customers order by id');
    expect(rows.map(({ email }) => email)).toEqual([
      'ann@exämple.com',
      'Bob@mail.exämple.com',
      'cy@exämple.com',
      'cy@xn--exmple-cua.com',
      'cy@exämple.com',
      'xn--dan@example.com',
      'eve@xn--zzzzzz999.com',
    ]);
    expect(await database.query('select email from leads')).toEqual([{ email: 'ann@exämple.com' }]);
  });
});
