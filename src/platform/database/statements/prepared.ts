import { createHash } from 'node:crypto';

const NAME_DIGITS = 24;
/** Each connection keeps its plans in memory; a list that is asked for in more ways than this is planned each time. */
const VARIANTS_MAX = 100;
/** A library's statement that comes so often is one of those that come all day. As in PostgreSQL's driver for Java. */
const REPEATED = 5;
const REPEATED_MAX = 500;
/** Of texts that are put together in more ways than anyone has counted, so many are watched at a time. */
const WATCHED_MAX = 2_000;
/** In characters. A longer one is put together for as many rows as there are: another each time. */
const TEXT_MAX = 10_000;
/** TypeORM and the job queue write in capitals, and find rows by what columns equal; ours are in small letters. */
const OF_A_LIBRARY = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/;

const names = new Map<string, string>();
let variants = 0;
let repeated = 0;
/** How often a statement came that is not prepared. */
const seen = new Map<string, number>();

/**
 * Has every connection keep the plan of a statement from its first use on, where no pooler mixes sessions. For the
 * statements of nearly every request, and of every payment: reading and planning one with its policies takes longer
 * than running it. The text is a constant of the code. Answers it.
 *
 * After its fifth use PostgreSQL may keep one plan for all values. So a list in a parameter belongs in the condition of
 * an index or in a join: elsewhere the whole list is gone through for each row. And a report is not prepared: over all
 * rows of an organisation, between days, a plan for all values takes three times as long as one for these.
 */
export function prepared(text: string): string {
  if (!names.has(text)) names.set(text, nameOf(text));
  return text;
}

/** The same for a text that is put together in more ways than anyone has counted: the first of them are prepared. */
export function preparedVariant(text: string): string {
  if (names.has(text) || variants === VARIANTS_MAX) return text;
  variants += 1;
  return prepared(text);
}

/**
 * What a statement with parameters is called on a connection; undefined for one that is not prepared. Of libraries,
 * which keep their texts to themselves, those are that come again and again.
 */
export function nameToUse(text: string): string | undefined {
  const name = names.get(text);
  if (name !== undefined || repeated === REPEATED_MAX) return name;
  if (text.length > TEXT_MAX || !OF_A_LIBRARY.test(text)) return undefined;
  const times = (seen.get(text) ?? 0) + 1;
  if (times < REPEATED) {
    if (times === 1 && seen.size === WATCHED_MAX) seen.clear();
    seen.set(text, times);
    return undefined;
  }
  seen.delete(text);
  repeated += 1;
  return names.get(prepared(text));
}

/** By its text: where a pooler mixes the sessions of processes, a name never stands for another statement. */
function nameOf(text: string): string {
  return `crm_${createHash('sha256').update(text).digest('hex').slice(0, NAME_DIGITS)}`;
}

/** What a statement is called; undefined for one that is not prepared. */
export function preparedName(text: string): string | undefined {
  return names.get(text);
}
