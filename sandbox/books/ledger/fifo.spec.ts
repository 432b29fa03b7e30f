import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StockMovement, fifoValues } from './fifo.ts';

const standard = (quantity: number): number => quantity * 500;
const bought = (document: string, quantity: number, value: number): StockMovement => ({
  document,
  quantity,
  value,
});
const moved = (document: string, quantity: number): StockMovement => ({
  document,
  quantity,
  value: undefined,
});

describe('Stock, first in, first out', () => {
  it('leaves at the cost of what has lain longest, across the purchases it came in with', () => {
    const values = fifoValues(
      [bought('a', 10, 10_000), bought('b', 5, 6_000), moved('sold', -12), moved('rest', -3)],
      standard,
    );
    expect(values.get('sold')).toBe(-(10_000 + 2_400));
    expect(values.get('rest')).toBe(-3_600);
  });

  it('loses no cent where a cost does not divide', () => {
    const sales = [moved('1', -1), moved('2', -1), moved('3', -1)];
    const values = fifoValues([bought('a', 3, 1_000), ...sales], standard);
    expect([values.get('1'), values.get('2'), values.get('3')]).toEqual([-333, -334, -333]);
  });

  it('costs what comes in next where it is sold before it is there, and its price until then', () => {
    expect(fifoValues([moved('sold', -2)], standard).get('sold')).toBe(-1_000);
    const values = fifoValues([moved('sold', -2), bought('late', 3, 2_100)], standard);
    expect(values.get('sold')).toBe(-1_400);
    expect(fifoValues([moved('sold', -2), bought('late', 1, 700)], standard).get('sold')).toBe(-1_200);
  });

  it('comes back at what it left for', () => {
    const values = fifoValues([bought('a', 4, 4_000), moved('sold', -3), moved('returned', 2)], standard);
    expect(values.get('returned')).toBe(2_000);
    expect(fifoValues([moved('returned', 2)], standard).get('returned')).toBe(1_000);
  });

  it('is worth, in the end, the cost of the last that came in, whatever was bought and sold', () => {
    const purchase = fc.record({
      quantity: fc.integer({ min: 1, max: 9 }),
      price: fc.integer({ min: 0, max: 999 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(purchase, fc.record({ sold: fc.integer({ min: 1, max: 9 }) })), { maxLength: 40 }),
        (steps) => {
          // Piece by piece, the plain way: each with its own price.
          const pieces: number[] = [];
          let owed = 0;
          const movements = steps.map((step, index): StockMovement => {
            if ('sold' in step) {
              for (let left = step.sold; left > 0; left -= 1) if (pieces.shift() === undefined) owed += 1;
              return moved(String(index), -step.sold);
            }
            const fresh = Array.from({ length: step.quantity }, () => step.price);
            const missing = Math.min(owed, fresh.length);
            owed -= missing;
            pieces.push(...fresh.slice(missing));
            return bought(String(index), step.quantity, step.quantity * step.price);
          });
          const left = pieces.reduce((sum, price) => sum + price, 0) - owed * 500;
          const worth = [...fifoValues(movements, standard).values()].reduce((sum, value) => sum + value, 0);
          expect(worth).toBe(left);
        },
      ),
      { numRuns: 500 },
    );
  });
});
