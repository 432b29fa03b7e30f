import { describe, expect, it } from 'vitest';
import { zoneAt } from './zone-at.js';

const ORG = {
  timeZone: 'Europe/Berlin',
  formerTimeZones: [
    { zone: 'Pacific/Honolulu', since: '2026-01-01T00:00:00.000Z', until: '2026-03-01T12:00:00.000Z' },
    { zone: 'Pacific/Auckland', since: '2026-03-01T12:00:00.000Z', until: '2026-05-01T00:00:00+00:00' },
  ],
};

describe('The time zone of an organisation', () => {
  it.each([
    { at: '2025-12-31T23:59:59.999Z', zone: 'Europe/Berlin' },
    { at: '2026-01-01T00:00:00.000Z', zone: 'Pacific/Honolulu' },
    { at: '2026-03-01T11:59:59.999Z', zone: 'Pacific/Honolulu' },
    { at: '2026-03-01T12:00:00.000Z', zone: 'Pacific/Auckland' },
    { at: '2026-05-01T00:00:00.000Z', zone: 'Europe/Berlin' },
  ])('at $at was $zone', ({ at, zone }) => {
    expect(zoneAt(new Date(at), ORG)).toBe(zone);
  });

  it('is the one of now where it never had another', () => {
    expect(zoneAt(new Date(), { ...ORG, formerTimeZones: [] })).toBe('Europe/Berlin');
  });
});
