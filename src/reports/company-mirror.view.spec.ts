import { describe, expect, it } from 'vitest';
import { companyMirrorView, fillText, waitText } from './company-mirror.view.js';

const AT = new Date('2026-11-27T12:00:00.000Z');
const UNREAD = {
  filledAt: null,
  changedSince: null,
  lookedAt: null,
  fillAsOf: null,
  fillDone: [],
  fillTail: [],
  waits: null,
};

describe('The reading of a company for reports', () => {
  it('says what it costs at least before the documents are counted, and then exactly', () => {
    expect(fillText({}, {})).toContain('(0 so far). The first time this takes at least 24 metered reads');
    expect(fillText({ Invoice: 1_000 }, { Invoice: 2_500, Bill: 10 })).toContain(
      '(1000 of 2510 so far). The first time this takes 26 metered reads',
    );
  });

  it('is to come, under way, over, or under way again', () => {
    const stateOf = (facts: object): string =>
      companyMirrorView('9130', { ...UNREAD, progress: {}, totals: {}, ...facts }).state;
    expect(companyMirrorView('9130', null)).toMatchObject({ state: 'unread', reads_forecast: 24 });
    expect(stateOf({})).toBe('unread');
    expect(stateOf({ totals: { Invoice: 1 } })).toBe('filling');
    expect(stateOf({ totals: { Invoice: 1 }, filledAt: AT })).toBe('filled');
    expect(stateOf({ totals: { Invoice: 1 }, filledAt: AT, fillAsOf: AT })).toBe('filling');
  });

  it('waits where the read budget has no room for it, and says what it takes and what is left', () => {
    const waits = { since: AT.toISOString(), reads: 125, used: 400, forecast: 980, budget: 1_000 };
    const view = companyMirrorView('9130', { ...UNREAD, progress: {}, totals: { Invoice: 1 }, waits });
    expect(view).toMatchObject({ state: 'waiting', waiting_since: AT.toISOString() });
    expect(view.waits_for).toBe(
      'Reading the documents of the QuickBooks company for reports takes 125 metered reads. Of the 1,000 of this ' +
        'month 400 are used and 980 will be, so there is no room for it.',
    );
    expect(waitText(waits)).toContain('or when QBO_READ_BUDGET_PER_MONTH is raised');
  });
});
