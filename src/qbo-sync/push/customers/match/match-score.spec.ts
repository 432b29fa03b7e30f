import { describe, expect, it } from 'vitest';
import { mirrored } from '../../../pull/customers/mirrored-customer.js';
import type { QboCustomer } from '../../../api/model/qbo-objects.js';
import { isSame, rankCandidates, wantedOf } from './match-score.js';

const amy = { id: 14, email: 'amy@customers.example', fullName: 'Amy Lauterbach', phone: '(650) 555-3300' };
const inBooks = (facts: Partial<QboCustomer> = {}): QboCustomer => ({
  id: '1',
  syncToken: '0',
  displayName: "Amy's Bird Sanctuary",
  givenName: null,
  familyName: null,
  companyName: null,
  email: null,
  phone: null,
  otherPhones: [],
  active: true,
  parentId: null,
  currency: null,
  ...facts,
});
const rank = (...customers: Partial<QboCustomer>[]) =>
  rankCandidates(
    wantedOf(amy),
    customers.map((facts, index) => mirrored(inBooks({ id: String(index + 1), ...facts }))),
  );

describe('How likely a customer in QuickBooks is ours', () => {
  it.each([
    { name: 'nothing the same', facts: {}, score: null },
    {
      name: 'the e-mail',
      facts: { email: 'Amy@customers.example' },
      score: 50,
      class: 'likely',
      same: false,
    },
    {
      name: 'name and e-mail',
      facts: { displayName: 'Lauterbach, Amy', email: 'x@y.example, amy@customers.example' },
      score: 85,
      class: 'certain',
      same: true,
    },
    {
      name: 'first and last name, and e-mail',
      facts: { givenName: 'Amy', familyName: 'Lauterbach', email: amy.email },
      score: 85,
      class: 'certain',
      same: true,
    },
    { name: 'the name', facts: { displayName: 'AMY LAUTERBACH' }, score: 35, class: 'weak', same: false },
    {
      name: 'the mobile phone',
      facts: { otherPhones: ['650.555.3300'] },
      score: 30,
      class: 'weak',
      same: false,
    },
    {
      name: 'phone and e-mail',
      facts: { phone: amy.phone, email: amy.email },
      score: 80,
      class: 'likely',
      same: false,
    },
    {
      name: 'our mark',
      facts: { displayName: 'Amy Lauterbach (CRM-14)' },
      score: 95,
      class: 'certain',
      same: true,
    },
    {
      name: 'the mark of another',
      facts: { displayName: 'Amy Lauterbach (CRM-15)' },
      score: 35,
      class: 'weak',
      same: false,
    },
    {
      name: 'name and e-mail of one that is inactive',
      facts: { displayName: 'Amy Lauterbach', email: amy.email, active: false },
      score: 75,
      class: 'likely',
      same: true,
    },
    { name: 'the company', facts: { companyName: 'Amy Lauterbach, Inc.' }, score: null },
  ])('with $name', ({ facts, score, class: expected, same }) => {
    const [candidate] = rank(facts);
    expect(candidate?.score ?? null).toBe(score);
    expect(candidate?.class).toBe(expected);
    expect(candidate && isSame(candidate)).toBe(same);
  });

  it('says less for the address of an office', () => {
    const office = { ...amy, email: 'office@customers.example' };
    const customer = mirrored(inBooks({ email: 'office@customers.example' }));
    expect(rankCandidates(wantedOf(office), [customer])).toEqual([]);
  });

  it('is never certain where another is as good, and does not depend on the order', () => {
    const twins = [
      { displayName: 'Amy Lauterbach', email: amy.email },
      { displayName: 'Lauterbach, Amy', email: amy.email },
    ];
    const ids = (candidates: ReturnType<typeof rank>) =>
      candidates.map(({ customer }) => customer.displayName);
    expect(rank(...twins).map((one) => one.class)).toEqual(['likely', 'likely']);
    expect(new Set(ids(rank(...twins.toReversed())))).toEqual(new Set(ids(rank(...twins))));
  });
});
