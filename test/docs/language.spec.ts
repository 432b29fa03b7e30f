import { describe, expect, it } from 'vitest';
import {
  aliasesOf,
  bannedNames,
  bannedWords,
  homonyms,
  longLines,
  ownExports,
  servicesWithoutSuffix,
  sourcesOf,
  unusedExports,
} from './language.js';

const EVERYWHERE = sourcesOf('src', 'sandbox', 'test', 'bench').filter(
  ({ path }) => path !== 'test/docs/language.ts',
);
/** The product and its tests; the list of the aliases, and what is said of them here, have them all. */
const WRITTEN = EVERYWHERE.filter(
  ({ path }) => /^(src|test)\//.test(path) && path !== 'test/docs/language.spec.ts',
);
const PRODUCT = EVERYWHERE.filter(({ path }) => path.startsWith('src/') && !path.endsWith('.spec.ts'));

describe('The language of the code', () => {
  it('uses the terms of the glossary and none of their aliases', () => {
    expect(EVERYWHERE.flatMap(bannedNames)).toEqual([]);
  });

  it('has none of those that are no plain English in its comments and messages, nor in those of its tests', () => {
    expect(WRITTEN.flatMap(bannedWords)).toEqual([]);
  });

  it('gives an exported name one meaning', () => {
    expect(homonyms(PRODUCT)).toEqual([]);
  });

  it('exports nothing for tests alone, but what tables of the documentation and of an RFC are compared with', () => {
    const users = sourcesOf('sandbox', 'bench', 'scripts', 'migrations');
    expect(unusedExports(PRODUCT, users)).toEqual(['hotp', 'OTHER_TIMERS', 'VARIABLES']);
  });

  it('exports nothing that its own file alone uses, but types by which an export of the file is read', () => {
    const specs = EVERYWHERE.filter(({ path }) => path.startsWith('test/') || path.endsWith('.spec.ts'));
    const users = [...sourcesOf('sandbox', 'bench', 'scripts', 'migrations'), ...specs];
    expect(ownExports(PRODUCT, users)).toEqual([]);
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
    const glossary =
      '| term | is | not |\n| --- | --- | --- |\n| lead | a | quote, down payment, drift (in code) |';
    expect(aliasesOf(glossary)).toMatchObject([
      { alias: 'quote', term: 'lead', inText: false },
      { alias: 'down payment', term: 'lead', inText: true },
      { alias: 'drift', term: 'lead', inText: false },
      ...aliasesOf(''),
    ]);
    const say = (term: string) => `(say ${term})`;
    const poll = say('change feed, cursor, poll');
    expect(bannedNames({ path, text })).toEqual([`${path}: CompanySweep ${poll}`]);
    const prose = `/**\n * Sweeps. */\nconst x = [\n  \`The \${at} watermark moves\`, // sweeping\n];`;
    expect(bannedWords({ path, text: prose })).toEqual([
      `${path}:2: Sweeps ${poll}`,
      `${path}:4: watermark ${poll}`,
      `${path}:4: sweeping ${poll}`,
    ]);
    const data = "const x = ['qbo.company.sweep', 'sweep', 'update qbo_sweeps set sweep = 1']; // `sweep`";
    expect(bannedWords({ path, text: data })).toEqual([]);
    expect(bannedNames({ path, text: 'const downPayment = 1; class A { #story() {} }' })).toEqual([
      `${path}: downPayment ${say('deposit')}`,
      `${path}: #story ${say('explanation')}`,
    ]);
    expect(bannedNames({ path: 'test/x.ts', text: 'const story = 1;' })).toEqual([]);
    expect(
      homonyms([
        { path, text },
        { path: 'src/y.ts', text },
      ]),
    ).toEqual([`CompanySweep: ${path}, src/y.ts`]);
    expect(unusedExports([{ path, text }])).toEqual(['CompanySweep']);
    expect(unusedExports([{ path, text: `${text}new CompanySweep();` }])).toEqual([]);
    const own = `
      export interface Taken { a: 1 }
      interface Hidden { b: 2 }
      export interface Left { c: Hidden }
      export const LEFT = 1;
      export const used = (): void => void (LEFT as unknown as Left);
      export class Used { constructor(private readonly taken: Taken) {} private left(): Left { return {} } }`;
    expect(
      ownExports([
        { path, text: own },
        { path: 'src/y.ts', text: 'new Used(used())' },
      ]),
    ).toEqual([`${path}: Left`, `${path}: LEFT`]);
    expect(servicesWithoutSuffix([{ path, text }])).toEqual([path]);
    expect(longLines({ path, text: `${text}/** ${'x'.repeat(120)} */\n` }, 120)).toEqual([
      `${path}:2`,
      `${path}:3`,
    ]);
    const imported = (name: string) => `import { ${name} } from '${'../'.repeat(40)}x.js';`;
    expect(longLines({ path, text: `${imported('One')}\n${imported('One, Two')}` }, 120)).toEqual([
      `${path}:2`,
    ]);
  });
});
