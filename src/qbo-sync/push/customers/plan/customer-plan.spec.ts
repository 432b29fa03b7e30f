import { describe, expect, it } from 'vitest';
import type { CustomerBase } from '../profile/customer-diff.js';
import { changeOf, draftFor, reactivationOf } from './customer-plan.js';
import { type CustomerProfile, profileOf } from '../profile/customer-profile.js';

const ann = { id: 17, email: 'ann@example.com', fullName: 'Ann Ruiz', phone: '555-0100' };
const said = (changed: Partial<CustomerProfile> = {}): CustomerBase => ({
  sent: profileOf(ann),
  said: { ...profileOf(ann), ...changed },
});
const link = (base: CustomerBase = said()): Parameters<typeof changeOf>[1] => ({
  qboCustomerId: '58',
  syncToken: '3',
  base,
});
const refused = (patch: object, id = '58'): NonNullable<Parameters<typeof changeOf>[2]>['refused'] => ({
  patch: { id, syncToken: '2', ...patch },
  sent: profileOf(ann),
  overwrites: null,
});

describe('The change of a linked customer', () => {
  it.each([
    {
      name: 'is none where QuickBooks shows it already',
      customer: ann,
      base: said(),
      known: {},
      patch: null,
    },
    {
      name: 'is what the CRM changed, by the version of the link',
      customer: { ...ann, phone: '555-0199' },
      base: said(),
      known: {},
      patch: { phone: '555-0199' },
    },
    {
      name: 'has a name of our own where another has the plain one',
      customer: { ...ann, fullName: 'Ann Ott' },
      base: said(),
      known: { suffix: true },
      patch: { displayName: 'Ann Ott (CRM-17)' },
    },
    {
      name: 'has no name where only the phone changed, whoever has the plain one',
      customer: { ...ann, phone: '555-0199' },
      base: said(),
      known: { suffix: true },
      patch: { phone: '555-0199' },
    },
    {
      name: 'makes them active, by their name, where that was refused before',
      customer: ann,
      base: said({ displayName: 'Ann Ruiz (deleted 2)' }),
      known: { refused: refused({ active: true, displayName: 'Ann Ruiz' }) },
      patch: { displayName: 'Ann Ruiz', active: true },
    },
    {
      name: 'makes them active under a name of our own where another has theirs by now',
      customer: ann,
      base: said({ displayName: 'Ann Ruiz (deleted)' }),
      known: { refused: refused({ active: true, displayName: 'Ann Ruiz' }), suffix: true },
      patch: { displayName: 'Ann Ruiz (CRM-17)', active: true },
    },
    {
      name: 'makes them active with what the CRM says by now',
      customer: { ...ann, fullName: 'Ann Ott', phone: '555-0199' },
      base: said(),
      known: { refused: refused({ active: true, displayName: 'Ann Ruiz' }) },
      patch: { displayName: 'Ann Ott', phone: '555-0199', active: true },
    },
    {
      name: 'makes nobody active where what was refused was another change',
      customer: ann,
      base: said(),
      known: { refused: refused({ phone: '555-0199' }) },
      patch: null,
    },
    {
      name: 'makes nobody active where that was about the customer it was linked to before',
      customer: ann,
      base: said(),
      known: { refused: refused({ active: true }, '57') },
      patch: null,
    },
  ])('$name', ({ customer, base, known, patch }) => {
    const change = patch && {
      patch: { ...patch, id: '58', syncToken: '3' },
      sent: profileOf(customer),
      overwrites: null,
    };
    expect(changeOf(customer, link(base), known)).toEqual(change);
  });

  it('says what of the bookkeeper it overwrites, and nothing where it overwrites nothing', () => {
    const customer = { ...ann, phone: '555-0199' };
    expect(changeOf(customer, link(said({ phone: '555-0144' })))?.overwrites).toBe(
      'phone "555-0144" by "555-0199"',
    );
    expect(changeOf(customer, link())?.overwrites).toBeNull();
  });
});

describe('A new customer', () => {
  it.each([
    { name: 'has their name', known: {}, displayName: 'Ann Ruiz' },
    {
      name: 'has a name of our own where another has it',
      known: { suffix: true },
      displayName: 'Ann Ruiz (CRM-17)',
    },
  ])('$name', ({ known, displayName }) => {
    expect(draftFor(ann, known)).toEqual({ displayName, email: 'ann@example.com', phone: '555-0100' });
  });

  it('lacks what the CRM does not know', () => {
    expect(draftFor({ ...ann, phone: null })).toEqual({ displayName: 'Ann Ruiz', email: 'ann@example.com' });
  });
});

it('One that is inactive in QuickBooks gets their name back, and nothing else of theirs changes', () => {
  const found = {
    id: '58',
    syncToken: '3',
    displayName: 'Ruiz, Ann (deleted)',
    email: null,
    phone: '555-0144',
  };
  expect(reactivationOf(ann, found)).toEqual({
    patch: { id: '58', syncToken: '3', active: true, displayName: 'Ruiz, Ann' },
    sent: { displayName: 'Ann Ruiz', email: null, phone: '555-0100' },
    overwrites: null,
  });
});
