import { describe, expect, it } from 'vitest';
import {
  bannedNames,
  homonyms,
  longLines,
  servicesWithoutSuffix,
  sourcesOf,
  unusedExports,
} from './language.js';

const EVERYWHERE = sourcesOf('src', 'sandbox', 'test', 'bench').filter(
  ({ path }) => path !== 'test/docs/language.ts',
);
const PRODUCT = EVERYWHERE.filter(({ path }) => path.startsWith('src/') && !path.endsWith('.spec.ts'));

describe('The language of the code', () => {
  it('uses the terms of the glossary and none of their aliases', () => {
    expect(EVERYWHERE.flatMap(bannedNames)).toEqual([]);
  });

  it('gives an exported name one meaning', () => {
    expect(homonyms(PRODUCT)).toEqual([]);
  });

  it('exports nothing for tests alone, but what tables of the documentation and of an RFC are compared with', () => {
    const users = sourcesOf('sandbox', 'bench', 'scripts', 'migrations');
    expect(unusedExports(PRODUCT, users)).toEqual(['hotp', 'OTHER_TIMERS', 'VARIABLES']);
  });

  it('calls a service a service', () => {
    expect(servicesWithoutSuffix(PRODUCT)).toEqual([]);
  });

  it('has lines that can be read', () => {
    expect(EVERYWHERE.flatMap((source) => longLines(source, 120))).toEqual([]);
  });

  it('is looked at closely enough to find each of these (so the tests above are not vacuous)', () => {
    const path = 'src/x/turn.service.ts';
    const text = `export class CompanySweep {}\n// ${'x'.repeat(120)}\n`;
    expect(bannedNames({ path, text })).toEqual([`${path}: CompanySweep (say poll)`]);
    expect(
      homonyms([
        { path, text },
        { path: 'src/y.ts', text },
      ]),
    ).toEqual([`CompanySweep: ${path}, src/y.ts`]);
    expect(unusedExports([{ path, text }])).toEqual(['CompanySweep']);
    expect(unusedExports([{ path, text: `${text}new CompanySweep();` }])).toEqual([]);
    expect(servicesWithoutSuffix([{ path, text }])).toEqual([path]);
    expect(longLines({ path, text: `${text}/** ${'x'.repeat(120)} */\n` }, 120)).toEqual([
      `${path}:2`,
      `${path}:3`,
    ]);
  });
});
