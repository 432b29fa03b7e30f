import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { sourcesOf, type Source } from '../docs/language.js';

const REGISTERING = /^(onConnected|onDisconnected|onChanged|contribute)$/;
const REGISTRIES = /\b(dueJobs|timetable|resolutions)$/;

/** The calls by which a service registers itself with another, each with the method they stand in: `path: method`. */
function registrationsOf({ path, text }: Source): { path: string; method: string }[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: { path: string; method: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      const isOne =
        REGISTERING.test(name.text) || (name.text === 'register' && REGISTRIES.test(expression.getText()));
      if (isOne) found.push({ path, method: methodOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function methodOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (ts.isMethodDeclaration(node)) return node.name.getText();
  return node.parent ? methodOf(node.parent) : '';
}

describe('A service that registers itself with another', () => {
  it('does it in onModuleInit: all are there before the first of them works', () => {
    const product = sourcesOf('src').filter(({ path }) => !path.endsWith('.spec.ts'));
    const found = product.flatMap(registrationsOf);
    expect(found.length).toBeGreaterThan(40);
    expect(found.filter(({ method }) => method !== 'onModuleInit')).toEqual([]);
  });

  it('is found elsewhere (so the test above is not vacuous)', () => {
    const text = `class Mirror {
      constructor(private readonly dueJobs: DueJobsService) { dueJobs.register({ table: 'a' }); }
      onApplicationBootstrap() { this.connections.onConnected(this, () => this.timetable.register('b', run)); }
    }`;
    expect(registrationsOf({ path: 'mirror.service.ts', text }).map(({ method }) => method)).toEqual([
      'constructor',
      'onApplicationBootstrap',
      'onApplicationBootstrap',
    ]);
  });
});
