import { createHash } from 'node:crypto';

const NAME_DIGITS = 24;
/** A statement that comes so often is one of those that come all day. The same as in PostgreSQL's driver for Java. */
const REPEATED = 5;
/** Each connection keeps the plans of these in memory, some 20 kB a plan; the others are planned each time. */
const PREPARED_MAX = 1_000;
/** Of texts that are put together in more ways than anyone has counted, so many are watched at a time. */
const WATCHED_MAX = 2_000;
/** In characters. A longer one is put together for as many rows as there are: another each time. */
const TEXT_MAX = 10_000;

const names = new Map<string, string>();
/** How often a statement came that is not prepared. */
const seen = new Map<string, number>();

/**
 * What a statement with parameters is called that comes again and again in this process; undefined for others. Every
 * connection keeps its plan, where no pooler mixes sessions: reading and planning one with its policies takes longer
 * than running it.
 *
 * After its fifth use PostgreSQL may keep one plan for all values. So a list in a parameter belongs in the condition of
 * an index or in a join: elsewhere the whole list is gone through for each row.
 */
export function nameWhenRepeated(text: string): string | undefined {
  const name = names.get(text);
  if (name !== undefined || names.size === PREPARED_MAX || text.length > TEXT_MAX) return name;
  const times = (seen.get(text) ?? 0) + 1;
  if (times < REPEATED) {
    if (times === 1 && seen.size === WATCHED_MAX) seen.clear();
    seen.set(text, times);
    return undefined;
  }
  seen.delete(text);
  names.set(text, nameOf(text));
  return names.get(text);
}

/** By its text: where a pooler mixes the sessions of processes, a name never stands for another statement. */
function nameOf(text: string): string {
  return `crm_${createHash('sha256').update(text).digest('hex').slice(0, NAME_DIGITS)}`;
}

/** What a statement is called on a connection; undefined for one that is not prepared. */
export function preparedName(text: string): string | undefined {
  return names.get(text);
}
