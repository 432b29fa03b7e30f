import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.js';
import { migrate, revertMigration } from '../../../src/platform/database/schema/migrate.js';
import {
  assertUsable,
  DatabaseServerError,
  openDatabaseServer,
} from '../../../src/platform/database/server.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { startDatabaseProxy } from '../../support/database-proxy.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/ports.js';
import { type CrmProcess, launchProcess } from '../../support/process.js';

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
  /** What is in its way is ended once it has said that it waits. */
  const opensAfterWaiting = async (variables: NodeJS.ProcessEnv, end: () => Promise<void>): Promise<void> => {
    const config = readConfig({ NODE_ENV: 'test', ...variables });
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const waits = expect.stringMatching(/^Waiting for PostgreSQL/);
    const opened = openDatabaseServer(config);
    try {
      await Promise.race([eventually(() => expect(said).toHaveBeenCalledWith(waits)), opened]);
      await end();
      await assertUsable(await opened, config);
    } finally {
      said.mockRestore();
    }
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
    expect(await refusalOf({ DATABASE_URL: empty, ...owner, DB_MIGRATE: 'false' })).toMatch(
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

  it('has migrated nothing where the address that migrates leads to another database', async () => {
    await using other = await cloneDatabase();
    await revertMigration(other.ownerUrl);
    const applied = () => other.query('select name from migrations order by id');
    const before = await applied();
    const start = async (variables: NodeJS.ProcessEnv): Promise<void> => {
      const config = readConfig({ NODE_ENV: 'test', ...variables });
      const server = await openDatabaseServer(config);
      await migrate(server.ownerUrl, server.url);
      await assertUsable(server, config);
    };
    const ofOther = { DATABASE_URL: database.url, DATABASE_MIGRATE_URL: other.ownerUrl };
    await expect(start(ofOther)).rejects.toThrow('DATABASE_MIGRATE_URL names another database');
    await expect(start({ DATABASE_URL: database.url, DATABASE_DIRECT_URL: other.ownerUrl })).rejects.toThrow(
      'DATABASE_DIRECT_URL names another database',
    );
    expect(await applied()).toEqual(before);
    await expect(
      start({ DATABASE_URL: other.url, DATABASE_MIGRATE_URL: other.ownerUrl }),
    ).resolves.toBeUndefined();
    expect((await applied()).length).toBe(before.length + 1);
  });

  it('has migrated nothing while the product’s own address does not answer: it may differ', async () => {
    await using other = await cloneDatabase();
    await using ofProduct = await startDatabaseProxy(database.url);
    await ofProduct.startUp();
    const role = `later_${randomBytes(4).toString('hex')}`; // which the server of the owner does not know yet
    const addresses = {
      DATABASE_URL: changed(ofProduct.url, { username: role, password: 'secret' }),
      DATABASE_MIGRATE_URL: other.ownerUrl,
    };
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const opened = openDatabaseServer(readConfig({ NODE_ENV: 'test', ...addresses }));
    try {
      await Promise.race([
        eventually(() => expect(said).toHaveBeenCalledWith(expect.stringMatching(/^Waiting for PostgreSQL/))),
        opened,
      ]);
      await database.query(`create role ${role} login password 'secret'`);
      await ofProduct.answer();
      await expect(opened).rejects.toThrow('DATABASE_MIGRATE_URL names another database');
    } finally {
      said.mockRestore();
      await database.query(`drop role if exists ${role}`);
    }
  });

  it.each([
    { by: 'its address', signIn: (role: string) => ({ username: role, password: 'secret' }) },
    {
      by: 'parameters, as where it has a socket',
      signIn: (role: string) => ({
        username: '',
        password: '',
        search: `${new URL(database.url).search || '?'}&user=${role}&password=secret`,
      }),
    },
  ])('is one whose role is not there yet, which is named by $by: migrate makes it', async ({ signIn }) => {
    const role = `first_${randomBytes(4).toString('hex')}`;
    const addresses = {
      DATABASE_URL: changed(database.url, signIn(role)),
      DATABASE_MIGRATE_URL: database.ownerUrl,
    };
    const config = readConfig({ NODE_ENV: 'test', ...addresses });
    const server = await openDatabaseServer(config);
    await migrate(server.ownerUrl, server.url);
    await expect(assertUsable(server, config)).resolves.toBeUndefined();
    await database.query(`drop owned by ${role}; drop role ${role}`);
  });

  it.each(['08P01', '28000'])(
    'is one whose role a pooler says is not there, by %s: migrate makes it',
    async (code) => {
      const role = `first_${randomBytes(4).toString('hex')}`;
      await using pooler = await startDatabaseProxy(database.url);
      await pooler.refuseAs(code, `role "${role}" does not exist`);
      const config = readConfig({
        NODE_ENV: 'test',
        DATABASE_URL: changed(pooler.url, { username: role, password: 'secret' }),
        DATABASE_MIGRATE_URL: database.ownerUrl,
      });
      const server = await openDatabaseServer(config);
      await migrate(server.ownerUrl, server.url);
      await pooler.answer();
      await expect(assertUsable(server, config)).resolves.toBeUndefined();
      await database.query(`drop owned by ${role}; drop role ${role}`);
    },
  );

  it.each([
    {
      says: 'again what the server said before its password was changed',
      by: (user: string) =>
        'server login has been failing, cached error: ' +
        `password authentication failed for user "${user}" (server_login_retry)`,
    },
    {
      says: 'that the one by whom it looks for others cannot sign in',
      by: () => 'password authentication failed for user "looks_for_others"',
    },
  ])('waits for a pooler that says $says', async ({ by }) => {
    await using pooler = await startDatabaseProxy(database.url);
    await pooler.refuseAs('08P01', by(new URL(database.url).username));
    const opened = opensAfterWaiting({ DATABASE_URL: pooler.url, DB_MIGRATE: 'false' }, () =>
      pooler.answer(),
    );
    await expect(opened).resolves.toBeUndefined();
  });

  it('waits for one whose connections are reset before they have answered', async () => {
    await using proxy = await startDatabaseProxy(database.url);
    proxy.resetAt('transaction_read_only');
    const opened = opensAfterWaiting({ DATABASE_URL: proxy.url, DB_MIGRATE: 'false' }, () => proxy.answer());
    await expect(opened).resolves.toBeUndefined();
  });

  it('waits, and says why, while the database takes no writes', async () => {
    const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, DB_MIGRATE: 'false' });
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const saysWhy = expect.stringMatching(/^Waiting for PostgreSQL .* takes no writes yet$/m);
    await forbidWrites('on');
    const opened = openDatabaseServer(config);
    try {
      await eventually(() => expect(said).toHaveBeenCalledWith(saysWhy));
    } finally {
      said.mockRestore();
      await forbidWrites('off');
    }
    await expect(assertUsable(await opened, config)).resolves.toBeUndefined();
  });

  it('is one behind a pooler that takes none of its connections, which it does not wait for', async () => {
    await using pooler = await startDatabaseProxy(database.url, { strict: true });
    expect(await refusalOf({ DATABASE_URL: pooler.url, DB_MIGRATE: 'false' })).toMatch(
      /unsupported startup parameter: statement_timeout\. Check DATABASE_URL or the pooler \(docs\/deployment\.md/,
    );
  });

  it('is none behind a pooler that takes no limits of time, by an address by which none are asked for', async () => {
    await using pooler = await startDatabaseProxy(database.url, { strict: true });
    const variables = { DATABASE_URL: database.url, DATABASE_DIRECT_URL: pooler.url, DB_MIGRATE: 'false' };
    const config = readConfig({ NODE_ENV: 'test', ...variables });
    await expect(
      openDatabaseServer(config).then((server) => assertUsable(server, config)),
    ).resolves.toBeUndefined();
  });

  it('has no role made that its address does not name: who migrates may be anybody', async () => {
    const operator = `operator_${randomBytes(4).toString('hex')}`;
    vi.stubEnv('PGUSER', operator);
    try {
      await migrate(database.ownerUrl, changed(database.url, { username: '', password: '' }));
    } finally {
      vi.unstubAllEnvs();
    }
    const made = await database.query('select from pg_roles where rolname = $1', [operator]);
    expect(made).toEqual([]);
  });

  it('is a newer version’s backup, in which the product has no rights: who lets it in is said', async () => {
    const newest = 'OfANewerVersion9999999999999';
    await using restored = await cloneDatabase();
    await restored.query('insert into migrations (timestamp, name) values (9999999999999, $1)', [newest]);
    const role = `restored_${randomBytes(4).toString('hex')}`;
    const addresses = {
      DATABASE_URL: changed(restored.url, { username: role, password: 'secret' }),
      DATABASE_MIGRATE_URL: restored.ownerUrl,
    };
    const start = async (variables: NodeJS.ProcessEnv): Promise<void> => {
      const config = readConfig({ NODE_ENV: 'test', ...addresses, ...variables });
      const server = await openDatabaseServer(config);
      if (config.database.migrate) await migrate(server.ownerUrl, server.url);
      await assertUsable(server, config);
    };
    const ofNewer = `A newer version has migrated this database (up to ${newest})`;
    await expect(start({})).rejects.toThrow(`${ofNewer}, and its server has no role ${role}`);
    await restored.query(`create role ${role} login password 'secret'`);
    try {
      await expect(start({})).rejects.toThrow(
        /has no rights in it, .* Run npm run migrate of the newer version/,
      );
      await expect(start({ DB_MIGRATE: 'false' })).rejects.toThrow(
        `DATABASE_URL signs in as ${role}, which has no rights in that database`,
      );
      await restored.query(`grant select on migrations to ${role}`);
      const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      try {
        await start({ DB_MIGRATE: 'false' });
        await start({});
        expect(said.mock.calls.filter(([text]) => String(text).startsWith(ofNewer))).toHaveLength(2);
      } finally {
        said.mockRestore();
      }
    } finally {
      await restored.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  it('is one that an unreleased state has migrated: what has another number is said', async () => {
    await using renumbered = await cloneDatabase();
    const [newest] = await renumbered.query<{ name: string }>(
      `update migrations set name = left(name, -13) || '9999999999999', timestamp = 9999999999999
        where id = (select max(id) from migrations) returning name`,
    );
    const refused = await migrate(renumbered.ownerUrl, renumbered.url).catch((error: Error) => error);
    expect(refused).toBeInstanceOf(DatabaseServerError);
    const { message } = refused as Error;
    expect(message).toContain(` was ${newest!.name}. Nothing was changed.`);
    await renumbered.query(/UPDATE migrations .*;/.exec(message)![0]);
    await expect(migrate(renumbered.ownerUrl, renumbered.url)).resolves.toEqual([]);
  });

  it('does not serve a schema that is older than the program', async () => {
    const newest = await revertMigration(database.ownerUrl);
    const refusal = await refusalOf({ DATABASE_URL: database.url, DB_MIGRATE: 'false' });
    expect(refusal).toContain(`the first is ${newest!.slice(-3)}-`);
    expect(refusal).toContain('npm run migrate');
  });
});
