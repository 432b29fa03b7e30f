import { createHash } from 'node:crypto';

const NAME_DIGITS = 24;
/** Each connection keeps its plans in memory; what is asked in more ways than this is read anew each time. */
const NAMES_MAX = 200;

const names = new Map<string, string>();

/**
 * Has every connection keep the plan of a statement from its first use on, where no pooler mixes sessions. For the
 * statements of nearly every request: reading and planning one with its policies takes longer than running it. The text
 * must be one of a few. Answers it.
 */
export function prepared(text: string): string {
  if (names.size < NAMES_MAX && !names.has(text)) names.set(text, nameOf(text));
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
