import { findEntity } from '../books/catalog.ts';
import type { Fault } from '../books/fault.ts';
import { type Body, isBody, partOf, rowsOf, textOf } from '../books/json.ts';
import type { JournalEntry } from './journal.ts';

/** Sent with every update by clients that read, change and write back; of no harm in a new record either. */
const HARMLESS = new Set(['domain', 'sparse', 'MetaData']);

function setByServer({ operation, body }: Pick<JournalEntry, 'operation' | 'body'>): string[] {
  const [name = '', verb] = operation.split('.');
  const entity = findEntity(name);
  if (!entity || verb !== 'create' || !isBody(body)) return [];
  return Object.keys(body)
    .filter((field) => entity.fields.get(field)?.readOnly && !HARMLESS.has(field))
    .map((field) => `${field} is set by the server and was left out`);
}

/** The codes and details of a refusal. Pure. */
export function refusalsOf({ errors }: Pick<Fault, 'errors'>): string[] {
  return errors.map(({ code, Detail }) => `${code} ${Detail}`);
}

/** The refusals among the answers of a batch, each with its `bId`, or of an upload. Pure. */
export function refusalsOfItems(answer: Body): string[] {
  return [...rowsOf(answer, 'BatchItemResponse'), ...rowsOf(answer, 'AttachableResponse')].flatMap((item) => {
    const prefix = item.bId === undefined ? '' : `${textOf(item, 'bId')}: `;
    return rowsOf(partOf(item, 'Fault'), 'Error').map(
      (error) => `${prefix}${textOf(error, 'code')} ${textOf(error, 'Detail')}`,
    );
  });
}

/** What was wrong with a request: why it was refused, and fields that had no effect. Pure. */
export function wrongIn(
  entry: Pick<JournalEntry, 'operation' | 'body'>,
  refusals: readonly string[],
): string[] {
  return [...refusals, ...setByServer(entry)];
}
