import { describe, expect, it } from 'vitest';
import { isZoneAbbreviation, zoneNames } from './zone-name.js';

describe('A time zone', () => {
  it.each([
    { given: 'America/Denver', names: ['America/Denver'] },
    { given: 'america/denver', names: ['America/Denver', 'america/denver'] },
    { given: 'US/Mountain', names: ['America/Denver', 'US/Mountain'] },
    { given: 'Asia/Kolkata', names: ['Asia/Kolkata', 'Asia/Calcutta'] },
    { given: 'Asia/Calcutta', names: ['Asia/Kolkata', 'Asia/Calcutta'] },
    { given: 'UTC', names: ['UTC'] },
  ])('that is given as $given is $names', ({ given, names }) => {
    expect(zoneNames(given)).toEqual(names);
  });

  it('has a name of now that is itself called by no other one', () => {
    const now = Intl.supportedValuesOf('timeZone').map((name) => zoneNames(name)[0]!);
    expect(now.filter((name) => zoneNames(name)[0] !== name)).toEqual([]);
  });

  it('has no names where it is none', () => {
    expect(() => zoneNames('Mars/Olympus')).toThrow(RangeError);
  });

  it.each([
    { name: 'CST', is: true },
    { name: 'est', is: true },
    { name: 'UTC', is: false },
    { name: 'GMT', is: false },
    { name: 'EST5EDT', is: false },
    { name: 'NZ', is: false },
    { name: 'America/Chicago', is: false },
  ])('by the name of $name is short for a clock: $is', ({ name, is }) => {
    expect(isZoneAbbreviation(name)).toBe(is);
  });
});
