import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './ports.js';

const run = promisify(execFile);
const PROGRAMS = ['initdb', 'pg_ctl', 'pg_dump', 'pg_restore'];

/** Where a PostgreSQL of this machine has server and tools of one version; undefined where none is installed. */
export const POSTGRES_BIN = [
  ...versionsIn('/usr/lib/postgresql'),
  '/usr/local/bin',
  '/opt/homebrew/bin',
].find((bin) => PROGRAMS.every((program) => existsSync(join(bin, program))));

/** A server as managed ones are: the owner of the tables is no superuser. */
export interface OwnPostgres extends AsyncDisposable {
  url(role: string, database: string): string;
  /** Runs one of its tools. Throws with what it said where it fails. */
  tool(program: 'pg_dump' | 'pg_restore', ...args: string[]): Promise<void>;
}

/** Starts it below an empty folder. The superuser is `postgres`; the password of a role is its name. */
export async function startOwnPostgres(folder: string): Promise<OwnPostgres> {
  const account = await anAccount();
  const cluster = join(folder, 'own');
  await mkdir(cluster);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, 'postgres', { mode: 0o644 });
  if (account.uid !== undefined)
    for (const path of [folder, cluster]) await chown(path, account.uid, account.gid!);
  const execute = (program: string, ...args: string[]) =>
    run(join(POSTGRES_BIN!, program), args, { ...account, cwd: '/', env: { LC_ALL: 'C' } });
  await execute(
    'initdb',
    '-D',
    cluster,
    '-U',
    'postgres',
    `--pwfile=${passwordFile}`,
    '-A',
    'scram-sha-256',
    '-N',
  );
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`;
  await execute('pg_ctl', 'start', '-D', cluster, '-w', '-l', join(cluster, 'server.log'), '-o', settings);
  return {
    url: (role, database) => `postgresql://${role}:${role}@127.0.0.1:${port}/${database}`,
    tool: async (program, ...args) => void (await execute(program, ...args)),
    [Symbol.asyncDispose]: async () => {
      await execute('pg_ctl', 'stop', '-D', cluster, '-m', 'immediate', '-w');
    },
  };
}

/** PostgreSQL does not run as root. */
async function anAccount(): Promise<{ uid?: number; gid?: number }> {
  if (userInfo().uid !== 0) return {};
  const ids = ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout));
  const [uid, gid] = await Promise.all(ids);
  return { uid: uid!, gid: gid! };
}

function versionsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const newestFirst = readdirSync(folder).toSorted((one, other) => Number(other) - Number(one));
  return newestFirst.map((version) => join(folder, version, 'bin'));
}
