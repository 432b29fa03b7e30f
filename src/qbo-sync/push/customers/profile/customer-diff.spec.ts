import { describe, expect, it } from 'vitest';
import { baseOfMatched, type CustomerBase, conflictsText, diffCustomer } from './customer-diff.js';
import { type CustomerProfile, profileOf } from './customer-profile.js';

const ann = { id: 17, email: 'ann@example.com', fullName: 'Ann Ruiz', phone: '555-0100' };
const base = (said: Partial<CustomerProfile> = {}, sent: Partial<CustomerProfile> = {}): CustomerBase => ({
  sent: { ...profileOf(ann), ...sent },
  said: { ...profileOf(ann), ...said },
});

describe('What goes to QuickBooks of a customer', () => {
  it.each([
    { name: 'nothing, where nothing changed', customer: ann, base: base(), patch: null },
    {
      name: 'nothing, where only the case of the e-mail differs',
      customer: { ...ann, email: 'ANN@example.com' },
      base: base(),
      patch: null,
    },
    {
      name: 'a new phone',
      customer: { ...ann, phone: '555-0199' },
      base: base(),
      patch: { phone: '555-0199' },
    },
    {
      name: 'a phone that was cleared',
      customer: { ...ann, phone: null },
      base: base(),
      patch: { phone: null },
    },
    {
      name: 'no phone, where the CRM never knew one',
      customer: { ...ann, phone: null },
      base: base({ phone: '(970) 555-0144' }, { phone: null }),
      patch: null,
    },
    {
      name: 'a new name',
      customer: { ...ann, fullName: 'Ann Ott' },
      base: base(),
      patch: { displayName: 'Ann Ott' },
    },
    {
      name: 'no name, where only the bookkeeper changed it',
      customer: { ...ann, phone: '555-0199' },
      base: base({ displayName: 'Ruiz, Ann' }),
      patch: { phone: '555-0199' },
    },
    {
      name: 'no name, where QuickBooks shows our suffix',
      customer: ann,
      base: base({ displayName: 'Ann Ruiz (CRM-17)' }, { displayName: 'Ann Ruiz (CRM-17)' }),
      patch: null,
    },
    {
      name: 'no name, where the bookkeeper took our suffix off',
      customer: ann,
      base: base({}, { displayName: 'Ann Ruiz (CRM-17)' }),
      patch: null,
    },
    {
      name: 'no name, where the bookkeeper shortened the one with our suffix',
      customer: ann,
      base: base({ displayName: 'Ann' }, { displayName: 'Ann Ruiz (CRM-17)' }),
      patch: null,
    },
    {
      name: 'no name, where the same letter is spelled in two ways',
      customer: { ...ann, fullName: 'Jose\u0301' },
      base: base({ displayName: 'Jos\u00e9' }, { displayName: 'Jos\u00e9' }),
      patch: null,
    },
    {
      name: 'no e-mail, where it is one of several',
      customer: ann,
      base: base({ email: 'office@example.com, ann@example.com' }, { email: null }),
      patch: null,
    },
    {
      name: 'a new e-mail in the place of the old one, beside the others',
      customer: { ...ann, email: 'ott@example.com' },
      base: base({ email: 'office@example.com,ann@example.com' }),
      patch: { email: 'office@example.com, ott@example.com' },
    },
    {
      name: 'a new e-mail before those of the bookkeeper',
      customer: { ...ann, email: 'ott@example.com' },
      base: base({ email: 'a@example.com; b@example.com' }),
      patch: { email: 'ott@example.com, a@example.com, b@example.com' },
    },
  ])('is $name', ({ customer, base: known, patch }) => {
    expect(diffCustomer(customer, known).patch).toEqual(patch);
  });

  it('overwrites what both sides changed, and says so', () => {
    const customer = { ...ann, fullName: 'Ann Ott', email: 'ott@example.com', phone: null };
    const said = { displayName: 'Ruiz, Ann', email: 'ruiz@example.com', phone: '555-0144' };
    const { patch, conflicts } = diffCustomer(customer, base(said));
    expect(patch).toEqual({ displayName: 'Ann Ott', email: 'ott@example.com', phone: null });
    expect(conflictsText(conflicts)).toBe(
      'name "Ruiz, Ann" by "Ann Ott", e-mail "ruiz@example.com" by "ott@example.com", phone "555-0144" by nothing',
    );
    expect(diffCustomer(customer, base()).conflicts).toEqual([]);
  });

  it.each([
    { name: 'a phone in another form', said: { phone: '(555) 0100' } },
    { name: 'a phone with spaces around it', said: { phone: ' 555-0100 ' } },
    { name: 'a name that is inactive', said: { displayName: 'Ann Ruiz (deleted 2)' } },
    { name: 'a name with two spaces', said: { displayName: 'Ann  Ruiz ' } },
    { name: 'an e-mail in another case', said: { email: 'ANN@Example.com' } },
  ])('overwrites $name, and nobody hears of it', ({ said }) => {
    const customer = { ...ann, fullName: 'Ann Ott', email: 'ott@example.com', phone: '555-0199' };
    const { patch, conflicts } = diffCustomer(customer, base(said));
    expect(patch).toEqual({ displayName: 'Ann Ott', email: 'ott@example.com', phone: '555-0199' });
    expect(conflicts).toEqual([]);
  });

  it('is what QuickBooks lacks, where it holds nothing in its place', () => {
    const said = { displayName: 'Ruiz, Ann', email: '', phone: ' ' };
    expect(diffCustomer(ann, baseOfMatched(ann, said)).patch).toEqual({
      email: 'ann@example.com',
      phone: '555-0100',
    });
  });

  it('is nothing, where the bookkeeper made the same change', () => {
    const customer = { ...ann, phone: '555-0199' };
    expect(diffCustomer(customer, base({ phone: '555-0199' }))).toEqual({ patch: null, conflicts: [] });
  });

  it('is what QuickBooks lacks, where the customer was there before', () => {
    const said = { displayName: 'Ruiz, Ann', email: 'office@example.com', phone: null };
    expect(diffCustomer(ann, baseOfMatched(ann, said)).patch).toEqual({ phone: '555-0100' });
    const full = { ...said, phone: '555-0144' };
    expect(
      diffCustomer({ ...ann, phone: null }, baseOfMatched({ ...ann, phone: null }, full)).patch,
    ).toBeNull();
  });
});
