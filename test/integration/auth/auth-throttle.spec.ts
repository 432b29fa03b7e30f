import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PasswordHashSemaphoreService } from '../../../src/auth/passwords/password-hash-semaphore.service.js';
import { PasswordsService } from '../../../src/auth/passwords/passwords.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, anyone, createOrg, PASSWORD, someEmail, type TestOrg } from '../../support/people.js';

/** Their password takes as long to compare as in production: for what depends on how long that takes. */
async function hashAsInProduction({ app }: TestApp, database: TestDatabase, emails: string[]): Promise<void> {
  const hash = await new PasswordsService(app.get(PasswordHashSemaphoreService)).hash(PASSWORD, 'a test');
  await database.query('update users set password_hash = $1 where email = any($2)', [hash, emails]);
}

describe('Guessing passwords', () => {
  const clock = new FakeClock();
  let database: TestDatabase;
  let app: TestApp;
  let replica: TestApp;
  let org: TestOrg;
  let email: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, clock });
    replica = await startApp({ databaseUrl: database.url, clock });
    org = await createOrg(app);
  });

  beforeEach(async () => {
    await database.query('delete from login_throttles');
    email = (await addPerson(app, org.orgId, ['sales'])).email;
  });

  afterAll(async () => {
    await replica[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const login = async (password: string, who = email, where = app) =>
    anyone(where).post('/auth/login', { email: who, password });

  const fail = async (times: number, who = email): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push((await login('wrong', who)).status);
    return statuses;
  };

  it('is blocked after five failures, with the time to wait', async () => {
    expect(await fail(6)).toEqual([401, 401, 401, 401, 401, 429]);
    const blocked = await login('wrong');
    expect(blocked.body.code).toBe('too_many_sign_ins');
    expect(blocked.headers.get('retry-after')).toBe('900');
    expect(blocked.body.detail).toBe('Too many sign-ins have failed. Try again in 15 minutes.');
    clock.advance({ minutes: 14, seconds: 1 });
    expect((await login('wrong')).body.detail).toContain('in 59 seconds.');
  });

  it('answers the correct password the same while it is blocked', async () => {
    await fail(5);
    const right = await login(PASSWORD);
    const wrong = await login('wrong');
    expect(right.status).toBe(429);
    expect({ ...right.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  });

  it('is open again after a quarter of an hour', async () => {
    await fail(5);
    clock.advance({ minutes: 14, seconds: 59 });
    expect((await login(PASSWORD)).status).toBe(429);
    clock.advance({ seconds: 1 });
    expect((await login(PASSWORD)).status).toBe(200);
  });

  it('is blocked at every replica', async () => {
    await fail(5);
    expect((await login(PASSWORD, email, replica)).status).toBe(429);
  });

  it('blocks that account only', async () => {
    await fail(5);
    expect((await login(PASSWORD, org.admin.email)).status).toBe(200);
  });

  it('starts anew after a success', async () => {
    await fail(4);
    expect((await login(PASSWORD)).status).toBe(200);
    expect(await fail(5)).toEqual([401, 401, 401, 401, 401]);
  });

  it('never counts a success', async () => {
    const logins = await Promise.all(Array.from({ length: 30 }, async () => login(PASSWORD)));
    expect(logins.every(({ status }) => status === 200)).toBe(true);
  });

  it('is blocked for unknown e-mails just the same', async () => {
    expect(await fail(6, someEmail())).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('gets no more answers by asking all at once', async () => {
    await hashAsInProduction(app, database, [email]);
    const answers = await Promise.all(Array.from({ length: 12 }, async () => login('wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('is blocked for an address after twenty failures over many accounts', async () => {
    for (let n = 0; n < 20; n += 1) await fail(1, someEmail());
    const anyAccount = await login(PASSWORD, org.admin.email);
    expect(anyAccount.status).toBe(429);
    expect(anyAccount.headers.get('retry-after')).toBe('900');
  });

  it('is counted as throttled', async () => {
    const throttled = async (): Promise<number> => {
      const { body } = await anyone(app).get<string>('/metrics');
      return Number(/crm_auth_attempts_total{result="throttled"} (\d+)/.exec(body)?.[1]);
    };
    const before = await throttled();
    await fail(6);
    expect(await throttled()).toBe(before + 1);
  });
});

describe('Guessing from many addresses', () => {
  const clock = new FakeClock();
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let email: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    const env = { TRUST_PROXY: '127.0.0.1' };
    app = await startApp({ databaseUrl: database.url, clock, env });
    org = await createOrg(app);
  });

  beforeEach(async () => {
    await database.query('delete from login_throttles');
    email = (await addPerson(app, org.orgId, ['sales'])).email;
    await database.query('delete from sessions where user_id in (select id from users where email = $1)', [
      email,
    ]);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** The status of a sign-in that a trusted proxy says came from there. */
  const from = async (address: string, password = 'wrong', who = email): Promise<number> => {
    const answer = await anyone(app).post(
      '/auth/login',
      { email: who, password },
      { 'x-forwarded-for': address },
    );
    return answer.status;
  };

  const fromEach = async (addresses: string[]): Promise<number[]> => {
    const statuses: number[] = [];
    for (const address of addresses) statuses.push(await from(address));
    return statuses;
  };

  it('counts a /64 of IPv6 as one address', async () => {
    const addresses = Array.from({ length: 8 }, (_, n) => `2001:db8:1:2::${n + 1}`);
    expect(await fromEach(addresses)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await from('2001:db8:1:3::1')).toBe(401);
  });

  it('counts an address without the port that a balancer writes', async () => {
    const addresses = Array.from({ length: 6 }, (_, n) => `203.0.113.7:${5_000 + n}`);
    expect(await fromEach(addresses)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await from('203.0.113.8:5000'), 'somebody else behind the same balancer').toBe(401);
  });

  it('takes what is no address for the proxy’s own', async () => {
    const addresses = Array.from({ length: 6 }, (_, n) => `not an ip ${'x'.repeat(n)}`);
    expect(await fromEach(addresses)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  describe('at one account', () => {
    beforeEach(async () => {
      const addresses = Array.from({ length: 20 }, (_, n) => `198.51.${n}.1`);
      const answers = await fromEach(addresses);
      if (answers.some((status) => status !== 401)) throw new Error(`not guessed: ${answers.join()}`);
    });

    it('is let through once in ten seconds after twenty failures, whoever it is', async () => {
      expect(await from('192.0.2.1', PASSWORD)).toBe(429);
      clock.advance({ seconds: 11 });
      const answers = await Promise.all(
        ['192.0.2.1', '192.0.3.1', '192.0.4.1'].map((address) => from(address)),
      );
      expect(answers.filter((status) => status === 401)).toHaveLength(1);
      clock.advance({ seconds: 11 });
      expect(await from('192.0.2.9', PASSWORD)).toBe(200);
    });

    it('does not keep out who signed in from there before', async () => {
      clock.advance({ minutes: 16 });
      expect(await from('192.0.2.1', PASSWORD)).toBe(200);
      expect(new Set(await fromEach(Array.from({ length: 20 }, (_, n) => `198.51.${n}.1`)))).toEqual(
        new Set([401]),
      );
      expect(await from('198.51.100.1')).toBe(429);
      expect(await from('192.0.2.77', PASSWORD)).toBe(200);
    });

    it('does not touch another account', async () => {
      expect(await from('192.0.2.1', PASSWORD, org.admin.email)).toBe(200);
    });
  });

  it('lets honest people in at once while hundreds guess', async () => {
    await hashAsInProduction(app, database, [email, org.admin.email]);
    const over = new AbortController();
    const guesses: number[] = [];
    const took = async (ask: () => Promise<number>, expected: number[]): Promise<number> => {
      const begunAt = performance.now();
      expect(expected).toContain(await ask());
      return performance.now() - begunAt;
    };
    const guess = async (client: number): Promise<void> => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        const who = client % 2 === 0 ? email : someEmail();
        const address = `2001:db8:${client.toString(16)}:${n.toString(16)}::1`;
        guesses.push(await took(() => from(address, 'wrong', who), [401, 429]));
      }
    };
    const attackers = Array.from({ length: 120 }, (_, client) => guess(client));
    const waited: number[] = [];
    try {
      for (let n = 0; n < 4; n += 1) {
        waited.push(await took(() => from('203.0.113.9', PASSWORD, org.admin.email), [200]));
      }
    } finally {
      over.abort();
      await Promise.all(attackers);
    }
    expect(guesses.length).toBeGreaterThan(120);
    // Those who guess at one account wait for each other; on a fast machine all waits are shorter.
    expect(Math.min(...waited)).toBeLessThan(Math.max(...guesses) / 2);
  });
});

describe('A caller that asks without end', () => {
  it('is told to wait, and nobody else is', async () => {
    await using database = await cloneDatabase();
    await using app = await startApp({ databaseUrl: database.url, env: { API_REQUESTS_PER_MINUTE: '20' } });
    const { admin, orgId } = await createOrg(app);
    const colleague = await addPerson(app, orgId, ['viewer']);
    const answers = await Promise.all(Array.from({ length: 30 }, async () => admin.get('/org/settings')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]!.headers.get('content-type')).toContain('application/problem+json');
    expect(refused[0]!.body.detail).toMatch(
      /^Too many requests within a minute\. Try again in \d+ seconds?\.$/,
    );
    expect((await colleague.get('/org/settings')).status).toBe(200);
    expect((await anyone(app).get('/health/live')).status).toBe(200);
  });
});
