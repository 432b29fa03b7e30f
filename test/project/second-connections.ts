import ts from 'typescript';

/** A use of the database, or of another method, to which no transaction is handed for sure. */
interface Use {
  /** `this.dataSource`, or a method as `Class.method`. */
  what: string;
  isWithinTransaction: boolean;
}

/** What the names of a function stand for at a place. */
interface Scope {
  /** Transactions that are under way. */
  under: ReadonlySet<string>;
  /** Transactions that may be left out. */
  optional: ReadonlySet<string>;
  /** The database itself under another name, which a declaration adds. */
  pools: Set<string>;
  isWithin: boolean;
}

interface Place {
  className: string;
  fields: ReadonlyMap<string, string>;
  uses: Use[];
}

type Named = ts.MethodDeclaration | ts.PropertyDeclaration;

/** What transactions are called where they have no type of their own. */
const TRANSACTIONS: ReadonlySet<string> = new Set(['tx', 'own']);
const POOL = 'this.dataSource';
const PARSED = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
const OUTSIDE: Scope = { under: new Set(), optional: new Set(), pools: new Set(), isWithin: false };

/**
 * Where methods of these sources take a connection of their own while a transaction of theirs is under way, directly or
 * by way of others. A method with an optional transaction takes one where it is called without.
 */
export function secondConnections(sources: readonly string[]): string[] {
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
  // Who is given nothing calls nobody.
  if (!text.includes('constructor(')) return [];
  const { statements } = ts.createSourceFile('', text, PARSED);
  return statements.filter(ts.isClassDeclaration).flatMap(({ name, members }) => {
    const className = name?.text ?? '';
    const made = members.find(ts.isConstructorDeclaration)?.parameters ?? [];
    const fields = new Map(made.map((one) => [nameOf(one), typeOf(one)]));
    return members
      .filter((member): member is Named => ts.isMethodDeclaration(member) || ts.isPropertyDeclaration(member))
      .map((member): [string, Use[]] => {
        const uses: Use[] = [];
        visit(member, { ...OUTSIDE, pools: new Set() }, { className, fields, uses });
        return [`${className}.${nameOf(member)}`, uses];
      });
  });
}

function visit(node: ts.Node, outer: Scope, place: Place): void {
  const { className, fields, uses } = place;
  const scope = ts.isFunctionLike(node) ? scopeOf(node, outer) : outer;
  const use = (what: string, isWithinTransaction: boolean): void => {
    uses.push({ what, isWithinTransaction });
  };
  if (isPool(node)) use(POOL, scope.isWithin);
  else if (ts.isIdentifier(node) && scope.isWithin && scope.pools.has(node.text)) use(POOL, true);
  else if (ts.isCallExpression(node)) {
    const method = calledBy(node, className, fields);
    const handed = method && handedTo(node, scope);
    if (method && handed !== 'transaction') use(method, scope.isWithin && handed === 'nothing');
  } else if (ts.isVariableDeclaration(node) && node.initializer && isOfPool(node.initializer, scope)) {
    for (const name of namesIn(node.name)) scope.pools.add(name);
    return use(POOL, scope.isWithin);
  }
  if (ts.isParameter(node)) {
    // What stands in for a transaction that is left out is used where none is under way.
    if (node.initializer)
      visit(node.initializer, { ...scope, isWithin: outer.isWithin && !isTransaction(node) }, place);
    return;
  }
  if (isEither(node, scope)) return visit(node.right, { ...scope, isWithin: false }, place);
  ts.forEachChild(node, (child) => visit(child, scope, place));
}

/** A function that takes a transaction is within one; where it may be left out, its other names stay as they were. */
function scopeOf({ parameters }: ts.SignatureDeclaration, outer: Scope): Scope {
  const hidden = new Set(parameters.flatMap(({ name }) => namesIn(name)));
  const without = (names: ReadonlySet<string>): string[] => [...names].filter((name) => !hidden.has(name));
  const given = parameters.filter(isTransaction);
  const optional = given.filter(({ questionToken, initializer }) => questionToken ?? initializer).map(nameOf);
  const under = given.map(nameOf).filter((name) => !optional.includes(name));
  return {
    under: new Set([...without(outer.under), ...under]),
    optional: new Set([...without(outer.optional), ...optional]),
    pools: new Set(without(outer.pools)),
    isWithin: outer.isWithin || given.length > 0,
  };
}

/** Of a call on this object, or one that it was given: the method. */
function calledBy(
  { expression }: ts.CallExpression,
  className: string,
  fields: ReadonlyMap<string, string>,
): string | null {
  if (!ts.isPropertyAccessExpression(expression)) return null;
  const { expression: owner, name } = expression;
  if (isThis(owner)) return `${className}.${name.text}`;
  const isField = ts.isPropertyAccessExpression(owner) && isThis(owner.expression);
  return isField ? `${fields.get(owner.name.text) ?? ''}.${name.text}` : null;
}

function handedTo(
  { arguments: given }: ts.CallExpression,
  { under, optional, pools }: Scope,
): 'transaction' | 'perhaps' | 'nothing' {
  const names = given.filter(ts.isIdentifier).map(({ text }) => text);
  if (names.some((name) => !pools.has(name) && under.has(name))) return 'transaction';
  return names.some((name) => optional.has(name)) ? 'perhaps' : 'nothing';
}

function isTransaction(parameter: ts.ParameterDeclaration): boolean {
  const name = nameOf(parameter);
  return TRANSACTIONS.has(name) || typeOf(parameter) === 'EntityManager';
}

function isPool(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) && isThis(node.expression) && node.name.text === 'dataSource';
}

/** The database, or a part of it such as its manager. */
function isOfPool(node: ts.Node, { pools }: Scope): boolean {
  if (isPool(node) || (ts.isIdentifier(node) && pools.has(node.text))) return true;
  return ts.isPropertyAccessExpression(node) && isOfPool(node.expression, { ...OUTSIDE, pools });
}

/** `tx ?? …`: the right side is for who has no transaction. */
function isEither(node: ts.Node, { optional }: Scope): node is ts.BinaryExpression {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
    ts.isIdentifier(node.left) &&
    optional.has(node.left.text)
  );
}

function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) => (ts.isBindingElement(one) ? namesIn(one.name) : []));
}

function nameOf({ name }: { name: ts.Node }): string {
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name) ? name.text : '';
}

function typeOf({ type }: ts.ParameterDeclaration): string {
  return type && ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) ? type.typeName.text : '';
}

function isThis({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.ThisKeyword;
}
