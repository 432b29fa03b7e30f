import { describe, expect, it } from 'vitest';
import { chargeDecimals } from './charge-amount.js';
import { isCurrency, isSupportedCurrency } from './currency.js';

describe('A currency', () => {
  it.each(['USD', 'CAD', 'EUR', 'JPY'])('%s is one', (code) => {
    expect(isCurrency(code)).toBe(true);
  });

  it.each(['usd', 'US', 'DOLLAR', 'QQQ', '', null, 840])('%s is none', (code) => {
    expect(isCurrency(code)).toBe(false);
  });

  it.each(['USD', 'EUR', 'JPY', 'ISK'])('%s is one that proposals can be in', (code) => {
    expect(isSupportedCurrency(code)).toBe(true);
  });

  it.each(['KWD', 'BHD', 'JOD', 'OMR', 'TND', 'XAU', 'usd'])(
    '%s is none that proposals can be in',
    (code) => {
      expect(isSupportedCurrency(code)).toBe(false);
    },
  );

  it('that proposals can be in is one of ISO 4217 and never of thousandths', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const supported = codes.filter(isSupportedCurrency);
    expect(supported.length).toBeGreaterThan(100);
    expect(supported.filter((code) => !isCurrency(code))).toEqual([]);
    expect(supported.filter((code) => chargeDecimals(code) === 3)).toEqual([]);
  });
});
