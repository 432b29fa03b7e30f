import { describe, expect, it } from 'vitest';
import { isCurrency } from './currency.js';

describe('A currency', () => {
  it.each(['USD', 'CAD', 'EUR', 'JPY'])('%s is one', (code) => {
    expect(isCurrency(code)).toBe(true);
  });

  it.each(['usd', 'US', 'DOLLAR', 'QQQ', '', null, 840])('%s is none', (code) => {
    expect(isCurrency(code)).toBe(false);
  });
});
