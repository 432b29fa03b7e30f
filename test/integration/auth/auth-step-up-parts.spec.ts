import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, type Json, PASSWORD, type TestOrg } from '../../support/people.js';
import { turnFactorOn } from '../../support/totp.js';

const PAGE = { accept: 'text/html' };
const REPLACE = '/qbo/oauth/start?replace_company=true';

describe('Whoever got hold of a session', () => {
  let database: TestDatabase;
  let app: TestApp;
  let clock: FakeClock;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    clock = new FakeClock(new Date());
    app = await startApp({ databaseUrl: database.url, clock });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const outcome = ({ status, body }: { status: number; body: Json }) => [status, body.code];
  const TOO_OLD = [403, 'reauthentication_required'];
  /** QuickBooks is not set up here: what is not refused before is told that. */
  const GOES_ON = [409, 'qbo_not_configured'];
  const signedIn = async ({ admin }: TestOrg): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: admin.email, password: PASSWORD });
    return browser;
  };

  it('does not turn the second factor of everybody off, and may change the rest', async () => {
    org = await createOrg(app);
    const { phone } = await turnFactorOn(org.admin, clock);
    const change = (setting: string, more: object = {}) =>
      org.admin.patch('/org/settings', { second_factor: setting, ...more });
    expect((await change('required')).status).toBe(200);
    clock.advance({ minutes: 16 });
    expect(outcome(await change('optional', { terms_days: 21 }))).toEqual(TOO_OLD);
    const { body } = await change('required', { terms_days: 14 });
    expect([body.second_factor, body.terms_days]).toEqual(['required', 14]);
    const proof = { password: PASSWORD, totp: phone.nextCode() };
    expect((await org.admin.post('/auth/confirm', proof)).status).toBe(200);
    expect((await change('optional')).body.second_factor).toBe('optional');
  });

  it('does not leave the company in QuickBooks for another one, and may connect the same again', async () => {
    const { admin } = await createOrg(app);
    expect(outcome(await admin.get(REPLACE))).toEqual(GOES_ON);
    clock.advance({ minutes: 16 });
    expect(outcome(await admin.get(REPLACE))).toEqual(TOO_OLD);
    expect(outcome(await admin.get('/qbo/oauth/start'))).toEqual(GOES_ON);
    expect((await admin.post('/auth/confirm', { password: PASSWORD })).status).toBe(200);
    expect(outcome(await admin.get(REPLACE))).toEqual(GOES_ON);
  });

  it('is asked in a browser for the password, and comes back', async () => {
    const browser = await signedIn(await createOrg(app));
    expect((await browser.open(REPLACE, PAGE)).status).toBe(409);
    clock.advance({ minutes: 16 });
    const confirmation = `/auth/account/confirm?return_to=${encodeURIComponent(REPLACE)}`;
    const led = await browser.open(REPLACE, PAGE);
    expect([led.status, led.headers.get('location')]).toEqual([302, confirmation]);
    await browser.open(confirmation, PAGE);
    const back = await browser.submit({ password: PASSWORD }, '/auth/account/confirm');
    expect([back.status, back.headers.get('location')]).toEqual([303, REPLACE]);
    expect((await browser.open(REPLACE, PAGE)).status).toBe(409);
  });

  it('leads nobody from another site out of their company, however lately they signed in', async () => {
    const browser = await signedIn(await createOrg(app));
    const from = (site: string, path = REPLACE) => browser.open(path, { ...PAGE, 'sec-fetch-site': site });
    const statuses = [];
    for (const site of ['cross-site', 'same-site', 'same-origin', 'none'])
      statuses.push((await from(site)).status);
    expect(statuses).toEqual([302, 302, 409, 409]);
    expect((await from('cross-site', '/qbo/oauth/start')).status).toBe(409);
  });

  it('is told of it in /openapi.json', async () => {
    const { paths } = (await anyone(app).get('/openapi.json')).body;
    for (const operation of [paths['/org/settings'].patch, paths['/qbo/oauth/start'].get])
      expect(JSON.stringify(operation.responses['403'])).toContain('reauthentication_required');
  });
});
