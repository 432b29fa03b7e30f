import { CREDIT_MEMO, CUSTOMER, documentEntity, type Entity, INVOICE, PAYMENT, REFUND } from './entities.js';
import { JsonReader, UnreadableFieldError } from './json-reader.js';
import { DOCUMENT_TYPES, type DocumentType, type QboDocumentChanges } from '../../model/qbo-documents.js';
import type { Changed, QboChanges } from '../../model/qbo-objects.js';
import type { ReadRows, Unreadable } from '../../model/unreadable.js';

/** QBO leaves out without a word what goes beyond this many objects in one answer. */
const CHANGES_MAX = 1000;

/** Rows that could be read, and the others by id with the reason. */
export interface Rows<T> extends ReadRows<T> {
  /** Readable or not. */
  count: number;
  /** Theirs, readable or not, in the order of the answer. */
  ids: string[];
}

/** The one object of the answer to a read or a write. */
export function readOne<T>(body: object, { name, read }: Entity<T>): T {
  return read(new JsonReader(body, 'answer').raw(name));
}

/** The rows of a query's answer. An answer without rows is empty, not an error. */
export function readRows<T>(body: object, { name, read }: Entity<T>): Rows<T> {
  return readEach(new JsonReader(body, 'answer').inner('QueryResponse').rawList(name), name, read);
}

/** How many there are, as the answer to `select count(*)` says. */
export function readCount(body: object): number {
  return new JsonReader(body, 'answer').inner('QueryResponse').count('totalCount');
}

/**
 * The answer of change data capture. Blocks are told apart by their key, not by their place; an entity without changes
 * has an empty block or none. Without QBO's own time the answer is useless and throws.
 */
export function readChanges(body: object): QboChanges {
  const asOf = readTime(body);
  const blocks = changeBlocks(body);
  const invoices = blocks.map((block) => readChanged(block, INVOICE));
  const payments = blocks.map((block) => readChanged(block, PAYMENT));
  const creditMemos = blocks.map((block) => readChanged(block, CREDIT_MEMO));
  const refunds = blocks.map((block) => readChanged(block, REFUND));
  const customers = blocks.map((block) => readChanged(block, CUSTOMER));
  const all = [...invoices, ...payments, ...creditMemos, ...refunds, ...customers];
  return {
    invoices: eachOnce(invoices),
    payments: eachOnce(payments),
    creditMemos: eachOnce(creditMemos),
    refunds: eachOnce(refunds),
    customers: eachOnce(customers),
    asOf,
    complete: all.reduce((sum, rows) => sum + rows.count, 0) < CHANGES_MAX,
    unreadable: all.flatMap((rows) => rows.unreadable),
  };
}

/** Customers, invoices and payments, and every document beside them, of one answer. */
export function readAllChanges(body: object): QboChanges {
  const changes = readChanges(body);
  const documents = readDocumentChanges(body, DOCUMENT_TYPES);
  // Customers are no documents; the cap is for all objects of the answer together.
  const customers =
    changes.customers.length + changes.unreadable.filter(({ entity }) => entity === CUSTOMER.name).length;
  const count = documents.changes.length + documents.unreadable.length + customers;
  const complete = documents.complete && count < CHANGES_MAX;
  return { ...changes, complete, documents: { ...documents, complete } };
}

/** What an answer of change data capture says of documents. */
function readDocumentChanges(body: object, types: readonly DocumentType[]): QboDocumentChanges {
  const blocks = changeBlocks(body);
  const byType = types.map((type) => ({
    type,
    rows: blocks.map((block) => readChanged(block, documentEntity(type))),
  }));
  const all = byType.flatMap(({ rows }) => rows);
  return {
    changes: byType.flatMap(({ type, rows }) =>
      eachOnce(rows).map((row) =>
        row.deleted
          ? { type, id: row.id, deleted: true as const }
          : { type, id: row.id, deleted: false as const, document: row.object },
      ),
    ),
    asOf: readTime(body),
    complete: all.reduce((sum, { count }) => sum + count, 0) < CHANGES_MAX,
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  };
}

/** What can be read of several blocks. Of an object that is there twice the last one counts: no table takes both. */
function eachOnce<T extends { id: string }>(blocks: readonly Rows<T>[]): T[] {
  return [...new Map(blocks.flatMap(({ read }) => read).map((row) => [row.id, row])).values()];
}

/** QBO's own time at the start of the call. */
export function readTime(body: object): Date {
  const time = new JsonReader(body, 'answer').optionalInstant('time');
  if (time === null) throw new UnreadableFieldError('answer.time', 'is missing');
  return time;
}

function changeBlocks(body: object): JsonReader[] {
  const blocks = new JsonReader(body, 'answer')
    .list('CDCResponse')
    .flatMap((response) => response.list('QueryResponse'));
  if (blocks.some((block) => block.has('Fault'))) {
    throw new UnreadableFieldError('answer.CDCResponse', 'holds a fault');
  }
  return blocks;
}

function readChanged<T extends { id: string }>(
  block: JsonReader,
  { name, read }: Entity<T>,
): Rows<Changed<T>> {
  return readEach(block.rawList(name), name, (value) => {
    const row = new JsonReader(value, name);
    const deleted = row.optionalText('status')?.toLowerCase() === 'deleted';
    if (deleted) return { id: row.digits('Id'), deleted };
    const object = read(value);
    return { id: object.id, deleted, object };
  });
}

/** Reads each of these; one that cannot be read does not keep the others from it. */
export function readEach<T>(
  values: readonly unknown[],
  entity: string,
  read: (value: unknown) => T,
): Rows<T> {
  const rows: Rows<T> = { read: [], unreadable: [], count: values.length, ids: values.map(idOf) };
  for (const value of values) {
    try {
      rows.read.push(read(value));
    } catch (error) {
      if (!(error instanceof UnreadableFieldError)) throw error;
      rows.unreadable.push({ entity, id: idOf(value), reason: error.message, ...noteOf(value) });
    }
  }
  return rows;
}

function idOf(value: unknown): string {
  const id = typeof value === 'object' && value !== null && 'Id' in value ? value.Id : undefined;
  return typeof id === 'string' ? id.slice(0, 64) : '?';
}

function noteOf(value: unknown): Pick<Unreadable, 'privateNote'> {
  if (typeof value !== 'object' || value === null) return { privateNote: null };
  const note = 'PrivateNote' in value ? (value.PrivateNote ?? undefined) : undefined;
  return note === undefined ? {} : { privateNote: typeof note === 'string' ? note : null };
}
