import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { SystemClockService } from '../../src/platform/time/system-clock.service.js';
import type { QboCompany } from '../../src/qbo-sync/api/model/qbo-company.js';
import type { MirroredCustomer } from '../../src/qbo-sync/pull/customers/mirrored-customer.js';
import {
  QboCustomersRepository,
  type WantedKeys,
} from '../../src/qbo-sync/pull/customers/qbo-customers.repository.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const MIGRATION = /^QboCustomerKeys/;
const COMPANY = { orgId: 1, realmId: '9130001' } as QboCompany;
const ANN: MirroredCustomer = {
  qboId: '58',
  syncToken: '3',
  displayName: 'Ann Ruiz',
  companyName: 'Ruiz Roofing LLC',
  email: 'ann@example.com',
  phone: '(555) 010-0199',
  active: true,
  parentId: null,
  currency: null,
  nameKeys: ['ann ruiz'],
  companyKey: 'ruiz roofing',
  emailKeys: ['ann@example.com'],
  phoneKeys: ['5550100199'],
};
const MANY = 5_000;

describe('A customer of QuickBooks', () => {
  let database: TestDatabase;
  let product: DataSource;
  let customers: QboCustomersRepository;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, MIGRATION);
    await database.query(`
      insert into orgs (id, name) values (1, 'Acme Roofing'), (2, 'Beacon Roofing');
      insert into qbo_customers (org_id, realm_id, qbo_id, sync_token, display_name, active, name_keys, company_key,
                                 email_keys, phone_keys, seen_at)
        values (1, '9130001', '7', 0, 'Old Oak', true, '{old oak,oak old}', 'oak', '{oak@example.com}', '{}', now()),
               (2, '9130002', '7', 0, 'Old Oak', true, '{old oak}', null, '{}', '{5550100100}', now())`);
    await migrate(database.ownerUrl, database.url);
    product = await openDataSource(database.url);
    customers = new QboCustomersRepository(product, new SystemClockService());
    await keep(ANN);
  });

  afterAll(async () => {
    await product.destroy();
    await database[Symbol.asyncDispose]();
  });

  const keep = (customer: MirroredCustomer) =>
    inOrganisation(1, () => product.transaction((tx) => customers.upsert(tx, COMPANY, [customer])));
  const find = async (wanted: Partial<WantedKeys>): Promise<string[]> => {
    const all = { names: [], emails: [], phones: [], ...wanted };
    const found = await inOrganisation(1, () => customers.listByKeys(COMPANY, all));
    return found.map(({ qboId }) => qboId).toSorted();
  };

  it('that was there before its keys were rows is found by each of them, and by no other organisation', async () => {
    expect(await find({ names: ['oak old'] })).toEqual(['7']);
    expect(await find({ names: ['oak'] })).toEqual(['7']);
    expect(await find({ emails: ['oak@example.com'] })).toEqual(['7']);
    expect(await find({ phones: ['5550100100'] })).toEqual([]);
  });

  it('is found by name, company, e-mail and phone, and not by one of them in the place of another', async () => {
    expect(await find({ names: ['ann ruiz', 'nobody'] })).toEqual(['58']);
    expect(await find({ names: ['ruiz roofing'] })).toEqual(['58']);
    expect(await find({ emails: ['ann@example.com'], phones: ['5550100199'] })).toEqual(['58']);
    expect(await find({ names: ['ann@example.com'], emails: ['ann ruiz'] })).toEqual([]);
    expect(await find({})).toEqual([]);
  });

  it('is found by the keys it has now, whatever it had', async () => {
    await keep({ ...ANN, syncToken: '4', nameKeys: ['ann ortiz'], companyKey: null, phoneKeys: [] });
    expect(await find({ names: ['ann ortiz'] })).toEqual(['58']);
    expect(await find({ names: ['ann ruiz', 'ruiz roofing'], phones: ['5550100199'] })).toEqual([]);
    await keep(ANN); // an older version
    expect(await find({ names: ['ann ruiz'] })).toEqual([]);
    await inOrganisation(1, () => product.transaction((tx) => customers.remove(tx, COMPANY, ['58'])));
    expect(await find({ names: ['ann ortiz'] })).toEqual([]);
  });

  it('is kept and found however long a key is', async () => {
    const name = '\u6f22'.repeat(5_000);
    await keep({ ...ANN, qboId: '59', nameKeys: [name], companyKey: null });
    expect(await find({ names: [name] })).toEqual(['59']);
  });

  it('is found by an index among thousands, though policies hold', async () => {
    await database.query(`
      insert into qbo_customers (org_id, realm_id, qbo_id, sync_token, display_name, active, name_keys, email_keys,
                                 phone_keys, seen_at)
        select 1, '9130001', 'm' || n, 0, 'Customer ' || n, true, array['customer ' || n],
               array['c' || n || '@example.com'], array[(5550000000 + n)::text], now()
          from generate_series(1, ${MANY}) n
        on conflict do nothing;
      analyze qbo_customers, qbo_customer_keys`);
    const wanted = { names: ['customer 77'], emails: ['c78@example.com'], phones: ['5550000079'] };
    expect(await find(wanted)).toEqual(['m77', 'm78', 'm79']);
    const plan = await planOf((tx) => customers.listByKeys(COMPANY, wanted, tx));
    expect(plan).not.toContain('"Seq Scan"');
    expect(rowsRead(plan)).toBeLessThan(20);
    const byLists = await planOf((tx) =>
      tx.query(
        `select from qbo_customers where org_id = 1 and realm_id = '9130001' and name_keys && $1::text[]`,
        [['customer 77']],
      ),
    );
    expect(rowsRead(byLists)).toBeGreaterThan(MANY); // so the facts above can fail
  });

  /** What PostgreSQL did for a read, as JSON. */
  const planOf = (read: (tx: EntityManager) => Promise<unknown>): Promise<string> =>
    inOrganisation(1, () =>
      product.transaction(async (tx) => {
        let plan = '';
        const explaining = {
          query: async (text: string, values: unknown[]) => {
            plan = JSON.stringify(await tx.query(`explain (analyze, format json) ${text}`, values));
            return [];
          },
        };
        await read(explaining as unknown as EntityManager);
        return plan;
      }),
    );
  /** Rows that were looked at, whether they were of use or not. */
  const rowsRead = (plan: string): number =>
    [...plan.matchAll(/"(?:Actual Rows|Rows Removed by (?:Filter|Index Recheck))":\s*([\d.]+)/g)]
      .map(([, rows]) => Number(rows))
      .reduce((one, other) => Math.max(one, other), 0);

  it('is as it was where the keys are taken back', async () => {
    const rows = () => database.query('select * from qbo_customers order by org_id, qbo_id');
    const before = await rows();
    await revertToBefore(database, MIGRATION);
    expect(await rows()).toEqual(before);
  });
});
