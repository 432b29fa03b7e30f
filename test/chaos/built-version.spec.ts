import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtVersionIn } from './built-version.ts';

describe('The folder of a version', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crm-version-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  const build = async (): Promise<void> => {
    const scripts = {
      'start:prod': 'node --max-semi-space-size=8 --import ./dist/src/source-maps.js dist/src/main.js',
      'org:create': 'npm run -s ensure-built && node dist/src/auth/create-org.cli.js',
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '0.1.0', scripts }));
    await mkdir(join(folder, 'dist/src'), { recursive: true });
    await writeFile(join(folder, 'dist/src/main.js'), '');
  };

  it('says itself how it is started', async () => {
    await build();
    expect(builtVersionIn(folder)).toEqual({
      root: folder,
      version: '0.1.0',
      start: [
        '--max-semi-space-size=8',
        '--import',
        join(folder, 'dist/src/source-maps.js'),
        join(folder, 'dist/src/main.js'),
      ],
      createOrg: join(folder, 'dist/src/auth/create-org.cli.js'),
      knowsOwner: false,
    });
  });

  it('knows the owner of the tables where its variables name that address', async () => {
    await build();
    await writeFile(join(folder, '.env.example'), '# DATABASE_MIGRATE_URL=\n');
    expect(builtVersionIn(folder).knowsOwner).toBe(true);
  });

  it('is refused where it is none, or is not built', async () => {
    expect(() => builtVersionIn(join(folder, 'nowhere'))).toThrow('is no folder of a version');
    await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '0.1.0', scripts: {} }));
    expect(() => builtVersionIn(folder)).toThrow('There is no build to run');
  });
});
