import { describe, expect, it } from 'vitest';
import { QboError, type QboErrorKind } from '../../api/errors/qbo-error.js';
import { type CustomerOutcome, NOT_FOUND, outcomeOf, pauseAfter } from './customer-outcome.js';
import type { CustomerSync } from './customer-sync.js';

const now = new Date('2026-03-02T17:00:00Z');
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const failed = (kind: QboErrorKind, retryAfterSeconds?: number): CustomerSync => {
  const failure = new QboError(kind, 'No.', { operation: 'customer.batch', retryAfterSeconds });
  return { ok: false, result: 'error', qboCustomerId: null, error: failure.message, failure };
};
const first = { attempts: 1, open: true, now, random: 0.5 };

describe('What came of one customer', () => {
  it('is over when it went well or was skipped', () => {
    const created: CustomerSync = { ok: true, result: 'created', qboCustomerId: '60' };
    expect(outcomeOf(created, first)).toEqual({
      final: true,
      result: 'created',
      qboCustomerId: '60',
      error: null,
    });
    const skipped: CustomerSync = {
      ok: false,
      result: 'skipped',
      because: 'not_connected',
      qboCustomerId: null,
      error: 'QBO not connected',
    };
    expect(outcomeOf(skipped, first)).toMatchObject({
      final: true,
      result: 'skipped',
      error: 'QBO not connected',
    });
  });

  it.each([
    ['transient', 1],
    ['throttled', 61],
    ['uncertain', 130],
    ['needs_reauth', 0],
    ['not_connected', 0],
  ] as const)('is tried again where it was %s, after %i s', (kind, seconds) => {
    expect(outcomeOf(failed(kind), first)).toEqual({ final: false, kind, at: after(seconds), error: 'No.' });
  });

  it('waits as long as it is told to', () => {
    expect(outcomeOf(failed('throttled', 300), first)).toMatchObject({ at: after(300) });
  });

  it.each([
    'validation',
    'duplicate_name',
    'forbidden',
    'books_closed',
    'subscription',
    'not_found',
  ] as const)('is over where it was %s', (kind) => {
    expect(outcomeOf(failed(kind), first)).toMatchObject({ final: true, result: 'error', error: 'No.' });
  });

  it('is over when its creation is closed, or has been tried often enough', () => {
    expect(outcomeOf(failed('uncertain'), { ...first, open: false })).toMatchObject({ final: true });
    expect(outcomeOf(failed('transient'), { ...first, attempts: 7 })).toMatchObject({ final: false });
    expect(outcomeOf(failed('transient'), { ...first, attempts: 8 })).toMatchObject({ final: true });
  });
});

describe('The pause after some customers', () => {
  const again = (kind: QboErrorKind, seconds: number): CustomerOutcome => ({
    final: false,
    kind,
    at: after(seconds),
    error: 'No.',
  });

  it.each([
    { name: 'none where all are over', outcomes: [NOT_FOUND, NOT_FOUND], until: null },
    { name: 'none where others got through', outcomes: [NOT_FOUND, again('uncertain', 130)], until: null },
    { name: 'none after nobody', outcomes: [], until: null },
    {
      name: 'as long as QuickBooks asks',
      outcomes: [NOT_FOUND, again('throttled', 61), again('throttled', 90)],
      until: after(61),
    },
    {
      name: 'short where nobody got through',
      outcomes: [again('uncertain', 130), again('uncertain', 130)],
      until: after(10),
    },
    { name: 'shorter where they are tried again sooner', outcomes: [again('transient', 2)], until: after(2) },
  ])('is $name', ({ outcomes, until }) => {
    expect(pauseAfter(outcomes, now)).toEqual(until);
  });
});
