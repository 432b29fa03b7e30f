import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { getMetadataStorage } from 'class-validator';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startMail, type TestMail } from '../../support/mail.js';
import { addPerson, createOrg, Session, type TestOrg } from '../../support/people.js';

const JSON_TYPE = 'application/json';

describe('A body that nobody needs to send', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({
      databaseUrl: database.url,
      env: { QBO_WEBHOOK_VERIFIER_TOKEN: 'verifier-of-the-test', TRUST_PROXY: '127.0.0.1/32' },
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
        const answer = await post(path, body, JSON_TYPE, org.admin.token);
        expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('body_too_complex') });
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

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/json'])(
    'is none where it comes in chunks and there is none, whatever it is said to be: %s',
    async (type) => {
      const chunked = async (...parts: string[]) => {
        const { status } = await fetch(`${app.url}/qbo/sync/invoice/poll_all`, {
          method: 'POST',
          headers: { 'content-type': type, authorization: `Bearer ${org.admin.token}` },
          body: ReadableStream.from(parts.map((part) => Buffer.from(part))),
          duplex: 'half',
        });
        return status;
      };
      expect(await chunked()).toBe(200);
      expect(await chunked('x', 'y'.repeat(200_000))).not.toBe(200);
    },
  );

  it.each(['toString', 'constructor', 'hasOwnProperty', '__defineGetter__'])(
    'is refused where it has a field that every object has: %s',
    async (name) => {
      const line = { description: 'Roof', quantity: 1, unit_price_cents: 100, [name]: 1 };
      const proposal = JSON.stringify({ name: 'Roof', customer_id: 1, lines: [line] });
      const answer = await post('/proposals', proposal, JSON_TYPE, org.admin.token);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain(`"lines.0.${name}"`);
      for (const field of [name, 'nickname']) {
        const message = `${field} is not known here. Check how it is written, or leave it out.`;
        const refused = { status: 422, body: { errors: [{ field, message }] } };
        expect(await org.admin.get(`/customers?${field}=1`)).toMatchObject(refused);
      }
    },
  );

  it.each(['0x10', '1e1', '+10', ' 10', '0b11', '', 'Infinity'])(
    'has no number in its query that is written %j',
    async (text) => {
      for (const query of [
        '/customers?limit=',
        '/leads?customer_id=',
        '/payments?proposal_id=',
        '/reports/dso?days=',
      ]) {
        expect((await org.admin.get(`${query}10`)).status).not.toBe(422);
        expect((await org.admin.get(query + encodeURIComponent(text))).status).toBe(422);
      }
    },
  );

  it('has no whole number without an end, which the database would refuse as no number of its own', () => {
    const unbounded = ruledProperties().filter(({ rules }) => rules.has('isInt') && !rules.has('max'));
    expect(unbounded.map(({ property }) => property)).toEqual([
      'Environment.API_REQUESTS_PER_MINUTE', // of the operator, and never stored
      'Environment.QBO_READ_BUDGET_PER_MONTH',
      'Environment.INVOICES_PER_DAY',
    ]);
    expect(ruledProperties().filter(({ rules }) => rules.has('isInt')).length).toBeGreaterThan(15);
  });

  it.each(['0x1', '1e0', '+1', '1.0', ' 1'])(
    'has no number in its address that is written %s',
    async (id) => {
      const { body } = await org.admin.post('/customers', { email: `${randomUUID()}@example.com` });
      expect((await org.admin.get(`/customers/${body.id}`)).status).toBe(200);
      expect(await org.admin.get(`/customers/${encodeURIComponent(id)}`)).toMatchObject({
        status: 400,
        body: { code: 'malformed_id' },
      });
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
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each([
    { what: 'not HTTP', status: 400, text: 'HELO crm\r\n\r\n' },
    { what: 'of no method that there is', status: 400, text: 'FOO / HTTP/1.1\r\nhost: crm\r\n\r\n' },
    { what: 'a head without end', status: 431, text: `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n` },
    {
      what: 'too slow',
      status: 408,
      text: 'POST /auth/login HTTP/1.1\r\nhost: crm\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    },
  ])('is told as a problem where what comes is $what', async ({ text, status }) => {
    const server = app.app.getHttpServer();
    const { headersTimeout, requestTimeout } = server;
    Object.assign(server, { headersTimeout: 50, requestTimeout: 50 }); // Node takes the longer one for the whole
    lookEvery(50);
    const answer = await rawAnswer(text);
    Object.assign(server, { headersTimeout, requestTimeout });
    lookEvery(30_000);
    const [head, body] = answer.split('\r\n\r\n') as [string, string];
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, request_id: /x-request-id: (\S+)/.exec(head)![1] });
  });

  /** Node looks for requests that take too long every half a minute, from when it begins to listen. */
  function lookEvery(ms: number): void {
    const server = app.app.getHttpServer();
    Object.assign(server, { connectionsCheckingInterval: ms });
    server.emit('listening');
  }

  it('is answered although it expects what nobody can do', async () => {
    const answer = await rawAnswer(
      'GET /nowhere HTTP/1.1\r\nhost: crm\r\nexpect: wonders\r\nconnection: close\r\n\r\n',
    );
    expect(answer).toContain('route_not_found');
  });

  /** Sends a text as it is, and answers all that comes back until the connection is closed. */
  async function rawAnswer(text: string): Promise<string> {
    const { port, hostname } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.write(text);
    let answer = '';
    for await (const data of socket) answer += String(data);
    return answer;
  }

  describe('as a webhook', () => {
    const forged = { 'intuit-signature': Buffer.alloc(32).toString('base64') };

    it('is refused above 256 kB unless it is proven', async () => {
      const body = '['.padEnd(300_000);
      const answer = await fetch(`${app.url}/qbo/webhooks`, { method: 'POST', headers: forged, body });
      expect(answer.status).toBe(413);
      const small = await fetch(`${app.url}/qbo/webhooks`, { method: 'POST', headers: forged, body: '[]' });
      expect(small.status).toBe(401);
    });

    const held = new Set<Socket>();

    afterEach(() => {
      for (const socket of held) socket.destroy();
      held.clear();
    });

    /** Says how much will come, sends a little less, and waits. Resolves to the answer, if one comes. */
    function hold(bytes: number, from = '192.0.2.1'): { socket: Socket; answer: Promise<string> } {
      const { port, hostname } = new URL(app.url);
      const socket = connect(Number(port), hostname);
      held.add(socket);
      const head = [
        'POST /qbo/webhooks HTTP/1.1',
        'host: crm',
        `x-forwarded-for: ${from}`,
        `content-length: ${bytes}`,
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      socket.write('x'.repeat(bytes - 10));
      const answer = new Promise<string>((resolve) => {
        socket.once('data', (data) => resolve(String(data).split('\r\n', 1)[0]!)).on('error', () => {});
      });
      return { socket, answer };
    }

    it('is cut off where it is not there within ten seconds', async () => {
      const real = globalThis.setTimeout;
      const waits: unknown[] = [];
      const soon = vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, ms?: number) => {
        waits.push(ms);
        return real(run, ms === 10_000 ? 50 : ms);
      });
      const { socket, answer } = hold(1_000);
      try {
        expect(await within(answer, 60_000)).toBe('HTTP/1.1 408 Request Timeout');
      } finally {
        soon.mockRestore();
      }
      expect(waits).toContain(10_000);
      await eventually(() => {
        if (!socket.closed) throw new Error('the connection is still open');
      });
    });

    /** How many of these are refused at once, while the others wait for the rest of their body. */
    async function refusedOf(answers: readonly Promise<string>[], atLeast: number): Promise<number> {
      const statuses: string[] = [];
      for (const answer of answers) void answer.then((status) => statuses.push(status));
      const refused = () => statuses.filter((status) => status === 'HTTP/1.1 503 Service Unavailable');
      await eventually(() => expect(refused().length).toBeGreaterThanOrEqual(atLeast));
      // Whoever is held is told after ten seconds that it takes too long.
      expect(statuses.filter((status) => !/ (?:503|408) /.test(status))).toEqual([]);
      return refused().length;
    }

    it('has a share for all strangers together, whatever their addresses', async () => {
      const answers = Array.from({ length: 150 }, (_, n) => hold(1_000, `192.0.2.${n % 6}`).answer);
      expect(await refusedOf(answers, 150 - 128)).toBe(150 - 128);
    });

    it('has a smaller share where it is large, and no share without its length', async () => {
      const answers = Array.from({ length: 6 }, () => hold(1_000_000).answer);
      expect(await refusedOf(answers, 2)).toBe(2);
      const chunked = await fetch(`${app.url}/qbo/webhooks`, {
        method: 'POST',
        body: ReadableStream.from([Buffer.alloc(300_000)]),
        duplex: 'half',
      });
      expect(chunked.status).toBe(413);
    });

    it('is not held in memory by the hundred: strangers get a bounded share, and may come again', async () => {
      const connections = Array.from({ length: 60 }, () => hold(100_000));
      const answers = connections.map(({ answer }) => answer);
      expect(await refusedOf(answers, 60 - 32)).toBe(60 - 32);
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

describe('What one person may have at once', () => {
  let database: TestDatabase;
  let app: TestApp;
  let mail: TestMail;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    mail = await startMail();
    app = await startApp({ databaseUrl: database.url, env: { SMTP_URL: mail.url, DB_POOL_MAX: '12' } });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** A batch that stays as it is, as no job knows of it. */
  async function aBatch({ orgId, admin }: TestOrg = org): Promise<string> {
    const id = randomUUID();
    await database.query(
      `insert into customer_batches (id, org_id, created_by, total, next_run_at, created_at)
       values ($1, $2, $3, 1, now() + interval '1 hour', now())`,
      [id, orgId, admin.userId],
    );
    return id;
  }

  it('are five streams, which end with the person', async () => {
    const id = await aBatch();
    const viewer = await addPerson(app, org.orgId, ['viewer']);
    const open = () =>
      fetch(`${app.url}/qbo/sync/batches/${id}/events`, {
        headers: { authorization: `Bearer ${viewer.token}` },
      });
    const streams = [];
    for (let n = 0; n < 6; n += 1) streams.push(await open());
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    const texts = Promise.all(streams.map((stream) => stream.text()));
    await org.admin.patch(`/users/${viewer.userId}`, { is_active: false });
    expect((await texts)[0]).toContain('event: progress');
  });

  it('are fifty streams of one organisation, however many people it adds, and none the less of another', async () => {
    const id = await aBatch();
    const other = await createOrg(app, 'Other Roofing');
    const watched = new AbortController();
    const answers: Response[] = []; // one that nobody holds any more ends its stream
    const watch = async ({ token }: Session, batchId: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      const url = `${app.url}/qbo/sync/batches/${batchId}/events`;
      const answer = await fetch(url, { headers, signal: watched.signal });
      answers.push(answer);
      return answer.status;
    };
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      const person = await addPerson(app, org.orgId, ['viewer']);
      statuses.push(...(await Promise.all(Array.from({ length: 5 }, () => watch(person, id)))));
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.slice(50)).toEqual([429, 429, 429, 429, 429]);
    expect(await watch(other.admin, await aBatch(other))).toBe(200);
    expect(answers).toHaveLength(56);
    watched.abort();
  });

  it('are ten e-mails to one address in a day', async () => {
    const customer = await org.admin.post('/customers', { email: 'stranger@example.com' });
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 900_000 }];
    const { body } = await org.admin.post('/proposals', {
      name: 'Roof',
      customer_id: customer.body.id,
      lines,
    });
    await database.query(
      `insert into portal_links
         (org_id, proposal_id, token_hash, created_by, created_at, expires_at, emailed_to, email_state, email_problem)
       select $1, $2, sha256(n::text::bytea), $3, now(), now() + interval '7 days', 'Stranger@example.com', 'failed', ''
         from generate_series(1, 10) as n`,
      [org.orgId, body.id, org.admin.userId],
    );
    const send = () => org.admin.post(`/portal/email/${body.id}`, { expires_in_days: 7 });
    expect(await send()).toMatchObject({ status: 429, body: { code: 'too_many_emails' } });
    await database.query(`delete from portal_links where token_hash = sha256('1')`);
    expect((await send()).status).toBe(202);
  });

  it('are ten e-mails to one address also where they are all sent at once', async () => {
    const customer = await org.admin.post('/customers', { email: 'at-once@example.com' });
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 900_000 }];
    const draft = { name: 'Roof', customer_id: customer.body.id, lines };
    const proposals = await Promise.all(
      Array.from({ length: 14 }, async () => (await org.admin.post('/proposals', draft)).body.id as number),
    );
    await using locker = await connected(database.ownerUrl);
    await locker.query('begin; lock table portal_links in share mode');
    const sends = proposals.map((id) => org.admin.post(`/portal/email/${id}`, { expires_in_days: 7 }));
    await eventually(async () => {
      const waiting = await database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (waiting.length < 10) throw new Error('not all have counted yet');
    });
    await locker.query('commit');
    const answers = await Promise.all(sends);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
  });

  it('are two hundred e-mails of one person in a day, to whomever', async () => {
    const seller = await addPerson(app, org.orgId, ['sales']);
    const customer = await org.admin.post('/customers', { email: 'next@example.com' });
    const { body } = await org.admin.post('/proposals', {
      name: 'Roof',
      customer_id: customer.body.id,
      lines: [{ description: 'Roof', quantity: 1, unit_price_cents: 900_000 }],
    });
    await database.query(
      `insert into portal_links
         (org_id, proposal_id, token_hash, created_by, created_at, expires_at, emailed_to, email_state, email_problem)
       select $1, $2, sha256(('p' || n)::bytea), $3, now() - interval '1 hour', now() + interval '7 days',
              'customer' || n || '@example.com', 'failed', ''
         from generate_series(1, 200) as n`,
      [org.orgId, body.id, seller.userId],
    );
    const sendAs = (token: string | undefined) =>
      new Session(app.url, token).post(`/portal/email/${body.id}`, { expires_in_days: 7 });
    expect(await sendAs(seller.token)).toMatchObject({
      status: 429,
      body: {
        code: 'too_many_emails',
        detail: expect.stringContaining('200 e-mails within a day') as string,
      },
    });
    expect((await sendAs(org.admin.token)).status).toBe(202);
    await database.query(
      `update portal_links set created_at = now() - interval '25 hours' where token_hash = sha256('p1')`,
    );
    expect((await sendAs(seller.token)).status).toBe(202);
  });

  it('are a thousand e-mails of one organisation in a day, however many people it adds', async () => {
    const crowd = await createOrg(app, 'Crowd Roofing');
    const seller = await addPerson(app, crowd.orgId, ['sales']);
    const customer = await crowd.admin.post('/customers', { email: 'next@example.com' });
    const { body } = await crowd.admin.post('/proposals', {
      name: 'Roof',
      customer_id: customer.body.id,
      lines: [{ description: 'Roof', quantity: 1, unit_price_cents: 900_000 }],
    });
    await database.query(
      `insert into portal_links
         (org_id, proposal_id, token_hash, created_by, created_at, expires_at, emailed_to, email_state, email_problem)
       select $1, $2, sha256(('o' || n)::bytea), $3, now() - interval '1 hour', now() + interval '7 days',
              'customer' || n || '@example.com', 'failed', ''
         from generate_series(1, 1000) as n`,
      [crowd.orgId, body.id, seller.userId],
    );
    const stranger = await addPerson(app, crowd.orgId, ['sales']);
    const send = () =>
      new Session(app.url, stranger.token).post(`/portal/email/${body.id}`, { expires_in_days: 7 });
    expect(await send()).toMatchObject({
      status: 429,
      body: {
        code: 'too_many_emails',
        detail: expect.stringContaining('your organisation sent 1000') as string,
      },
    });
    await database.query(
      `update portal_links set created_at = now() - interval '25 hours' where token_hash = sha256('o1')`,
    );
    expect((await send()).status).toBe(202);
  });
});

/** A connection of one's own. */
async function connected(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** What comes within that time, else null. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return Promise.race([promise, new Promise<null>((resolve) => void setTimeout(() => resolve(null), ms))]);
}

/** Every property of every DTO of the product, with the names of its rules. */
function ruledProperties(): { property: string; rules: Set<string> }[] {
  const storage = getMetadataStorage() as unknown as {
    validationMetadatas: Map<{ name: string }, { propertyName: string; name?: string }[]>;
  };
  const found = new Map<string, Set<string>>();
  for (const [target, rules] of storage.validationMetadatas) {
    for (const { propertyName, name } of rules) {
      const property = `${target.name}.${propertyName}`;
      found.set(property, (found.get(property) ?? new Set()).add(name ?? ''));
    }
  }
  return [...found].map(([property, rules]) => ({ property, rules }));
}
