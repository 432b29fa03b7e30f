/** How deep objects and arrays may lie in each other, and how many fields a body may have. */
const DEPTH_MAX = 32;
const FIELDS_MAX = 1_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * What is wrong with the size of a JSON text in depth or fields, or null. Looks at the text alone, so that neither a
 * parser nor a validator is kept busy by what no caller needs to send. Text that is no JSON is not judged. Pure.
 */
export function shapeProblem(text: string): string | null {
  let depth = 0;
  let fields = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > DEPTH_MAX) return `Objects and lists may lie ${DEPTH_MAX} deep in each other at most.`;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    } else if (code === COLON) {
      fields += 1;
      if (fields > FIELDS_MAX) return `A body may have ${FIELDS_MAX} fields at most.`;
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}
