import { describe, expect, it } from 'vitest';
import { displayNameOf, patchFor, profileOf, suffixedName } from './customer-profile.js';

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

  it('needs no update while nothing differs', () => {
    expect(patchFor(ann, profileOf(ann))).toBeNull();
    expect(patchFor(ann, { ...profileOf(ann), email: 'ANN@example.com' })).toBeNull();
  });

  it('is updated in what differs, and in nothing else', () => {
    expect(patchFor({ ...ann, phone: '555-0199' }, profileOf(ann))).toEqual({ phone: '555-0199' });
    expect(patchFor({ ...ann, phone: null }, profileOf(ann))).toEqual({ phone: null });
    expect(patchFor({ ...ann, fullName: 'Ann Ott' }, profileOf(ann))).toEqual({ displayName: 'Ann Ott' });
  });

  it('keeps the suffix it was given', () => {
    expect(patchFor(ann, { ...profileOf(ann), displayName: 'Ann Ruiz (CRM-17)' })).toBeNull();
  });
});
