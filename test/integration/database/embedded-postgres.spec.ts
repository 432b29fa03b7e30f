import { once } from 'node:events';
import {
  chown,
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateCopy } from '../../../src/platform/database/embedded/embedded-binaries.js';
import { startEmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { eventually } from '../../support/eventually.js';
import { aFolder, type TestFolder } from '../../support/folder.js';
import { freePort } from '../../support/ports.js';

/** Any account but root's. */
const ANOTHER = 1234;

describe.skipIf(userInfo().uid !== 0)('The embedded PostgreSQL, started by root', () => {
  let folder: TestFolder;
  let native: string;

  beforeAll(async () => {
    folder = await aFolder();
    native = join(folder.path, 'native');
    await mkdir(join(native, 'bin'), { recursive: true });
    await writeFile(join(native, 'bin/pg_ctl'), 'genuine', { mode: 0o755 });
  });

  afterAll(() => folder[Symbol.asyncDispose]());

  it('runs a copy of its programs that root alone can write, and makes it once', async () => {
    const place = join(folder.path, 'own');
    const copy = await privateCopy(native, place);
    expect(await readFile(join(copy, 'bin/pg_ctl'), 'utf8')).toBe('genuine');
    const { uid, mode } = await stat(copy);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 0, mode: 0o755 });
    expect(await privateCopy(native, place)).toBe(copy);
  });

  it.each([
    ['belongs to another account', async (place: string) => chown(place, ANOTHER, ANOTHER)],
    ['can be written by everybody', async (place: string) => chmod(place, 0o777)],
  ])('runs nothing from a folder that %s', async (what, spoil) => {
    const place = join(folder.path, what.replaceAll(' ', '-'));
    const copy = await privateCopy(native, place);
    await writeFile(join(copy, 'bin/pg_ctl'), 'planted');
    await spoil(place);
    await expect(privateCopy(native, place)).rejects.toThrow('root alone can write');
    await spoil(copy);
    await chown(place, 0, 0);
    await chmod(place, 0o755);
    await expect(privateCopy(native, place)).rejects.toThrow('root alone can write');
  });

  it('knows none of our secrets, and its account cannot read the password', async () => {
    process.env.CANARY_SECRET = 'canary-of-the-environment';
    // Below a folder that only root enters it keeps one privilege of root; elsewhere it is another account altogether.
    for (const access of [0o700, 0o755]) {
      await chmod(folder.path, access);
      const data = join(folder.path, `data-${access}`);
      const server = await startEmbeddedPostgres(data, { fast: true });
      try {
        const pid = await postmaster(data);
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
        expect(environment).toContain('LC_ALL=C');
        expect(environment).not.toContain('canary');
        const { uid, mode } = await stat(join(data, 'postgres.password'));
        expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 0, mode: 0o600 });
      } finally {
        await server.stop();
      }
    }
    delete process.env.CANARY_SECRET;
  });

  it('is stopped without a complaint where it has ended before', async () => {
    const data = join(folder.path, 'gone');
    const server = await startEmbeddedPostgres(data, { fast: true });
    const pid = await postmaster(data);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
    await server.stop();
  });

  it('that was killed is started at its place by one of two processes, and one that was stopped is not', async () => {
    const data = join(folder.path, 'kept');
    const options = { fast: true, isKeptRunning: true };
    const server = await startEmbeddedPostgres(data, options);
    const other = await startEmbeddedPostgres(data, options);
    for (let round = 1; round <= 2; round += 1) {
      const pid = await postmaster(data);
      process.kill(pid, 'SIGKILL');
      await eventually(async () => expect(await wayTo(server.url('postgres'))).toBe('socket'));
      expect(await postmaster(data)).not.toBe(pid);
      expect(await wayTo(server.url('postgres').replace(/\?.*/, ''))).toBe('127.0.0.1');
    }
    await server.stop();
    await other.stop();
    await expect(readFile(join(data, 'postgres/postmaster.pid'))).rejects.toThrow('ENOENT');
  });

  it('goes on from a copy of its folder and its password, and says what is missing of them', async () => {
    const [data, copy] = [join(folder.path, 'copied'), join(folder.path, 'copy')];
    await (await startEmbeddedPostgres(data, { fast: true })).stop();
    await cp(join(data, 'postgres'), join(copy, 'postgres'), { recursive: true });
    await expect(startEmbeddedPostgres(copy, { fast: true })).rejects.toThrow('Copy that file from where');
    await copyFile(join(data, 'postgres.password'), join(copy, 'postgres.password'));
    for (const place of await readdir(join(copy, 'postgres'), { recursive: true })) {
      const { uid, gid } = await stat(join(data, 'postgres', place));
      await chown(join(copy, 'postgres', place), uid, gid);
    }
    const server = await startEmbeddedPostgres(copy, { fast: true });
    const client = new Client({ connectionString: server.url('postgres') });
    await client.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await server.stop();
  });

  it('takes another port when the one it was about to take is taken meanwhile', async () => {
    const taken = createServer();
    const first = await freePort();
    await once(taken.listen(first, '127.0.0.1'), 'listening');
    const second = await freePort();
    const ports = [first, second];
    const server = await startEmbeddedPostgres(join(folder.path, 'busy'), {
      fast: true,
      port: async () => ports.shift()!,
    });
    try {
      expect(new URL(server.url('postgres')).port).toBe(String(second));
    } finally {
      await server.stop();
      taken.close();
    }
  });

  it('listens on a socket beside loopback, and on loopback alone where there can be no socket', async () => {
    const port = await freePort();
    const data = join(folder.path, 'placed');
    expect(await waysTo(data)).toEqual(['socket', 'socket', '127.0.0.1']);
    await mkdir(join(data, `postgres/.s.PGSQL.${port}`)); // no socket can be made under this name
    expect(await waysTo(data, port)).toEqual(Array(3).fill('127.0.0.1'));
    let place = data;
    for (const name of ['one,two', 'deep'.repeat(25)]) {
      const moved = join(folder.path, name);
      await rename(place, moved);
      place = moved;
      expect(await waysTo(place)).toEqual(Array(3).fill('127.0.0.1'));
    }
  });
});

async function postmaster(data: string): Promise<number> {
  return Number((await readFile(join(data, 'postgres/postmaster.pid'), 'utf8')).split('\n', 1)[0]);
}

/** How a process gets to its server, another one that finds it running, and a tool that knows host and port alone. */
async function waysTo(data: string, port?: number): Promise<string[]> {
  const options = { fast: true, ...(port === undefined ? {} : { port: async () => port }) };
  const server = await startEmbeddedPostgres(data, options);
  const url = server.url('postgres');
  const again = await startEmbeddedPostgres(data, options);
  const ways = [await wayTo(url), await wayTo(again.url('postgres')), await wayTo(url.replace(/\?.*/, ''))];
  await server.stop();
  return ways;
}

async function wayTo(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ way: string }>(
    `select coalesce(host(inet_server_addr()), 'socket') as way`,
  );
  await client.end();
  return rows[0]!.way;
}
