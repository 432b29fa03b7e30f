import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

const { FirstLiteralToken, LastTemplateToken, TemplateExpression } = ts.SyntaxKind;

const ROOT = join(import.meta.dirname, '../..');

/** Words that are no term's alias, but would be read as one: none stands in an identifier. */
const ALSO_BANNED: Readonly<Record<string, string>> = {
  tally: 'stats',
  carriage: 'batch',
  passenger: 'entry',
  newcomer: 'on connected',
  told: 'notified',
  untold: 'pending',
  turnstile: 'semaphore',
  fate: 'disposition',
  silence: 'no response',
  vanishing: 'deletion',
  misfit: 'mismatch',
  postman: 'webhook sender',
  courier: 'webhook sender',
  parcel: 'delivery',
  till: 'account',
  mishap: 'fault',
  manners: 'headers',
  ladder: 'schedule',
  patiently: 'retry',
  swept: 'polled',
};

/** Aliases of docs/glossary.md that also mean something else here, and what. In `only` they do; elsewhere they are banned. */
const OTHER_MEANINGS: Readonly<Record<string, { means: string; only?: RegExp }>> = {
  account: { means: "of the books, at Stripe, and a person's own" },
  company: { means: "QuickBooks' company, and what an organisation trades as" },
  tenant: { means: 'an organisation, whose rows are kept apart from those of others' },
  client: { means: 'what calls a server, and what Intuit gives an application' },
  quote: { means: 'the mark around a text' },
  estimate: { means: "QuickBooks' Estimate, and a guess at a number" },
  acceptance: { means: 'of an invitation' },
  invoice: { means: 'ours: the alias is that of a bill' },
  bill: { means: "a vendor's: the alias is that of an invoice" },
  cache: { means: 'of access tokens, and of a browser' },
  retention: { means: 'of rows, which is a term itself' },
  receipt: { means: "QuickBooks' sales and refund receipts" },
  method: { means: 'of a class, of HTTP, and by which somebody pays' },
  posting: { means: 'the act of writing revenue events; in the sandbox a line of its ledger' },
  remainder: { means: 'of a division' },
  late: { means: 'after its time: a delivery, a day, a fee' },
  invite: { means: 'the act: its row is an invitation' },
  compare: { means: 'to look whether two things are the same; the job of that name is data' },
  comparison: { means: 'of two reports' },
  fit: { means: 'that there is room for something', only: /^(sandbox|test)\// },
  gate: { means: 'what lets a request or a test through' },
  letter: { means: 'of the alphabet, and the size of paper' },
  turn: { means: 'whose time it is, and to turn something on or off' },
  hold: { means: 'to have or to keep waiting; `held_back` is a term itself' },
  ticks: { means: "of the processor's clock", only: /^(bench|test)\// },
  forget: { means: 'what a cache does, and an organisation with a person' },
  wake: { means: 'a worker that sleeps', only: /^(src\/jobs|sandbox)\// },
  ticket: { means: 'what the first step of a sign-in gives for the second' },
  story: { means: 'what a test or a measurement tells', only: /^(test|bench)\// },
};

/** Banned words that a comment or a message may have: in a sentence they are plain English. */
const PLAIN_ENGLISH: ReadonlySet<string> = new Set(
  (
    'bring carry news story fit wake wish silence told untold telling caller agreement assignment booking method ' +
    'seal sealing till fate manners seat'
  ).split(' '),
);

/** An alias that stands in no identifier, and the term to say instead. */
interface Alias {
  alias: string;
  term: string;
  /** Its forms, each as words in lower case with a space between. */
  forms: ReadonlySet<string>;
  inText: boolean;
}

/** The aliases of a glossary: the last column of its tables, and what is banned beside them. */
export function aliasesOf(glossary: string): Alias[] {
  const rows = [...glossary.matchAll(/^\| (.+?) +\|.*\| (.*?) *\|$/gm)].map(([, term, last]) => [
    term!,
    last!,
  ]);
  const named = rows
    .filter(([term, last]) => term !== 'term' && !/^-*$/.test(last!))
    .flatMap(([term, last]) => last!.split(', ').map((one) => [one, term!] as const));
  return [...named, ...Object.entries(ALSO_BANNED)].map(([entry, term]) => {
    const alias = entry.replace(/ \(.*\)$/, '').toLowerCase();
    const inText = !PLAIN_ENGLISH.has(alias) && !entry.endsWith('(in code)') && !OTHER_MEANINGS[alias];
    return { alias, term, forms: formsOf(alias), inText };
  });
}

const ALIASES = aliasesOf(readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8'));
/** By each of their forms: there are far more words than aliases. */
const BY_FORM = byForm(ALIASES);
const IN_TEXT_BY_FORM = byForm(ALIASES.filter(({ inText }) => inText));

function byForm(aliases: readonly Alias[]): ReadonlyMap<string, readonly Alias[]> {
  const found = new Map<string, Alias[]>();
  for (const alias of aliases) {
    for (const form of alias.forms) found.set(form, [...(found.get(form) ?? []), alias]);
  }
  return found;
}

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
  const identifiers = factsOf(text).identifiers.filter((name) => !/^[a-z0-9]+(_[a-z0-9]+)+$/.test(name));
  const names = new Set([basename(path, '.ts'), ...identifiers]);
  return [...names].flatMap((name) => {
    const words = wordsOf(name);
    const runs = words.flatMap((word, at) => [word, `${word} ${words[at + 1]}`]);
    const found = new Set(runs.flatMap((run) => BY_FORM.get(run) ?? []));
    return [...found]
      .filter(({ alias }) => isBannedIn(alias, path))
      .map(({ term }) => `${path}: ${name} (say ${term})`);
  });
}

/** Each word of the comments and sentences of a source that is banned there too: `path:line: word (say …)`. */
export function bannedWords({ path, text }: Source): string[] {
  return factsOf(text).prose.flatMap(({ prose, line }) =>
    [...prose.matchAll(/(?<![\w.`'{])[a-z]+(?!\w|[`}]|'(?!s\b)|\.\w)/gi)].flatMap(([word]) =>
      (IN_TEXT_BY_FORM.get(word.toLowerCase()) ?? []).map(
        ({ term }) => `${path}:${line}: ${word} (say ${term})`,
      ),
    ),
  );
}

function isBannedIn(alias: string, path: string): boolean {
  const other = OTHER_MEANINGS[alias];
  return !other || (other.only !== undefined && !other.only.test(path));
}

/** A word as it is, and its plural and verb forms. */
function formsOf(word: string): Set<string> {
  const stem = word.replace(/e$/, '');
  const forms = [word, `${word}s`, `${word}es`, `${stem}ed`, `${stem}ing`];
  if (word.endsWith('y')) forms.push(word.replace(/y$/, 'ies'), word.replace(/y$/, 'ied'));
  return new Set(forms);
}

interface Prose {
  prose: string;
  line: number;
}
interface Facts {
  identifiers: readonly string[];
  /** The names that it exports. */
  exported: readonly string[];
  prose: readonly Prose[];
}

/** By text: all tests look at the same files, of which to read one takes longer than what they ask of it. */
const known = new Map<string, Facts>();

function factsOf(text: string): Facts {
  const before = known.get(text);
  if (before) return before;
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest);
  const facts = { identifiers: identifiersIn(file), exported: exportedBy(file), prose: proseIn(file) };
  known.set(text, facts);
  return facts;
}

/** Comments, and literals that have a space in them and are no SQL: what is read as sentences. */
function proseIn(file: ts.SourceFile): Prose[] {
  const { text } = file;
  const found: Prose[] = [];
  const add = (start: number, end: number): void => {
    const { line } = file.getLineAndCharacterOfPosition(start);
    text
      .slice(start, end)
      .split('\n')
      .forEach((prose, index) => found.push({ prose, line: line + index + 1 }));
  };
  /** Literals as they lie in the text, in which what looks like a comment is none. */
  const literals: { start: number; end: number }[] = [];
  const visit = (node: ts.Node): void => {
    const isAny = isLiteral(node) || node.kind === TemplateExpression;
    if (isAny && isProse(node, file)) add(node.getStart(file) + 1, node.end - 1);
    if (isLiteral(node)) literals.push({ start: node.getStart(file), end: node.end });
    ts.forEachChild(node, visit);
  };
  visit(file);
  const comments = /\/\/.*|\/\*[^]*?\*\//g;
  for (const { start, end } of [...literals, { start: text.length, end: text.length }]) {
    for (let at = comments.exec(text); at !== null && at.index < start; at = comments.exec(text)) {
      add(at.index, at.index + at[0].length);
    }
    comments.lastIndex = end;
  }
  return found.toSorted((one, other) => one.line - other.line);
}

/** Also a part of a template, between what is put in. */
function isLiteral({ kind }: ts.Node): boolean {
  return kind >= FirstLiteralToken && kind <= LastTemplateToken;
}

function isProse(node: ts.Node, file: ts.SourceFile): boolean {
  if (
    !ts.isStringLiteral(node) &&
    !ts.isTemplateExpression(node) &&
    !ts.isNoSubstitutionTemplateLiteral(node)
  )
    return false;
  const text = node.getText(file).slice(1, -1);
  return text.includes(' ') && !/\b(select|update|insert into|delete from|where|from|order by)\b/.test(text);
}

/** Exported names that more than one file defines: `name: path, path`. */
export function homonyms(sources: readonly Source[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    for (const name of factsOf(text).exported) places.set(name, (places.get(name) ?? new Set()).add(path));
  }
  return [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].join(', ')}`);
}

/** Exported names that stand nowhere but where they are defined, in `sources` and `users`: a test alone can use them. */
export function unusedExports(sources: readonly Source[], users: readonly Source[] = []): string[] {
  const uses = new Map<string, number>();
  for (const { text } of [...sources, ...users]) {
    for (const name of factsOf(text).identifiers) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return sources.flatMap(({ text }) => factsOf(text).exported).filter((name) => (uses.get(name) ?? 0) <= 1);
}

/**
 * Exported names that no other file uses, of `sources` or `users`, and of types those alone that no signature of an
 * export of their file names: whoever uses that export reads what it takes and gives by them. `path: name`.
 */
export function ownExports(sources: readonly Source[], users: readonly Source[] = []): string[] {
  const files = new Map<string, number>();
  for (const { text } of [...sources, ...users]) {
    for (const name of new Set(factsOf(text).identifiers)) files.set(name, (files.get(name) ?? 0) + 1);
  }
  return sources.flatMap(({ path, text }) => {
    const alone = factsOf(text).exported.filter((name) => files.get(name) === 1);
    if (alone.length === 0) return [];
    const inSignatures = typesInSignatures(path, text);
    return alone.filter((name) => !inSignatures.has(name)).map((name) => `${path}: ${name}`);
  });
}

/** The types of a file that the signature of another of its exports names: what it takes, gives and consists of. */
function typesInSignatures(path: string, text: string): Set<string> {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const isExported = (one: ts.Statement) => ts.canHaveModifiers(one) && ts.getModifiers(one)?.some(isExport);
  const exported = file.statements.filter(isExported);
  const nameOf = (one: ts.Statement) => (one as ts.DeclarationStatement).name?.getText(file);
  const named = exported.flatMap((one) =>
    [...typesNamedBy(one, file)].filter((name) => name !== nameOf(one)),
  );
  const types = exported.filter((one) => !ts.isVariableStatement(one) && !ts.isFunctionDeclaration(one));
  return new Set(types.flatMap((one) => nameOf(one) ?? []).filter((name) => named.includes(name)));
}

/** The types that a declaration names, but for what is private of it and what stands in its bodies. */
function typesNamedBy(declaration: ts.Statement, file: ts.SourceFile): Set<string> {
  const named = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isPrivate = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(isPrivateKeyword);
    if (ts.isBlock(node) || ts.isDecorator(node) || (isPrivate && !ts.isParameter(node))) return;
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
      return [...node.parameters, ...(node.type ? [node.type] : [])].forEach(visit);
    }
    if (ts.isTypeReferenceNode(node)) named.add(node.typeName.getText(file));
    if (ts.isExpressionWithTypeArguments(node)) named.add(node.expression.getText(file));
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(declaration, visit);
  return named;
}

function isPrivateKeyword(modifier: ts.ModifierLike): boolean {
  return modifier.kind === ts.SyntaxKind.PrivateKeyword;
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

/** An import of one name, which the formatter leaves on its line however deep the rooms are. */
const IMPORT = /^import (?:type )?\{ \w+ \} from '[^']+';$/;

/** Lines longer than `most` characters: `path:line`. */
export function longLines({ path, text }: Source, most: number): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.length > most && !IMPORT.test(line) ? [`${path}:${index + 1}`] : []));
}

function identifiersIn(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) found.push(node.text);
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

function exportedBy(file: ts.SourceFile): string[] {
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
