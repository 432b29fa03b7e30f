import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const modules = join(here, '..', 'node_modules');
let folder: string;

/** The built program, started from a folder outside the project; resolves with its address. */
async function start(args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(folder, 'dist', 'main.js'), '--port', '0', ...args], {
    env: {},
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (said += part));
  while (!said.includes('webhooks to') && child.exitCode === null) await once(child.stdout, 'data');
  return { child, url: /page\s+(https?:\S+)\//.exec(said)?.[1] ?? said };
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

describe('the package', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-package-'));
    await symlink(modules, join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    const compiler = join(modules, 'typescript', 'bin', 'tsc');
    await run(process.execPath, [
      compiler,
      '-p',
      join(here, 'tsconfig.build.json'),
      '--outDir',
      join(folder, 'dist'),
    ]);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is plain JavaScript that starts, begins with a seed and keeps its state', async () => {
    const [seed, state] = [join(folder, 'seed.json'), join(folder, 'state.json')];
    const records = [{ entity: 'Customer', body: { DisplayName: 'Ann' } }];
    await writeFile(seed, JSON.stringify({ companies: [{ realm_id: '77', records }] }));
    const first = await start(['--seed', seed, '--state', state]);
    const added = await fetch(`${first.url}/sandbox/companies/77/customers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Bob' }),
    });
    expect(added.status).toBe(200);
    await stop(first.child);
    const second = await start(['--state', state]);
    const kept = await fetch(`${second.url}/sandbox/companies/77/records/Customer`);
    expect(await kept.json()).toMatchObject([{ DisplayName: 'Ann' }, { DisplayName: 'Bob' }]);
    await stop(second.child);
  }, 60_000);

  it('says what it takes', async () => {
    const { stdout } = await run(process.execPath, [join(folder, 'dist', 'main.js'), '--help']);
    expect(stdout).toContain('--seed');
  });
});
