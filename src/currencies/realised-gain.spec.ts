import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homeCentsAt } from '../platform/money/exchange-rate.js';
import { realisedGains } from './realised-gain.js';

describe('What the exchange rate gained until an invoice was paid', () => {
  it('is the home value of the payment beyond what the invoice was carried at', () => {
    const invoice = { totalCents: 100_000, homeTotalCents: 110_000 };
    expect(realisedGains(invoice, [{ amountCents: 100_000, rate: '1.15' }])).toEqual([
      { homeCents: 115_000, gainCents: 5_000 },
    ]);
    expect(realisedGains(invoice, [{ amountCents: 50_000, rate: '1.05' }])).toEqual([
      { homeCents: 52_500, gainCents: -2_500 },
    ]);
  });

  it('is nothing at the rate of the invoice', () => {
    const invoice = { totalCents: 33_333, homeTotalCents: homeCentsAt(33_333, '1.0845') };
    expect(realisedGains(invoice, [{ amountCents: 33_333, rate: '1.0845' }])[0]!.gainCents).toBe(0);
  });

  it('sums over all payments to exactly what came less what the invoice was carried at', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 });
    const rate = fc.integer({ min: 1, max: 500_000 }).map((steps) => (steps / 1_000).toFixed(3));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cents, rate), { minLength: 1, maxLength: 12 }),
        rate,
        (parts, invoiceRate) => {
          const payments = parts.map(([amountCents, paidRate]) => ({ amountCents, rate: paidRate }));
          const totalCents = payments.reduce((sum, one) => sum + one.amountCents, 0);
          const homeTotalCents = homeCentsAt(totalCents, invoiceRate);
          const gains = realisedGains({ totalCents, homeTotalCents }, payments);
          const came = gains.reduce((sum, one) => sum + one.homeCents, 0);
          expect(gains.reduce((sum, one) => sum + one.gainCents, 0)).toBe(came - homeTotalCents);
        },
      ),
    );
  });
});
