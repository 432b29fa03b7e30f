import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, signIn, someEmail } from '../../support/people.js';
import { turnFactorOn } from '../../support/totp.js';

const ROOT = join(import.meta.dirname, '../../..');
const FIRST = 'ladder-shingle-42';
const SECOND = 'gravel-moss-chimney-3';

describe('A tool of the operator', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** Runs a tool of the build as a process of its own, with this on standard input. */
  async function run(tool: string, words: readonly string[], input = '', env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [join(ROOT, 'dist/src', tool), ...words], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        DATABASE_URL: database.url,
        DB_MIGRATE: 'false',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const code = new Promise<number | null>((resolve) => void child.once('close', resolve));
    child.stdin.end(input);
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }

  it('adds an organisation and sets its admin’s password, which is read from standard input', async () => {
    const email = someEmail('owner');
    const words = ['--name', 'Acme Roofing', '--email', email];
    const made = await run('orgs/create-org.cli.js', words, `${FIRST}\n`);
    expect([made.code, made.err]).toEqual([0, '']);
    const { org_id: orgId, user_id: userId } = JSON.parse(made.out) as { org_id: number; user_id: number };
    expect(await signIn(app, email, FIRST)).toMatchObject({ orgId, userId });

    const set = await run('auth/user-password.cli.js', ['--email', email], `${SECOND}\r\n`);
    expect([set.code, JSON.parse(set.out)]).toEqual([0, { user_id: userId, org_id: orgId, is_active: true }]);
    expect((await signIn(app, email, SECOND)).userId).toBe(userId);
    expect((await anyone(app).post('/auth/login', { email, password: FIRST })).status).toBe(401);

    const weak = await run('auth/user-password.cli.js', ['--email', email], 'Passw0rd!\n');
    expect([weak.code, weak.out]).toEqual([1, '']);
    expect(weak.err).toContain('too easy to guess');
    expect((await signIn(app, email, SECOND)).userId).toBe(userId);
  });

  it('turns the second factor of a person off who lost the phone, and leaves the password', async () => {
    const { admin } = await createOrg(app);
    await turnFactorOn(admin);
    const words = ['--email', admin.email, '--reset-second-factor'];
    const reset = await run('auth/user-password.cli.js', words, '');
    expect([reset.code, JSON.parse(reset.out)]).toMatchObject([0, { user_id: admin.userId }]);
    expect((await admin.get('/auth/me')).status).toBe(401);
    expect((await signIn(app, admin.email)).userId).toBe(admin.userId);
    const again = await run('auth/user-password.cli.js', words, '');
    expect([again.code, again.err]).toEqual([1, `${admin.email} has no second factor.\n`]);
    const both = await run('auth/user-password.cli.js', [...words, '--password', FIRST], '');
    expect([both.code, both.err.includes('leaves the password as it is')]).toEqual([2, true]);
  });

  it('warns of a password on the command line, and changes nothing without one', async () => {
    const words = ['--email', someEmail('owner')];
    const none = await run('auth/user-password.cli.js', words, '');
    expect([none.code, none.err]).toEqual([
      1,
      'There is no password: type it, or send it on standard input.\n',
    ]);
    const exposed = await run('auth/user-password.cli.js', [...words, '--password', FIRST], '');
    expect([exposed.code, exposed.err.includes('stays in the shell history')]).toEqual([1, true]);
    expect(exposed.err).not.toContain(FIRST);
  });

  it('migrates as the owner of the tables also where starts do not, and makes the role that is missing', async () => {
    const role = `crm_${randomBytes(6).toString('hex')}`;
    const ofProduct = Object.assign(new URL(database.url), { username: role, password: 'of-a-new-server' });
    try {
      const migrated = await run('platform/database/migrate.cli.js', [], '', {
        DATABASE_URL: ofProduct.href,
        DATABASE_MIGRATE_URL: database.ownerUrl,
      });
      expect(migrated).toEqual({ code: 0, out: 'The schema is up to date.\n', err: '' });
      const made = await database.query('select from pg_roles where rolname = $1 and rolcanlogin', [role]);
      expect(made).toHaveLength(1);
    } finally {
      await database.query(`do $$ begin
        if exists (select from pg_roles where rolname = '${role}') then
          drop owned by ${role}; drop role ${role};
        end if;
      end $$`);
    }
  });
});
