import { emailKey, emailsIn } from '../../api/mappers/email-list.js';

/**
 * What two spellings of a name, an e-mail or a phone have in common. Keys are for comparing alone: nothing of them is
 * ever written to QuickBooks. Pure.
 */

const LEGAL_WORDS = new Set(['inc', 'llc', 'llp', 'ltd', 'corp', 'co', 'company', 'gmbh', 'plc', 'pllc']);
/** What we, QuickBooks and bookkeepers add to a name that is taken: `(CRM-7)`, `(C-7)`, `(deleted 2)`, `(EUR)`. */
const ADDED = /\s*\((?:crm-\d+|c-\d+|deleted(?: \d+)?|[a-z]{3})\)\s*$/i;
const ROLES = new Set([
  'info',
  'office',
  'accounting',
  'accounts',
  'admin',
  'ap',
  'ar',
  'billing',
  'bookkeeping',
  'contact',
  'hello',
  'invoices',
  'mail',
  'sales',
  'service',
  'support',
]);
const PHONE_DIGITS_MIN = 7;
const PHONE_DIGITS = 10;

/** The key of a name: `Ruiz, Ann` is `ann ruiz`, `Smith & Sons, Inc.` is `smith and sons`. Empty where none is left. */
export function nameKey(name: string): string {
  const words = plainWords(lastNameLast(name.replace(ADDED, '')));
  let end = words.length;
  while (end > 1 && LEGAL_WORDS.has(words[end - 1]!)) end -= 1;
  return words.slice(0, end).join(' ');
}

/** How much two name keys have in common, from 0 to 1: shared words by all words (Jaccard). */
export function nameLikeness(one: string, other: string): number {
  const [a, b] = [new Set(one.split(' ')), new Set(other.split(' '))];
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / (a.size + b.size - shared);
}

/** The keys of an e-mail field, one for each address. */
export function emailKeys(field: string | null): string[] {
  return [...new Set(emailsIn(field).map(emailKey))];
}

/** True of addresses that stand for an office and not for a person. */
export function isRoleAddress(key: string): boolean {
  return ROLES.has(key.split('@', 1)[0]!);
}

/** The last ten digits without extension; null where there are fewer than seven. */
export function phoneKey(phone: string): string | null {
  const digits = phone.replace(/(?:ext\.?|extension|x|#)\s*\d*\s*$/i, '').replace(/\D/g, '');
  return digits.length < PHONE_DIGITS_MIN ? null : digits.slice(-PHONE_DIGITS);
}

export function phoneKeys(phones: readonly (string | null)[]): string[] {
  return [...new Set(phones.flatMap((phone) => (phone === null ? [] : (phoneKey(phone) ?? []))))];
}

function lastNameLast(name: string): string {
  const parts = name.split(',').map((part) => part.trim());
  const [last, first] = parts;
  if (parts.length !== 2 || !last || !first) return name;
  return plainWords(first).every((word) => LEGAL_WORDS.has(word)) ? name : `${first} ${last}`;
}

function plainWords(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’‘`´]/g, '')
    .replaceAll('&', ' and ')
    .replace(/[.,\-‐–—()/\\]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}
