import { describe, expect, it } from 'vitest';
import { afterWarmUp, floors, type Look, trendOf } from './trend.ts';

const ALLOWED = { share: 0.1, least: 5 };
const looks = (value: (minute: number) => number, minutes = 20): Look[] =>
  Array.from({ length: minutes * 4 }, (_, index) => ({ at: index * 15, value: value(index / 4) }));

describe('What was looked at every 15 seconds', () => {
  it('is flat where it goes up and down around the same', () => {
    expect(
      trendOf(
        looks((minute) => 200 + 30 * Math.sin(minute)),
        ALLOWED,
      ),
    ).toMatchObject({
      isFlat: true,
    });
  });

  it('is flat with a single peak, and where it falls', () => {
    expect(
      trendOf(
        looks((minute) => (minute === 19 ? 900 : 200)),
        ALLOWED,
      ).isFlat,
    ).toBe(true);
    expect(
      trendOf(
        looks((minute) => 200 - minute),
        ALLOWED,
      ),
    ).toMatchObject({ isFlat: true });
  });

  it('is not flat where 2 MB are added each minute', () => {
    const { isFlat, growth, usual } = trendOf(
      looks((minute) => 200 + 2 * minute + 10 * Math.sin(minute)),
      ALLOWED,
    );
    expect(isFlat).toBe(false);
    expect(growth).toBeGreaterThan(35);
    expect(growth).toBeLessThan(45);
    expect(usual).toBeGreaterThan(200);
  });

  it('may grow by a share of the usual, or by the least, whichever is more', () => {
    const slowly = looks((minute) => 10 + minute / 5);
    expect(trendOf(slowly, ALLOWED)).toMatchObject({ allowed: 5, isFlat: true });
    expect(trendOf(slowly, { share: 0.1, least: 0 })).toMatchObject({ isFlat: false });
  });

  it('has no trend in one look', () => {
    expect(() => trendOf([{ at: 0, value: 1 }], ALLOWED)).toThrow('two looks');
  });

  it('counts from when all is warm', () => {
    const rising = looks((minute) => Math.min(minute, 8) * 20);
    expect(trendOf(rising, ALLOWED).isFlat).toBe(false);
    expect(trendOf(afterWarmUp(rising, 0.5), ALLOWED).isFlat).toBe(true);
  });

  it('has a floor under each four looks', () => {
    const saw = looks((minute) => 100 + 40 * ((minute * 4) % 4), 2);
    expect(floors(saw, 4)).toEqual([
      { at: 0, value: 100 },
      { at: 60, value: 100 },
    ]);
    expect(floors(saw.slice(0, 5), 4)).toHaveLength(2);
  });
});
