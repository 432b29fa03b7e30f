import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Those that run a file of ours in Node, and the file. */
const COMMANDS = Object.entries(scripts).flatMap(([name, script]) => {
  const [, file] = /(?:^|&& )node (\S+\.(?:cli\.js|ts)(?: revert)?)$/.exec(script) ?? [];
  return file === undefined ? [] : [{ name, words: file.split(' ') }];
});

async function run(words: readonly string[]) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, words, { cwd: ROOT, env: { PATH, NODE_COMPILE_CACHE } });
  child.stdin.end();
  const code = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
}

describe('A command', () => {
  it('is one of these', () => {
    expect(COMMANDS.map(({ name }) => name).toSorted()).toEqual([
      'backfill',
      'bench',
      'chaos',
      'demo',
      'dependencies:audit',
      'migrate',
      'migrate:revert',
      'org:create',
      'org:stripe-account',
      'restore:reconcile',
      'sandbox',
      'seed',
      'simulate',
      'soak',
      'user:password',
    ]);
  });

  const OF_PRODUCT = COMMANDS.filter(({ words }) => words[0]!.startsWith('dist/'));
  it.each(OF_PRODUCT)('$name is read as all of the product are', ({ words }) => {
    const source = readFileSync(join(ROOT, words[0]!.replace(/^dist\/(.*)js$/, '$1ts')), 'utf8');
    expect(source).toMatch(/await runTool\(/);
    expect(source).not.toMatch(/parseArgs|process\.argv/);
  });

  /** The others of the product load all of it before they are read. */
  const QUICK = COMMANDS.filter(
    ({ name, words }) => name.startsWith('migrate') || !words[0]!.startsWith('dist/'),
  );
  it.each(QUICK)(
    '$name says how it is meant where it is given otherwise, does nothing, and ends with 2',
    async ({ name, words }) => {
      const { code, out, err } = await run([...words, '--nonsense']);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(
        new RegExp(`--nonsense.*\n(Usage: npm run ${name.replace(':revert', '')}\\b|Options: ).*\n$`),
      );
    },
  );

  it('says how it is meant where it is asked, and ends with 0', async () => {
    for (const name of ['migrate:revert', 'simulate']) {
      const { words } = COMMANDS.find((one) => one.name === name)!;
      const { code, out, err } = await run([...words, '--help']);
      expect([code, out.startsWith('Usage: npm run '), err]).toEqual([0, true, '']);
    }
  });
});
