import { describe, expect, it } from 'vitest';
import { withoutSecretFields, withoutSecrets } from './redaction.js';

describe('Text for the log', () => {
  it.each([
    { what: 'a JSON web token', secret: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl' },
    { what: "one of Intuit's refresh tokens", secret: 'RT1-209-H0-1781234567abcdefghij' },
    { what: "one of Intuit's older refresh tokens", secret: 'AB11590688723abcdefghijkl' },
    { what: 'a Stripe key', secret: 'sk_test_51H8abcdefghijk' },
    { what: 'a Stripe webhook secret', secret: 'whsec_abcdefghijklmnop' },
    { what: 'the secret of a second factor', secret: 'otpauth://totp/CRM:ada%40acme.test?secret=GEZDGNBV' },
  ])('does not hold $what', ({ secret }) => {
    const text = withoutSecrets(`the call with ${secret} failed`);
    expect(text).toBe('the call with [redacted] failed');
  });

  it.each([
    { text: 'authorization: Bearer abcdef123456', secret: 'abcdef123456' },
    { text: 'authorization: Basic dXNlcjpwYXNz', secret: 'dXNlcjpwYXNz' },
    { text: 'GET /callback?code=XAB11abc&realmId=9341', secret: 'XAB11abc' },
    { text: 'GET /callback?state=s3cr3t&realmId=9341', secret: 's3cr3t' },
    { text: 'body was password=hunter2&email=a', secret: 'hunter2' },
    { text: 'body was email=a&totp=123456', secret: '123456' },
    { text: 'postgresql://crm:hunter2@db:5432/crm', secret: 'hunter2' },
  ])('of "$text" holds all but the secret', ({ text, secret }) => {
    const clean = withoutSecrets(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain('[redacted]');
  });

  it('keeps what is no secret', () => {
    const text = 'Invoice 130 of proposal 7 went from Open to Paid, balance 0, realm 9341455';
    expect(withoutSecrets(text)).toBe(text);
  });
});

describe('The facts of a log line', () => {
  it('hold no field that is named like a credential, at the first two levels', () => {
    const facts = { orgId: 1, token: 'a', req: { id: 7, headers: { cookie: 'b' }, authorization: 'c' } };
    expect(withoutSecretFields(facts)).toEqual({ orgId: 1, req: { id: 7 } });
  });

  it('hold nothing of a second factor', () => {
    const setup = { secret: 'GEZDGNBV', otpauth_uri: 'otpauth://totp/x', recovery_codes: ['ab2c'] };
    expect(
      withoutSecretFields({ orgId: 1, totp: '123456', ...setup, body: { totp: '1', ...setup } }),
    ).toEqual({
      orgId: 1,
      body: {},
    });
  });

  it('are the same object where nothing is to be left out', () => {
    const facts = { orgId: 1, err: new Error('password'), rows: { users: 3 } };
    expect(withoutSecretFields(facts)).toBe(facts);
  });
});
