import { createHash } from 'node:crypto';

const NAME_DIGITS = 24;
/** Each connection keeps its plans in memory; a list that is asked for in more ways than this is planned each time. */
const VARIANTS_MAX = 100;
/** A statement of somebody else's that comes so often is one of those that come all day. */
const REPEATED = 10;
const WATCHED_MAX = 500;

const names = new Map<string, string>();
let variants = 0;
/** How often a statement came that is not prepared. */
const seen = new Map<string, number>();

/**
 * Has every connection keep the plan of a statement from its first use on, where no pooler mixes sessions. For the
 * statements of nearly every request, and of every payment: reading and planning one with its policies takes longer
 * than running it. The text is a constant of the code. Answers it.
 *
 * After its fifth use PostgreSQL may keep one plan for all values. So a list in a parameter belongs in the condition of
 * an index or in a join: elsewhere the whole list is gone through for each row.
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

/** The same for the statements of a library, whose texts it keeps to itself: those that come again and again. */
export function preparedWhenRepeated(text: string): string {
  if (names.has(text)) return text;
  const times = (seen.get(text) ?? 0) + 1;
  if (times === REPEATED) {
    seen.delete(text);
    return preparedVariant(text);
  }
  if (times > 1 || seen.size < WATCHED_MAX) seen.set(text, times);
  return text;
}

/** By its text: where a pooler mixes the sessions of processes, a name never stands for another statement. */
function nameOf(text: string): string {
  return `crm_${createHash('sha256').update(text).digest('hex').slice(0, NAME_DIGITS)}`;
}

/** What a statement is called on a connection; undefined for one that is not prepared. */
export function preparedName(text: string): string | undefined {
  return names.get(text);
}
