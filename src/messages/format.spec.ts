import { describe, expect, it } from 'vitest';
import { dayText, momentText, moneyText, percentText, quantityText } from './format.js';

const plain = (text: string): string => text.replaceAll(/[\u{a0}\u{202f}]/gu, ' ');

describe('Money on the page', () => {
  it.each([
    { cents: 367_350, currency: 'USD', text: '$3,673.50' },
    { cents: -25_000, currency: 'USD', text: '-$250.00' },
    { cents: 0, currency: 'EUR', text: '€0.00' },
    { cents: 120_000_00, currency: 'JPY', text: '¥120,000' },
    { cents: 12_345, currency: 'JPY', text: '¥123.45' },
    { cents: 10_050, currency: 'KWD', text: 'KWD 100.500' },
    { cents: 9_999_999_999_999, currency: 'USD', text: '$99,999,999,999.99' },
  ])('$cents hundredths of $currency are $text', ({ cents, currency, text }) => {
    expect(plain(moneyText(cents, currency))).toBe(text);
  });
});

describe('Numbers and days on the page', () => {
  it('have the decimals they have', () => {
    expect([24.5, 1, 1_234.0001].map(quantityText)).toEqual(['24.5', '1', '1,234.0001']);
    expect([30, 12.5, 33.33, 8.875].map(percentText)).toEqual(['30%', '12.5%', '33.33%', '8.875%']);
  });

  it('are the days and times of the company', () => {
    const instant = new Date('2026-03-03T05:30:00Z');
    expect(dayText(instant, 'America/Denver')).toBe('March 2, 2026');
    expect(dayText(instant, 'Europe/Berlin')).toBe('March 3, 2026');
    expect(plain(momentText(instant, 'America/Denver'))).toBe('March 2, 2026 at 10:30 PM MST');
  });
});
