import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelineOf } from './timeline.js';
import type { ActivityFact, OperationFact, Sources } from './timeline-facts.js';

const START = Date.parse('2026-03-02T17:00:00Z');
const at = (second: number): Date => new Date(START + second * 1000);

const activity = (
  second: number,
  event: string,
  meta: Record<string, unknown> = {},
  occurrence: string | null = null,
): ActivityFact => ({ at: at(second), event, meta, occurrence });

const operation = (facts: Partial<OperationFact>): OperationFact => ({
  kind: 'invoice.create',
  requestId: 'inv-1',
  state: 'done',
  qboId: '130',
  createdAt: at(20),
  updatedAt: at(24),
  attempts: [],
  ...facts,
});

const notified = (sources: Partial<Sources>) =>
  timelineOf({
    currency: 'USD',
    activities: [],
    operations: [],
    stripeEvents: [],
    links: [],
    inbox: [],
    deeds: [],
    ...sources,
  });
const events = (sources: Partial<Sources>): string[] => notified(sources).map(({ event }) => event);

describe('The timeline of a proposal', () => {
  it('tells a deposit from approval to paid, each step once, in order, with the ids of the vendors', () => {
    const items = notified({
      activities: [
        activity(0, 'approve', { approved_by: 'link:3', amount_cents: 1_250_000 }),
        activity(5, 'checkout_created', { amount_cents: 375_000 }, 'checkout-1'),
        activity(12, 'payment_success', { amount_cents: 375_000, currency: 'USD' }),
        activity(24, 'invoice_created', { qbo_invoice_id: '130', amount_cents: 375_000 }),
        activity(30, 'payment_recorded', { qbo_payment_id: '131', amount_cents: 375_000 }),
        activity(31, 'invoice_paid', { qbo_invoice_id: '130', amount_cents: 375_000 }),
      ],
      stripeEvents: [{ eventId: 'evt_1', type: 'checkout.session.completed', at: at(11) }],
      operations: [
        operation({
          attempts: [
            { startedAt: at(21), finishedAt: at(22), outcome: 'uncertain', intuitTid: 'tid-1' },
            { startedAt: at(23), finishedAt: at(24), outcome: 'done', intuitTid: 'tid-2' },
          ],
        }),
        operation({
          kind: 'payment.create',
          requestId: 'pay-1',
          qboId: '131',
          createdAt: at(13),
          attempts: [{ startedAt: at(29), finishedAt: at(30), outcome: 'done', intuitTid: 'tid-3' }],
        }),
      ],
    });
    expect(
      items.map(({ event, source, requestId, intuitTid }) => [event, source, requestId, intuitTid]),
    ).toEqual([
      ['approve', 'customer', null, null],
      ['checkout_created', 'crm', 'checkout-1', null],
      ['checkout.session.completed', 'stripe', 'evt_1', null],
      ['payment_success', 'stripe', null, null],
      ['payment_requested', 'crm', 'pay-1', null],
      ['invoice_requested', 'crm', 'inv-1', null],
      ['invoice_uncertain', 'quickbooks', 'inv-1', 'tid-1'],
      ['invoice_created', 'quickbooks', 'inv-1', 'tid-2'],
      ['payment_recorded', 'quickbooks', 'pay-1', 'tid-3'],
      ['invoice_paid', 'quickbooks', null, null],
    ]);
  });

  it('says what each step changed, from what to what', () => {
    const changes = notified({
      activities: [
        activity(0, 'approve'),
        activity(1, 'payment_success', { amount_cents: 375_000, currency: 'USD' }),
        activity(2, 'invoice_created', { qbo_invoice_id: '130', amount_cents: 375_000 }),
        activity(3, 'invoice_partially_paid', { amount_cents: 100_000 }),
        activity(4, 'invoice_paid', { amount_cents: 375_000 }),
        activity(5, 'payment_refunded', { amount_cents: 75_000, currency: 'USD' }),
        activity(6, 'email_sent'),
      ],
    }).map(({ event, before, after }) => [event, before, after]);
    expect(changes).toEqual([
      ['approve', { status: 'draft' }, { status: 'approved' }],
      ['payment_success', { deposit_paid_cents: 0 }, { deposit_paid_cents: 375_000 }],
      [
        'invoice_created',
        { qbo_state: null, qbo_total_cents: null },
        { qbo_state: 'open', qbo_total_cents: 375_000 },
      ],
      [
        'invoice_partially_paid',
        { qbo_state: 'open', qbo_paid_cents: 0 },
        { qbo_state: 'partially_paid', qbo_paid_cents: 100_000 },
      ],
      [
        'invoice_paid',
        { qbo_state: 'partially_paid', qbo_paid_cents: 100_000 },
        { qbo_state: 'paid', qbo_paid_cents: 375_000 },
      ],
      ['payment_refunded', { deposit_paid_cents: 375_000 }, { deposit_paid_cents: 300_000 }],
      ['email_sent', null, null],
    ]);
  });

  it('keeps a payment in another currency out of the deposit', () => {
    const [item] = notified({
      activities: [activity(0, 'payment_success', { amount_cents: 5, currency: 'EUR' })],
    });
    expect(item).toMatchObject({ before: { deposit_paid_cents: 0 }, after: { deposit_paid_cents: 0 } });
  });

  it.each([
    {
      name: 'a customer that was made',
      facts: { kind: 'customer.create' },
      is: ['customer_requested', 'customer_created'],
    },
    { name: 'an invoice that nothing logged', facts: {}, is: ['invoice_requested', 'invoice_created'] },
    {
      name: 'a void that nothing logged',
      facts: { kind: 'invoice.void' },
      is: ['invoice_void_requested', 'invoice_voided'],
    },
    {
      name: 'a kind of its own',
      facts: { kind: 'estimate.send' },
      is: ['estimate_send_requested', 'estimate_send_done'],
    },
    {
      name: 'a refusal',
      facts: {
        state: 'refused',
        qboId: null,
        attempts: [{ startedAt: at(21), finishedAt: at(22), outcome: 'refused' as const, intuitTid: 't' }],
      },
      is: ['invoice_requested', 'invoice_refused'],
    },
    {
      name: 'a request on its way',
      facts: {
        state: 'sent',
        qboId: null,
        attempts: [{ startedAt: at(21), finishedAt: null, outcome: null, intuitTid: null }],
      },
      is: ['invoice_requested', 'invoice_sent'],
    },
  ])('tells $name', ({ facts, is }) => {
    expect(events({ operations: [operation(facts)] })).toEqual(is);
  });

  it('puts the cause before its effect where both have one instant', () => {
    const now = at(0);
    expect(
      events({
        activities: [activity(0, 'invoice_paid'), activity(0, 'payment_success'), activity(0, 'approve')],
        stripeEvents: [{ eventId: 'evt_1', type: 'checkout.session.completed', at: now }],
        links: [{ createdAt: now, revokedAt: null }],
        operations: [
          operation({
            state: 'refused',
            qboId: null,
            createdAt: at(-1),
            attempts: [{ startedAt: at(-1), finishedAt: now, outcome: 'refused', intuitTid: 'tid' }],
          }),
        ],
        inbox: [{ code: 'books_closed', state: 'open', createdAt: now, closedAt: null, intuitTid: null }],
      }),
    ).toEqual([
      'invoice_requested',
      'link_created',
      'approve',
      'checkout.session.completed',
      'payment_success',
      'invoice_paid',
      'invoice_refused',
      'inbox_opened',
    ]);
  });

  it('tells of links and of what stood in the inbox, from its beginning to its end', () => {
    const items = notified({
      links: [{ createdAt: at(1), revokedAt: at(9) }],
      inbox: [
        { code: 'books_closed', state: 'dismissed', createdAt: at(2), closedAt: at(3), intuitTid: 'tid' },
      ],
    });
    expect(items.map(({ event, source, after }) => [event, source, after])).toEqual([
      ['link_created', 'crm', null],
      ['inbox_opened', 'inbox', { state: 'open', code: 'books_closed' }],
      ['inbox_dismissed', 'inbox', { state: 'dismissed', code: 'books_closed' }],
      ['link_revoked', 'crm', null],
    ]);
  });

  it('is bounded, in order, and loses no step of a shorter story', () => {
    const names = fc.constantFrom('view', 'approve', 'payment_success', 'invoice_paid', 'something_new');
    const some = fc.array(fc.record({ second: fc.integer({ min: 0, max: 9 }), event: names }), {
      maxLength: 700,
    });
    fc.assert(
      fc.property(some, (list) => {
        const items = notified({ activities: list.map(({ second, event }) => activity(second, event)) });
        expect(items).toHaveLength(Math.min(list.length, 500));
        const times = items.map((item) => item.at.getTime());
        expect(times).toEqual(times.toSorted((one, other) => one - other));
      }),
      { numRuns: 50 },
    );
  });
});
