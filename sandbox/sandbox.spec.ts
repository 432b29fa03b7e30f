import { Socket } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startSandbox } from './sandbox.ts';

it('starts well under a second and closes at once, open connections or not', async () => {
  const startedMs = performance.now();
  const sandbox = await startSandbox();
  expect(performance.now() - startedMs).toBeLessThan(1000);

  const { hostname, port } = new URL(sandbox.url);
  const socket = new Socket().connect(Number(port), hostname);
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  const closingMs = performance.now();
  await sandbox.close();
  await ended;
  expect(performance.now() - closingMs).toBeLessThan(500);
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
