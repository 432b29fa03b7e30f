import { BOOKS_DIFFERENCES } from './codes/books-differences.js';
import { CALL_FAILURES } from './codes/call-failures.js';
import { type InboxMessage, SEVERITIES } from './codes/inbox-message.js';
import { STRIPE_QUESTIONS } from './codes/stripe-questions.js';
import { UNDELIVERED_MAIL } from './codes/undelivered-mail.js';
import { UNRECORDED_MONEY } from './codes/unrecorded-money.js';

/**
 * Every code under which something waits for a person. Codes are stable, for programs; the sentences are for people.
 */
const MESSAGES = {
  ...CALL_FAILURES,
  ...UNRECORDED_MONEY,
  ...BOOKS_DIFFERENCES,
  ...STRIPE_QUESTIONS,
  ...UNDELIVERED_MAIL,
} satisfies Record<string, InboxMessage>;

export type InboxCode = keyof typeof MESSAGES;

export const INBOX_CODES = Object.keys(MESSAGES) as InboxCode[];

/** Those about e-mails to customers. They explain nothing about money or QuickBooks. */
export const MAIL_CODES = Object.keys(UNDELIVERED_MAIL) as readonly InboxCode[];

/**
 * While a version is replaced, and after it is gone back from, the rows of a newer one are read by one that has no
 * words for them. It may be about money, for all that is known here; its reason and next step are in its row.
 */
const OF_A_NEWER_VERSION: InboxMessage = {
  meaning: 'A newer version of this program asks something',
  nextStep: 'Do what it says, or decide it once every process is of the newer version.',
  severity: 'money',
  retryable: 'never',
};

export function inboxMessageOf(code: string): InboxMessage {
  return Object.hasOwn(MESSAGES, code) ? MESSAGES[code as InboxCode] : OF_A_NEWER_VERSION;
}

/** Codes under which no money is wrong or at risk; any other may be one of a newer version. */
export const NO_MONEY_CODES = INBOX_CODES.filter((code) => inboxMessageOf(code).severity !== 'money');

/**
 * The one to speak of first of several: the most severe, and of these the newest, which comes first in `items`. Pure.
 */
export function mostSevere<Item extends { code: InboxCode }>(items: readonly Item[]): Item | null {
  const rank = ({ code }: Item): number => SEVERITIES.indexOf(inboxMessageOf(code).severity);
  return items.toSorted((one, other) => rank(one) - rank(other))[0] ?? null;
}
