import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homeCentsAt } from '../platform/money/exchange-rate.js';
import { realisedGainCents, type RatedPayment } from './realised-gain.js';

const paid = (amountCents: number, exchangeRate: string | null): RatedPayment => ({
  amountCents,
  exchangeRate,
});
const rate = fc.integer({ min: 5_000, max: 20_000 }).map((tenThousandths) => String(tenThousandths / 10_000));

describe('The gain of a foreign payment', () => {
  it.each([
    { name: 'is what the currency rose', invoice: '1.1', payments: [paid(300_000, '1.15')], gain: 15_000 },
    { name: 'is a loss where it fell', invoice: '1.1', payments: [paid(300_000, '1.05')], gain: -15_000 },
    {
      name: 'is of each payment at its own rate',
      invoice: '1.0845',
      payments: [paid(100_000, '1.2'), paid(200_000, '1.05')],
      gain: 4_650,
    },
    {
      name: 'is of what was paid, not of what is open',
      invoice: '1.1',
      payments: [paid(10, '1.2')],
      gain: 1,
    },
    { name: 'is none before money came', invoice: '1.1', payments: [], gain: 0 },
    {
      name: 'is not known without a rate of the invoice',
      invoice: null,
      payments: [paid(1, '1.2')],
      gain: null,
    },
    {
      name: 'is not known where a rate is not known of one payment',
      invoice: '1.1',
      payments: [paid(1, '1.2'), paid(1, null)],
      gain: null,
    },
  ])('$name', ({ invoice, payments, gain }) => {
    expect(realisedGainCents(invoice, payments, 'USD')).toBe(gain);
  });

  it('is of whole yen where books are kept in yen', () => {
    expect(realisedGainCents('149.55', [paid(1_001, '150.05')], 'JPY')).toBe(500);
  });

  it('loses no cent over any parts: what came in is the invoice at home and the gain', () => {
    const parts = fc.array(fc.record({ cents: fc.integer({ min: 1, max: 10_000_000 }), rate }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(rate, parts, (invoiceRate, all) => {
        const cash = all.reduce((sum, { cents, rate: at }) => sum + homeCentsAt(cents, at), 0);
        const total = all.reduce((sum, { cents }) => sum + cents, 0);
        const payments = all.map(({ cents, rate: at }) => paid(cents, at));
        expect(homeCentsAt(total, invoiceRate) + realisedGainCents(invoiceRate, payments, 'USD')!).toBe(cash);
      }),
    );
  });
});
