import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { SECOND_TRIES_ALLOWED } from '../support/closing-line.js';
import { aFolder } from '../support/folder.js';

const ROOT = join(import.meta.dirname, '../..');

/** A run of its own over tests of which the first `shaky` fail at their first try. */
async function runOf(shaky: number): Promise<{ code: number; lines: string[] }> {
  await using folder = await aFolder();
  await writeFile(
    join(folder.path, 'shaky.spec.mjs'),
    `const tries = {};
     for (let n = 1; n <= 6; n += 1) it('test ' + n, () => {
       tries[n] = (tries[n] ?? 0) + 1;
       if (n <= ${shaky} && tries[n] === 1) throw new Error('too early');
     });`,
  );
  await writeFile(
    join(folder.path, 'vitest.config.mjs'),
    `export default { test: { globals: true, retry: 1, include: ['*.spec.mjs'],
       reporters: [${JSON.stringify(join(ROOT, 'test/support/closing-line.ts'))}] } };`,
  );
  const run = promisify(execFile)(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder.path],
    { cwd: folder.path, env: { PATH: process.env.PATH } },
  );
  const { stdout, code } = await run.then(
    (done) => ({ ...done, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  return { code, lines: stdout.trim().split('\n') };
}

it('names what passed only at its second try, with what the first one said', async () => {
  const { code, lines } = await runOf(1);
  expect({ code, lines }).toEqual({
    code: 0,
    lines: [
      'Passed only at the second try: shaky.spec.mjs > test 1: too early',
      '6 passed, 0 failed, 1 passed only at the second try',
    ],
  });
});

it('fails a run in which many needed a second try', async () => {
  const { code, lines } = await runOf(SECOND_TRIES_ALLOWED + 1);
  expect(code).toBe(1);
  expect(lines.at(-2)).toBe(
    `More than ${SECOND_TRIES_ALLOWED} tests needed a second try: the run has failed.`,
  );
});
