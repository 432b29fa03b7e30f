import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { LONGEST } from '../support/longest-first.js';

it('starts first only files that there are', async () => {
  const names = await readdir(join(import.meta.dirname, '..'), { recursive: true });
  const files = new Set(names.map((name) => basename(name)));
  expect(LONGEST.filter((name) => !files.has(name))).toEqual([]);
});
