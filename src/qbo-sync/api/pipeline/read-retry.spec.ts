import { describe, expect, it } from 'vitest';
import { QboError } from '../errors/qbo-error.js';
import { isRetryable, retryDelayMs } from './read-retry.js';

describe('A read that failed', () => {
  it.each([
    { retries: 0, leftMs: 1000, random: 0, delayMs: 0 },
    { retries: 0, leftMs: 1000, random: 0.5, delayMs: 125 },
    { retries: 1, leftMs: 1000, random: 0.5, delayMs: 250 },
    { retries: 2, leftMs: 1000, random: 0, delayMs: null },
    { retries: 0, leftMs: 100, random: 0.5, delayMs: null },
    { retries: 0, leftMs: -1, random: 0, delayMs: null },
  ])(
    'after $retries retries with $leftMs ms left is repeated after $delayMs',
    ({ retries, leftMs, random, delayMs }) => {
      expect(retryDelayMs(retries, leftMs, random)).toBe(delayMs);
    },
  );

  it.each([
    { name: 'it failed on the way', kind: 'transient', operation: 'cdc', expected: true },
    { name: 'QuickBooks said no', kind: 'validation', operation: 'cdc', expected: false },
    { name: 'its token could not be had', kind: 'transient', operation: 'token.refresh', expected: false },
  ] as const)('is worth repeating or not when $name: $expected', ({ kind, operation, expected }) => {
    expect(isRetryable(new QboError(kind, 'failed', { operation }), 'cdc')).toBe(expected);
  });

  it('is not repeated where it was held back', () => {
    const held = new QboError('transient', 'circuit open', { operation: 'cdc', retryAfterSeconds: 10 });
    expect(isRetryable(held, 'cdc')).toBe(false);
  });
});
