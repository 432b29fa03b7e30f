import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');

/** Words that stand in no identifier, each with the term of docs/glossary.md to use instead. */
export const BANNED: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['errand', 'operation handler'],
    ['wish', 'request'],
    ['wishes', 'requests'],
    ['janitor', 'scheduler'],
    ['housekeeping', 'retention'],
    ['sweep', 'poll'],
    ['sweeps', 'polls'],
    ['watermark', 'cursor'],
    ['reconciler', 'projector'],
    ['tally', 'stats'],
    ['seat', 'slot'],
    ['carriage', 'batch'],
    ['passenger', 'entry'],
    ['remedy', 'resolution'],
    ['remedies', 'resolutions'],
    ['newcomer', 'on connected'],
    ['telling', 'notification'],
    ['tellings', 'notifications'],
    ['told', 'notified'],
    ['untold', 'pending'],
    ['caller', 'authenticated user'],
    ['callers', 'authenticated users'],
    ['turnstile', 'semaphore'],
    ['seal', 'encrypt'],
    ['sealed', 'encrypted'],
    ['sealing', 'encryption'],
    ['fate', 'disposition'],
    ['fates', 'dispositions'],
    ['patience', 'retry'],
    ['patiently', 'retry'],
    ['silence', 'no response'],
    ['vanishing', 'deletion'],
    ['misfit', 'mismatch'],
    ['booking', 'recording'],
    ['postman', 'webhook sender'],
    ['courier', 'webhook sender'],
    ['parcel', 'delivery'],
    ['till', 'account'],
    ['mishap', 'fault'],
    ['mishaps', 'faults'],
    ['manners', 'headers'],
    ['ladder', 'schedule'],
  ].map(([alias, term]) => [alias!, term!]),
);

export interface Source {
  path: string;
  text: string;
}

/** The tracked TypeScript files below the given folders. */
export function sourcesOf(...folders: string[]): Source[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...folders],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return listed
    .split('\n')
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/**
 * Each identifier of a source that has a banned word in it, and each file name: `path: name (say …)`. Names in
 * snake_case are those of the database and of the API, which others rely on; they are left alone.
 */
export function bannedNames({ path, text }: Source): string[] {
  const identifiers = identifiersOf(text).filter((name) => !/^[a-z0-9]+(_[a-z0-9]+)+$/.test(name));
  const names = new Set([basename(path, '.ts'), ...identifiers]);
  return [...names].flatMap((name) =>
    wordsOf(name)
      .filter((word) => Object.hasOwn(BANNED, word))
      .map((word) => `${path}: ${name} (say ${BANNED[word]!})`),
  );
}

/** Exported names that more than one file defines: `name: path, path`. */
export function homonyms(sources: readonly Source[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    for (const name of exportedNames(path, text)) places.set(name, (places.get(name) ?? new Set()).add(path));
  }
  return [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].join(', ')}`);
}

/** Exported names that stand nowhere but where they are defined, in `sources` and `users`: a test alone can use them. */
export function unusedExports(sources: readonly Source[], users: readonly Source[] = []): string[] {
  const uses = new Map<string, number>();
  for (const { text } of [...sources, ...users]) {
    for (const name of identifiersOf(text)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return sources
    .flatMap(({ path, text }) => exportedNames(path, text))
    .filter((name) => (uses.get(name) ?? 0) <= 1);
}

/** Files named `x.service.ts` that export no class ending in `Service`. */
export function servicesWithoutSuffix(sources: readonly Source[]): string[] {
  return sources
    .filter(
      ({ path, text }) =>
        path.endsWith('.service.ts') && !/^export (abstract )?class \w+Service\b/m.test(text),
    )
    .map(({ path }) => path);
}

/** Lines longer than `most` characters: `path:line`. */
export function longLines({ path, text }: Source, most: number): string[] {
  return text.split('\n').flatMap((line, index) => (line.length > most ? [`${path}:${index + 1}`] : []));
}

function identifiersOf(text: string): string[] {
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** `heldBackUntil`, `MAY_STILL_RUN` and `compare-run` as lower-case words. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

function exportedNames(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.some(isExport)) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText(file));
    }
    const { name } = statement as ts.DeclarationStatement;
    return name ? [name.getText(file)] : [];
  });
}

function isExport(modifier: ts.ModifierLike): boolean {
  return modifier.kind === ts.SyntaxKind.ExportKeyword;
}
