import type { ChargeAnswer } from '../../payments/checkout/charges/charge-question.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { isTooLate, LOOK_EVERY_MS } from './reminder-steps.js';

/** A customer who was reminded so short a time ago is not reminded again by itself. */
const PAUSE_MS = 12 * 3_600_000;

/** What decides whether a customer may be reminded of an invoice at this moment. */
export interface ReminderFacts {
  /** Null where a person asks for it. */
  step: { dueOn: CalendarDay; offsetDays: number } | null;
  /** The organisation reminds its customers. */
  isOn: boolean;
  customer: { isActive: boolean; reminders: boolean };
  invoice: { id: number; dueOn: CalendarDay | null; reminders: boolean };
  /** What is known of its company: only of one that was read lately it is heard what is paid there. */
  books: 'not_connected' | 'not_read' | 'read';
  /** Money of the customer is on no invoice in QuickBooks, and nobody has said yet what it is for. */
  hasMoneyOnAccount: boolean;
  /** The invoice that the entry of this one is billed by now. */
  newestInvoiceId: number | null;
  /** What may be charged of it. */
  charge: ChargeAnswer;
  /** A bank is yet to decide about a payment of the proposal. */
  isDisputed: boolean;
  /** When the customer was last reminded of it, or is being reminded. */
  lastSentAt: Date | null;
  /** When a person asked for this one, which waits since then; null of another, and of one that is asked for now. */
  askedAt: Date | null;
  now: Date;
  /** In the organisation's time zone. */
  today: CalendarDay;
}

/** Why nobody is reminded, with a sentence for people. */
export interface Obstacle {
  code: string;
  reason: string;
}

/** It passes once the company is connected again. */
const NOT_CONNECTED: Obstacle = {
  code: 'books_not_read',
  reason: 'The QuickBooks company of the invoice is not connected: nobody knows whether it is paid by now.',
};

/** It passes with the next poll that QuickBooks answers, or with the comparison that it begins. */
const BOOKS_NOT_READ: Obstacle = {
  code: 'books_not_read',
  reason:
    'The QuickBooks company of the invoice was not read lately: nobody knows whether it is paid by now.',
};

/** It passes once the money is on an invoice, given back, or left as a credit by a person. */
const MONEY_ON_ACCOUNT: Obstacle = {
  code: 'money_on_account',
  reason:
    'The customer has paid: money of theirs is on no invoice in QuickBooks, and the inbox asks what it is for.',
};

/**
 * Those that may pass by themselves, and after how many milliseconds it is looked at again: until its day is over for
 * too long the reminder waits. The books are read within a minute of a connection.
 */
export const PASSING: ReadonlyMap<Obstacle, number> = new Map([
  [NOT_CONNECTED, LOOK_EVERY_MS],
  [BOOKS_NOT_READ, 60_000],
  [MONEY_ON_ACCOUNT, LOOK_EVERY_MS],
]);

/**
 * Why the customer is not reminded of an invoice now; null where nothing speaks against it. What there is to pay is
 * what the customer's page asks for: a payment under way, or one that QuickBooks does not show yet, counts. What a
 * person chose to switch off holds back what goes out by itself, and not another person. Pure and total.
 */
export function reminderObstacle(facts: ReminderFacts): Obstacle | null {
  return notPayable(facts) ?? (facts.step ? notByItself(facts, facts.step) : notAnother(facts));
}

/** One that went out by itself, while that of a person waited, stands for it. */
function notAnother({ askedAt, lastSentAt }: ReminderFacts): Obstacle | null {
  if (askedAt === null || lastSentAt === null || lastSentAt <= askedAt) return null;
  return obstacle('reminded_already', 'The customer was reminded of it since this was asked for.');
}

function notPayable({
  customer,
  charge,
  invoice,
  newestInvoiceId,
  isDisputed,
}: ReminderFacts): Obstacle | null {
  if (!customer.isActive) {
    return obstacle('customer_inactive', 'The customer is not active: nobody is to be written to.');
  }
  if (newestInvoiceId !== invoice.id) {
    return obstacle('invoice_remade', 'The invoice was made anew, and the new one is what is to be paid.');
  }
  if (!charge.owed) return obstacle(charge.code, charge.reason);
  if (isDisputed) {
    return obstacle(
      'payment_disputed',
      "The customer's bank disputes a payment of this proposal: wait until it has decided.",
    );
  }
  return null;
}

function notByItself(
  { isOn, customer, invoice, books, hasMoneyOnAccount, lastSentAt, now, today }: ReminderFacts,
  step: NonNullable<ReminderFacts['step']>,
): Obstacle | null {
  if (!isOn) return obstacle('reminders_off', 'Reminders were turned off for the organisation.');
  if (!customer.reminders) return obstacle('reminders_off', 'Reminders were turned off for this customer.');
  if (!invoice.reminders) return obstacle('reminders_off', 'Reminders were turned off for this invoice.');
  if (invoice.dueOn !== step.dueOn) {
    return obstacle('due_day_changed', 'The invoice is due on another day by now.');
  }
  if (isTooLate(step, today)) {
    return obstacle('too_late', 'Its day was over for too long before it could be sent.');
  }
  if (books === 'not_connected') return NOT_CONNECTED;
  if (books === 'not_read') return BOOKS_NOT_READ;
  if (hasMoneyOnAccount) return MONEY_ON_ACCOUNT;
  if (lastSentAt && now.getTime() - lastSentAt.getTime() < PAUSE_MS) {
    return obstacle('reminded_already', 'The customer was reminded of it within the hours before.');
  }
  return null;
}

function obstacle(code: string, reason: string): Obstacle {
  return { code, reason };
}
