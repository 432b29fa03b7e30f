import { describe, expect, it } from 'vitest';
import { judgeConnection } from './connection-choice.js';

const linked = { realmId: 'old', hasLinks: true };
const bare = { realmId: 'old', hasLinks: false };

describe('Whether a company may become that of an organisation', () => {
  it.each([
    { what: 'the first one', before: null, holder: null, realmId: 'new', replace: false, verdict: 'connect' },
    { what: 'the same again', before: linked, holder: 1, realmId: 'old', replace: false, verdict: 'connect' },
    {
      what: 'another, nothing linked',
      before: bare,
      holder: null,
      realmId: 'new',
      replace: false,
      verdict: 'connect',
    },
    {
      what: 'another, links',
      before: linked,
      holder: null,
      realmId: 'new',
      replace: false,
      verdict: 'other_company',
    },
    {
      what: 'another, chosen',
      before: linked,
      holder: null,
      realmId: 'new',
      replace: true,
      verdict: 'connect',
    },
    { what: "somebody else's", before: null, holder: 2, realmId: 'new', replace: false, verdict: 'taken' },
    {
      what: "somebody else's, chosen",
      before: linked,
      holder: 2,
      realmId: 'new',
      replace: true,
      verdict: 'taken',
    },
  ])('$what: $verdict', ({ before, holder, realmId, replace, verdict }) => {
    expect(judgeConnection({ orgId: 1, realmId, before, holder, replaceCompany: replace })).toBe(verdict);
  });
});
