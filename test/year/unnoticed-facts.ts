import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../src/orgs/settings/org-settings.service.js';
import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { ContractFactsRepository } from '../../src/revenue/events/contract-facts.repository.js';
import { ContractFingerprintsRepository } from '../../src/revenue/events/contract-fingerprints.repository.js';
import { RevenuePostingService } from '../../src/revenue/events/revenue-posting.service.js';
import type { Year } from './year.js';

/** A column of a table, and what it is changed to. */
interface Change {
  table: string;
  column: string;
  to: string;
}

/** By type of a column: what another value of it may be. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  integer: ['coalesce({}, 0) + 1', 'null'],
  smallint: ['coalesce({}, 0) + 1', 'null'],
  bigint: ['coalesce({}, 0) + 1', 'null'],
  numeric: ['coalesce({}, 0) + 1', 'null'],
  date: [`coalesce({}, date '2026-05-05') + 40`, 'null'],
  'timestamp with time zone': [`coalesce({}, timestamptz '2026-05-05') + interval '40 days'`, 'null'],
  boolean: ['not coalesce({}, false)', 'null'],
  text: [`coalesce({}, '') || '7'`, 'null'],
};

/** What names a row, or whose it is: it stays as it was written. */
const IDENTITY =
  /^(id|org_id|.*currency|proposal_id|contract_id|change_order_id|invoice_id|payment_id|entity_id)$/;

/** What never changes by itself: lines of a document come with its version, and ours are written before they stand. */
const WITH_ANOTHER = new Set([
  'invoice_lines.amount_cents',
  'invoice_lines.kind',
  'qbo_document_lines.cents',
  'qbo_documents.total_cents',
  'sync_operations.realm_id',
]);

/**
 * Changes each column that the accounting of contracts reads, one after the other, and takes the change back: the
 * columns of which the facts of a contract change while the contract passes for derived. `noticed` are the others.
 */
export async function unnoticedFacts(year: Year): Promise<{ unnoticed: string[]; noticed: number }> {
  return inOrganisation(year.contractor.orgId, () => changeEach(year));
}

async function changeEach({ books, contractor }: Year): Promise<{ unnoticed: string[]; noticed: number }> {
  const app = books.app.app;
  const facts = app.get(ContractFactsRepository);
  const fingerprints = app.get(ContractFingerprintsRepository);
  const { orgId } = contractor;
  const { timeZone } = await app.get(OrgSettingsService).get(orgId);
  const unnoticed: string[] = [];
  let noticed = 0;
  const runner = app.get(DataSource).createQueryRunner();
  try {
    await runner.startTransaction();
    const tx = runner.manager;
    await app.get(RevenuePostingService).catchUpIn(tx, orgId);
    // In the order in which their facts are listed.
    const contracts = await tx.query<{ id: number }[]>(
      'select id from contracts where org_id = $1 order by id',
      [orgId],
    );
    const ids = contracts.map(({ id }) => id);
    const read = async () => (await facts.list(tx, orgId, ids, timeZone)).map((one) => JSON.stringify(one));
    const before = await read();
    for (const { table, column, to } of await changesOf(tx, facts, orgId, timeZone)) {
      await tx.query('savepoint unchanged');
      try {
        await tx.query(`update ${table} set ${column} = ${to} where org_id = $1`, [orgId]);
        const after = await read();
        const stale = new Set(
          (await fingerprints.listStale(tx, orgId, timeZone)).map(({ contractId }) => contractId),
        );
        const changed = ids.filter((_, index) => after[index] !== before[index]);
        if (changed.some((id) => !stale.has(id))) unnoticed.push(`${table}.${column} = ${to}`);
        else if (changed.length > 0) noticed += 1;
      } catch {
        // No row can have this value.
      }
      await tx.query('rollback to savepoint unchanged');
    }
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
  return { unnoticed, noticed };
}

/** Every other value of every column of the tables from which facts are read. */
async function changesOf(
  tx: EntityManager,
  facts: ContractFactsRepository,
  orgId: number,
  timeZone: string,
): Promise<Change[]> {
  let plan = '';
  let text = '';
  const explaining = {
    query: async (sql: string, parameters: unknown[]) => {
      text = sql;
      plan = JSON.stringify(await tx.query(`explain (format json, verbose) ${sql}`, parameters));
      return [];
    },
  } as unknown as EntityManager;
  await facts.list(explaining, orgId, [1], timeZone);
  const tables = [
    ...new Set([...plan.matchAll(/"Relation Name":"(\w+)"/g)].map(([, name]) => name!)),
  ].toSorted();
  const columns = await tx.query<{ table: string; column: string; type: string; values: string[] }[]>(
    `select c.table_name as "table", c.column_name as "column", c.data_type as type,
            coalesce((select array_agg(distinct m[1]) from pg_constraint k,
                        regexp_matches(pg_get_constraintdef(k.oid), '''(\\w+)''::text', 'g') m
                       where k.conrelid = c.table_name::regclass and k.contype = 'c'
                         and pg_get_constraintdef(k.oid) ~ ('\\m' || c.column_name || '\\M')), '{}') as values
       from information_schema.columns c where c.table_name = any($1) and c.table_schema = 'public'
      order by 1, 2`,
    [tables],
  );
  return columns
    .filter(({ column }) => new RegExp(`\\b${column}\\b`).test(text))
    .filter(({ table, column }) => !IDENTITY.test(column) && !WITH_ANOTHER.has(`${table}.${column}`))
    .flatMap(({ table, column, type, values }) =>
      [...(OTHERS[type] ?? []), ...(type === 'text' ? values.map((value) => `'${value}'`) : [])].map(
        (to) => ({
          table,
          column,
          to: to.replaceAll('{}', column),
        }),
      ),
    );
}
