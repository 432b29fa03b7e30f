/** Each connection keeps its plans in memory; what is asked in more ways than this is read anew each time. */
const NAMES_MAX = 200;

const names = new Map<string, string>();

/**
 * Has every connection keep the plan of a statement from its first use on, where no pooler mixes sessions. For the
 * statements of nearly every request: reading and planning one with its policies takes longer than running it. The text
 * must be one of a few. Answers it.
 */
export function prepared(text: string): string {
  if (names.size < NAMES_MAX && !names.has(text)) names.set(text, `crm_${names.size + 1}`);
  return text;
}

/** What a statement is called on a connection; undefined for one that is not prepared. */
export function preparedName(text: string): string | undefined {
  return names.get(text);
}
