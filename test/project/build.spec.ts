import { execFile } from 'node:child_process';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt } from '../../scripts/built.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { cloneDatabase } from '../support/database.js';
import { aFolder, type TestFolder } from '../support/folder.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

describe('A build', () => {
  let project: TestFolder;
  let scripts: Record<string, string>;

  beforeEach(async () => {
    project = await aFolder();
    ({ scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    });
    for (const folder of ['dist/src', 'src', 'migrations']) {
      await mkdir(join(project.path, folder), { recursive: true });
    }
    for (const name of [
      'package.json',
      'nest-cli.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'src/main.ts',
    ]) {
      await writeFile(join(project.path, name), '{}');
    }
  });

  afterEach(() => project[Symbol.asyncDispose]());

  /** A project whose build only writes the mark, with our own way to see whether one is needed. */
  async function ensureBuilt(): Promise<void> {
    const ours = { build: `node -e "require('fs').writeFileSync('dist/.built','again')"` };
    const manifest = { name: 'a', scripts: { ...ours, 'ensure-built': scripts['ensure-built'] } };
    await writeFile(join(project.path, 'package.json'), JSON.stringify(manifest));
    await run('npm', ['run', '--silent', 'ensure-built'], { cwd: project.path });
  }

  it('that was interrupted is not taken for one', async () => {
    await writeFile(join(project.path, 'dist/src/main.js'), '');
    const later = new Date(Date.now() + 60_000);
    await utimes(join(project.path, 'dist/src/main.js'), later, later);
    expect(isBuilt(project.path)).toBe(false);
    await ensureBuilt();
    expect(await readFile(join(project.path, 'dist/.built'), 'utf8')).toBe('again');
  });

  it('that is whole is not made again', async () => {
    await writeFile(join(project.path, 'dist/.built'), 'once');
    await ensureBuilt();
    expect(await readFile(join(project.path, 'dist/.built'), 'utf8')).toBe('once');
  });

  it('leaves its mark last', () => {
    expect(scripts.build).toMatch(/^nest build && .*dist\/\.built/);
  });

  it('that is older than a source is none of what the sources are now', async () => {
    await writeFile(join(project.path, 'dist/.built'), '');
    const later = new Date(Date.now() + 60_000);
    await utimes(join(project.path, 'dist/.built'), later, later);
    expect(isBuilt(project.path)).toBe(true);
    const latest = new Date(Date.now() + 120_000);
    await utimes(join(project.path, 'src/main.ts'), latest, latest);
    expect(isBuilt(project.path)).toBe(false);
  });

  it('without its migrations brings no schema up to date, and says so', async () => {
    await using database = await cloneDatabase();
    await expect(
      migrate(database.ownerUrl, database.ownerUrl, join(project.path, 'migrations')),
    ).rejects.toThrow('npm run build');
  });
});
