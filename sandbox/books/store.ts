import { ENTITIES, type EntityName, entityNamed } from './catalog.ts';
import { type Body, partOf, refOf, textOf } from './json.ts';
import type { CompanyState, Row } from './company-state.ts';
import type { Switches } from '../switches.ts';
import { Ledger } from './ledger/ledger.ts';
import { productMoves } from './ledger/product-moves.ts';
import type { Decimals } from './money.ts';

/** Customers, vendors and employees share one space of names; other lists have one each. */
function nameSpaceOf(entity: EntityName): string {
  return ['Customer', 'Vendor', 'Employee'].includes(entity) ? 'name' : entity;
}

function nameKey(entity: EntityName, name: string): string {
  return `${nameSpaceOf(entity)}|${name.trim().toLowerCase()}`;
}

function nameOfRow(entity: EntityName, row: Row | undefined): string | undefined {
  if (!row || row.deletedAt !== null) return undefined;
  const { nameField } = entityNamed(entity);
  if (nameField === 'Name') return textOf(row.body, 'FullyQualifiedName') ?? textOf(row.body, 'Name');
  return nameField && textOf(row.body, nameField);
}

/** What a record is called wherever another one points at it. */
export function nameShown(body: Body | undefined): string | undefined {
  return textOf(body, 'DisplayName') ?? textOf(body, 'FullyQualifiedName') ?? textOf(body, 'Name');
}

function standingName(row: Row | undefined): string | undefined {
  return row && row.deletedAt === null ? nameShown(row.body) : undefined;
}

/** The records of one company, in memory, with their names indexed. No business rules. */
export class Store {
  readonly #tables = new Map<EntityName, Map<string, Row>>(
    [...ENTITIES.keys()].map((name) => [name, new Map()]),
  );
  /** What the records come to: postings, account balances, open items. */
  readonly ledger = new Ledger();
  readonly #names = new Map<string, { entity: EntityName; id: string }>();
  readonly #sequences = new Map<string, number>();
  readonly #switches: Pick<Switches, 'currencyDecimals'>;
  readonly #byProduct = new Map<string, Set<string>>();
  #nameRevision = 0;
  readonly #revisions = new Map<EntityName, number>();

  constructor(switches: Pick<Switches, 'currencyDecimals'>) {
    this.#switches = switches;
  }

  /** Digits after the point that amounts are kept with, now. */
  get decimals(): Decimals {
    return this.#switches.currencyDecimals;
  }

  /**
   * Grows whenever any record comes to be called something else: what shows names of others is out of date
   * then.
   */
  get nameRevision(): number {
    return this.#nameRevision;
  }

  get homeCurrency(): string {
    return refOf(partOf(this.find('Preferences', '1'), 'CurrencyPrefs'), 'HomeCurrency') ?? 'USD';
  }

  /** The documents that have had a product on their lines, such as `Bill|12`; some may be gone since. */
  stockDocuments(product: string): ReadonlySet<string> {
    return this.#byProduct.get(product) ?? new Set();
  }

  save(): Pick<CompanyState, 'sequences' | 'tables' | 'postings'> {
    return {
      sequences: [...this.#sequences],
      tables: [...this.#tables].map(([entity, rows]) => [entity, [...rows]]),
      postings: [...this.ledger.documents()],
    };
  }

  /** Fills an empty store with what was saved. */
  load({ sequences, tables, postings }: Pick<CompanyState, 'sequences' | 'tables' | 'postings'>): void {
    for (const [sequence, last] of sequences) this.#sequences.set(sequence, last);
    for (const [entity, rows] of tables) for (const [id, row] of rows) this.set(entity, id, row);
    for (const [document, lines] of postings) this.ledger.replace(document, lines);
  }

  /** The row, deleted or not. */
  row(entity: EntityName, id: string): Row | undefined {
    return this.#tables.get(entity)!.get(id);
  }

  /** The record, unless it was never there or has been deleted. */
  find(entity: EntityName, id: string | undefined): Body | undefined {
    const row = id === undefined ? undefined : this.row(entity, id);
    return row && row.deletedAt === null ? row.body : undefined;
  }

  /** Grows whenever any row of the entity is written or taken away. */
  revision(entity: EntityName): number {
    return this.#revisions.get(entity) ?? 0;
  }

  /** All rows in order of creation, the deleted ones too. */
  rows(entity: EntityName): IterableIterator<Row> {
    return this.#tables.get(entity)!.values();
  }

  /** The records that are there, in order of creation. */
  all(entity: EntityName): Body[] {
    return [...this.rows(entity)].filter((row) => row.deletedAt === null).map((row) => row.body);
  }

  /** Whoever bears this full name among the entity's kin (a vendor counts as kin of a customer). */
  bearerOf(entity: EntityName, fullName: string): { entity: EntityName; id: string } | undefined {
    return this.#names.get(nameKey(entity, fullName));
  }

  /** The same, where letters are alike however they are composed. */
  normalizedBearerOf(entity: EntityName, fullName: string): { entity: EntityName; id: string } | undefined {
    const exact = this.bearerOf(entity, fullName);
    if (exact || /^[\x20-\x7e]*$/.test(fullName)) return exact;
    const wanted = nameKey(entity, fullName).normalize('NFC');
    return [...this.#names].find(([key]) => key.normalize('NFC') === wanted)?.[1];
  }

  /**
   * The balance an account is shown with, in minor units of its currency, debit positive; 0 for income and
   * expenses.
   */
  shownBalance(account: string, currency: string, classification: string): number {
    if (classification === 'Revenue' || classification === 'Expense') return 0;
    return currency === this.homeCurrency
      ? this.ledger.homeBalance(account)
      : this.ledger.foreignBalance(account, currency);
  }

  /** Puts a row in place of what was there; `undefined` takes it away. */
  set(entity: EntityName, id: string, row: Row | undefined): void {
    const table = this.#tables.get(entity)!;
    this.#revisions.set(entity, this.revision(entity) + 1);
    if (standingName(table.get(id)) !== standingName(row)) this.#nameRevision += 1;
    const nameBefore = nameOfRow(entity, table.get(id));
    if (nameBefore !== undefined) this.#names.delete(nameKey(entity, nameBefore));
    const nameAfter = nameOfRow(entity, row);
    if (nameAfter !== undefined) this.#names.set(nameKey(entity, nameAfter), { entity, id });
    if (row) table.set(id, row);
    else table.delete(id);
    for (const { item } of row ? productMoves(entity, row.body) : [])
      if (this.find('Item', item)?.Type !== 'Service') this.#noteProduct(item, `${entity}|${id}`);
  }

  #noteProduct(product: string, document: string): void {
    const known = this.#byProduct.get(product);
    if (known) known.add(document);
    else this.#byProduct.set(product, new Set([document]));
  }

  /**
   * The next Id: all transactions share one sequence, customers, vendors and employees another; each list and
   * the time sheets have their own.
   */
  nextId(entity: EntityName): string {
    return this.next(this.#sequenceOf(entity));
  }

  /** The next number of a named sequence, such as the one of addresses. */
  next(sequence: string): string {
    const id = (this.#sequences.get(sequence) ?? 0) + 1;
    this.#sequences.set(sequence, id);
    return String(id);
  }

  /** Makes the entity's sequence go on above `id`. */
  reserveIds(entity: EntityName, id: number): void {
    const sequence = this.#sequenceOf(entity);
    this.#sequences.set(sequence, Math.max(id, this.#sequences.get(sequence) ?? 0));
  }

  #sequenceOf(entity: EntityName): string {
    return entityNamed(entity).family === 'transaction' && entity !== 'TimeActivity'
      ? 'transaction'
      : nameSpaceOf(entity);
  }
}
