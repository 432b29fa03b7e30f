import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** The list only grows: so many rows it had when this was written. */
const ROWS_MIN = 152;

interface Shown {
  file: string;
  title: string;
}

async function sources(folder: string, ending: string): Promise<Map<string, string>> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  const own = names.filter((name) => !/(^|\/)(node_modules|dist)\//.test(name));
  const found = own.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  return new Map(
    await Promise.all(
      found.map(async (name) => [name, withWholeTitles(await readFile(join(ROOT, name), 'utf8'))] as const),
    ),
  );
}

/** A title that is too long for a line is written in parts. */
function withWholeTitles(source: string): string {
  return source.replaceAll(/'\s*\+\s*'/g, '');
}

/** Whether a source has a test of exactly this title, be it one or a table of them. */
function hasTest(source: string, title: string): boolean {
  const literals = [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``];
  return literals.some((literal) => {
    const escaped = literal.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
    return new RegExp(String.raw`(\bit|\))\(\s*${escaped},`).test(source);
  });
}

describe('The list of faults', () => {
  let rows: { id: string; shown: Shown[] }[];
  let specs: Map<string, string>;
  let sandboxSpecs: Map<string, string>;
  let product: Map<string, string>;

  beforeAll(async () => {
    specs = new Map([...(await sources('test', 'spec.ts')), ...(await sources('src', '.spec.ts'))]);
    sandboxSpecs = await sources('sandbox', '.spec.ts');
    product = await sources('src', '.ts');
    const text = await readFile(join(ROOT, 'docs/faults.md'), 'utf8');
    rows = [...text.matchAll(/^\| ([A-Z]+\d+) .*$/gm)].map(([row, id]) => ({
      id: id!,
      shown: [...row.matchAll(/`([\w.-]+?(?:\.e2e-spec|\.spec)\.ts)` “([^”]+)”/g)].map(([, file, title]) => ({
        file: file!,
        title: title!.replaceAll('\\|', '|').replaceAll('\\_', '_').replaceAll('\\*', '*'),
      })),
    }));
  });

  /** Of the product; where it has none of the name, of the sandbox. */
  const ofFile = (file: string) => {
    const named = ([name]: [string, string]) => basename(name) === file;
    const own = [...specs].filter(named);
    return own.length > 0 ? own : [...sandboxSpecs].filter(named);
  };

  it('has every fault once, each with a test that shows it', () => {
    const ids = rows.map(({ id }) => id);
    const parts = Map.groupBy(ids, (id) => id.replace(/\d+$/, ''));
    const gapless = [...parts].flatMap(([part, rowsOfPart]) =>
      rowsOfPart.map((_, index) => `${part}${index + 1}`),
    );
    expect(ids).toEqual(gapless);
    expect(ids.length).toBeGreaterThanOrEqual(ROWS_MIN);
    expect(rows.filter(({ shown }) => shown.length === 0)).toEqual([]);
  });

  it('names files that there are, and tests that are in them', () => {
    const wrong = rows.flatMap(({ id, shown }) =>
      shown
        .filter(({ file, title }) => {
          const found = ofFile(file);
          return found.length !== 1 || !hasTest(found[0]![1], title);
        })
        .map(({ file, title }) => `${id}: ${file} “${title}”`),
    );
    expect(wrong).toEqual([]);
  });

  it('can name each file, for no two have one name', () => {
    const names = [...specs.keys()].map((name) => basename(name));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('would not pass with a test that is not there, or is only spoken of', () => {
    const source =
      `it('keeps it once', async () => {}); // as 'keeps it twice' does\n ` +
      `expect(what).toBe('keeps it', 1);`;
    expect(hasTest(source, 'keeps it once')).toBe(true);
    expect(hasTest(source, 'keeps it twice')).toBe(false);
    expect(hasTest(`it.each([1, 2])(\n  'keeps %i',\n  () => {},\n)`, 'keeps %i')).toBe(true);
    expect(hasTest(source, 'keeps it')).toBe(false);
  });

  it('the product takes no lock that outlives its transaction', () => {
    const ofSession = /pg_(try_)?advisory_lock(_shared)?\b/;
    expect([...product].filter(([, source]) => ofSession.test(source)).map(([name]) => name)).toEqual([]);
    expect(ofSession.test('select pg_try_advisory_lock(1)')).toBe(true);
    expect(ofSession.test('select pg_advisory_xact_lock(1)')).toBe(false);
  });

  it('every timer runs in UTC', () => {
    const timers = [...product.values()].flatMap((source) => source.match(/@Cron\([^)]*\)/g) ?? []);
    expect(timers.length).toBeGreaterThan(1);
    expect(timers.filter((timer) => !timer.includes(`timeZone: 'UTC'`))).toEqual([]);
  });
});
