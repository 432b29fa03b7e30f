import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIRECTORY_TABLES } from '../../src/platform/database/scope/row-security.js';
import { looseJoins, readEntities, readStatements, type Statement, statementsOf } from './sql-statements.js';

const ROOT = join(import.meta.dirname, '../..');

const ROW = 'inserts one row, which has its organisation';
const GAUGE = 'counts over all organisations; `read` opens the door of overviews around all of them';
const LEASE = 'the key of a lease on a row of an organisation begins with the organisation';
const RESTORE = 'is about the whole backup; `update` opens the door of restoring around each';

/** Statements without an organisation and without a door that were looked at, each with the reason. */
const REVIEWED: Record<string, string> = {
  'alerts/incidents.repository.ts#TROUBLES': 'part of a statement that goes through the door of overviews',
  'audit/audit.repository.ts#ENTRIES': 'the beginning of statements that each name the organisation',
  'audit/audit.repository.ts#list': 'its conditions are put together and begin with the organisation',
  'contracts/contracts.repository.ts#insert': ROW,
  'jobs/leases/lease.ts#takeStatement': LEASE,
  'jobs/leases/lease.ts#renewStatement': LEASE,
  'jobs/leases/lease.ts#heldStatement': LEASE,
  'jobs/leases/lease.ts#releaseStatement': LEASE,
  'jobs/retention/retention.ts#purgeStatement': 'is run through the door of retention alone',
  'platform/database/statements/find-by-key.ts#statementOf': 'the key has the organisation, as its type asks',
  'portal/approval/proposal-approvals.repository.ts#insert': ROW,
  'portal/links/portal-links.repository.ts#finishDelivery':
    'the condition is the key of a lease: the organisation, then the id',
  'portal/reminders/invoice-reminders.repository.ts#change':
    'the condition is the key of a lease: the organisation, then the id',
  'qbo-sync/diagnostics/books-figures.repository.ts#OPEN_INVOICES': GAUGE,
  'qbo-sync/diagnostics/books-figures.repository.ts#SHOWN_ORGS': GAUGE,
  'qbo-sync/diagnostics/books-figures.repository.ts#receivables': GAUGE,
  'qbo-sync/diagnostics/books-figures.repository.ts#deferredRevenue': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#connections': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#polls': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#limits': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#reads': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#operations': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#inbox': GAUGE,
  'qbo-sync/diagnostics/database-metrics.repository.ts#invoices': GAUGE,
  'qbo-sync/diagnostics/margin-figures.repository.ts#BOOKS': GAUGE,
  'qbo-sync/diagnostics/margin-figures.repository.ts#REVENUE': GAUGE,
  'qbo-sync/diagnostics/margin-figures.repository.ts#COST_LINES': GAUGE,
  'qbo-sync/diagnostics/margin-figures.repository.ts#DECIDED': GAUGE,
  'qbo-sync/diagnostics/margin-figures.repository.ts#REST': GAUGE,
  'qbo-sync/diagnostics/period-figures.repository.ts#payments': GAUGE,
  'qbo-sync/diagnostics/period-figures.repository.ts#invoices': GAUGE,
  'qbo-sync/diagnostics/period-figures.repository.ts#money': GAUGE,
  'qbo-sync/diagnostics/period-figures.repository.ts#zeros': GAUGE,
  'qbo-sync/operations/rows/operation-tries.repository.ts#insertDone': ROW,
  'restore/restore.repository.ts#closeConnections': RESTORE,
  'restore/restore.repository.ts#closeLinked': RESTORE,
  'restore/restore.repository.ts#doubtUnfinished': RESTORE,
  'seed/demo.repository.ts#continueIds': 'runs where the demo organisation is the only one',
};

const schema = await readFile(join(ROOT, 'test/schema/schema.sql'), 'utf8');
const directory = new Set<string>(DIRECTORY_TABLES);
const tenantTables = new Set(
  [...schema.matchAll(/^create table (\w+)/gm)]
    .map(([, table]) => table!)
    .filter((table) => !directory.has(table)),
);
const isOfTenants = ({ tables }: Statement): boolean =>
  tables.some((table) => table === '…' || tenantTables.has(table));
const open = (statements: readonly Statement[]): Statement[] =>
  statements.filter((one) => isOfTenants(one) && !one.namesOrg && one.door === null);

describe('A statement on a table with rows of organisations', async () => {
  const entities = await readEntities(join(ROOT, 'src'));
  const statements = await readStatements(join(ROOT, 'src'), entities);

  it('names its organisation, goes through a door, or stands in the reviewed list', () => {
    expect(
      open(statements)
        .map(({ place }) => place)
        .filter((place) => !(place in REVIEWED)),
    ).toEqual([]);
  });

  it('stands in that list only as long as it is one', () => {
    const places = new Set(open(statements).map(({ place }) => place));
    expect(Object.keys(REVIEWED).filter((place) => !places.has(place))).toEqual([]);
  });

  it('joins no rows of different organisations, whatever door it goes through', () => {
    const loose = statements.flatMap((statement) =>
      looseJoins(statement, (table) => tenantTables.has(table)).map((one) => `${statement.place}: ${one}`),
    );
    expect(loose).toEqual([]);
    const joined = (sql: string) =>
      statementsOf('a.ts', `const A = \`${sql}\`;`, entities).flatMap((one) =>
        looseJoins(one, (table) => tenantTables.has(table)),
      );
    expect(joined('select 1 from leads l join customers c on c.id = l.customer_id')).toEqual(['customers c']);
    expect(joined('select 1 from leads l join customers c on c.org_id = l.org_id and c.id = 1')).toEqual([]);
    expect(joined('select 1 from leads l join customers c on c.id = 1 where c.org_id = $1')).toEqual([]);
    expect(joined('select 1 from leads l join roles r on r.id = 1')).toEqual([]);
  });

  it('is found, whether SQL or TypeORM (so the facts above are not vacuous)', () => {
    expect(statements.filter(isOfTenants).length).toBeGreaterThan(250);
    const forgotten = `
      const SHOWN = 'qbo_realm_id = $1';
      const PART = 'paid as (select id from payments where proposal_id = any($2))';
      export class Links {
        async listTaken(tx, ids) {
          return tx.query(\`select org_id from customers where \${SHOWN} and qbo_customer_id = any($2)\`, [ids]);
        }
        async find(tx, id) { return tx.findOneBy(Customer, { id }); }
        async list(tx) { return tx.find(Customer, { order: { orgId: 'ASC' } }); }
        async all(tx) { return tx.createQueryBuilder(Customer, 'c').where('c.id = 1').getMany(); }
        async joined(tx) { return tx.query('select 1 from leads l join customers c on c.org_id = l.org_id'); }
        async perhaps(tx, orgId) {
          return tx.query('select 1 from customers where $1::int is null or org_id = $1', [orgId]);
        }
        async good(tx, orgId) { return tx.query('select 1 from customers where org_id = $1', [orgId]); }
        async fine(tx, orgId) { return tx.findBy(Customer, { orgId }); }
        async due(tx) { return throughDoor('scheduler', () => tx.query('select 1 from customers')); }
      }`;
    const found = open(statementsOf('links.ts', forgotten, entities)).map(({ place }) => place);
    expect(found).toEqual(
      ['PART', 'listTaken', 'find', 'list', 'all', 'joined', 'perhaps'].map((name) => `links.ts#${name}`),
    );
  });
});
