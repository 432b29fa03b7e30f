/**
 * The beginning of a text in at most `max` UTF-16 units, cut between characters as people see them: never half of a
 * surrogate pair, never a letter without its marks. `ending` stands in place of what was cut off. Pure.
 */
export function cutText(text: string, max: number, ending = ''): string {
  if (text.length <= max) return text;
  let kept = '';
  // A look at a little more than fits is enough, and keeps the cost of a very long text small.
  for (const { segment } of CHARACTERS.segment(text.slice(0, max + LONGEST_CHARACTER))) {
    if (kept.length + segment.length > max - ending.length) break;
    kept += segment;
  }
  return ending === '' ? kept : kept.trimEnd() + ending;
}

/** The first character as people see it, with its marks; empty where there is none. Pure. */
export function firstCharacter(text: string): string {
  const [first] = CHARACTERS.segment(text.slice(0, LONGEST_CHARACTER));
  return first?.segment ?? '';
}

const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });
const LONGEST_CHARACTER = 64;
