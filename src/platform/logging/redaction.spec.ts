import { describe, expect, it } from 'vitest';
import { errorForLog, pathForLog, withoutSecrets } from './redaction.js';

describe('Text for the log', () => {
  it.each([
    { what: 'a JSON web token', secret: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl' },
    { what: "one of Intuit's refresh tokens", secret: 'RT1-209-H0-1781234567abcdefghij' },
    { what: "one of Intuit's older refresh tokens", secret: 'AB11590688723abcdefghijkl' },
    { what: 'a Stripe key', secret: 'sk_test_51H8abcdefghijk' },
    { what: 'a Stripe webhook secret', secret: 'whsec_abcdefghijklmnop' },
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

describe('A path for the log', () => {
  it('has no query', () => {
    expect(pathForLog('/qbo/oauth/callback?code=abc&state=def')).toBe('/qbo/oauth/callback');
    expect(pathForLog('/health')).toBe('/health');
  });

  it('has no token of a customer', () => {
    const token = 'q1'.repeat(21);
    expect(pathForLog(`/portal/p/${token}?paid=1`)).toBe('/portal/p/[redacted]');
    expect(pathForLog(`/portal/p/${token}/approve`)).toBe('/portal/p/[redacted]/approve');
  });
});

describe('An error for the log', () => {
  it('tells its kind, message, code and causes, and nothing else it carries', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED with Bearer abcdef123456'), {
      code: 'ECONNREFUSED',
      config: { headers: { authorization: 'Bearer abcdef123456' } },
    });
    const shown = errorForLog(new TypeError('The call failed', { cause }));
    expect(shown).toMatchObject({
      type: 'TypeError',
      message: 'The call failed',
      cause: { type: 'Error', message: 'connect ECONNREFUSED with [redacted]', code: 'ECONNREFUSED' },
    });
    expect(JSON.stringify(shown)).not.toContain('abcdef123456');
  });

  it('tells what was thrown where that is no error', () => {
    expect(errorForLog('secret=abc')).toEqual({ message: 'secret=[redacted]' });
  });
});
