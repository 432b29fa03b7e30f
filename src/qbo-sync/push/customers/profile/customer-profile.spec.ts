import { describe, expect, it } from 'vitest';
import { displayNameOf, draftOf, profileOf, suffixedName } from './customer-profile.js';

const ann = { id: 17, email: 'ann@example.com', fullName: 'Ann Ruiz', phone: '555-0100' };

describe('A customer in QuickBooks', () => {
  it.each([
    { name: 'by name', fullName: 'Ann Ruiz', shown: 'Ann Ruiz' },
    { name: 'by e-mail where there is no name', fullName: null, shown: 'ann@example.com' },
    { name: 'without what QuickBooks refuses', fullName: ' Ruiz:\tAnn\n& Sons ', shown: 'Ruiz - Ann & Sons' },
    {
      name: 'with apostrophes and quotes as they are',
      fullName: `D'Arcy "Ann" O’Neil`,
      shown: `D'Arcy "Ann" O’Neil`,
    },
  ])('is shown $name', ({ fullName, shown }) => {
    expect(displayNameOf({ ...ann, fullName })).toBe(shown);
  });

  it('gets a suffix that fits even the longest name', () => {
    expect(suffixedName('Ann Ruiz', 17)).toBe('Ann Ruiz (CRM-17)');
    expect(suffixedName('x'.repeat(500), 17)).toHaveLength(500);
  });

  it('is never cut within a letter', () => {
    expect(displayNameOf({ ...ann, fullName: `${'x'.repeat(499)}👩‍🔧` })).toBe('x'.repeat(499));
    expect(suffixedName(`${'x'.repeat(488)}👩‍🔧`, 17)).toBe(`${'x'.repeat(488)} (CRM-17)`);
  });

  it('is sent in one Unicode form, trimmed, without what the CRM does not know', () => {
    const profile = profileOf({ ...ann, fullName: ' Jose\u0301 ', phone: ' ' });
    expect(profile).toEqual({ displayName: 'Jos\u00e9', email: 'ann@example.com', phone: null });
    expect(draftOf(profile)).toEqual({ displayName: 'Jos\u00e9', email: 'ann@example.com' });
  });
});
