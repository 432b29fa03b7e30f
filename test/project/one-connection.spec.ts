import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { secondConnections } from './second-connections.js';

describe('Whoever is in a transaction', () => {
  it('asks the database by it, and takes no second connection, which may be the last of the pool', () => {
    const paths = globSync('src/**/*.ts').filter((path) => !path.endsWith('.spec.ts'));
    expect(paths.length).toBeGreaterThan(1_000);
    expect(secondConnections(paths.map((path) => readFileSync(path, 'utf8')))).toEqual([]);
  });

  /** Methods with a database and rows at hand, of a service. */
  const found = (methods: string): string[] =>
    secondConnections([
      `class Rows {
        constructor(private readonly dataSource: DataSource) {}
        async alone() { return this.dataSource.query('select 1'); }
        async either(tx: EntityManager = this.dataSource.manager) { return tx.query('select 1'); }
      }`,
      `class Budget {
        constructor(private readonly rows: Rows) {}
        async standing(tx?: EntityManager) { return this.rows.either(tx); }
      }`,
      `class Work {
        constructor(private readonly dataSource: DataSource, private readonly rows: Rows, private budget: Budget) {}
        async far() { return this.rows.alone(); }
        ${methods}
      }`,
    ]);

  it.each([
    [
      'in a method that is handed one',
      'async m(tx: EntityManager) { await this.rows.alone(); }',
      'Rows.alone',
    ],
    [
      'by way of others, in one it begins',
      'async m() { await this.rows.alone(); await this.dataSource.transaction(async (tx) => this.far()); }',
      'Work.far',
    ],
    [
      'where it leaves out what may be left out',
      'async m(tx: EntityManager) { await this.rows.either(tx); await this.rows.either(); }',
      'Rows.either',
    ],
    [
      'where what it leaves out is left out on the way',
      'async m(tx: EntityManager) { await this.budget.standing(); }',
      'Budget.standing',
    ],
    [
      'beside one that may be left out',
      'async m(tx?: EntityManager) { await this.rows.either(tx); await this.rows.alone(); }',
      'Rows.alone',
    ],
    [
      'by a part of the database that was taken outside',
      `async m() { const { manager } = this.dataSource;
        await this.dataSource.transaction(async (tx) => manager.query()); }`,
      'this.dataSource',
    ],
    [
      'where it hands on the database under the name of a transaction',
      `async m() { const own = this.dataSource.manager;
        await this.dataSource.transaction(async (tx) => this.rows.either(own)); }`,
      'Rows.either',
      'this.dataSource',
    ],
    [
      'in a method of an object',
      'async m() { this.rows.register({ async list(tx) { return this.dataSource; } }); }',
      'this.dataSource',
    ],
    ['in an old function', 'async m() { begin(function (tx) { void 0; }, (tx) => this.far()); }', 'Work.far'],
    ['in a field', 'm = async (tx: EntityManager) => this.rows.alone();', 'Rows.alone'],
  ])('is found where it takes one: %s', (_, method, ...what) => {
    expect(found(method)).toEqual(what.map((one) => `Work.m calls ${one}`));
  });

  it.each([
    'async m(tx: EntityManager) { await this.rows.either(tx); await this.budget.standing(tx); }',
    'async m(tx?: EntityManager) { return (tx ?? this.dataSource.manager).query("select 1"); }',
    'async m() { const tx = this.dataSource.manager; await this.rows.either(tx); await this.budget.standing(); }',
    'async m() { const tx = this.dataSource.manager; await begin(async (tx) => this.rows.either(tx)); }',
  ])('is not found where it takes none: %s', (method) => {
    expect(found(method)).toEqual([]);
  });
});
