import { describe, expect, it } from 'vitest';
import { adviceFor } from './operation-advice.js';

describe('What is done about an operation that will not go on by itself', () => {
  it.each([
    { kind: 'books_closed', code: '6210', inDoubt: false, retry: 'together', step: /^Open the period/ },
    { kind: 'validation', code: '2210', inDoubt: false, retry: 'together', step: /^Correct the e-mail/ },
    { kind: 'validation', code: '99999', inDoubt: false, retry: 'together', step: /^Mend what QuickBooks/ },
    { kind: 'validation', code: undefined, inDoubt: false, retry: 'together', step: /^Mend what/ },
    { kind: 'uncertain', code: undefined, inDoubt: true, retry: 'singly', step: /^Look in QuickBooks\./ },
    { kind: 'duplicate_number', code: '6140', inDoubt: false, retry: 'singly', step: /^Look in/ },
    { kind: 'books_closed', code: '6210', inDoubt: true, retry: 'singly', step: /look in QuickBooks first/ },
  ] as const)('$kind, code $code, in doubt $inDoubt: $retry', ({ kind, code, inDoubt, retry, step }) => {
    const advice = adviceFor({ kind, code }, inDoubt, 'invoice.create');
    expect(advice.retry).toBe(retry);
    expect(advice.nextStep).toMatch(step);
  });

  it('asks for the id of a document alone where the operation makes one', () => {
    const closed = { kind: 'books_closed', code: '6210' } as const;
    expect(adviceFor(closed, false, 'refund.create').nextStep).toMatch(
      /by hand and resolve this with its id\.$/,
    );
    expect(adviceFor(closed, false, 'payment.apply').nextStep).toMatch(/by hand and resolve this\.$/);
    expect(adviceFor(closed, true, 'credit.apply').nextStep).not.toContain('with its id');
  });
});
