import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { aFolder, type TestFolder } from '../../support/folder.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/ports.js';
import { type CrmProcess, launchProcess, startProcess, untilReady } from '../../support/process.js';

/** Node itself ends a connection that has asked nothing for so long. */
const IDLE_CUT_BY_NODE_MS = 60_000;

const ROOT = join(import.meta.dirname, '../../..');

/** The process id of the embedded PostgreSQL below a folder, once there is one. */
async function postgresOf(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8');
  return Number(text.split('\n', 1)[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('A process with its own PostgreSQL', () => {
  let folder: TestFolder;

  beforeAll(async () => {
    folder = await aFolder();
  });

  afterAll(() => folder[Symbol.asyncDispose]());

  const launch = async (dataDir: string) =>
    launchProcess({ PORT: String(await freePort()), CRM_DATA_DIR: dataDir, LOG_LEVEL: 'info' });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'that gets %s while it starts ends with 0 and stops its PostgreSQL',
    async (signal) => {
      const dataDir = join(folder.path, signal);
      const crm = await launch(dataDir);
      const postgres = await eventually(() => postgresOf(dataDir));
      expect(await crm.end(signal)).toBe(0);
      await eventually(() => expect(isAlive(postgres)).toBe(false));
      expect(crm.output()).not.toContain('listens on port');
    },
  );

  describe('that serves', () => {
    let dataDir: string;
    let first: CrmProcess;

    beforeAll(async () => {
      dataDir = join(folder.path, 'shared');
      first = await launch(dataDir);
      await untilReady(first);
    });

    it('starts it again where it was killed, and serves as before', async () => {
      const postgres = await postgresOf(dataDir);
      process.kill(postgres, 'SIGKILL');
      await eventually(async () => expect(await postgresOf(dataDir)).not.toBe(postgres));
      await untilReady(first);
      expect(first.output()).toContain('The embedded PostgreSQL was killed: it is started again.');
    });

    it('leaves it to another that works with it, and the last one stops it', async () => {
      const second = await launch(dataDir);
      await untilReady(second);
      const postgres = await postgresOf(dataDir);
      expect(await first.end('SIGTERM')).toBe(0);
      expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
      expect(await second.end('SIGTERM')).toBe(0);
      await eventually(() => expect(isAlive(postgres)).toBe(false));
      await expect(postgresOf(dataDir)).rejects.toThrow('ENOENT');
    });
  });
});

it('A process that is told to end before it has acquired anything ends with 0', async () => {
  const code = `
    const { Lifetime } = await import('./dist/src/platform/process/lifetime.js');
    new Lifetime();
    setInterval(() => {}, 1000);
    process.stdout.write('loading');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT });
  const ended = new Promise((resolve) => void child.once('close', resolve));
  await new Promise((resolve) => void child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

/** Has Node throw an error as those of HTTP clients are, where nothing catches it, once the process gets a signal. */
const THROWING = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', () => {
    const failure = Object.assign(new Error('read ECONNRESET'), {
      config: { headers: { Authorization: 'Bearer of-nobody-else'.toUpperCase() } }, // not as it is in the stack
    });
    Promise.reject(failure);
  });`)}`;

describe('A process', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  describe('that took a free port and is told to end while somebody is connected who has asked nothing', () => {
    interface Ending {
      crm: CrmProcess;
      url: string;
      /** Of its readiness before. */
      status: number;
      ended: Promise<{ code: number | null; tookMs: number }>;
    }
    let ending: Ending | undefined;

    const begin = async (): Promise<Ending> => {
      const env = { LOG_LEVEL: 'info', SHUTDOWN_DELAY_SECONDS: '6' };
      const crm = launchProcess({ PORT: '0', DATABASE_URL: database.url, ...env });
      const port = await eventually(() => {
        const found = /listens on port (\d+)/.exec(crm.output())?.[1];
        if (!found) throw new Error('It does not listen yet');
        return found;
      });
      const url = `http://127.0.0.1:${port}`;
      const { status } = await fetch(`${url}/health/ready`);
      const silent = connect(Number(port), '127.0.0.1').on('error', () => {});
      await new Promise((resolve) => silent.once('connect', resolve));
      const startedAt = performance.now();
      const ended = crm.end('SIGTERM').then((code) => ({ code, tookMs: performance.now() - startedAt }));
      return { crm, url, status, ended };
    };

    it('turns away new requests first, and serves those that come until its listener closes', async () => {
      ending = await begin();
      const { url, ended } = ending;
      const ready = await eventually(async () => {
        const answer = await fetch(`${url}/health/ready`);
        expect(answer.status).toBe(503);
        return answer;
      });
      expect(await ready.json()).toMatchObject({ code: 'shutting_down', status: 503 });
      const live = await fetch(`${url}/health/live`);
      expect([live.status, live.headers.get('connection')]).toEqual([200, 'close']);
      expect((await ended).code).toBe(0);
    });

    it('is not held up at its end by a connection that has never asked anything', async () => {
      ending ??= await begin();
      const { code, tookMs } = await ending.ended;
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(IDLE_CUT_BY_NODE_MS);
    });

    it('that is to take a free port logs which one it took', async () => {
      ending ??= await begin();
      expect(ending.status).toBe(200);
    });

    it('logs at its end why it ends', async () => {
      const { crm, ended } = (ending ??= await begin());
      expect((await ended).code).toBe(0);
      expect(crm.output()).toContain('ends (SIGTERM): what is under way is finished first');
      expect(crm.output()).toContain('Nothing is under way any more: the process ends');
    });
  });

  it('ends by an error that nothing caught as by a signal, and logs it without what is secret in it', async () => {
    const crm = await startProcess(database.url, { NODE_OPTIONS: `--import=${THROWING}` });
    expect(await crm.end('SIGUSR2')).toBe(1);
    const lines = crm.output().split('\n').filter(Boolean);
    const logged = lines.filter((line) => line.includes('read ECONNRESET'));
    expect(logged.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        level: 60,
        msg: 'Nothing caught this error: the process ends',
        err: expect.objectContaining({ message: 'read ECONNRESET' }),
      }),
    ]);
    expect(crm.output()).not.toContain('OF-NOBODY-ELSE');
  });
});
