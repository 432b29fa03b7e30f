import { describe, expect, it } from 'vitest';
import { type Installation, type MonthOfReads, playMonth } from './read-month.js';

/** What QBO_READ_BUDGET_PER_MONTH is where nobody says otherwise, and the companies it has to be enough for. */
const WHOLE = { companies: 3_000, budget: 500_000 };
const SETTINGS = [
  { intervalMinutes: 30, webhookFedMinutes: 30 },
  { intervalMinutes: 30, webhookFedMinutes: 360 },
  { intervalMinutes: 60, webhookFedMinutes: 720 },
];
/** `npm run simulate:reads` plays the whole installation and prints its months; the suite plays a sixth of it. */
const isWhole = process.env.SIMULATE_READS === 'whole';
const size = isWhole ? WHOLE : { companies: WHOLE.companies / 6, budget: WHOLE.budget / 6 };
const seeds = isWhole ? [1, 2, 3] : [1];
const MONTHS = SETTINGS.flatMap((setting) =>
  seeds.map((seed): Installation => ({ ...size, ...setting, seed })),
);

/** The first days forecast from busy hours in which nothing was slowed yet. */
const FORECAST_HOLDS_FROM_DAY = 5;

const names = (one: Installation): string =>
  `every ${one.intervalMinutes} min, ${one.webhookFedMinutes} where webhooks arrive, seed ${one.seed}`;

describe('A month of reads', () => {
  it.each(MONTHS.map((one) => [names(one), one] as const))(
    'stays within its budget and is forecast: %s',
    (name, one) => {
      const month = playMonth(one);
      if (isWhole) process.stdout.write(`${name}\n${storyOf(month)}\n\n`);
      expect(month.used).toBeLessThanOrEqual(one.budget);
      const late = month.forecasts.filter(({ day }) => day >= FORECAST_HOLDS_FROM_DAY);
      expect(Math.max(...late.map(({ error }) => error))).toBeLessThan(0.1);
      // A day, and what its twentieth part adds.
      expect(month.longestGapMinutes).toBeLessThanOrEqual(1_440 * 1.05);
    },
  );

  it('is not slowed where its budget is enough', () => {
    const month = playMonth({
      companies: 100,
      budget: 500_000,
      intervalMinutes: 30,
      webhookFedMinutes: 30,
      seed: 1,
    });
    expect([...month.hoursAtFactor.keys()]).toEqual([1]);
    expect(month.longestGapMinutes).toBeLessThanOrEqual(32);
  });

  it('is over its budget where even the slowest pace is too much, and no company is left out', () => {
    const month = playMonth({
      companies: 100,
      budget: 5_000,
      intervalMinutes: 30,
      webhookFedMinutes: 30,
      seed: 1,
    });
    expect(month.used).toBeGreaterThan(5_000);
    expect(month.longestGapMinutes).toBeLessThanOrEqual(30 * 16 * 1.05);
  });

  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => playMonth({ companies: 50, budget: 9_000, ...SETTINGS[0]!, seed });
    expect(of(7)).toEqual(of(7));
    expect(of(8)).not.toEqual(of(7));
  });
});

function storyOf({ used, byCause, forecasts, hoursAtFactor, longestGapMinutes }: MonthOfReads): string {
  const causes = Object.entries(byCause).map(([cause, reads]) => `${cause} ${reads}`);
  const paces = [...hoursAtFactor].map(([factor, hours]) => `${factor}x ${Math.round(hours)} h`);
  const days = forecasts
    .filter(({ day }) => [1, 3, 5, 10, 20].includes(day))
    .map(({ day, forecast, error }) => `day ${day} ${forecast} (off by ${(100 * error).toFixed(1)} %)`);
  return [
    `  ${used} reads: ${causes.join(', ')}`,
    `  forecast after ${days.join(', ')}`,
    `  interval ${paces.join(', ')}; longest between two polls of a company ${longestGapMinutes} min`,
  ].join('\n');
}
