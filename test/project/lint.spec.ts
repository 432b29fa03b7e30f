import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { aFolder } from '../support/folder.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

/** What `npm run lint` prints about a folder with one file; it answers also where it finds something. */
async function lint(source: string): Promise<string> {
  await using folder = await aFolder();
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { lint: string };
  };
  const [command, ...flags] = scripts.lint.split(' ');
  await writeFile(join(folder.path, 'tsconfig.json'), '{ "compilerOptions": { "strict": true } }');
  await writeFile(join(folder.path, 'price.ts'), source);
  const bin = join(ROOT, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const shell = process.platform === 'win32';
  const { stdout } = await run(join(bin, command!), flags, { cwd: folder.path, env, shell }).catch(
    (failure: { stdout: string }) => failure,
  );
  return stdout;
}

it('finds an error of types, for nothing else judges them', async () => {
  expect(await lint('export const cents: number = 12.5;\n')).toContain('Found 0 warnings and 0 errors');
  expect(await lint("export const cents: number = '12.50';\n")).toContain(
    "Type 'string' is not assignable to type 'number'",
  );
});
