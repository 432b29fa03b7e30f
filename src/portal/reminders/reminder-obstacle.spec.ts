import { describe, expect, it } from 'vitest';
import { type ReminderFacts, reminderObstacle } from './reminder-obstacle.js';

const NOW = new Date('2026-06-11T15:00:00Z');
const FACTS: ReminderFacts = {
  step: { dueOn: '2026-06-10', offsetDays: 1 },
  isOn: true,
  customer: { isActive: true, reminders: true },
  invoice: { id: 7, dueOn: '2026-06-10', reminders: true },
  books: 'read',
  hasMoneyOnAccount: false,
  newestInvoiceId: 7,
  charge: { owed: true, amountCents: 40_000 },
  isDisputed: false,
  lastSentAt: null,
  askedAt: null,
  now: NOW,
  today: '2026-06-11',
};

const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

describe('A customer is not reminded of an invoice', () => {
  const never: { why: string; facts: Partial<ReminderFacts>; code: string }[] = [
    {
      why: 'that is paid',
      facts: { charge: { owed: false, code: 'invoice_paid', reason: 'Invoice 1 is paid.' } },
      code: 'invoice_paid',
    },
    {
      why: 'that a bank is about to pay',
      facts: { charge: { owed: false, code: 'payment_pending', reason: 'The bank is about to pay.' } },
      code: 'payment_pending',
    },
    { why: 'that was made anew', facts: { newestInvoiceId: 8 }, code: 'invoice_remade' },
    { why: 'while a bank disputes a payment', facts: { isDisputed: true }, code: 'payment_disputed' },
    {
      why: 'where nobody is to be written to',
      facts: { customer: { isActive: false, reminders: true } },
      code: 'customer_inactive',
    },
  ];
  const notByItself: typeof never = [
    { why: 'where the organisation reminds nobody', facts: { isOn: false }, code: 'reminders_off' },
    {
      why: 'where the customer is left out',
      facts: { customer: { isActive: true, reminders: false } },
      code: 'reminders_off',
    },
    {
      why: 'that is left out',
      facts: { invoice: { id: 7, dueOn: '2026-06-10', reminders: false } },
      code: 'reminders_off',
    },
    { why: 'whose company is not connected', facts: { books: 'not_connected' }, code: 'books_not_read' },
    { why: 'whose books nobody reads', facts: { books: 'not_read' }, code: 'books_not_read' },
    {
      why: 'while money of the customer is on no invoice',
      facts: { hasMoneyOnAccount: true },
      code: 'money_on_account',
    },
    {
      why: 'that is due on another day by now',
      facts: { invoice: { id: 7, dueOn: '2026-06-30', reminders: true } },
      code: 'due_day_changed',
    },
    { why: 'days after the step', facts: { today: '2026-06-14' }, code: 'too_late' },
    { why: 'twice within hours', facts: { lastSentAt: hoursAgo(11) }, code: 'reminded_already' },
  ];

  it.each([...never, ...notByItself])('$why', ({ facts, code }) => {
    expect(reminderObstacle({ ...FACTS, ...facts })?.code).toBe(code);
  });

  it.each(never)('not by a person either, $why', ({ facts, code }) => {
    expect(reminderObstacle({ ...FACTS, step: null, ...facts })?.code).toBe(code);
  });

  it.each(notByItself)('but by a person, $why', ({ facts }) => {
    expect(reminderObstacle({ ...FACTS, step: null, ...facts })).toBeNull();
  });
});

describe('A customer is reminded of an invoice', () => {
  it('that something is owed of', () => {
    expect(reminderObstacle(FACTS)).toBeNull();
  });

  it('as a person asked for it after another one, but not where another one went out since', () => {
    const asked = { ...FACTS, step: null, askedAt: hoursAgo(2) };
    expect(reminderObstacle({ ...asked, lastSentAt: hoursAgo(3) })).toBeNull();
    expect(reminderObstacle({ ...asked, lastSentAt: hoursAgo(1) })?.code).toBe('reminded_already');
  });

  it('again the next day, also where the night was an hour shorter', () => {
    expect(reminderObstacle({ ...FACTS, lastSentAt: hoursAgo(23) })).toBeNull();
  });
});
