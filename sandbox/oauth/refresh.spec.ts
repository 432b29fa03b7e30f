import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../sandbox.ts';
import { TestApp, startTestSandbox } from './test-app.ts';

const hourMs = 3_600_000;

let sandbox: Sandbox;
let app: TestApp;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  app = new TestApp(sandbox.url);
});
afterEach(() => sandbox.close());

describe('a refresh token', () => {
  it('keeps its value for a day, then changes, and the old value is dead', async () => {
    const { refresh_token: first } = await app.granted();
    expect((await app.refresh(first)).body['refresh_token']).toBe(first);

    sandbox.world.clock.advance(24 * hourMs);
    const { body } = await app.refresh(first);
    expect(body['refresh_token']).not.toBe(first);
    expect(body['x_refresh_token_expires_in']).toBe(8_640_000);

    expect(await app.refresh(first)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Incorrect or invalid refresh token' },
    });
    expect((await app.refresh(body['refresh_token'])).status).toBe(200);
  });

  it('lives on for the grace period when there is one', async () => {
    Object.assign(sandbox.world.switches, { refreshRotationHours: 0, refreshGraceHours: 24 });
    const { refresh_token: first } = await app.granted();
    const { body } = await app.refresh(first);
    expect((await app.refresh(first)).body['refresh_token']).toBe(body['refresh_token']);
    sandbox.world.clock.advance(24 * hourMs);
    expect((await app.refresh(first)).status).toBe(400);
  });

  it('used after its replacement ends the connection when Intuit takes it for theft', async () => {
    Object.assign(sandbox.world.switches, { refreshRotationHours: 0, revokeOnReuse: true });
    const { refresh_token: first } = await app.granted();
    const { body } = await app.refresh(first);
    expect((await app.refresh(first)).status).toBe(400);
    expect((await app.refresh(body['refresh_token'])).status).toBe(400);
    expect(await app.control('GET', 'oauth/calls')).toMatchObject({ stale_refreshes: 1 });
  });

  it('used after its replacement leaves the connection alone otherwise', async () => {
    sandbox.world.switches.refreshRotationHours = 0;
    const { refresh_token: first } = await app.granted();
    const { body } = await app.refresh(first);
    expect((await app.refresh(first)).status).toBe(400);
    expect((await app.refresh(body['refresh_token'])).status).toBe(200);
  });

  it('dies after a hundred idle days', async () => {
    const { refresh_token } = await app.granted();
    sandbox.world.clock.advance(100 * 24 * hourMs - 60_000);
    const { body } = await app.refresh(refresh_token);
    expect(body).toHaveProperty('access_token');
    sandbox.world.clock.advance(100 * 24 * hourMs);
    expect((await app.refresh(body['refresh_token'])).status).toBe(400);
  });

  it('dies after five years however often it is used', async () => {
    let value = (await app.granted())['refresh_token'];
    let refreshes = 0;
    for (;;) {
      sandbox.world.clock.advance(90 * 24 * hourMs);
      // oxlint-disable-next-line no-await-in-loop -- each refresh needs the last one's value
      const { status, body } = await app.refresh(value);
      if (status !== 200) break;
      value = body['refresh_token'];
      refreshes += 1;
    }
    expect(refreshes).toBe(20);
  });
});

describe('a planned fault of the token endpoint', () => {
  it('before the work leaves the code unspent', async () => {
    const code = await app.code();
    await app.control('POST', 'oauth/faults', { kind: 'reset', when: 'before' });
    await expect(app.exchange(code)).rejects.toThrow('fetch failed');
    expect((await app.exchange(code)).status).toBe(200);
  });

  it('after the work leaves it spent', async () => {
    const code = await app.code();
    await app.control('POST', 'oauth/faults', { kind: 'reset', when: 'after' });
    await expect(app.exchange(code)).rejects.toThrow('fetch failed');
    expect((await app.exchange(code)).status).toBe(400);
  });

  it('after a refresh loses the new value', async () => {
    sandbox.world.switches.refreshRotationHours = 0;
    const { refresh_token } = await app.granted();
    await app.control('POST', 'oauth/faults', { kind: '500', when: 'after' });
    expect((await app.refresh(refresh_token)).status).toBe(500);
    expect((await app.refresh(refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    { kind: '500', status: 500, type: 'application/json' },
    { kind: '503_html', status: 503, type: 'text/html' },
    { kind: '429', status: 429, type: 'application/json' },
  ])('answers $kind as often as planned, then works again', async ({ kind, status, type }) => {
    const { refresh_token } = await app.granted();
    await app.control('POST', 'oauth/faults', { kind, times: 2 });
    const ask = (): Promise<Response> =>
      fetch(`${sandbox.url}/oauth2/v1/tokens/bearer`, {
        method: 'POST',
        headers: { authorization: app.authorization },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: String(refresh_token) }),
      });
    const [first, second, third] = [await ask(), await ask(), await ask()];
    expect([first.status, second.status, third.status]).toEqual([status, status, 200]);
    expect(first.headers.get('content-type')).toContain(type);
  });

  it('leaves the caller waiting and then hangs up', async () => {
    const { refresh_token } = await app.granted();
    await app.control('POST', 'oauth/faults', { kind: 'timeout', delay_ms: 50 });
    await expect(app.refresh(refresh_token)).rejects.toThrow('fetch failed');
    expect((await app.refresh(refresh_token)).status).toBe(200);
  });

  it('can be called off', async () => {
    await app.control('POST', 'oauth/faults', { kind: '500', times: 3 });
    expect(await app.control('DELETE', 'oauth/faults')).toEqual({ faults: [] });
    expect((await app.refresh((await app.granted())['refresh_token'])).status).toBe(200);
  });

  it('makes two refreshes at the same time visible', async () => {
    const { refresh_token } = await app.granted();
    await app.control('POST', 'oauth/faults', { kind: 'slow', times: 2, delay_ms: 100 });
    await Promise.all([app.refresh(refresh_token), app.refresh(refresh_token)]);
    expect(await app.control('GET', 'oauth/calls')).toMatchObject({ concurrent_refreshes: 1 });
  });
});
