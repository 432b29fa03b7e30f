import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../docs/language.js';

const product = sourcesOf('src').filter(({ path }) => !path.endsWith('.spec.ts'));

/** The files of the product, of those whose path is like this, in which something stands. */
function filesWith(pattern: RegExp, path = /\.ts$/): string[] {
  return product.filter((file) => path.test(file.path) && pattern.test(file.text)).map((file) => file.path);
}

describe('What is decided in one place', () => {
  it('is what a day in a body or a query may be', () => {
    const ownWay = /\bisCalendarDay\b/;
    expect(filesWith(ownWay, /\.dto\.ts$/)).toEqual([]);
    expect(filesWith(ownWay)).toContain('src/platform/http/calendar-day.decorator.ts');
  });

  it('is which invoices stand, and which refunds took money away, in SQL as in TypeScript', () => {
    expect(filesWith(/not in \('voided', ?'deleted'\)/)).toEqual(['src/invoices/invoice-state.ts']);
    expect(filesWith(/in \('pending', ?'succeeded'\)/)).toEqual(['src/payments/ledger/refund-state.ts']);
  });
});
