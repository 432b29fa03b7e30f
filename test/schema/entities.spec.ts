import { DataSource, type EntityMetadata, TableColumn } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
}

describe('The entities', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.ownerUrl });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  function mappedColumns(): Column[] {
    const dataSource = app.app.get(DataSource);
    return dataSource.entityMetadatas.flatMap((entity) =>
      entity.columns.map((column) => ({
        table: entity.tableName,
        column: column.databaseName,
        type: fullType(dataSource, column),
        nullable: column.isNullable,
      })),
    );
  }

  async function realColumns(): Promise<Column[]> {
    return database.query<Column>(`
      select table_class.relname as "table", attname as "column", format_type(atttypid, atttypmod) as type,
        not attnotnull as nullable
      from pg_attribute join pg_class table_class on table_class.oid = attrelid
      where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped`);
  }

  it('say of every column what the migrations made of it', async () => {
    const real = new Map((await realColumns()).map((column) => [`${column.table}.${column.column}`, column]));
    const mapped = mappedColumns();
    expect(mapped.length).toBeGreaterThan(40);
    expect(mapped).toEqual(mapped.map(({ table, column }) => real.get(`${table}.${column}`)));
  });

  it('know their rows by the primary key of the table, so that none is changed without its organisation', async () => {
    const keys = await database.query<{ table: string; columns: string[] }>(`
      select t.relname as "table", array(
        select attname::text from pg_attribute where attrelid = t.oid and attnum = any(i.indkey) order by 1) as columns
      from pg_index i join pg_class t on t.oid = i.indrelid
      where i.indisprimary and t.relnamespace = 'public'::regnamespace`);
    const real = new Map(keys.map(({ table, columns }) => [table, columns]));
    const mapped = app.app.get(DataSource).entityMetadatas.map(({ tableName, primaryColumns }) => ({
      table: tableName,
      columns: primaryColumns.map(({ databaseName }) => databaseName).toSorted(),
    }));
    expect(mapped).toEqual(mapped.map(({ table }) => ({ table, columns: real.get(table) })));
    expect(real.get('leads')).toEqual(['id', 'org_id']);
  });

  it.each([
    'customers',
    'leads',
    'proposal_lines',
    'portal_activity',
    'checkout_sessions',
    'payments',
    'stripe_events',
  ])('leave no column of %s out', async (table) => {
    const of = (columns: Column[]): string[] =>
      columns
        .filter((column) => column.table === table)
        .map(({ column }) => column)
        .toSorted();
    expect(of(mappedColumns())).toEqual(of(await realColumns()));
  });

  it('load nothing unasked', () => {
    const relations = app.app.get(DataSource).entityMetadatas.flatMap((entity) => entity.relations);
    expect(relations.filter((relation) => relation.isEager || relation.isLazy)).toEqual([]);
  });
});

/** The type as PostgreSQL writes it: `character varying(64)`. */
function fullType({ driver }: DataSource, column: EntityMetadata['columns'][number]): string {
  const { databaseName: name, length, precision, scale } = column;
  const type = driver.normalizeType(column);
  return driver
    .createFullType(new TableColumn({ name, type, length, precision: precision ?? undefined, scale }))
    .toLowerCase();
}
