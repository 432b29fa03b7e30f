import { describe, expect, it } from 'vitest';
import { reconciliationTrigger, type ChangeFeedState } from './reconciliation-trigger.js';

const NOW = new Date('2026-03-30T12:00:00Z');
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);
const settled: ChangeFeedState = { changedSince: daysAgo(0.02), comparedAt: daysAgo(3), feed: 'whole' };

describe('A company whose changes were asked for', () => {
  it.each<[string, Partial<ChangeFeedState>, string | null]>([
    ['is in step', {}, null],
    ['was never polled', { changedSince: null, comparedAt: null }, 'first_look'],
    ['was away for longer than QuickBooks remembers', { changedSince: daysAgo(29) }, 'first_look'],
    ['was away for not quite as long', { changedSince: daysAgo(28.9) }, null],
    ['has more changes than one answer holds', { feed: 'full' }, 'feed_full'],
    ['is not told what changed', { feed: 'refused' }, 'feed_refused'],
    ['was compared a week ago', { comparedAt: daysAgo(7) }, 'weekly'],
    ['was compared not quite a week ago', { comparedAt: daysAgo(6.99) }, null],
    ['was never compared', { comparedAt: null }, 'weekly'],
    ['is new and has too many changes', { changedSince: null, feed: 'full' }, 'first_look'],
  ])('which %s: %o → %s', (_, facts, need) => {
    expect(reconciliationTrigger({ ...settled, ...facts }, NOW)).toBe(need);
  });
});
