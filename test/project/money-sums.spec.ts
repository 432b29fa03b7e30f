import { glob, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** A list of amounts that is added up by hand: neither a sum too large for a number nor half a cent is noticed. */
const BY_HAND = /\breduce\([^;]*?=> *\w+ \+[^;]*?[cC]ents\b[^;]*?, 0\)/g;

const sumsByHand = (source: string): string[] => source.match(BY_HAND) ?? [];

describe('Amounts of a list', () => {
  it('are added up in one place, which refuses what is no exact number of cents', async () => {
    const found: string[] = [];
    for await (const path of glob('src/**/*.ts')) {
      if (path.startsWith('src/platform/money/') || path.endsWith('.spec.ts')) continue;
      found.push(...sumsByHand(await readFile(path, 'utf8')).map((sum) => `${path}: ${sum}`));
    }
    expect(found).toEqual([]);
  });

  it('are found where they are added up by hand (so that the test above is not vacuous)', () => {
    expect(sumsByHand('rows.reduce((total, row) => total + row.totalCents, 0)')).toHaveLength(1);
    expect(
      sumsByHand('lines\n  .filter(isOpen)\n  .reduce((sum, { cents }) => sum + cents, 0)'),
    ).toHaveLength(1);
    expect(sumsByHand('rows.reduce((count, row) => count + row.reads, 0)')).toEqual([]);
  });
});
