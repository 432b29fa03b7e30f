import { describe, expect, it } from 'vitest';
import { BOOKS_DIFFERENCES } from './codes/books-differences.js';
import { CALL_FAILURES } from './codes/call-failures.js';
import { STRIPE_QUESTIONS } from './codes/stripe-questions.js';
import { UNDELIVERED_MAIL } from './codes/undelivered-mail.js';
import { UNRECORDED_MONEY } from './codes/unrecorded-money.js';
import { INBOX_CODES } from './inbox-messages.js';

describe('A code of the inbox', () => {
  it('stands in one table alone', () => {
    const tables = [CALL_FAILURES, UNRECORDED_MONEY, BOOKS_DIFFERENCES, STRIPE_QUESTIONS, UNDELIVERED_MAIL];
    expect(tables.flatMap((table) => Object.keys(table))).toEqual(INBOX_CODES);
  });
});
