import { describe, expect, it } from 'vitest';
import { lastFailureOf, retryAnswer } from './retry-answer.js';

describe('The answer to a retry', () => {
  const refused = { state: 'refused', errorDetail: 'The books are closed.' } as const;
  const sent = { state: 'sent', errorDetail: 'The books were closed.' } as const;
  const one = (operation: Parameters<typeof lastFailureOf>[0], held = false) => ({ operation, held });

  it.each([
    ['nothing where all is done', [one({ state: 'done', errorDetail: null })], 'nothing'],
    ['nothing where there is nothing to do', [], 'nothing'],
    ['that it is being sent, and not what went wrong before', [one(sent)], 'being sent'],
    [
      'that it is being sent where it is held',
      [one({ state: 'ready', errorDetail: null }, true)],
      'being sent',
    ],
    ['that it is being sent where another one failed', [one(refused), one(sent, true)], 'being sent'],
    ['what went wrong', [one({ state: 'done', errorDetail: null }), one(refused)], 'The books are closed.'],
    ['what it waits for', [one({ state: 'waiting', errorDetail: null })], 'Its invoice.'],
    ['that it comes by itself', [one({ state: 'ready', errorDetail: null })], 'by itself'],
  ])('is %s', (_, tried, says) => {
    expect(retryAnswer(tried, 'Its invoice.') ?? 'nothing').toContain(says);
  });

  it('is no failure of before while it is on its way', () => {
    expect([sent, refused].map(lastFailureOf)).toEqual([null, 'The books are closed.']);
  });
});
