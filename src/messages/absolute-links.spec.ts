import { describe, expect, it } from 'vitest';
import { withWholeAddresses } from './absolute-links.js';

const URL = 'https://crm.acme.test';

describe('A path in a message that leaves the product', () => {
  it.each([
    ['connects it again at /qbo/oauth/start.', `connects it again at ${URL}/qbo/oauth/start.`],
    ['see /inbox and /qbo/status.', `see ${URL}/inbox and ${URL}/qbo/status.`],
    ['See /proposals/7/why.', `See ${URL}/proposals/7/why.`],
    [
      'at /qbo/oauth/start?replace_company=true: what',
      `at ${URL}/qbo/oauth/start?replace_company=true: what`,
    ],
    ['/inbox', `${URL}/inbox`],
    ['See /why/proposals/7?org_id=3.', `See ${URL}/why/proposals/7?org_id=3.`],
    ['again by POST /portal/email/7, or', `again by POST ${URL}/portal/email/7, or`],
    ['by PATCH /org/settings.', `by PATCH ${URL}/org/settings.`],
  ])('is a whole address: %s', (text, whole) => {
    expect(withWholeAddresses(text, URL)).toBe(whole);
  });

  it.each(['gutters and/or skylights', 'https://other.test/inbox', 'Smith /Sons', '/inboxes', 'm/qbo/x'])(
    'is not seen where there is none: %s',
    (text) => {
      expect(withWholeAddresses(text, URL)).toBe(text);
    },
  );
});
