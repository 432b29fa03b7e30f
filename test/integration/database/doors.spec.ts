import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOperationsPort } from '../../../src/platform/http/operations-door.js';
import { transportOptions } from '../../../src/platform/mail/mail.client.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET_KEY: randomBytes(32).toString('hex'),
  TOKEN_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};
const TOKEN = 'scrape-me-with-this-token';

describe('The doors of production', () => {
  let database: TestDatabase;
  let closed: TestApp;
  let withToken: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    closed = await startApp({ databaseUrl: database.url, env: PRODUCTION });
    const env = {
      ...PRODUCTION,
      METRICS_TOKEN: TOKEN,
      CRM_ROLE: 'worker',
      CORS_ORIGINS: 'https://app.acme.test',
    };
    withToken = await startApp({ databaseUrl: database.url, env });
  });

  afterAll(async () => {
    for (const app of [closed, withToken]) await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const status = async (url: string, headers?: Record<string, string>): Promise<number> =>
    (await fetch(url, { headers })).status;

  it('show no metrics, documentation or description of the API', async () => {
    for (const path of [
      '/metrics',
      '/metrics?x=1',
      '/docs',
      '/docs/',
      '/openapi.json',
      '/docs/swagger-ui-init.js',
    ]) {
      expect({ path, status: await status(closed.url + path) }).toEqual({ path, status: 404 });
    }
    expect(await (await fetch(`${closed.url}/metrics`)).json()).toMatchObject({ code: 'route_not_found' });
    expect(await status(`${closed.url}/health/ready`)).toBe(200);
  });

  it('show no figures in the health, but to whoever may read the metrics', async () => {
    const health = async (url: string, headers?: Record<string, string>) =>
      (await (await fetch(`${url}/health`, { headers })).json()) as object;
    const known = { ok: true, service: 'crm-api', version: expect.any(String) };
    const qbo = { configured: false, env: 'sandbox' };
    expect(await health(closed.url)).toEqual({ ...known, qbo });
    expect(await health(withToken.url)).toEqual({ ...known, qbo });
    expect(await health(withToken.url, { authorization: `Bearer ${TOKEN}` })).toMatchObject({
      ...known,
      pool: { max: 10 },
      queue: { due: 0 },
      qbo: { connected: 0 },
    });
  });

  it('show the metrics of a worker to whoever has the token', async () => {
    const metrics = `${withToken.url}/metrics`;
    expect(await status(metrics)).toBe(401);
    expect(await status(metrics, { authorization: 'Bearer another-token-of-somebody' })).toBe(401);
    expect(await status(metrics, { authorization: `Basic ${TOKEN}` })).toBe(401);
    const answer = await fetch(metrics, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('crm_auth_attempts_total');
  });

  it('show metrics and health, and nothing else, on the port of operations', async () => {
    const fastify = closed.app.getHttpAdapter().getInstance();
    const operations = await openOperationsPort(fastify, { port: 0, host: '127.0.0.1' });
    try {
      const url = `http://127.0.0.1:${operations.port}`;
      expect(await status(`${url}/metrics`)).toBe(200);
      expect(await status(`${url}/health/ready`)).toBe(200);
      expect(await status(`${url}/auth/me`)).toBe(404);
      expect(await status(`${url}/docs`)).toBe(404);
      expect(await status(`${closed.url}/metrics`)).toBe(404);
    } finally {
      await operations.close();
    }
  });

  it('let in pages of the origins that are named, and no other', async () => {
    await using app = await startApp({
      databaseUrl: database.url,
      env: { ...PRODUCTION, CORS_ORIGINS: 'https://app.acme.test' },
    });
    const allowed = async (origin: string): Promise<string | null> => {
      const headers = { origin, 'access-control-request-method': 'PUT' };
      const answer = await fetch(`${app.url}/auth/me`, { method: 'OPTIONS', headers });
      return answer.headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://app.acme.test')).toBe('https://app.acme.test');
    expect(await allowed('https://evil.test')).not.toBe('https://evil.test');
    const answer = await fetch(`${app.url}/auth/me`, { headers: { origin: 'https://app.acme.test' } });
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const headers = { origin: 'https://app.acme.test', 'access-control-request-method': 'PUT' };
    const none = await fetch(`${closed.url}/auth/me`, { method: 'OPTIONS', headers });
    expect(none.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('let such pages send each header that a route takes', async () => {
    const origin = 'https://app.acme.test';
    const env = { ...PRODUCTION, CORS_ORIGINS: origin, DOCS_ENABLED: 'true' };
    await using app = await startApp({ databaseUrl: database.url, env });
    const { paths } = (await (await fetch(`${app.url}/openapi.json`)).json()) as {
      paths: Record<
        string,
        Record<string, { security?: object[]; parameters?: { in: string; name: string }[] }>
      >;
    };
    const taken = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .filter(({ security }) => security)
      .flatMap(({ parameters = [] }) => parameters.filter((parameter) => parameter.in === 'header'))
      .map(({ name }) => name.toLowerCase());
    expect(taken).toContain('idempotency-key');
    const answer = await fetch(`${app.url}/payments/1/refund`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    const allowed = answer.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(expect.arrayContaining(taken));
  });
});

describe('A mail server that offers no TLS', () => {
  it('is told no password where it is of the public internet', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.write('220 mail.example.com\r\n');
      socket
        .on('error', () => {})
        .on('data', (data) => {
          heard.push(String(data));
          const isGreeting = String(data).startsWith('EHLO');
          socket.write(isGreeting ? '250-mail.example.com\r\n250 AUTH PLAIN LOGIN\r\n' : '500 no\r\n');
        });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { requireTLS } = transportOptions('smtp://ann:hunter2-hunter2@mail.example.com');
    const local = transportOptions(`smtp://ann:hunter2-hunter2@127.0.0.1:${port}`);
    const send = createTransport({ ...local, requireTLS }).sendMail({
      from: 'a@b.test',
      to: 'c@d.test',
      text: '',
    });
    await expect(send).rejects.toThrow('STARTTLS');
    expect(heard.join('')).toMatch(/EHLO/);
    expect(heard.join('')).not.toMatch(/AUTH/);
    expect(local.requireTLS).toBe(false); // a stand-in on this machine may do without
    server.close();
  });
});
