import OAuthClient from 'intuit-oauth';
import nodeQuickbooks from 'node-quickbooks';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../sandbox.ts';
import { TestApp, realmId, redirectUri, startTestSandbox } from './test-app.ts';

// Its types promise a named export; what the package really exports is the class itself.
const QuickBooks = nodeQuickbooks as unknown as typeof nodeQuickbooks.QuickBooks;

let sandbox: Sandbox;
let app: TestApp;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  app = new TestApp(sandbox.url);
});
afterAll(() => sandbox.close());

/** Intuit's client as its README sets it up, with this sandbox's addresses in place of Intuit's. */
function intuitClient(): OAuthClient {
  OAuthClient.environment.sandbox = `${sandbox.url}/`;
  OAuthClient.jwks_uri = `${sandbox.url}/op/v1/jwks`;
  const client = new OAuthClient({
    clientId: 'app',
    clientSecret: 'secret',
    environment: 'sandbox',
    redirectUri,
  });
  client.setAuthorizeURLs({
    authorizeEndpoint: `${sandbox.url}/connect/oauth2`,
    tokenEndpoint: `${sandbox.url}/oauth2/v1/tokens/bearer`,
    revokeEndpoint: `${sandbox.url}/v2/oauth2/tokens/revoke`,
    userInfoEndpoint: `${sandbox.url}/v1/openid_connect/userinfo`,
  });
  return client;
}

describe('intuit-oauth, used as its README says,', () => {
  it('connects, reads the company, refreshes, revokes', async () => {
    const client = intuitClient();
    const authorizeUri = client.authorizeUri({
      scope: [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId, OAuthClient.scopes.Email],
      state: 'testState',
    });
    const callback = await app.consent(authorizeUri);
    expect(callback.searchParams.get('state')).toBe('testState');

    await client.createToken(callback.href);
    expect(client.getToken().realmId).toBe(realmId);
    expect(client.isAccessTokenValid()).toBe(true);
    expect(await client.validateIdToken()).toBe(true);
    expect((await client.getUserInfo()).json).toMatchObject({ email: expect.stringContaining('@') });

    const company = await client.makeApiCall({ url: `/v3/company/${realmId}/companyinfo/${realmId}` });
    expect(company.json).toMatchObject({ CompanyInfo: { CompanyName: 'Sandbox Company_US_1' } });

    const before = client.getToken().access_token;
    await client.refresh();
    expect(client.getToken().access_token).not.toBe(before);

    const { refresh_token } = client.getToken();
    await client.revoke({ refresh_token });
    await expect(client.refreshUsingToken(refresh_token)).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: 'Incorrect or invalid refresh token',
    });
  });

  it('hears a wrong secret as invalid_client', async () => {
    const client = intuitClient();
    client.clientSecret = 'guess';
    await expect(client.createToken((await app.consent()).href)).rejects.toThrow(/invalid_client|401/);
  });
});

describe('openid-client, which knows nothing of Intuit,', () => {
  /** Everything it needs to know is in the discovery document, except that http is meant. */
  const discovered = (secret: string): Promise<openid.Configuration> =>
    openid.discovery(
      new URL(`${sandbox.url}/.well-known/openid_sandbox_configuration/`),
      'app',
      undefined,
      openid.ClientSecretBasic(secret),
      { execute: [openid.allowInsecureRequests] },
    );

  async function callback(config: openid.Configuration, state: string): Promise<URL> {
    const scope = 'com.intuit.quickbooks.accounting openid email profile';
    const authorize = openid.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope, state });
    return app.consent(authorize.href);
  }

  it('connects, checks the signed id token, asks who it is, refreshes, revokes', async () => {
    const config = await discovered('secret');
    openid.enableNonRepudiationChecks(config);
    const state = openid.randomState();
    const tokens = await openid.authorizationCodeGrant(config, await callback(config, state), {
      expectedState: state,
      idTokenExpected: true,
    });
    const { sub } = tokens.claims()!;
    expect(await openid.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({
      email: 'owner@sandbox.example',
    });

    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token!);
    expect(await app.apiStatus(refreshed.access_token)).toBe(200);

    await openid.tokenRevocation(config, refreshed.refresh_token!);
    expect(await app.apiStatus(refreshed.access_token)).toBe(401);
  });

  it('hears a wrong secret as invalid_client', async () => {
    const config = await discovered('guess');
    await expect(
      openid.authorizationCodeGrant(config, await callback(config, 'st4te'), { expectedState: 'st4te' }),
    ).rejects.toMatchObject({ error: 'invalid_client' });
  });
});

describe('node-quickbooks', () => {
  async function connected(): Promise<InstanceType<typeof QuickBooks>> {
    QuickBooks.TOKEN_URL = `${sandbox.url}/oauth2/v1/tokens/bearer`;
    QuickBooks.REVOKE_URL = `${sandbox.url}/v2/oauth2/tokens/revoke`;
    const { access_token, refresh_token } = await app.granted();
    return new QuickBooks(
      'app',
      'secret',
      String(access_token),
      false,
      realmId,
      true,
      false,
      null,
      '2.0',
      String(refresh_token),
    );
  }

  it('refreshes its access token', async () => {
    const quickbooks = await connected();
    const before = quickbooks.token;
    await new Promise<void>((resolve, reject) => {
      quickbooks.refreshAccessToken((error) => (error ? reject(new Error('refresh failed')) : resolve()));
    });
    expect(quickbooks.token).not.toBe(before);
    expect(await app.apiStatus(quickbooks.token)).toBe(200);
  });

  it('revokes its access', async () => {
    const quickbooks = await connected();
    const { token } = quickbooks;
    expect(await app.apiStatus(token)).toBe(200);
    await new Promise<void>((resolve, reject) => {
      quickbooks.revokeAccess(true, (error) => (error ? reject(new Error('revoke failed')) : resolve()));
    });
    expect(await app.apiStatus(token)).toBe(401);
  });
});
