import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { QUEUE_NAMES } from '../../src/jobs/queue/queue-rules.js';
import { TIMETABLE } from '../../src/jobs/timers/timetable.js';
import { sourcesOf, type Source } from '../docs/language.js';

const product = sourcesOf('src').filter(({ path }) => !path.endsWith('.spec.ts'));

const REGISTERING = /^(onConnected|onDisconnected|onChanged|contribute)$/;
const REGISTRIES = /\bresolutions$/;

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
    const found = product.flatMap(registrationsOf);
    expect(found.length).toBeGreaterThan(25);
    expect(found.filter(({ method }) => method !== 'onModuleInit')).toEqual([]);
  });

  it('is found elsewhere (so the test above is not vacuous)', () => {
    const text = `class Mirror {
      constructor(private readonly resolutions: ResolutionsService) { resolutions.register('a', this); }
      onApplicationBootstrap() { this.connections.onConnected(this, () => this.resolutions.register('b', this)); }
    }`;
    expect(registrationsOf({ path: 'mirror.service.ts', text }).map(({ method }) => method)).toEqual([
      'constructor',
      'onApplicationBootstrap',
      'onApplicationBootstrap',
    ]);
  });
});

describe('A method that a job, a timer or the net for lost jobs calls', () => {
  /** What a decorator says, wherever it stands. */
  const decorated = (decorator: string): string[] =>
    product
      .flatMap(({ text }) => [...text.matchAll(new RegExp(`^  @${decorator}\\('([^']+)'\\)$`, 'gm'))])
      .map(([, key]) => key!)
      .toSorted();

  it('there is one of each queue', () => {
    expect(decorated('JobHandler')).toEqual(QUEUE_NAMES.toSorted());
  });

  it('there is one of each timer of the timetable', () => {
    expect(decorated('TimerHandler')).toEqual(Object.keys(TIMETABLE).toSorted());
  });

  it('there is at most one of each table', () => {
    const tables = decorated('DueRows');
    expect(tables.length).toBeGreaterThan(15);
    expect(new Set(tables).size).toBe(tables.length);
  });

  it('is found by its decorator alone', () => {
    const byHand = /\b(jobs\.work|dueJobs\.register|timetable\.register)\(/;
    expect(product.filter(({ text }) => byHand.test(text)).map(({ path }) => path)).toEqual([
      'src/jobs/handlers/handler-discovery.service.ts',
    ]);
  });
});
