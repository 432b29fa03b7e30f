import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt } from '../../../scripts/built.js';
import { cloneDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { aFolder, type TestFolder } from '../../support/folder.js';
import { freePort } from '../../support/ports.js';

const ROOT = join(import.meta.dirname, '../../..');

interface Demo {
  url: string;
  sandboxUrl: string;
  mailboxUrl: string;
  /** Tells npm to end, and waits until all that it started has closed its output. */
  end(): Promise<void>;
}

/** As somebody starts it who tries the product out. */
async function startDemo(dataDir: string): Promise<Demo> {
  if (!isBuilt(ROOT)) throw new Error('The build is older than the sources: npm run build');
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const child = spawn('npm', ['run', 'demo'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      SANDBOX_PORT: String(sandboxPort),
      CRM_DATA_DIR: dataDir,
      // Of a shell that another installation is worked with in.
      SMTP_URL: 'smtp://mail.invalid',
      CRM_ROLE: 'worker',
      CRM_PUBLIC_URL: 'https://crm.example.com',
      QBO_ENV: 'production',
      DB_MIGRATE: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise((resolve) => void child.once('close', resolve));
  await eventually(() => {
    if (!output.includes('PeakPro CRM is ready.')) throw new Error(`The demo is not ready:\n${output}`);
  });
  return {
    url: `http://localhost:${port}`,
    sandboxUrl: `http://localhost:${sandboxPort}`,
    mailboxUrl: /Mailbox\s+(\S+)\//.exec(output)![1]!,
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function askForAPassword({ url }: Demo): Promise<void> {
  const answer = await fetch(`${url}/auth/password/forgot`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@peakpro.io' }),
  });
  expect(answer.status).toBe(202);
}

async function mailsOf({ mailboxUrl }: Demo): Promise<string> {
  return (await fetch(mailboxUrl)).text();
}

describe('npm run demo', () => {
  let folder: TestFolder;

  beforeAll(async () => {
    folder = await aFolder();
  });

  afterAll(() => folder[Symbol.asyncDispose]());

  it('runs beside another, deletes nothing of others, and takes all it started with it', async () => {
    await mkdir(join(folder.path, 'photos'), { recursive: true });
    await writeFile(join(folder.path, 'photos/roof.txt'), 'precious');
    const first = await startDemo(folder.path);
    const second = await startDemo(folder.path);
    for (const { url } of [first, second]) expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    await askForAPassword(second);
    await eventually(async () => expect(await mailsOf(second)).toContain('admin@peakpro.io'));
    expect(await mailsOf(first)).not.toContain('admin@peakpro.io');

    await first.end();
    await expect(fetch(first.url)).rejects.toThrow('fetch failed');
    await expect(fetch(first.sandboxUrl)).rejects.toThrow('fetch failed');
    await expect(fetch(first.mailboxUrl)).rejects.toThrow('fetch failed');
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
    await second.end();
    await expect(fetch(second.url)).rejects.toThrow('fetch failed');
    expect(await readFile(join(folder.path, 'photos/roof.txt'), 'utf8')).toBe('precious');
  });

  it('does not touch a database in which there are organisations of others', async () => {
    await using database = await cloneDatabase();
    await database.query(`insert into orgs (name) values ('Acme Roofing')`);
    const before = await database.query('select * from orgs');
    const [port, sandboxPort] = [await freePort(), await freePort()];
    const child = spawn(process.execPath, [join(ROOT, 'sandbox/demo.ts')], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        DATABASE_MIGRATE_URL: database.ownerUrl,
        PORT: String(port),
        SANDBOX_PORT: String(sandboxPort),
        CRM_DATA_DIR: folder.path,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ready = new AbortController();
    child.stdout.on('data', (chunk) => String(chunk).includes('is ready') && ready.abort());
    ready.signal.addEventListener('abort', () => child.kill('SIGTERM'));
    const [said, code] = await Promise.all([
      text(child.stderr),
      new Promise((resolve) => void child.once('close', resolve)),
    ]);
    expect([code, said]).toEqual([1, expect.stringMatching(/^DATABASE_URL .* other organisations .*\n$/)]);
    expect(await database.query('select * from orgs')).toEqual(before);
  });
});
