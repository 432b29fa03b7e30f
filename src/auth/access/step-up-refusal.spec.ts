import { describe, expect, it } from 'vitest';
import { proofTooOld } from './step-up-refusal.js';

const FORM = { method: 'POST', url: '/auth/account/second-factor/setup' };

describe('A proof of who somebody is that is too old', () => {
  it('is told to programs as a problem', () => {
    const { kind, code, message, hints } = proofTooOld();
    expect([kind, code, hints]).toEqual(['forbidden', 'reauthentication_required', {}]);
    expect(message).toContain('POST /auth/confirm');
  });

  it.each([
    { what: 'a page it opened', page: { method: 'GET', url: '/x?y=1', headers: {} }, back: '/x?y=1' },
    {
      what: 'the page of the form it sent',
      page: { ...FORM, headers: { referer: 'https://crm.acme.test/auth/account/second-factor?done=off' } },
      back: '/auth/account/second-factor',
    },
    { what: 'the account, where it hides that', page: { ...FORM, headers: {} }, back: '/auth/account' },
    {
      what: 'the account for nonsense',
      page: { ...FORM, headers: { referer: '/x' } },
      back: '/auth/account',
    },
  ])('leads a browser to the confirmation, and then to $what', ({ page, back }) => {
    expect(proofTooOld(page).hints.leadsTo).toBe(
      `/auth/account/confirm?return_to=${encodeURIComponent(back)}`,
    );
  });
});
