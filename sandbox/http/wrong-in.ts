import { findEntity } from '../books/catalog.ts';
import type { Fault } from '../books/fault.ts';
import { isBody } from '../books/json.ts';
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

/** What was wrong with a request: the refusal's codes and details, and fields that had no effect. Pure. */
export function wrongIn(
  entry: Pick<JournalEntry, 'operation' | 'body'>,
  refusal: Pick<Fault, 'errors'> | undefined,
): string[] {
  const refused = refusal?.errors.map(({ code, Detail }) => `${code} ${Detail}`) ?? [];
  return [...refused, ...setByServer(entry)];
}
