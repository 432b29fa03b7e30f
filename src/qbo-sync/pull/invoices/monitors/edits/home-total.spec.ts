import { describe, expect, it } from 'vitest';
import { otherHomeTotalCents } from './home-total.js';

describe('The total of a foreign invoice in the home currency', () => {
  it.each([
    {
      name: 'is as QuickBooks says',
      total: 300_000,
      rate: '1.0845',
      said: 325_350,
      home: 'USD',
      other: null,
    },
    {
      name: 'may be rounded otherwise',
      total: 33_333,
      rate: '1.0845',
      said: 36_149,
      home: 'USD',
      other: null,
    },
    { name: 'is not two cents off', total: 33_333, rate: '1.0845', said: 36_148, home: 'USD', other: 36_150 },
    {
      name: 'may be a yen off in yen',
      total: 1_001,
      rate: '149.55',
      said: 149_800,
      home: 'JPY',
      other: null,
    },
    {
      name: 'is not two yen off in yen',
      total: 1_001,
      rate: '149.55',
      said: 149_500,
      home: 'JPY',
      other: 149_700,
    },
    {
      name: 'is not compared where no rate was sent',
      total: 300_000,
      rate: null,
      said: 1,
      home: 'USD',
      other: null,
    },
    {
      name: 'is not compared where QuickBooks says none',
      total: 1,
      rate: '1.1',
      said: null,
      home: 'USD',
      other: null,
    },
  ])('$name', ({ total, rate, said, home, other }) => {
    expect(otherHomeTotalCents({ totalCents: total, homeTotalCents: said }, rate, home)).toBe(other);
  });

  it('that QuickBooks counted one to one is seen', () => {
    expect(otherHomeTotalCents({ totalCents: 300_000, homeTotalCents: 300_000 }, '1.0845', 'USD')).toBe(
      325_350,
    );
  });
});
