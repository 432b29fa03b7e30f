import { createHmac } from 'node:crypto';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEP_UP, STEP_UP_EXTENSION } from '../../../src/auth/access/step-up.decorator.js';
import { Config } from '../../../src/platform/config/config.js';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import {
  addPerson,
  anyone,
  createOrg,
  PASSWORD,
  type Person,
  Session,
  signIn,
  someEmail,
  type TestOrg,
} from '../../support/people.js';
import { turnFactorOn } from '../../support/totp.js';

/** What gives money back, hands over the organisation, or cannot be undone. Changed on purpose alone. */
const STEP_UP_ROUTES = [
  'DELETE /users/{id}/totp',
  'PATCH /users/{id}',
  'POST /auth/account/second-factor/setup',
  'POST /auth/totp/setup',
  'POST /customers/{id}/erase',
  'POST /payments/{id}/refund',
  'POST /periods/{month}/reopen',
  'POST /qbo/disconnect',
  'POST /users',
  'POST /users/invite',
  'POST /users/{id}/erase',
];

describe('A route that wants a recent proof of who somebody is', () => {
  let database: TestDatabase;
  let app: TestApp;
  let clock: FakeClock;
  let org: TestOrg;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    clock = new FakeClock(new Date());
    app = await startApp({ databaseUrl: database.url, clock });
    org = await createOrg(app);
    admin = org.admin;
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const invite = (person: Session) =>
    person.post('/users', {
      email: someEmail(),
      full_name: 'Sam Ruiz',
      password: PASSWORD,
      roles: ['viewer'],
    });
  const confirm = (person: Session, body: object = { password: PASSWORD }) =>
    person.post('/auth/confirm', body);
  const outcome = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
  const TOO_OLD = [403, 'reauthentication_required'];

  it('is one of a short list, and says so in /openapi.json', async () => {
    const { body } = await anyone(app).get<{ paths: Record<string, Record<string, object>> }>(
      '/openapi.json',
    );
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    const marked = operations.filter(({ operation }) => STEP_UP_EXTENSION in operation);
    expect(marked.map(({ name }) => name).toSorted()).toEqual(STEP_UP_ROUTES);
    for (const { operation } of marked) {
      expect(JSON.stringify((operation as { responses: object }).responses)).toContain(
        'reauthentication_required',
      );
    }
    expect(decoratedHandlers(app)).toBe(STEP_UP_ROUTES.length);
  });

  it('is open for a quarter of an hour after signing in, and then again after a confirmation', async () => {
    const person = await signIn(app, admin.email);
    clock.advance({ minutes: 14, seconds: 59 });
    expect((await invite(person)).status).toBe(201);
    clock.advance({ seconds: 1 });
    const refused = await invite(person);
    expect(outcome(refused)).toEqual(TOO_OLD);
    expect(refused.body.detail).toContain('POST /auth/confirm');
    expect((await person.get('/users')).status).toBe(200);
    const confirmed = await confirm(person);
    expect([confirmed.status, confirmed.body]).toEqual([
      200,
      { confirmed_until: new Date(clock.now().getTime() + 900_000).toISOString() },
    ]);
    expect((await invite(person)).status).toBe(201);
  });

  it('stays closed for other sessions of the person, and for tokens that a refresh made', async () => {
    const login = await anyone(app).post('/auth/login', { email: admin.email, password: PASSWORD });
    const other = await signIn(app, admin.email);
    clock.advance({ minutes: 16 });
    await confirm(await signIn(app, admin.email));
    expect(outcome(await invite(other))).toEqual(TOO_OLD);
    const refreshed = await anyone(app).post('/auth/refresh', { refresh_token: login.body.refresh_token });
    const fresh = new Session(app.url, refreshed.body.access_token);
    expect(outcome(await invite(fresh))).toEqual(TOO_OLD);
    expect((await confirm(fresh)).status).toBe(200);
    expect((await invite(fresh)).status).toBe(201);
  });

  it('tells who may never do it that, and nothing of a confirmation', async () => {
    const viewer = await addPerson(app, org.orgId, ['viewer']);
    clock.advance({ minutes: 16 });
    expect(outcome(await invite(viewer))).toEqual([403, 'forbidden']);
  });

  it('judges a token that names no session by its own age, and such a one cannot be confirmed', async () => {
    const person = await signIn(app, admin.email);
    const aged = (minutes: number): Session => {
      const iat = Math.floor(clock.now().getTime() / 1000) - minutes * 60;
      return new Session(app.url, resigned(app, person.token!, { sid: undefined, iat }));
    };
    expect((await invite(aged(14))).status).toBe(201);
    expect(outcome(await invite(aged(15)))).toEqual(TOO_OLD);
    expect(outcome(await confirm(aged(15)))).toEqual([409, 'session_unknown']);
  });

  it('takes the second factor with the password, where there is one', async () => {
    const person = await addPerson(app, org.orgId, ['admin']);
    const { phone } = await turnFactorOn(person, clock);
    clock.advance({ minutes: 16 });
    expect(outcome(await confirm(person))).toEqual([401, 'totp_required']);
    expect(outcome(await confirm(person, { password: 'wrong', totp: phone.code() }))).toEqual([
      401,
      'wrong_credentials',
    ]);
    expect(outcome(await confirm(person, { password: PASSWORD, totp: phone.wrongCode() }))).toEqual([
      401,
      'wrong_totp',
    ]);
    expect(outcome(await invite(person))).toEqual(TOO_OLD);
    expect((await confirm(person, { password: PASSWORD, totp: phone.nextCode() })).status).toBe(200);
    expect((await invite(person)).status).toBe(201);
  });

  it('is not opened by changing the password, which wants no second factor', async () => {
    const person = await addPerson(app, org.orgId, ['admin']);
    clock.advance({ minutes: 16 });
    const change = { current_password: PASSWORD, new_password: 'gravel-moss-chimney-3' };
    const { body } = await person.post('/auth/password', change);
    expect(outcome(await invite(new Session(app.url, body.access_token)))).toEqual(TOO_OLD);
  });

  it('is not opened by guessing: five failures block the confirmation, as at sign-in', async () => {
    const person = await addPerson(app, org.orgId, ['admin']);
    for (let n = 0; n < 5; n += 1) await confirm(person, { password: `wrong-${n}` });
    const answer = await confirm(person);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '900']);
    clock.advance({ minutes: 16 });
    const { body } = await (await signIn(app, admin.email)).get(`/audit?action=sign_in.confirmation_failed`);
    const ours = body.items.filter(({ subject }: { subject: string }) => subject === `user:${person.userId}`);
    expect(ours).toHaveLength(5);
  });

  it('is opened in a browser whose person presses the button twice, by a code that is good once', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const { phone } = await turnFactorOn(person, clock);
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: person.email, password: PASSWORD });
    await browser.open('/auth/sign-in/code');
    await browser.submit({ totp: phone.nextCode() }, '/auth/sign-in/code');
    clock.advance({ minutes: 16 });
    await browser.open('/auth/account/confirm');
    const proof = { password: PASSWORD, totp: phone.code() };
    const press = () => browser.submit(proof, '/auth/account/confirm');
    const presses = [...(await Promise.all([press(), press()])), await press()];
    expect(presses.map(({ status }) => status)).toEqual([303, 303, 303]);
    clock.advance({ seconds: 6 });
    expect((await press()).status).toBe(303);
    clock.advance({ seconds: 5 }); // from the press before that would still be short, and that one proved nothing
    expect((await press()).status).toBe(422);
  });

  it('leads a browser to the confirmation and back, and tells its scripts', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: admin.email, password: PASSWORD });
    clock.advance({ minutes: 16 });
    await browser.open('/auth/account/second-factor');
    const led = await browser.submit({}, '/auth/account/second-factor/setup');
    const place = '/auth/account/confirm?return_to=%2Fauth%2Faccount';
    expect([led.status, led.headers.get('location')]).toEqual([303, place]);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: app.url, accept: 'application/json' };
    expect(outcome(await anyone(app).post('/auth/totp/setup', undefined, headers))).toEqual(TOO_OLD);

    const page = await browser.open('/auth/account/confirm?return_to=%2Fauth%2Faccount%2Fsecond-factor');
    expect([page.status, page.html.includes('name="totp"')]).toEqual([200, false]);
    const wrong = await browser.submit({ password: 'wrong' }, '/auth/account/confirm');
    expect([wrong.status, wrong.html.includes('The password is wrong.')]).toEqual([422, true]);
    const back = await browser.submit({ password: PASSWORD }, '/auth/account/confirm');
    expect([back.status, back.headers.get('location')]).toEqual([303, '/auth/account/second-factor']);
    const setup = await browser.submit({}, '/auth/account/second-factor/setup');
    expect([setup.status, setup.html.includes('otpauth://totp/')]).toEqual([200, true]);
  });
});

/** A token with other claims, signed as ours are. */
function resigned({ app }: TestApp, token: string, change: Record<string, unknown>): string {
  const [header, payload] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, unknown>;
  const text = `${header}.${Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url')}`;
  const signature = createHmac('sha256', app.get(Config).auth.jwtSecret).update(text).digest('base64url');
  return `${text}.${signature}`;
}

/** How many handlers the guard asks a recent proof for: none is missing in the description. */
function decoratedHandlers({ app }: TestApp): number {
  const reflector = app.get(Reflector, { strict: false });
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .filter(({ instance }) => instance)
    .flatMap(({ instance }) => {
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return scanner.getAllMethodNames(prototype).map((name) => prototype[name]!);
    })
    .filter((handler) => reflector.get<boolean | undefined>(STEP_UP, handler)).length;
}
