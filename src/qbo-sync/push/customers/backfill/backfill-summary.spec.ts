import { describe, expect, it } from 'vitest';
import { progressBar, emptyStats, summaryText, withResult } from './backfill-summary.js';
import { readBackfill } from './backfill-arguments.js';

describe('A backfill', () => {
  it('counts every result', () => {
    const results = ['created', 'created', 'updated', 'skipped', 'error', 'not_found'] as const;
    const all = [
      ...results.map((result) => ({ result })),
      { result: 'skipped', because: 'undecided' },
    ] as const;
    expect(all.reduce(withResult, emptyStats(7))).toEqual({
      total: 7,
      created: 2,
      tied: 1,
      failed: 3,
      undecided: 1,
    });
  });

  it.each([
    { stats: emptyStats(40), bar: '[..............................] 0/40 (0 %)' },
    {
      stats: { ...emptyStats(40), created: 10, tied: 1, failed: 1 },
      bar: '[#########.....................] 12/40 (30 %)',
    },
    { stats: { ...emptyStats(40), created: 40 }, bar: '[##############################] 40/40 (100 %)' },
    { stats: { ...emptyStats(1), created: 2 }, bar: '[##############################] 2/2 (100 %)' },
    { stats: emptyStats(0), bar: '[##############################] 0/0 (100 %)' },
  ])('shows $bar', ({ stats, bar }) => {
    expect(progressBar(stats)).toBe(bar);
  });

  it('ends with a line that says what is left', () => {
    const stats = { total: 5, created: 2, tied: 1, failed: 1, undecided: 0 };
    expect(summaryText(stats, 0)).toBe('Backfill: 2 created, 1 tied to what was there, 1 failed.');
    expect(summaryText(stats, 1)).toContain('1 failed, 1 left: run it again to go on.');
  });
});

describe('The words of a backfill', () => {
  it('are an organisation, and a size of at most thirty', () => {
    expect(readBackfill({ org: '1' })).toEqual({ orgId: 1, perCall: 30, dryRun: false });
    expect(readBackfill({ org: '7', 'batch-size': '5', 'dry-run': true })).toEqual({
      orgId: 7,
      perCall: 5,
      dryRun: true,
    });
  });

  it.each([
    { words: {}, wrong: '--org must be the id of an organisation.' },
    { words: { org: 'acme' }, wrong: '--org must be' },
    { words: { org: '0' }, wrong: '--org must be' },
    { words: { org: '1', 'batch-size': '31' }, wrong: '--batch-size must be a whole number from 1 to 30.' },
    { words: { org: '1', 'batch-size': '0' }, wrong: '--batch-size must be' },
  ])('$words are refused', ({ words, wrong }) => {
    expect(() => readBackfill(words)).toThrow(wrong);
  });
});
