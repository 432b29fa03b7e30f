import { passwordWeakness } from './password-strength.js';

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 128;

/** With a year or a sign behind it, each is what is tried first at the accounts of a company. */
const TRIED_FIRST = new Set(
  (
    'spring summer autumn fall winter january february march april may june july august september october november ' +
    'december monday tuesday wednesday thursday friday saturday sunday password welcome admin company office login ' +
    'secret scret changeme letmein qwerty qwertz azerty invoice invoices payment finance money quickbooks stripe ' +
    'peakpro peakprocrm contractor contractors roof roofer roofing'
  ).split(' '),
);
/** So many digits and signs around such a word are a year and an exclamation mark, and no secret. */
const AROUND_MAX = 6;

/** What others know of a person, and guess first. */
export interface PersonFacts {
  email?: string;
  fullName?: string;
  /** The name of the organisation. */
  company?: string;
}

/**
 * What is wrong with a password someone wants to have, or undefined. Pure.
 * Length counts characters in Unicode form NFC, as they are hashed; any character is welcome; nothing is trimmed or
 * cut off.
 */
export function passwordProblem(typed: string, person: PersonFacts = {}): string | undefined {
  const password = typed.normalize('NFC');
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH_MIN) return `password must have at least ${PASSWORD_LENGTH_MIN} characters`;
  if (length > PASSWORD_LENGTH_MAX) return `password must have at most ${PASSWORD_LENGTH_MAX} characters`;
  if (password.trim() === '') return 'password must not be blank';
  const words = wordsOf(person);
  if (words.some((word) => isMadeOf(password, word))) {
    return 'password must not be made of the e-mail address, the name or the company';
  }
  const weakness = passwordWeakness(password, words);
  if (weakness === 'common') return 'password is one of the most common ones';
  return weakness || isTriedFirst(password)
    ? 'password is too easy to guess: several words that do not belong together are better'
    : undefined;
}

function wordsOf({ email, fullName, company }: PersonFacts): string[] {
  const whole = [email, email?.split('@')[0], fullName, company].filter((word) => word !== undefined);
  return [...new Set(whole.flatMap((word) => [word.toLowerCase(), lettersOf(word)]))].filter(Boolean);
}

/** True where nothing but digits, signs and case is around the word. A word of one or two letters is in everything. */
function isMadeOf(password: string, word: string): boolean {
  return lettersOf(word).length > 2 && lettersOf(password) === lettersOf(word);
}

function isTriedFirst(password: string): boolean {
  const letters = lettersOf(password);
  return TRIED_FIRST.has(letters) && Array.from(password).length - letters.length <= AROUND_MAX;
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{M}]/gu, '');
}
