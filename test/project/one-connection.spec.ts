import { glob, readFile } from 'node:fs/promises';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** A use of the database, or of another method, to which no transaction is handed. */
interface Use {
  /** `this.dataSource`, or a method as `Class.method`. */
  what: string;
  isWithinTransaction: boolean;
}

/** What transactions are called where they are handed on. */
const TRANSACTIONS = new Set(['tx', 'own']);
const POOL = 'this.dataSource';

describe('Whoever is in a transaction', () => {
  it('asks the database by it, and takes no second connection, which may be the last of the pool', async () => {
    const sources: string[] = [];
    for await (const path of glob('src/**/*.ts'))
      if (!path.endsWith('.spec.ts')) sources.push(await readFile(path, 'utf8'));
    expect(secondConnections(sources)).toEqual([]);
  });

  it('is found where it takes one, directly or by way of others (so that the test above is not vacuous)', () => {
    const repository = `class Rows {
      constructor(private readonly dataSource: DataSource) {}
      async alone() { return this.dataSource.query('select 1'); }
      async either(tx: EntityManager = this.dataSource.manager) { return tx.query('select 1'); }
    }`;
    const service = `class Work {
      constructor(private readonly dataSource: DataSource, private readonly rows: Rows) {}
      async far() { return this.rows.alone(); }
      async near(tx: EntityManager) { await this.rows.either(tx); await this.rows.either(); }
      async begin() {
        await this.rows.alone();
        await this.dataSource.transaction(async (tx) => { await this.near(tx); await this.far(); });
      }
    }`;
    expect(secondConnections([repository, service])).toEqual([
      'Work.near calls Rows.either',
      'Work.begin calls Work.far',
    ]);
  });
});

function secondConnections(sources: readonly string[]): string[] {
  const methods = new Map(sources.flatMap(methodsIn));
  const taking = new Set([POOL]);
  for (let before = 0; before !== taking.size;) {
    before = taking.size;
    for (const [method, uses] of methods) if (uses.some(({ what }) => taking.has(what))) taking.add(method);
  }
  return [...methods].flatMap(([method, uses]) =>
    uses
      .filter(({ what, isWithinTransaction }) => isWithinTransaction && taking.has(what))
      .map(({ what }) => `${method} calls ${what}`),
  );
}

/** The methods of the classes of a file, as `Class.method`, with what each uses. */
function methodsIn(text: string): [string, Use[]][] {
  const file = ts.createSourceFile('', text, ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isClassDeclaration).flatMap(({ name, members }) => {
    const className = name?.text ?? '';
    const made = members.find(ts.isConstructorDeclaration)?.parameters ?? [];
    const fields = new Map(made.map((one) => [one.name.getText(), one.type?.getText() ?? '']));
    return members
      .filter(ts.isMethodDeclaration)
      .map((method): [string, Use[]] => [
        `${className}.${method.name.getText()}`,
        usesOf(method, className, fields),
      ]);
  });
}

/** What is within a transaction has it as a parameter of its own, or of the function around it. */
function usesOf(method: ts.MethodDeclaration, className: string, fields: ReadonlyMap<string, string>): Use[] {
  const uses: Use[] = [];
  const visit = (node: ts.Node, isWithin: boolean): void => {
    const what = isPool(node) ? POOL : ts.isCallExpression(node) && calledBy(node, className, fields);
    if (what) uses.push({ what, isWithinTransaction: isWithin });
    const begins = ts.isArrowFunction(node) && node.parameters.some(isTransaction);
    ts.forEachChild(node, (child) => visit(child, isWithin || begins));
  };
  const isHanded = method.parameters.some((one) => isTransaction(one) && !one.initializer);
  ts.forEachChild(method, (child) => visit(child, isHanded));
  return uses;
}

/** Of a call on this object, or one that it was given, without a transaction: the method. */
function calledBy(
  { expression, arguments: given }: ts.CallExpression,
  className: string,
  fields: ReadonlyMap<string, string>,
): string | null {
  if (!ts.isPropertyAccessExpression(expression)) return null;
  if (given.some((one) => ts.isIdentifier(one) && TRANSACTIONS.has(one.text))) return null;
  const { expression: owner, name } = expression;
  if (isThis(owner)) return `${className}.${name.text}`;
  const isField = ts.isPropertyAccessExpression(owner) && isThis(owner.expression);
  return isField ? `${fields.get(owner.name.text) ?? ''}.${name.text}` : null;
}

function isTransaction({ name, type }: ts.ParameterDeclaration): boolean {
  return TRANSACTIONS.has(name.getText()) || type?.getText() === 'EntityManager';
}

function isPool(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) && isThis(node.expression) && node.name.text === 'dataSource';
}

function isThis({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.ThisKeyword;
}
