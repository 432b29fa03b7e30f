import type { FieldError } from './domain-error.js';

/** More than so many sentences nobody reads on a page. */
const SENTENCES_MAX = 5;
/** A name that programs have for a field: of several words. */
const SNAKE_CASE = /\b[a-z]+(?:_[a-z0-9]+)+\b/g;

/**
 * What is wrong with fields, for people who see a form and not the names that its fields have for programs: one
 * sentence for each, each said once. As text: it is escaped where it is shown. Pure.
 */
export function fieldSentences(errors: readonly FieldError[]): string {
  const sentences = [...new Set(errors.map(sentenceOf))].filter((one) => one !== '');
  const more = sentences.length - SENTENCES_MAX;
  return [...sentences.slice(0, SENTENCES_MAX), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
}

function sentenceOf({ field, message }: FieldError): string {
  const named = field === '' ? message : message.replaceAll(field, wordsOf(field));
  const text = named.replaceAll(SNAKE_CASE, (name) => name.replaceAll('_', ' ')).trim();
  if (text === '') return '';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

/** `lines.0.unit_price_cents` as people count: `unit price cents of lines 1`. */
function wordsOf(path: string): string {
  const words = path.split('.').map((part) => (/^\d+$/.test(part) ? `${Number(part) + 1}` : part));
  const groups = words.reduce<string[]>(
    (found, word) =>
      /^\d+$/.test(word) ? [...found.slice(0, -1), `${found.at(-1) ?? ''} ${word}`] : [...found, word],
    [],
  );
  return groups.toReversed().join(' of ').replaceAll('_', ' ');
}
