import type { Answer } from './people.js';

/** The fields a 422 names, each once, in the order of the alphabet. */
export function fieldsOf({ body }: Answer<{ errors?: { field: string }[] }>): string[] {
  return [...new Set((body.errors ?? []).map(({ field }) => field))].toSorted();
}
