import { describe, expect, it } from 'vitest';
import { delayAfterMs, MAY_STILL_RUN_MS, nextStep, REPLAY_SAFE_MS, stateAfter } from './operation-policy.js';

const SENT_AT = new Date('2026-03-02T17:00:00Z');
const after = (ms: number): Date => new Date(SENT_AT.getTime() + ms);

describe('What is done with an operation that left no trace at QuickBooks', () => {
  it.each([
    { name: 'it was never sent', firstSentAt: null, now: SENT_AT, step: 'send' },
    { name: 'it may still be at work', firstSentAt: SENT_AT, now: after(MAY_STILL_RUN_MS - 1), step: 'wait' },
    { name: 'QuickBooks has cut it off', firstSentAt: SENT_AT, now: after(MAY_STILL_RUN_MS), step: 'send' },
    { name: 'its key may be forgotten', firstSentAt: SENT_AT, now: after(REPLAY_SAFE_MS), step: 'person' },
  ])('$step when $name', ({ firstSentAt, now, step }) => {
    expect(nextStep({ state: 'uncertain', firstSentAt }, now)).toBe(step);
  });

  it('stays uncertain after a lost answer, ready after a certain failure, refused after a no', () => {
    expect(stateAfter('uncertain')).toBe('uncertain');
    expect(stateAfter('throttled')).toBe('ready');
    expect(stateAfter('validation')).toBe('refused');
  });
});

describe('The wait before the next attempt', () => {
  it('grows with each attempt, is drawn from the whole span, and has an end', () => {
    expect(delayAfterMs('transient', 1, 0.5)).toBe(1_000);
    expect(delayAfterMs('transient', 4, 0.5)).toBe(8_000);
    expect(delayAfterMs('transient', 50, 0.999)).toBeLessThanOrEqual(900_000);
    expect(delayAfterMs('transient', 3, 0)).toBe(0);
  });

  it('is a minute at least when QuickBooks asks to slow down', () => {
    expect(delayAfterMs('throttled', 1, 0)).toBe(60_000);
  });
});
