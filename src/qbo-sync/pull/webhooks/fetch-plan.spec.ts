import { describe, expect, it } from 'vitest';
import {
  dispositionsOf,
  fetchPlanOf,
  type KnownEntities,
  lookAgainAt,
  type PendingEvent,
} from './fetch-plan.js';

const now = new Date('2026-11-22T09:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
let made = 0;
const event = (what: string, entityId: string, facts: Partial<PendingEvent> = {}): PendingEvent => {
  const [entity = '', operation = ''] = what.split(' ');
  const eventId = facts.eventId ?? `e${(made += 1)}`;
  return { realmId: '1', attempts: 0, receivedAt: ago(1), entity, operation, entityId, ...facts, eventId };
};

describe('What many events ask for', () => {
  it('is each thing once', () => {
    const events = [
      ...Array.from({ length: 5 }, () => event('invoice updated', '155')),
      event('invoice deleted', '156'),
      event('invoice updated', '156'),
      event('payment created', '180'),
      event('payment created', '180'),
      event('creditmemo updated', '190'),
      event('creditmemo deleted', '190'),
    ];
    expect(fetchPlanOf(events)).toEqual({
      paymentIds: ['180'],
      deletedPaymentIds: [],
      olderPaymentIds: [],
      invoiceIds: ['155', '156'],
      deletedIds: ['156'],
      creditMemoIds: ['190'],
    });
  });

  it.each(['updated', 'voided', 'unvoided'])(
    'is a payment, and where it was before, where it was %s',
    (operation) => {
      expect(
        fetchPlanOf([event('payment created', '180'), event(`payment ${operation}`, '180')]),
      ).toMatchObject({
        paymentIds: ['180'],
        deletedPaymentIds: [],
        olderPaymentIds: ['180'],
      });
    },
  );

  it('is only where a payment was before, where it was deleted', () => {
    expect(fetchPlanOf([event('payment deleted', '180'), event('payment created', '180')])).toMatchObject({
      paymentIds: [],
      deletedPaymentIds: ['180'],
      olderPaymentIds: ['180'],
    });
  });

  it('is nothing for none', () => {
    expect(Object.values(fetchPlanOf([])).flat()).toEqual([]);
  });
});

describe('What becomes of an event', () => {
  const known = (facts: Partial<KnownEntities> = {}): KnownEntities => ({
    linkedIds: new Set(['155']),
    ownMemoIds: new Set(['190']),
    paidBy: new Map([
      ['180', ['155']],
      ['181', ['999']],
      ['182', ['155', '999']],
      ['183', []],
    ]),
    isInvoiceBeingMade: false,
    ...facts,
  });

  it.each([
    { about: 'an invoice of ours', what: 'invoice updated', id: '155', disposition: 'done', while: 'done' },
    {
      about: 'an invoice of others',
      what: 'invoice created',
      id: '999',
      disposition: 'ignored',
      while: 'held',
    },
    { about: 'a payment on ours', what: 'payment created', id: '180', disposition: 'done', while: 'done' },
    {
      about: 'a payment on others',
      what: 'payment created',
      id: '181',
      disposition: 'ignored',
      while: 'held',
    },
    { about: 'a payment on both', what: 'payment created', id: '182', disposition: 'done', while: 'held' },
    {
      about: 'a payment on nothing',
      what: 'payment created',
      id: '183',
      disposition: 'ignored',
      while: 'ignored',
    },
    {
      about: 'a payment that a poll saw to',
      what: 'payment voided',
      id: '184',
      disposition: 'done',
      while: 'done',
    },
  ] as const)(
    'about $about is $fate, and $while while an invoice is being made',
    ({ what, id, ...expected }) => {
      const events = [event(what, id, { eventId: 'e' })];
      expect(dispositionsOf(events, known(), now)[expected.disposition]).toEqual(['e']);
      expect(dispositionsOf(events, known({ isInvoiceBeingMade: true }), now)[expected.while]).toEqual(['e']);
    },
  );

  it('is decided after ten minutes, whatever is being made', () => {
    const being = known({ isInvoiceBeingMade: true });
    const held = (seconds: number) =>
      dispositionsOf([event('invoice created', '999', { receivedAt: ago(seconds) })], being, now).held.length;
    expect(held(599)).toBe(1);
    expect(held(600)).toBe(0);
  });
});

describe('An event that is held', () => {
  it.each([
    { ageSeconds: 0, waitSeconds: 0.5 },
    { ageSeconds: 10, waitSeconds: 10 },
    { ageSeconds: 500, waitSeconds: 120 },
  ])('for $ageSeconds s is looked at again after $waitSeconds s', ({ ageSeconds, waitSeconds }) => {
    expect(lookAgainAt([{ receivedAt: ago(ageSeconds) }, { receivedAt: ago(900) }], now)).toEqual(
      ago(-waitSeconds),
    );
  });
});
