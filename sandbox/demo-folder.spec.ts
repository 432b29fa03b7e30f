import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDemoFolder } from './demo-folder.ts';

describe("The demo's folder", () => {
  let above: string;
  let folder: string;

  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'demo-folder-'));
    folder = join(above, 'demo');
  });

  afterEach(() => rm(above, { recursive: true }));

  it('is made where there is none', async () => {
    await freshDemoFolder(folder);
    expect(await readdir(folder)).toEqual(['.made-by-demo']);
  });

  it('loses the database of the demo before, and nothing else', async () => {
    await freshDemoFolder(folder);
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres/PG_VERSION'), '18');
    await writeFile(join(folder, 'notes.txt'), 'precious');
    await freshDemoFolder(folder);
    expect((await readdir(folder)).toSorted()).toEqual(['.made-by-demo', 'notes.txt']);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('precious');
  });

  it('is left alone where it was made by somebody else', async () => {
    await mkdir(join(folder, 'postgres'), { recursive: true });
    await writeFile(join(folder, 'postgres/PG_VERSION'), '18');
    await expect(freshDemoFolder(folder)).rejects.toThrow('was not made by the demo');
    expect(await readdir(join(folder, 'postgres'))).toEqual(['PG_VERSION']);
  });
});
