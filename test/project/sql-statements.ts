import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** A statement of the product: SQL text, or a call of TypeORM on an entity. */
export interface Statement {
  /** Its file below `src`, and the method, function or constant that holds it: `auth/a.repository.ts#list`. */
  readonly place: string;
  /** The SQL, where a constant of the file is put in and all else is `${…}`; or the call as it is written. */
  readonly text: string;
  readonly tables: readonly string[];
  /** A condition, or what is inserted, names the organisation. */
  readonly namesOrg: boolean;
  /** The door it goes through. */
  readonly door: string | null;
}

/** A statement, or what one of its parts is in a constant of its own: `paid as (…`. */
const SQL = /^\s*(?:(?:select|insert|update|delete|with)\b|\w+ as (?:materialized )?\()/i;
/** A table that is put in is `…`: it may be any. */
const TABLE = /\b(?:from|join|update|into|using)\s+(?:only\s+)?"?(?:\$\{)?([a-z_…]+)"?/gi;
/** The organisation compared with a parameter, alone or as part of a key, or a column of what is inserted. */
const ORG_NAMED = [
  /\borg_id\s*(?:=|in)\s*(?:any\s*)?\(?\s*(?:coalesce\()?\$/i,
  /\(\s*(?:\w+\.)?org_id\s*,[^)]*\)\s*(?:=|in)/i,
  /\binsert\s+into\s+\w+\s*(?:as\s+\w+\s*)?\([^)]*\borg_id\b/i,
];
const ORG_OPTIONAL = /\bis\s+null\s+or\s+(?:\w+\.)?org_id\b/i;
const ENTITY_CALLS = [
  'find\\w*|count\\w*|exists\\w*|insert|update|upsert|delete|save|increment|decrement|sum',
  'createQueryBuilder|from|into|getRepository',
];
const ENTITY_CALL = new RegExp(`^(${ENTITY_CALLS.join('|')})$`);

/** Every statement below a folder. `tableOf`: the tables of entities by their classes. */
export async function readStatements(
  folder: string,
  tableOf: ReadonlyMap<string, string>,
): Promise<Statement[]> {
  const files = await sources(folder);
  return files.flatMap(({ name, text }) => statementsOf(name, text, tableOf));
}

/** The tables of the entities below a folder, by their classes. */
export async function readEntities(folder: string): Promise<Map<string, string>> {
  const entity = /@Entity\((?:'(\w+)'|\{[^}]*name: '(\w+)'[^}]*\})\)[\s\S]*?export class (\w+)/g;
  const files = await sources(folder);
  return new Map(
    files.flatMap(({ text }) =>
      [...text.matchAll(entity)].map(([, short, long, name]) => [name!, (short ?? long)!] as const),
    ),
  );
}

async function sources(folder: string): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .toSorted();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })));
}

/** The statements of one file, from top to bottom. */
export function statementsOf(file: string, text: string, tableOf: ReadonlyMap<string, string>): Statement[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(source);
  const found: Statement[] = [];
  const visit = (node: ts.Node): void => {
    const sql =
      ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ? resolved(node, constants) : '';
    const entity = ts.isCallExpression(node) ? entityOf(node, tableOf) : null;
    const at = { place: `${file}#${holderOf(node)}`, door: doorOf(node) };
    if (SQL.test(sql)) {
      const tables = [...sql.matchAll(TABLE)].map(([, table]) => table!.toLowerCase());
      found.push({ ...at, text: sql, tables, namesOrg: sqlNamesOrg(sql) });
      return;
    }
    if (entity) {
      const call = chainOf(node).getText();
      found.push({ ...at, text: call, tables: [entity], namesOrg: callNamesOrg(call) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** One that may be left out is no condition on it. */
function sqlNamesOrg(sql: string): boolean {
  return !ORG_OPTIONAL.test(sql) && ORG_NAMED.some((form) => form.test(sql));
}

/** Sorting by the organisation is no condition on it. */
function callNamesOrg(call: string): boolean {
  return /\borgId\b|\bkeyOf\(/.test(call.replace(/\border: \{[^}]*\}/g, ''));
}

/**
 * The tables that a statement joins without saying that both rows are of one organisation, by their condition or by
 * any other that names the organisation of the joined row. A join whose alias is put in is left out.
 */
export function looseJoins({ text }: Statement, isOfTenants: (table: string) => boolean): string[] {
  const joins =
    /\bjoin\s+(?!lateral)(\w+)(?:\s+as)?\s+(\w+)\s+(?:on|using)\b([\s\S]*?)(?=\bjoin\b|\bwhere\b|$)/gi;
  // One match must not take the next join's word away: the end is only looked at.
  return [...text.matchAll(joins)]
    .filter(([, table]) => isOfTenants(table!.toLowerCase()))
    .filter(([, , alias, condition]) => {
      const isNamed = new RegExp(`\\b${alias}\\.org_id\\s*(=|in)|(=|in)\\s*${alias}\\.org_id\\b`, 'i');
      return !/\borg_id\b/i.test(condition!) && !isNamed.test(text);
    })
    .map(([, table, alias]) => `${table} ${alias}`);
}

function entityOf(call: ts.CallExpression, tableOf: ReadonlyMap<string, string>): string | null {
  if (!ts.isPropertyAccessExpression(call.expression)) return null;
  const [first] = call.arguments;
  if (!first || !ts.isIdentifier(first) || !ENTITY_CALL.test(call.expression.name.text)) return null;
  return tableOf.get(first.text) ?? null;
}

/** The call with everything that is chained on to it: `.where(…).getMany()`. */
function chainOf(node: ts.Node): ts.Node {
  const { parent } = node;
  const goesOn =
    (ts.isPropertyAccessExpression(parent) || ts.isCallExpression(parent)) && parent.expression === node;
  return goesOn ? chainOf(parent) : node;
}

function holderOf(node: ts.Node): string {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    const isTop = ts.isVariableDeclaration(at) && ts.isSourceFile(at.parent.parent.parent);
    if (ts.isMethodDeclaration(at) || ts.isFunctionDeclaration(at) || isTop) {
      return (at as ts.NamedDeclaration).name?.getText() ?? '';
    }
  }
  return '';
}

/** The door of the nearest `throughDoor('…', () => …)` around a statement. */
function doorOf(node: ts.Node): string | null {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (!ts.isCallExpression(at) || at.expression.getText() !== 'throughDoor') continue;
    const [door] = at.arguments;
    return door && ts.isStringLiteralLike(door) ? door.text : '?';
  }
  return null;
}

/** The constants of a file that are texts. */
function constantsOf(source: ts.SourceFile): Map<string, string> {
  const constants = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer && (ts.isStringLiteralLike(initializer) || ts.isTemplateExpression(initializer))) {
        constants.set(name.getText(), resolved(initializer, constants));
      }
    }
  }
  return constants;
}

function resolved(
  node: ts.StringLiteralLike | ts.TemplateExpression,
  constants: ReadonlyMap<string, string>,
): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  const spans = node.templateSpans.map(
    ({ expression, literal }) => (constants.get(expression.getText()) ?? '${…}') + literal.text,
  );
  return node.head.text + spans.join('');
}
