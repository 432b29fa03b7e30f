import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, revertMigration } from '../../src/platform/database/schema/migrate.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { aFolder } from '../support/folder.js';
import { describeSchema } from './describe-schema.js';

const COMMITTED = join(import.meta.dirname, 'schema.sql');

/** A migration that writes down which limits it runs under. */
const OF_THIS_TEST = `
  export class OfThisTest9999999999999 {
    name = 'OfThisTest9999999999999';
    async up(db) {
      await db.query("create table limits_in_force as select current_setting('statement_timeout') as statement, "
        + "current_setting('lock_timeout') as lock");
    }
    async down() {}
  }`;

describe('The migrations', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const schema = (): Promise<string> => describeSchema((sql) => database.query(sql));

  it('make the schema that was reviewed: after a change, run `npm run schema:dump` and commit it', async () => {
    await expect(await schema()).toMatchFileSnapshot(COMMITTED);
  });

  it('go back to nothing one by one, and make the same schema again', async () => {
    const before = await schema();
    const applied: string[] = [];
    for (
      let name = await revertMigration(database.ownerUrl);
      name;
      name = await revertMigration(database.ownerUrl)
    ) {
      applied.unshift(name);
    }
    expect(await schema()).toBe('');
    expect(applied.length).toBeGreaterThanOrEqual(8);

    expect(await migrate(database.ownerUrl)).toEqual(applied);
    expect(await schema()).toBe(before);
  });

  it('run in the order of their numbers, each of which is one file', async () => {
    const folder = join(import.meta.dirname, '../../migrations');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted();
    expect(files.map((file) => Number(file.slice(0, 3)))).toEqual(files.map((_, index) => index + 1));
    const stamps = await Promise.all(
      files.map(async (file) => /class \w+?(\d{13}) /.exec(await readFile(join(folder, file), 'utf8'))![1]!),
    );
    expect(stamps).toEqual(stamps.toSorted());
    expect(stamps.map((stamp) => Number(stamp.slice(-3)))).toEqual(files.map((_, index) => index + 1));
  });

  it('are applied once, however many replicas start', async () => {
    await revertMigration(database.ownerUrl);
    const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(database.ownerUrl)));
    expect(runs.flat()).toHaveLength(1);
  });

  it('are waited for while another process is at them, and it is said where that takes too long', async () => {
    const other = new Client({ connectionString: database.ownerUrl });
    await other.connect();
    try {
      await other.query('select pg_advisory_lock(5005005)');
      const refused = migrate(database.ownerUrl, database.ownerUrl, undefined, '50ms');
      await expect(refused).rejects.toThrow(/^Another process has been migrating this database/);
    } finally {
      await other.end();
    }
    expect(await migrate(database.ownerUrl)).toEqual([]);
  });

  it('may take as long as they need: a statement that goes through all rows is not given up', async () => {
    await using folder = await aFolder();
    await writeFile(join(folder.path, `999-of-this-test${extname(import.meta.filename)}`), OF_THIS_TEST);
    await migrate(database.ownerUrl, database.ownerUrl, folder.path);
    const [limits] = await database.query('select * from limits_in_force');
    expect(limits).toEqual({ statement: '0', lock: '10s' });
    await database.query(`drop table limits_in_force`);
    await database.query(`delete from migrations where name like 'OfThisTest%'`);
  });

  it('show where a schema differs (so the comparison above is not vacuous)', async () => {
    const before = await schema();
    await database.query('create table stray (id integer, constraint stray_pkey primary key (id))');
    expect(await schema()).toContain('create table stray (\n  id integer not null,\n  constraint stray_pkey');
    await database.query('drop table stray');
    await database.query('alter table leads alter column notes set not null');
    expect(await schema()).not.toBe(before);
    await database.query('alter table leads alter column notes drop not null');
    await database.query(`create function stray() returns integer language sql as 'select 1'`);
    expect(await schema()).toContain('-- function stray');
    await database.query('drop function stray');
    expect(await schema()).toBe(before);
  });
});
