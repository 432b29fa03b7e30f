import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../src/platform/config/environment.js';

const ROOT = join(import.meta.dirname, '../..');
const DEFAULTS = new Environment() as unknown as Record<string, string | number | boolean | undefined>;

describe('.env.example', () => {
  const lines = readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^# ([A-Z][A-Z0-9_]+)=(.*)$/gm);
  const listed = [...lines].map(([, name, value]) => ({ name: name!, value: value! }));

  it('names each variable that the product reads, once, and no other', () => {
    expect(listed.map(({ name }) => name).toSorted()).toEqual(Object.keys(DEFAULTS).toSorted());
  });

  it('shows the default of each', () => {
    const wrong = listed.filter(({ name, value }) => value !== String(DEFAULTS[name] ?? ''));
    expect(wrong).toEqual([]);
  });

  it('sets nothing by itself', () => {
    const text = readFileSync(join(ROOT, '.env.example'), 'utf8');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});
