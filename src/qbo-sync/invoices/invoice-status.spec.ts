import { describe, expect, it } from 'vitest';
import { type InvoiceFacts, paidCentsOf, qboStateOf, qboStatusOf } from './invoice-status.js';

const TODAY = '2026-03-02';
const invoice = (facts: Partial<InvoiceFacts>): InvoiceFacts => ({
  totalCents: 10_000,
  balanceCents: 10_000,
  dueOn: '2026-03-16',
  privateNote: null,
  ...facts,
});

describe('How an invoice stands', () => {
  it.each([
    { name: 'nothing paid', facts: {}, status: 'Open', state: 'open' },
    { name: 'some paid', facts: { balanceCents: 4_000 }, status: 'Open', state: 'partially_paid' },
    { name: 'all paid', facts: { balanceCents: 0 }, status: 'Paid', state: 'paid' },
    { name: 'due yesterday', facts: { dueOn: '2026-03-01' }, status: 'Open', state: 'overdue' },
    { name: 'due today', facts: { dueOn: '2026-03-02' }, status: 'Open', state: 'open' },
    {
      name: 'part paid and late',
      facts: { balanceCents: 1, dueOn: '2026-02-01' },
      status: 'Open',
      state: 'overdue',
    },
    { name: 'paid late', facts: { balanceCents: 0, dueOn: '2026-02-01' }, status: 'Paid', state: 'paid' },
    { name: 'without a due day', facts: { dueOn: null }, status: 'Open', state: 'open' },
    {
      name: 'void with its note',
      facts: { totalCents: 0, balanceCents: 0, privateNote: 'Voided\ncrm:inv-1' },
      status: 'Unknown',
      state: 'voided',
    },
    { name: 'over nothing', facts: { totalCents: 0, balanceCents: 0 }, status: 'Unknown', state: 'paid' },
    { name: 'in credit', facts: { balanceCents: -500 }, status: 'Unknown', state: 'paid' },
  ])('$name: $status, $state', ({ facts, status, state }) => {
    expect(qboStatusOf(invoice(facts))).toBe(status);
    expect(qboStateOf(invoice(facts), TODAY, null)).toBe(state);
  });

  it('takes an invoice that lost its total for voided, even when a person edited the note away', () => {
    expect(qboStateOf(invoice({ totalCents: 0, balanceCents: 0 }), TODAY, 10_000)).toBe('voided');
  });

  it('counts what is paid as the total less the balance', () => {
    expect(paidCentsOf(invoice({ balanceCents: 2_500 }))).toBe(7_500);
  });
});
