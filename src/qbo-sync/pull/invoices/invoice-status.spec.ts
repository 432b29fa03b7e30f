import { describe, expect, it } from 'vitest';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { type StatusFacts, qboStateOf, qboStatusOf, settledCentsOf } from './invoice-status.js';

const TODAY = '2026-03-02';
const invoice = (facts: Partial<StatusFacts>): StatusFacts => ({
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

  it.each([
    { settled: 'credit', balanceCents: 0, state: 'settled_by_credit' },
    { settled: 'mixed', balanceCents: 0, state: 'paid' },
    { settled: 'cash', balanceCents: 0, state: 'paid' },
    { settled: null, balanceCents: 0, state: 'paid' },
    { settled: 'credit', balanceCents: 1, state: 'partially_paid' },
  ] as const)(
    'with $balanceCents left and settled by $settled is $state',
    ({ settled, balanceCents, state }) => {
      expect(qboStateOf(invoice({ balanceCents }), TODAY, null, settled)).toBe(state);
    },
  );

  it('counts as settled the total less the balance, and nothing of a void', () => {
    expect(settledCentsOf(invoice({ balanceCents: 2_500 }))).toBe(7_500);
    expect(settledCentsOf(invoice({ totalCents: 0, balanceCents: 0 }))).toBe(0);
  });

  it.each([
    { at: '2026-03-17T05:59:59Z', zone: 'America/Denver', is: 'open', why: 'it is still the 16th there' },
    { at: '2026-03-17T06:00:00Z', zone: 'America/Denver', is: 'overdue', why: 'midnight has struck there' },
    { at: '2026-03-16T11:00:00Z', zone: 'Pacific/Auckland', is: 'overdue', why: 'the 17th began there' },
    { at: '2026-03-17T10:59:59Z', zone: 'Pacific/Pago_Pago', is: 'open', why: 'the 16th ends last there' },
  ])('due on the 16th is $is at $at in $zone: $why', ({ at, zone, is }) => {
    expect(qboStateOf(invoice({}), dayInZone(new Date(at), zone), null)).toBe(is);
  });

  it.each([
    {
      dueOn: '2026-03-08',
      at: '2026-03-09T05:59:59Z',
      is: 'open',
      why: 'the clocks went forward: a day of 23 hours',
    },
    {
      dueOn: '2026-03-08',
      at: '2026-03-09T06:00:00Z',
      is: 'overdue',
      why: 'an hour earlier in UTC than the day before',
    },
    { dueOn: '2026-03-07', at: '2026-03-08T06:59:59Z', is: 'open', why: 'the night before they did' },
    {
      dueOn: '2026-11-01',
      at: '2026-11-02T06:59:59Z',
      is: 'open',
      why: 'the clocks went back: a day of 25 hours',
    },
    {
      dueOn: '2026-11-01',
      at: '2026-11-02T07:00:00Z',
      is: 'overdue',
      why: 'an hour later in UTC than the day before',
    },
    { dueOn: '2026-10-31', at: '2026-11-01T06:00:00Z', is: 'overdue', why: 'the night they go back' },
  ])('due on $dueOn is $is at $at in Denver ($why)', ({ dueOn, at, is }) => {
    expect(qboStateOf(invoice({ dueOn }), dayInZone(new Date(at), 'America/Denver'), null)).toBe(is);
  });
});
