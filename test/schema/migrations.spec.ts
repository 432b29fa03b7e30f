import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, revertMigration } from '../../src/platform/database/migrate.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { describeSchema } from './describe-schema.js';

const COMMITTED = join(import.meta.dirname, 'schema.sql');

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
