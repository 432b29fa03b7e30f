import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { OPEN } from '../../support/open-routes.js';
import {
  addPerson,
  anyone,
  createOrg,
  joinOrg,
  type Json,
  PASSWORD,
  type Person,
  Session,
  type TestOrg,
} from '../../support/people.js';
import { turnFactorOn } from '../../support/totp.js';

/** By these a person sets up a factor, moves to another organisation, or leaves. */
const OWN_SIGN_IN = /^[A-Z]+ \/auth\//;

describe('An organisation that asks everybody for a second factor', () => {
  let database: TestDatabase;
  let app: TestApp;
  let clock: FakeClock;

  beforeAll(async () => {
    database = await cloneDatabase();
    clock = new FakeClock(new Date());
    app = await startApp({ databaseUrl: database.url, clock });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const withToken = (token: string): Session => new Session(app.url, token);

  const requireFactors = (person: Session): Promise<{ status: number; body: Json }> =>
    person.patch('/org/settings', { second_factor: 'required' });

  /** One whose admin has a factor, and asked everybody for one. */
  const aStrictOrg = async (): Promise<TestOrg> => {
    const org = await createOrg(app);
    await turnFactorOn(org.admin, clock);
    expect((await requireFactors(org.admin)).body).toMatchObject({ second_factor: 'required' });
    return org;
  };

  const refused = { status: 403, body: { code: 'second_factor_required' } };

  it('lets nobody in who has none, with the next call, until they have set one up', async () => {
    const org = await createOrg(app);
    const person = await addPerson(app, org.orgId, ['finance']);
    await turnFactorOn(org.admin, clock);
    expect((await person.get('/proposals')).status).toBe(200);
    await requireFactors(org.admin);
    const answer = await person.get('/proposals');
    expect(answer).toMatchObject(refused);
    expect(answer.body.detail).toContain('POST /auth/totp/setup');
    expect((await org.admin.get('/proposals')).status).toBe(200);
    expect((await person.get('/auth/me')).status).toBe(200);
    await turnFactorOn(person, clock);
    expect((await person.get('/proposals')).status).toBe(200);
  });

  it('lets whoever signs in without one set it up, and nothing else', async () => {
    const org = await aStrictOrg();
    const person = await addPerson(app, org.orgId, ['sales']);
    const login = await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD });
    expect(login.status).toBe(200);
    expect(await person.get('/customers')).toMatchObject(refused);
    await turnFactorOn(person, clock);
    expect((await person.get('/customers')).status).toBe(200);
  });

  it('is made by an admin who has one, and lets everybody in again where it asks no more', async () => {
    const org = await createOrg(app);
    expect(await requireFactors(org.admin)).toMatchObject({
      status: 409,
      body: { code: 'second_factor_missing' },
    });
    expect((await org.admin.get('/org/settings')).body.second_factor).toBe('optional');
    const person = await addPerson(app, org.orgId, ['viewer']);
    expect((await requireFactors(person)).status).toBe(403);
    await turnFactorOn(org.admin, clock);
    await requireFactors(org.admin);
    expect(await person.get('/proposals')).toMatchObject(refused);
    await org.admin.patch('/org/settings', { second_factor: 'optional' });
    expect((await person.get('/proposals')).status).toBe(200);
    const { body } = await org.admin.get('/audit?limit=50');
    const changes = (body.items as { action: string; after: Json }[]).filter(
      ({ action }) => action === 'settings.updated',
    );
    expect(changes.map(({ after }) => after)).toContainEqual({ second_factor: 'required' });
  });

  it('asks for it in itself alone, and lets people go elsewhere', async () => {
    const strict = await aStrictOrg();
    const other = await createOrg(app, 'Other Roofing');
    const person = await addPerson(app, other.orgId, ['finance']);
    await joinOrg(app, person, strict.orgId, ['finance']);
    expect((await person.get('/proposals')).status).toBe(200);
    const there = await person.post('/auth/switch', { org_id: strict.orgId });
    expect(there.status).toBe(200);
    const moved = withToken(there.body.access_token as string);
    expect(await moved.get('/proposals')).toMatchObject(refused);
    const back = await moved.post('/auth/switch', { org_id: other.orgId });
    expect((await withToken(back.body.access_token as string).get('/proposals')).status).toBe(200);
  });

  it('leads a browser from a page to where a factor is set up', async () => {
    const org = await aStrictOrg();
    const admin = await addPerson(app, org.orgId, ['admin']);
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: admin.email, password: PASSWORD });
    const start = await browser.open('/qbo/oauth/start', { accept: 'text/html' });
    expect([start.status, start.headers.get('location')]).toEqual([302, '/auth/account/second-factor']);
    const page = await browser.open('/auth/account/second-factor');
    expect(page.html).toContain('Your organisation asks everybody for one. Set yours up to go on.');
  });

  it('keeps every other route from who has none', async () => {
    const org = await aStrictOrg();
    const person: Person = await addPerson(app, org.orgId, ['admin', 'finance']);
    const { body } = await anyone(app).get<{ paths: Record<string, object> }>('/openapi.json');
    const fastify: FastifyInstance = app.app.getHttpAdapter().getInstance();
    const routes = Object.entries(body.paths)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .filter((name) => !OPEN.has(name) && !OWN_SIGN_IN.test(name));
    expect(routes.length).toBeGreaterThan(50);
    const admitted: string[] = [];
    for (const name of routes) {
      const [method, path] = name.split(' ') as ['GET', string];
      const answer = await fastify.inject({
        method,
        url: path.replaceAll(/\{\w+\}/g, '987654321'),
        headers: {
          authorization: `Bearer ${person.token}`,
          'content-type': 'application/json',
          accept: 'application/json', // else a page says so in words
        },
        ...(method === 'GET' ? {} : { payload: '{}' }),
      });
      if (answer.statusCode !== 403 || !answer.body.includes('second_factor_required')) admitted.push(name);
    }
    expect(admitted).toEqual([]);
  });
});
