import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createOrg, type TestOrg } from '../support/people.js';

const JSON_TYPE = 'application/json';

describe('A body that nobody needs to send', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({
      databaseUrl: database.url,
      env: { QBO_WEBHOOK_VERIFIER_TOKEN: 'verifier-of-the-test' },
    });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const post = async (path: string, body: string, type: string, token?: string) => {
    const headers = { 'content-type': type, ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answer = await fetch(app.url + path, { method: 'POST', headers, body });
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get('content-type'), text };
  };

  it.each(['/auth/login', '/auth/refresh', '/customers'])(
    'is refused where it is nested deep: %s',
    async (path) => {
      for (const body of ['{"a":'.repeat(16_000) + '1' + '}'.repeat(16_000), '['.repeat(50_000)]) {
        expect(await post(path, body, JSON_TYPE, org.admin.token)).toMatchObject({ status: 400 });
      }
    },
  );

  it('costs no more than it is long, with eight thousand fields', async () => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 8_000 }, (_, n) => [`k${n}`, n])));
    const answer = await post('/auth/login', body, JSON_TYPE);
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(1_000);
  });

  it('gets no answer longer than itself, with nine hundred unknown fields', async () => {
    const body = JSON.stringify(
      Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`unknown${n}`, n])),
    );
    const answer = await post('/auth/login', body, JSON_TYPE);
    expect(answer.status).toBe(422);
    expect(answer.text.length).toBeLessThan(body.length);
    expect((JSON.parse(answer.text) as { errors: unknown[] }).errors).toHaveLength(50);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('is refused where it is not JSON but %s', async (type) => {
    const answer = await post('/customers', '{"email":"ann@example.com"}', type, org.admin.token);
    expect(answer.status).toBe(415);
    expect(answer.type).toContain('application/problem+json');
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain'])(
    'is none where it is empty, whatever it is said to be: %s',
    async (type) => {
      expect((await post('/qbo/sync/invoice/poll_all', '', type, org.admin.token)).status).toBe(200);
    },
  );

  it.each([
    ['/customers/%E0%A4%A', 400],
    [`/customers/${'9'.repeat(2_000)}`, 414],
  ])('is told as a problem where its address cannot be read: %s', async (path, status) => {
    const answer = await fetch(app.url + path, { headers: { authorization: `Bearer ${org.admin.token}` } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.text()).not.toContain('FST_');
  });

  describe('as a webhook', () => {
    const forged = { 'intuit-signature': Buffer.alloc(32).toString('base64') };

    it('is refused above 256 kB unless it is proven', async () => {
      const body = '['.padEnd(300_000);
      const answer = await fetch(`${app.url}/qbo/webhooks`, { method: 'POST', headers: forged, body });
      expect(answer.status).toBe(413);
      const small = await fetch(`${app.url}/qbo/webhooks`, { method: 'POST', headers: forged, body: '[]' });
      expect(small.status).toBe(401);
    });

    /** Says how much will come, sends a little less, and waits. Resolves to the answer, if one comes. */
    function hold(bytes: number): { socket: Socket; answer: Promise<string> } {
      const { port, hostname } = new URL(app.url);
      const socket = connect(Number(port), hostname);
      socket.write(`POST /qbo/webhooks HTTP/1.1\r\nhost: crm\r\ncontent-length: ${bytes}\r\n\r\n`);
      socket.write('x'.repeat(bytes - 10));
      const answer = new Promise<string>((resolve) => {
        socket.once('data', (data) => resolve(String(data).split('\r\n', 1)[0]!)).on('error', () => {});
      });
      return { socket, answer };
    }

    it('is not held in memory by the hundred: strangers get a bounded share, and may come again', async () => {
      const connections = Array.from({ length: 60 }, () => hold(100_000));
      const answered = new Set<string>();
      for (const { answer } of connections) void answer.then((status) => answered.add(status));
      const refused = (await Promise.all(connections.map(({ answer }) => within(answer, 3_000)))).filter(
        Boolean,
      );
      expect(new Set(refused)).toEqual(new Set(['HTTP/1.1 503 Service Unavailable']));
      expect(refused).toHaveLength(60 - 32);
      expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
      for (const { socket } of connections) socket.destroy();
      await eventually(async () => {
        const answer = await fetch(`${app.url}/qbo/webhooks`, {
          method: 'POST',
          headers: forged,
          body: '[]',
        });
        expect(answer.status).toBe(401);
      });
    });
  });
});

/** What comes within that time, else null. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return Promise.race([promise, new Promise<null>((resolve) => void setTimeout(() => resolve(null), ms))]);
}
