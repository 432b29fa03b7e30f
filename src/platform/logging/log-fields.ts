import { withoutSecretFields } from './redaction.js';

/** Names as lines have them, by the names of the code. They are few: those of the fields that are logged. */
const known = new Map<string, string>();

/**
 * The fields of a line: without credentials, and named in snake_case, as those of a request's line, so that one query
 * finds everything of an organisation, whoever wrote the line.
 */
export function logFields(facts: Record<string, unknown>): Record<string, unknown> {
  const clean = withoutSecretFields(facts);
  const names = Object.keys(clean);
  if (!names.some((name) => lineName(name) !== name)) return clean;
  return Object.fromEntries(names.map((name) => [lineName(name), clean[name]]));
}

function lineName(name: string): string {
  const before = known.get(name);
  if (before !== undefined) return before;
  const made = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  known.set(name, made);
  return made;
}
