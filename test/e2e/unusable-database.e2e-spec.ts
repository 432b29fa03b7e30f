import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/platform/config/config.js';
import { revertMigration } from '../../src/platform/database/migrate.js';
import { assertUsable, DatabaseServerError, openDatabaseServer } from '../../src/platform/database/server.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';
import { type CrmProcess, launchProcess, untilReady } from '../support/process.js';

describe('A start whose database cannot be used', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const launch = async (env: NodeJS.ProcessEnv): Promise<CrmProcess> =>
    launchProcess({ PORT: String(await freePort()), ...env });
  const changed = (url: string, change: Partial<URL>): string =>
    Object.assign(new URL(url), change).toString();
  /** What it said before it ended with 1, which has to be one sentence. */
  const reasonOf = async (crm: CrmProcess): Promise<string> => {
    expect(await crm.ended).toBe(1);
    expect(crm.output()).not.toMatch(/^\s+at /m);
    return crm.output();
  };
  /** What a start would say, of which the steps about the database are taken alone. */
  const refusalOf = async (variables: NodeJS.ProcessEnv): Promise<string> => {
    const config = readConfig({ NODE_ENV: 'test', ...variables });
    const refused = openDatabaseServer(config).then((server) => assertUsable(server, config));
    await expect(refused).rejects.toThrow(DatabaseServerError);
    return refused.catch((error: Error) => error.message) as Promise<string>;
  };
  const forbidWrites = (text: 'on' | 'off') =>
    database.query(`do $$ begin
      execute format('alter database %I set default_transaction_read_only = ${text}', current_database());
    end $$`);

  it('names the variable with the wrong password, of however many there are', async () => {
    const [right, wrong] = [database.url, changed(database.url, { password: 'wrong' })];
    const owner = { DATABASE_MIGRATE_URL: database.ownerUrl };
    const forProduct = await reasonOf(await launch({ DATABASE_URL: wrong, ...owner }));
    expect(forProduct).toMatch(/cannot be used: password authentication failed .* Check DATABASE_URL\.$/m);
    expect(await refusalOf({ DATABASE_URL: right, DATABASE_DIRECT_URL: wrong, ...owner })).toContain(
      'Check DATABASE_DIRECT_URL.',
    );
    const ofOwner = changed(database.ownerUrl, { password: 'wrong' });
    expect(await refusalOf({ DATABASE_URL: right, DATABASE_MIGRATE_URL: ofOwner })).toContain(
      'Check DATABASE_MIGRATE_URL.',
    );
  });

  it('names the variable with a database that is another than the one that is migrated', async () => {
    const elsewhere = changed(database.url, { pathname: '/nowhere' });
    const owner = { DATABASE_MIGRATE_URL: database.ownerUrl };
    expect(await refusalOf({ DATABASE_URL: elsewhere, ...owner })).toMatch(
      /database "nowhere" does not exist\. Check DATABASE_URL\.$/,
    );
    const empty = changed(database.url, { pathname: '/postgres' });
    expect(await refusalOf({ DATABASE_URL: empty, ...owner })).toMatch(
      /^The schema of the database that DATABASE_URL names lacks \d+ migrations of this version \(the first is 001-/,
    );
  });

  it('names the variable that still leads to the database before a restore, though its schema is whole', async () => {
    await using before = await cloneDatabase();
    const product = { DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl };
    const ofJobs = { ...product, DATABASE_DIRECT_URL: before.url };
    expect(await refusalOf(ofJobs)).toMatch(/^DATABASE_DIRECT_URL names another database than DATABASE_URL/);
    const ofOwner = { ...product, DATABASE_MIGRATE_URL: before.ownerUrl };
    expect(await refusalOf(ofOwner)).toMatch(
      /^DATABASE_MIGRATE_URL names another database than DATABASE_URL/,
    );
    const asIs = readConfig({ NODE_ENV: 'test', ...product, DATABASE_DIRECT_URL: database.url });
    await expect(assertUsable(await openDatabaseServer(asIs), asIs)).resolves.toBeUndefined();
  });

  it('waits, and says why, while the database takes no writes', async () => {
    await forbidWrites('on');
    const crm = await launch({ DATABASE_URL: database.url, DB_MIGRATE: 'false' });
    await eventually(() => expect(crm.output()).toMatch(/^Waiting for PostgreSQL .* takes no writes yet$/m));
    await forbidWrites('off');
    await untilReady(crm);
    expect(await crm.end('SIGTERM')).toBe(0);
  });

  it('does not serve a schema that is older than the program', async () => {
    const newest = await revertMigration(database.ownerUrl);
    const refusal = await refusalOf({ DATABASE_URL: database.url, DB_MIGRATE: 'false' });
    expect(refusal).toContain(`the first is ${newest!.slice(-3)}-`);
    expect(refusal).toContain('npm run migrate');
  });
});
