import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { anyone } from '../support/people.js';
import { type ApiDocument, tablesOf, withTables } from './tables.js';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md') && existsSync(join(ROOT, name)));

const contentOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

describe('A page of the documentation', () => {
  let database: TestDatabase;
  let app: TestApp;
  let tables: Record<string, string>;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    tables = tablesOf((await anyone(app).get<ApiDocument>('/openapi.json')).body);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const upToDate = async (page: string, content: string): Promise<string> => {
    const options = { ...(await resolveConfig(join(ROOT, page))), filepath: page };
    return format(withTables(content, tables), options);
  };

  /** `npm run docs:write` brings the pages up to date. */
  it.each(PAGES)('says in its generated tables what the code holds: %s', async (page) => {
    await expect(await upToDate(page, contentOf(page))).toMatchFileSnapshot(join(ROOT, page));
  });

  it('is written anew where it is out of date (so the test above is not vacuous)', async () => {
    // Not with the file as it is: the run that brings it up to date writes it at the end.
    const written = await upToDate('docs/configuration.md', contentOf('docs/configuration.md'));
    const stale = written.replace('`PORT`', '`PORTAL`');
    expect(stale).not.toBe(written);
    expect(await upToDate('docs/configuration.md', stale)).toBe(written);
  });

  it.each(PAGES)('links to what is there: %s', (page) => {
    const targets = [...contentOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      (match) => match[1]!,
    );
    expect(targets.filter((target) => !leadsSomewhere(page, target))).toEqual([]);
  });

  it('does not lead where there is nothing (so the test above is not vacuous)', () => {
    expect(leadsSomewhere('README.md', 'docs/nowhere.md')).toBe(false);
    expect(leadsSomewhere('README.md', '#no-such-heading')).toBe(false);
  });
});

describe('The map of the code', () => {
  const foldersIn = (place: string): string[] =>
    readdirSync(join(ROOT, place), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  const missing = (page: string, names: readonly string[]): string[] =>
    names.filter((name) => !contentOf(page).includes(`\`${name}\``));

  it('has every folder of the product', () => {
    expect(missing('README.md', ['src/nowhere', ...foldersIn('src').map((name) => `src/${name}`)])).toEqual([
      'src/nowhere',
    ]);
  });

  it('has every room of QuickBooks', () => {
    const rooms = ['', '/push', '/pull'].flatMap((wing) => foldersIn(`src/qbo-sync${wing}`));
    expect(missing('docs/architecture.md', ['nowhere', ...rooms])).toEqual(['nowhere']);
  });
});

/** Whether a relative link names a file of the project and, where it has one, a heading of it. */
function leadsSomewhere(page: string, target: string): boolean {
  const [path, anchor] = target.split('#') as [string, string?];
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  if (anchor === undefined) return true;
  return [...contentOf(file).matchAll(/^#+ (.+)$/gm)].some((match) => slugOf(match[1]!) === anchor);
}

/** The anchor that Markdown renderers give a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
