import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { metric } from '../../support/metrics.js';

/** Headers that differ from answer to answer. */
const OF_ITS_TIME = { 'x-request-id': '', date: '' };

/** Where the framework reports each request that it gives to a handler. */
const HANDLED = 'tracing:fastify.request.handler:start';

/** The questions of liveness that the framework gives to a handler, while this is open. */
function requestsOfTheFramework(): { paths: string[] } & Disposable {
  const paths: string[] = [];
  const note = (message: unknown): void => {
    const { url } = (message as { request: { url: string } }).request;
    if (url.startsWith('/health/live')) paths.push(url);
  };
  subscribe(HANDLED, note);
  return { paths, [Symbol.dispose]: () => void unsubscribe(HANDLED, note) };
}

describe('Health', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('says what it is', async () => {
    await eventually(async () => {
      const answer = await fetch(`${app.url}/health`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ ok: true, service: 'crm-api' });
    });
  });

  it('is ready while the database answers', async () => {
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
  });

  it('echoes a sane request id and makes one for any other', async () => {
    for (const given of ['my-request-1', '<script>']) {
      const answer = await fetch(`${app.url}/health/live`, { headers: { 'x-request-id': given } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('has the same answer for whoever asks early and whoever passes by the framework, and counts both', async () => {
    const facts = async (path: string) => {
      const answer = await fetch(`${app.url}${path}`);
      const headers = Object.fromEntries(answer.headers);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      return { status: answer.status, body: await answer.text(), headers: { ...headers, ...OF_ITS_TIME } };
    };
    const counted = () => metric(app, 'crm_request_duration_seconds_count', { route: '/health/live' });
    const before = await counted();
    using framework = requestsOfTheFramework();
    const routed = await facts('/health/live?by=framework');
    expect(routed).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(routed.headers).toHaveProperty('content-security-policy');
    expect(await facts('/health/live')).toEqual(routed);
    expect(framework.paths).toEqual(['/health/live?by=framework']);
    await eventually(async () => expect(await counted()).toBe(before + 2));
  });

  it('takes an announced but empty JSON body for none, and a broken one for broken', async () => {
    const post = (body: string) =>
      fetch(`${app.url}/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect((await post('')).status).toBe(422);
    expect(await (await post('{')).json()).toMatchObject({
      status: 400,
      code: 'bad_request',
      detail: 'The body is not JSON that can be read. Send one whole object of JSON.',
    });
    expect(await (await post(`"${'a'.repeat(101 * 1024)}"`)).json()).toMatchObject({
      status: 413,
      detail: 'The body is too long: JSON or a form may hold 100 kB. Send less at once.',
    });
  });

  it('answers an unknown route with a problem in our words, which repeats no query', async () => {
    const answer = await fetch(`${app.url}/nope/?token=of-somebody`, { method: 'POST' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status: 404,
      code: 'route_not_found',
      detail: 'There is no route POST /nope/. Check the method, and each part of the address.',
    });
  });

  it('says of a webhook that is too long how long it may be', async () => {
    for (const [path, kilobytes, most] of [
      ['/payments/webhook', 257, '256 kB'],
      ['/qbo/webhooks', 2_049, '2 MB'],
    ] as const) {
      const body = 'a'.repeat(kilobytes * 1024);
      const answer = await fetch(app.url + path, { method: 'POST', body });
      expect(await answer.json()).toMatchObject({ status: 413, detail: expect.stringContaining(most) });
    }
  });
});
