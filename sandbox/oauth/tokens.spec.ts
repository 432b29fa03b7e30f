import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../sandbox.ts';
import { TestApp, otherRealmId, realmId, redirectUri, startTestSandbox } from './test-app.ts';

const hourMs = 3_600_000;

let sandbox: Sandbox;
let app: TestApp;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  app = new TestApp(sandbox.url);
});
afterEach(() => sandbox.close());

describe('a code', () => {
  it('becomes tokens that look and live like real ones', async () => {
    const { status, headers, body } = await app.exchange(await app.code());
    expect(status).toBe(200);
    expect(headers.get('intuit_tid')).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(body).toEqual({
      token_type: 'bearer',
      access_token: expect.stringMatching(/^eyJ.{500,}/),
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^RT1-/),
      x_refresh_token_expires_in: 8_640_000,
    });
    expect(await app.apiStatus(body['access_token'])).toBe(200);
  });

  it('works once', async () => {
    const code = await app.code();
    await app.exchange(code);
    expect(await app.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('works only with the redirect URI it was asked for with', async () => {
    const answer = await app.exchange(await app.code(), 'http://localhost:8089/elsewhere');
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: 'invalid_grant' });
  });

  it('is short-lived', async () => {
    const code = await app.code();
    sandbox.world.clock.advance(5 * 60_000);
    expect((await app.exchange(code)).body).toEqual({ error: 'invalid_grant' });
  });

  it('is of no use without the secret', async () => {
    const code = await app.code();
    const wrong = { authorization: `Basic ${Buffer.from('app:guess').toString('base64')}` };
    const answer = await app.token(
      { grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      wrong,
    );
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await app.exchange(code)).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  it('takes the secret in the form too, when it is the right one', async () => {
    const { refresh_token } = await app.granted();
    const status = async (client_secret: string): Promise<number> => {
      const form = {
        grant_type: 'refresh_token',
        refresh_token: String(refresh_token),
        client_id: 'app',
        client_secret,
      };
      const body = new URLSearchParams(form);
      return (await fetch(`${sandbox.url}/oauth2/v1/tokens/bearer`, { method: 'POST', body })).status;
    };
    expect(await status('guess')).toBe(401);
    expect(await status('secret')).toBe(200);
  });

  it.each<{ form: Record<string, string>; error: string }>([
    { form: {}, error: 'invalid_request' },
    { form: { grant_type: 'refresh_token' }, error: 'invalid_request' },
    { form: { grant_type: 'authorization_code', code: 'x' }, error: 'invalid_request' },
    { form: { grant_type: 'password' }, error: 'unsupported_grant_type' },
  ])('answers $error to $form', async ({ form, error }) => {
    expect(await app.token(form)).toMatchObject({ status: 400, body: { error } });
  });

  it('returns the hard expiry to clients that ask for it', async () => {
    const { refresh_token } = await app.granted();
    const form = { grant_type: 'refresh_token', refresh_token: String(refresh_token) };
    const asked = await app.token(form, { 'x-include-refresh-token-hard-expires-in': 'true' });
    expect(asked.body['x_refresh_token_hard_expires_in']).toBeGreaterThan(157_000_000);
    expect((await app.token(form)).body).not.toHaveProperty('x_refresh_token_hard_expires_in');
  });

  it('counts its calls by grant type and outcome', async () => {
    const { refresh_token } = await app.granted();
    await app.refresh(refresh_token);
    await app.refresh('RT1-none');
    expect(await app.control('GET', 'oauth/calls')).toMatchObject({
      total: 2,
      by_grant_type: { refresh_token: { ok: 1, invalid_grant: 1 } },
      concurrent_refreshes: 0,
    });
  });
});

describe('an access token', () => {
  it('lasts one hour', async () => {
    const { access_token } = await app.granted();
    sandbox.world.clock.advance(hourMs - 1000);
    expect(await app.apiStatus(access_token)).toBe(200);
    sandbox.world.clock.advance(1000);
    expect(await app.apiStatus(access_token)).toBe(401);
  });

  it('opens its own company only', async () => {
    const { access_token } = await app.granted();
    expect(await app.apiStatus(access_token, otherRealmId)).toBe(403);
  });

  it('can be expired by a test while its refresh token goes on', async () => {
    const { access_token, refresh_token } = await app.granted();
    expect(await app.control('POST', 'oauth/expire-access', { realm_id: realmId })).toEqual({ expired: 1 });
    expect(await app.apiStatus(access_token)).toBe(401);
    expect((await app.refresh(refresh_token)).status).toBe(200);
  });
});

describe('a connection', () => {
  it.each(['access_token', 'refresh_token'])('ends when its %s is revoked', async (kind) => {
    const tokens = await app.granted();
    const revoke = (): Promise<Response> =>
      fetch(`${sandbox.url}/v2/oauth2/tokens/revoke`, {
        method: 'POST',
        headers: { authorization: app.authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ token: tokens[kind] }),
      });
    expect((await revoke()).status).toBe(200);
    expect(await app.apiStatus(tokens['access_token'])).toBe(401);
    expect((await app.refresh(tokens['refresh_token'])).status).toBe(400);
    expect((await revoke()).status).toBe(400);
  });

  it('ends when the user disconnects the app in QuickBooks', async () => {
    const tokens = await app.granted();
    expect(await app.control('POST', 'oauth/revoke', { realm_id: realmId })).toEqual({ revoked: 1 });
    expect(await app.apiStatus(tokens['access_token'])).toBe(401);
    expect((await app.refresh(tokens['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('of one company survives the end of another', async () => {
    const other = await app.control('POST', 'oauth/grant', { realm_id: otherRealmId });
    await app.control('POST', 'oauth/revoke', { realm_id: realmId });
    expect(await app.apiStatus(other['access_token'], otherRealmId)).toBe(200);
  });
});
