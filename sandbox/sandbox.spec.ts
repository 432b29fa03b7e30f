import { Socket } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startSandbox } from './sandbox.ts';

it('starts in a moment and closes at once, open connections or not', async () => {
  const startedMs = performance.now();
  const sandbox = await startSandbox();
  expect(performance.now() - startedMs).toBeLessThan(10_000);

  const { hostname, port } = new URL(sandbox.url);
  const socket = new Socket().connect(Number(port), hostname);
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  const closingMs = performance.now();
  await sandbox.close();
  await ended;
  expect(performance.now() - closingMs).toBeLessThan(5_000);
});

it('starts afresh on demand: nothing granted, nothing planned, the first companies again', async () => {
  const sandbox = await startSandbox();
  const call = async (method: string, path: string, body: object = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const sent = method === 'GET' ? {} : { headers, body: JSON.stringify(body) };
    return (await fetch(`${sandbox.url}/sandbox/${path}`, { method, ...sent })).json();
  };
  const realm_id = '9341457021722202';
  await call('POST', 'companies', { realm_id: '77' });
  await call('POST', 'oauth/grant', { realm_id });
  await call('POST', 'oauth/faults', { kind: '500' });
  await call('PUT', 'webhooks', { url: 'http://127.0.0.1:9/', drop: 1 });
  expect(await call('POST', 'reset')).toMatchObject({ companies: [{ realm_id }] });
  expect(await call('GET', 'oauth/grants')).toEqual({ grants: [] });
  expect(await call('GET', 'oauth/faults')).toEqual({ faults: [] });
  expect(await call('GET', 'webhooks')).toMatchObject({ url: null, drop: 0 });
  await sandbox.close();
});

it('shares nothing with another in the same process', async () => {
  const [left, right] = await Promise.all([startSandbox(), startSandbox()]);
  left.world.switches.revokeOnReuse = true;
  left.world.clock.advance(3_600_000);
  expect(right.world.switches.revokeOnReuse).toBe(false);
  expect(Math.abs(right.world.clock.now().getTime() - Date.now())).toBeLessThan(1000);

  const realm_id = '9341457021722202';
  const granted = await fetch(`${left.url}/sandbox/oauth/grant`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ realm_id }),
  });
  const { access_token } = (await granted.json()) as { access_token: string };
  const read = async (url: string): Promise<number> =>
    (
      await fetch(`${url}/v3/company/${realm_id}/companyinfo/${realm_id}`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
    ).status;
  expect(await read(left.url)).toBe(200);
  expect(await read(right.url)).toBe(401);
  await Promise.all([left.close(), right.close()]);
});
