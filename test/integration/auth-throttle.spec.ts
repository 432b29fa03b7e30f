import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { FakeClock } from '../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { addPerson, anyone, createOrg, PASSWORD, someEmail, type TestOrg } from '../support/people.js';

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

describe('A caller that asks without end', () => {
  it('is told to wait, and nobody else is', async () => {
    await using database = await cloneDatabase();
    await using app = await startApp({ databaseUrl: database.url, env: { API_REQUESTS_PER_MINUTE: '20' } });
    const { admin, orgId } = await createOrg(app);
    const colleague = await addPerson(app, orgId, ['viewer']);
    const answers = await Promise.all(Array.from({ length: 30 }, async () => admin.get('/org/settings')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(11); // signing in asked once already
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]!.headers.get('content-type')).toContain('application/problem+json');
    expect((await colleague.get('/org/settings')).status).toBe(200);
    expect((await anyone(app).get('/health/live')).status).toBe(200);
  });
});
