import { describe, expect, it } from 'vitest';
import type { CustomerLink } from '../customer-links.repository.js';
import { type CustomerProfile, profileOf } from '../profile/customer-profile.js';
import type { MatchVerdict } from '../match/customer-matcher.service.js';
import { routeOf } from './customer-route.js';

const company = { orgId: 1, realmId: '934145', env: 'sandbox' as const };
const ann = { id: 17, email: 'ann@example.com', fullName: 'Ann Ruiz', phone: '555-0100' };
const linked = (said: CustomerProfile | null): CustomerLink => ({
  qboCustomerId: '60',
  realmId: '934145',
  syncToken: '0',
  base: said && { said, sent: said },
});

const create: MatchVerdict = { kind: 'create', decided: false };

describe('The way of a customer into the books', () => {
  it.each([
    { name: 'one that is not there', customer: null, link: null, inDoubt: false, route: 'skip' },
    { name: 'a new one', customer: ann, link: null, inDoubt: false, verdict: create, route: 'batch' },
    { name: 'one that may have been made', customer: ann, link: null, inDoubt: true, route: 'single' },
    {
      name: 'one that may be there already',
      customer: ann,
      link: null,
      inDoubt: false,
      verdict: { kind: 'ask', candidates: [] },
      route: 'single',
    },
    { name: 'one that could not be looked for', customer: ann, link: null, inDoubt: false, route: 'single' },
    { name: 'one in step', customer: ann, link: linked(profileOf(ann)), inDoubt: false, route: 'single' },
    {
      name: 'a changed one',
      customer: ann,
      link: linked({ ...profileOf(ann), phone: null }),
      inDoubt: false,
      route: 'batch',
    },
    { name: 'one tied by hand', customer: ann, link: linked(null), inDoubt: false, route: 'single' },
  ] as const)('of $name is $route', ({ customer, link, inDoubt, route, ...rest }) => {
    const verdict = 'verdict' in rest ? (rest.verdict as MatchVerdict) : null;
    expect(routeOf(company, { customer, link, inDoubt, verdict })).toBe(route);
  });

  it('needs nobody where no company is connected', () => {
    expect(routeOf(null, { customer: ann, link: null, inDoubt: false, verdict: null })).toBe('single');
    expect(routeOf(null, { customer: null, link: null, inDoubt: false, verdict: null })).toBe('skip');
  });
});
