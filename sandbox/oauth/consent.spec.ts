import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../sandbox.ts';
import { TestApp, realmId, redirectUri, startTestSandbox } from './test-app.ts';

let sandbox: Sandbox;
let app: TestApp;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  app = new TestApp(sandbox.url);
});
afterEach(() => sandbox.close());

describe('the consent page', () => {
  it('names the app and every company, escaped', async () => {
    const page = await (await fetch(app.authorizeUrl())).text();
    expect(page).toContain('Connect app to QuickBooks?');
    expect(page).toContain('Sandbox Company_US_1');
    expect(page).toContain('Gutters &amp; &lt;Sons&gt;');
    expect(page).not.toContain('<Sons>');
    expect(page).toMatch(/<button[^>]+id="approve"/);
    expect(page).toMatch(/<button[^>]+id="deny"/);
  });

  it('may not be framed', async () => {
    expect((await fetch(app.authorizeUrl())).headers.get('x-frame-options')).toBe('DENY');
  });

  it('sends the user back with a code, the state and the company', async () => {
    const answer = await app.answerConsent({
      csrf_token: await app.openConsent(),
      realm_id: realmId,
      decision: 'approve',
    });
    const callback = new URL(answer.headers.get('location') ?? '');
    expect(answer.status).toBe(302);
    expect(callback.origin + callback.pathname).toBe(redirectUri);
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      code: expect.stringMatching(/^XAB1/),
      state: 'st4te',
      realmId,
    });
  });

  it('sends a refusal back with the state alone', async () => {
    const answer = await app.answerConsent({ csrf_token: await app.openConsent(), decision: 'deny' });
    expect(answer.headers.get('location')).toBe(`${redirectUri}?error=access_denied&state=st4te`);
  });

  it('answers once only', async () => {
    const form = { csrf_token: await app.openConsent(), realm_id: realmId, decision: 'approve' };
    expect((await app.answerConsent(form)).status).toBe(302);
    expect((await app.answerConsent(form)).status).toBe(400);
  });

  it('refuses a form that did not come from it', async () => {
    const answer = await app.answerConsent({ csrf_token: 'forged', realm_id: realmId, decision: 'approve' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it.each<{ fault: string; changes: Record<string, string> }>([
    { fault: 'an unknown app', changes: { client_id: 'nobody' } },
    { fault: 'a redirect URI that is not registered', changes: { redirect_uri: `${redirectUri}/` } },
  ])('keeps the user here for $fault', async ({ changes }) => {
    const answer = await fetch(app.authorizeUrl(changes), { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it.each<{ fault: string; changes: Record<string, string>; error: string }>([
    { fault: 'no state', changes: { state: '' }, error: 'invalid_request' },
    { fault: 'an unknown scope', changes: { scope: 'com.intuit.everything' }, error: 'invalid_scope' },
    { fault: 'no scope', changes: { scope: '' }, error: 'invalid_scope' },
    {
      fault: 'another response type',
      changes: { response_type: 'token' },
      error: 'unsupported_response_type',
    },
  ])('reports $fault to the app', async ({ changes, error }) => {
    const answer = await fetch(app.authorizeUrl(changes), { redirect: 'manual' });
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe(error);
  });

  it('can be answered in one call by a test', async () => {
    const { location } = await app.control('POST', 'oauth/consent', {
      url: app.authorizeUrl(),
      realm_id: realmId,
    });
    const code = new URL(String(location)).searchParams.get('code') ?? '';
    expect((await app.exchange(code)).status).toBe(200);
  });
});

it('lists every endpoint in the discovery document', async () => {
  const answer = await fetch(`${sandbox.url}/.well-known/openid_sandbox_configuration/`);
  expect(await answer.json()).toMatchObject({
    token_endpoint: `${sandbox.url}/oauth2/v1/tokens/bearer`,
    revocation_endpoint: `${sandbox.url}/v2/oauth2/tokens/revoke`,
  });
});
