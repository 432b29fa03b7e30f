import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RetentionService } from '../../../src/jobs/retention/retention.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import {
  addPerson,
  anyone,
  createOrg,
  PASSWORD,
  Session,
  signIn,
  type TestOrg,
} from '../../support/people.js';

const HTTPS = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'crm.acme.test' };

describe('The sessions of a person', () => {
  let database: TestDatabase;
  let app: TestApp;
  let clock: FakeClock;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    clock = new FakeClock();
    app = await startApp({ databaseUrl: database.url, clock, env: { TRUST_PROXY: '127.0.0.1/32' } });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const signedInBrowser = async (email: string): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    expect((await browser.submit({ email, password: PASSWORD })).status).toBe(302);
    return browser;
  };

  it('are listed with what they are of, since when and from where, the own one marked', async () => {
    const person = await addPerson(app, org.orgId, ['viewer']);
    clock.advance({ seconds: 1 });
    const headers = { 'user-agent': 'Invoicing robot 3.1', 'x-forwarded-for': '203.0.113.7' };
    await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD }, headers);
    clock.advance({ seconds: 1 });
    await signedInBrowser(person.email);
    const { status, body } = await person.get('/auth/sessions');
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    const facts = body.items.map(({ kind, current, ip, user_agent }: Record<string, unknown>) => [
      kind,
      current,
      ip,
      user_agent,
    ]);
    expect(facts).toEqual([
      ['browser', false, '127.0.0.1', 'node'],
      ['program', false, '203.0.113.7', 'Invoicing robot 3.1'],
      ['program', true, '127.0.0.1', 'node'],
    ]);
    const [browser, program] = body.items;
    expect([browser.org_id, program.org_id]).toEqual([org.orgId, org.orgId]);
    expect(Date.parse(browser.expires_at) - Date.parse(browser.begun_at)).toBe(12 * 3_600_000);
    expect(Date.parse(program.expires_at) - Date.parse(program.begun_at)).toBe(30 * 86_400_000);
    expect(Object.keys(browser)).not.toContain('user_id');
  });

  it('are listed page by page, and a cursor of nobody is refused', async () => {
    const person = await addPerson(app, org.orgId, ['viewer']);
    for (let n = 0; n < 3; n += 1) await signIn(app, person.email);
    const first = await person.get('/auth/sessions?limit=3');
    const second = await person.get(`/auth/sessions?limit=3&cursor=${first.body.next_cursor}`);
    expect([first.body.items.length, second.body.items.length]).toEqual([3, 1]);
    expect(second.body.next_cursor).toBeNull();
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(4);
    expect((await person.get('/auth/sessions?cursor=nonsense')).status).toBe(400);
  });

  it('are ended one by one, with access and refresh token', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    clock.advance({ seconds: 1 });
    const login = await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD });
    const other = new Session(app.url, login.body.access_token);
    const { body } = await person.get('/auth/sessions');
    const { id } = body.items.find(({ current }: { current: boolean }) => !current);
    expect((await person.send('DELETE', `/auth/sessions/${id}`)).status).toBe(204);
    expect((await other.get('/auth/me')).status).toBe(401);
    const refresh = { refresh_token: login.body.refresh_token };
    expect((await anyone(app).post('/auth/refresh', refresh)).status).toBe(401);
    expect((await person.get('/auth/me')).status).toBe(200);
    expect((await person.send('DELETE', `/auth/sessions/${id}`)).status).toBe(404);
    expect((await person.get('/auth/sessions')).body.items).toHaveLength(1);
  });

  it('of somebody else are not there', async () => {
    const theirs = await addPerson(app, org.orgId, ['sales']);
    const [{ id }] = (await theirs.get('/auth/sessions')).body.items;
    const answer = await org.admin.send('DELETE', `/auth/sessions/${id}`);
    expect([answer.status, answer.body.code]).toEqual([404, 'session_not_found']);
    expect((await org.admin.send('DELETE', '/auth/sessions/7')).status).toBe(400);
    expect((await theirs.get('/auth/me')).status).toBe(200);
    expect((await anyone(app).get('/auth/sessions')).status).toBe(401);
  });

  it('all end at once by signing out everywhere, and those of others go on', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const login = await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD });
    const browser = await signedInBrowser(person.email);
    const out = await person.post('/auth/logout_all');
    expect([out.status, out.body]).toEqual([200, { ok: true }]);
    expect((await person.get('/auth/me')).status).toBe(401);
    expect((await new Session(app.url, login.body.access_token).get('/auth/me')).status).toBe(401);
    const refresh = { refresh_token: login.body.refresh_token };
    expect((await anyone(app).post('/auth/refresh', refresh)).status).toBe(401);
    expect((await browser.open('/auth/me')).status).toBe(401);
    expect((await org.admin.get('/auth/me')).status).toBe(200);
    expect((await signIn(app, person.email)).userId).toBe(person.userId);
  });

  it('of a browser end after an hour without a request, and not while it is used', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const browser = await signedInBrowser(person.email);
    for (let n = 0; n < 3; n += 1) {
      clock.advance({ minutes: 59 });
      expect((await browser.open('/auth/me')).status).toBe(200);
    }
    clock.advance({ minutes: 60 });
    expect((await browser.open('/auth/me')).status).toBe(401);
    const program = await signIn(app, person.email);
    const { body } = await program.get('/auth/sessions');
    expect(body.items.map(({ kind }: { kind: string }) => kind)).not.toContain('browser');
  });

  it('of a browser end after twelve hours, whatever is done', async () => {
    const browser = await signedInBrowser((await addPerson(app, org.orgId, ['finance'])).email);
    for (let n = 0; n < 12; n += 1) {
      clock.advance({ minutes: 59 });
      expect((await browser.open('/auth/me')).status).toBe(200);
    }
    clock.advance({ minutes: 13 });
    expect((await browser.open('/auth/me')).status).toBe(401);
  });

  it('leave nothing behind a week after they are over', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    clock.advance({ days: 38 });
    await app.app.get(RetentionService).purge('sessions');
    const left = await database.query(
      'select id from sessions where user_id = $1 union all select family_id from refresh_tokens where user_id = $1',
      [person.userId],
    );
    expect(left).toEqual([]);
  });
});

describe('The cookies of a browser', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { TRUST_PROXY: '127.0.0.1/32' } });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('are of this host alone by https, and plain names work by http on this machine', async () => {
    const cookies: Record<string, string[]> = {};
    for (const [way, headers] of Object.entries({ https: HTTPS, http: {} })) {
      const browser = new Browser(app.url, headers);
      const page = await browser.open('/auth/sign-in');
      const answer = await browser.submit({ email: org.admin.email, password: PASSWORD });
      expect(answer.status).toBe(302);
      expect((await browser.open('/auth/me')).status).toBe(200);
      const set = [...page.headers.getSetCookie(), ...answer.headers.getSetCookie()];
      cookies[way] = set.filter((line) => !/Expires=/.test(line)).map((line) => line.replace(/=[^;]*/, ''));
    }
    expect(cookies).toEqual({
      https: [
        '__Host-crm_csrf; Path=/; HttpOnly; Secure; SameSite=Strict',
        '__Host-crm_session; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Lax',
      ],
      http: [
        'crm_csrf; Path=/; HttpOnly; SameSite=Strict',
        'crm_session; Max-Age=43200; Path=/; HttpOnly; SameSite=Lax',
      ],
    });
  });

  it('that another host of the domain could have planted are not taken by https', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: org.admin.email, password: PASSWORD });
    const plain = { cookie: `crm_session=${browser.cookies.get('crm_session')}` };
    expect((await anyone(app).get('/auth/me', plain)).status).toBe(200);
    expect((await anyone(app).get('/auth/me', { ...plain, ...HTTPS })).status).toBe(401);
  });
});
