import { describe, expect, it } from 'vitest';
import { companyMirrorView, fillText } from './company-mirror.view.js';

const AT = new Date('2026-11-27T12:00:00.000Z');
const UNREAD = {
  filledAt: null,
  changedSince: null,
  lookedAt: null,
  fillAsOf: null,
  fillDone: [],
  fillTail: [],
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
});
