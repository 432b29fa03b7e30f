import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser, type Shown } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import {
  addPerson,
  anyone,
  createOrg,
  joinOrg,
  PASSWORD,
  Session,
  type TestOrg,
} from '../../support/people.js';
import {
  answerConsent,
  beginConsent,
  REALM,
  startQbo,
  type TestQbo,
  tryToConnect,
} from '../../support/qbo.js';

const JSON_ONLY = { accept: 'application/json' };
const BROWSER = { accept: 'text/html,application/xhtml+xml' };

describe('Connecting a QuickBooks company', () => {
  const clock = new FakeClock(new Date());
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    app = await startApp({ databaseUrl: database.url, env: qbo.env, clock });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  beforeEach(async () => {
    await database.query('delete from qbo_tokens');
    org = await createOrg(app);
  });

  const rows = async (): Promise<number> =>
    (await database.query<{ count: number }>('select count(*)::int as count from qbo_tokens'))[0]!.count;

  const tokenCalls = async (): Promise<number> => (await qbo.tokenCalls()).total;

  it('follows the consent of an administrator', async () => {
    const answer = await tryToConnect(org.admin);
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'connected', realm_id: REALM, env: 'sandbox', org_id: org.orgId },
    });
    const status = await org.admin.get('/qbo/status');
    expect(status.body).toMatchObject({
      connected: true,
      needs_reauth: false,
      realm_id: REALM,
      env: 'sandbox',
      company_name: 'Sandbox Company_US_1',
      expired: false,
      last_error: null,
    });
    expect(Date.parse(status.body.refresh_hard_expires_at) - clock.now().getTime()).toBeGreaterThan(
      4 * 365 * 86_400_000,
    );
  });

  it('encrypts both tokens at rest', async () => {
    await tryToConnect(org.admin);
    const [row] = await database.query('select * from qbo_tokens');
    expect(row).toMatchObject({
      access_token_sealed: expect.stringMatching(/^v1\.dev\./),
      refresh_token_sealed: expect.stringMatching(/^v1\.dev\./),
    });
    // Three letters alone stand in encrypted bytes by chance.
    expect(JSON.stringify(row)).not.toMatch(/eyJ[\w-]+\.[\w-]*\.|RT1-\d+-H\d/);
  });

  it('sends a program to Intuit with its bearer token', async () => {
    const start = await org.admin.get('/qbo/oauth/start');
    expect(start.status).toBe(302);
    const url = new URL(start.headers.get('location')!);
    expect(url.origin).toBe(qbo.url);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: qbo.env.QBO_CLIENT_ID,
      scope: 'com.intuit.quickbooks.accounting',
      redirect_uri: qbo.env.QBO_REDIRECT_URI,
      response_type: 'code',
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('is for those who keep the books', async () => {
    const seller = await addPerson(app, org.orgId, ['sales']);
    expect((await seller.get('/qbo/oauth/start', JSON_ONLY)).status).toBe(403);
    expect((await seller.post('/qbo/disconnect')).status).toBe(403);
    expect((await seller.get('/qbo/status')).status).toBe(200);
    const bookkeeper = await addPerson(app, org.orgId, ['finance']);
    expect((await tryToConnect(bookkeeper)).status).toBe(200);
  });

  it('asks a browser to sign in first and brings it back', async () => {
    const start = await anyone(app).get('/qbo/oauth/start', BROWSER);
    expect(start.status).toBe(302);
    expect(start.headers.get('location')).toBe('/auth/sign-in?return_to=%2Fqbo%2Foauth%2Fstart');
  });

  it('keeps nothing when the person declines', async () => {
    const before = await tokenCalls();
    const callback = await answerConsent(await beginConsent(org.admin), { decision: 'deny' });
    expect(await org.admin.get(callback, JSON_ONLY)).toMatchObject({
      status: 400,
      body: { code: 'qbo_access_denied' },
    });
    expect((await org.admin.get(callback, JSON_ONLY)).body.code).toBe('qbo_bad_state');
    expect([await rows(), await tokenCalls()]).toEqual([0, before]);
  });

  it.each([
    ['no state', (callback: URL) => callback.searchParams.delete('state')],
    [
      'a state nobody began',
      (callback: URL) => callback.searchParams.set('state', randomBytes(32).toString('base64url')),
    ],
    ['two states', (callback: URL) => callback.searchParams.append('state', 'another')],
    ['a state that is no secret', (callback: URL) => callback.searchParams.set('state', "' or 1=1 --")],
  ])('refuses %s without asking Intuit', async (_, spoil) => {
    const before = await tokenCalls();
    const callback = new URL(await answerConsent(await beginConsent(org.admin)), app.url);
    spoil(callback);
    const answer = await org.admin.get(callback.pathname + callback.search, JSON_ONLY);
    expect(answer).toMatchObject({ status: 400, body: { code: 'qbo_bad_state' } });
    expect([await rows(), await tokenCalls()]).toEqual([0, before]);
  });

  it('refuses a state that was used, and keeps the connection it made', async () => {
    const callback = await answerConsent(await beginConsent(org.admin));
    // A scanner of links looks at the headers first.
    expect((await fetch(app.url + callback, { method: 'HEAD', headers: JSON_ONLY })).status).toBe(200);
    expect((await org.admin.get(callback, JSON_ONLY)).status).toBe(200);
    const before = await tokenCalls();
    expect((await org.admin.get(callback, JSON_ONLY)).body.code).toBe('qbo_bad_state');
    expect([await rows(), await tokenCalls()]).toEqual([1, before]);
  });

  /** Begins with a bearer token in a browser, which keeps the cookie of the start; answers Intuit's address. */
  async function beginIn(browser: Browser, session: Session): Promise<string> {
    const headers = { ...JSON_ONLY, authorization: `Bearer ${session.token}` };
    const start = await browser.open('/qbo/oauth/start', headers);
    return (JSON.parse(start.html) as { authorization_url: string }).authorization_url;
  }

  it('leads a browser away from the address with the code, to a page that says so', async () => {
    const browser = new Browser(app.url);
    const callback = await answerConsent(await beginIn(browser, org.admin));
    const answer = await browser.open(callback);
    expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
      status: 303,
      to: '/qbo/oauth/result',
    });
    const page = await browser.open('/qbo/oauth/result');
    expect(page.status).toBe(200);
    expect(page.html).toContain('<h1>QuickBooks is connected</h1>');
    expect(page.html).toContain('Sandbox Company_US_1');
    expect(page.html).not.toContain(new URL(callback, app.url).searchParams.get('code'));
  });

  it('says to the same browser that it is connected, however often it opens the callback', async () => {
    const browser = new Browser(app.url);
    const callback = await answerConsent(await beginIn(browser, org.admin));
    await browser.open(callback);
    const before = await tokenCalls();
    const again = await browser.open(callback);
    expect({ status: again.status, to: again.headers.get('location') }).toEqual({
      status: 303,
      to: '/qbo/oauth/result',
    });
    expect((await browser.open('/qbo/oauth/result')).html).toContain('<h1>QuickBooks is connected</h1>');
    expect([await rows(), await tokenCalls()]).toEqual([1, before]);
    const stranger = await new Browser(app.url).open(callback, BROWSER);
    expect(stranger.status).toBe(400);
    expect(stranger.html).toContain('<h1>QuickBooks is not connected</h1>');
  });

  it('leads a browser to a page that says why it is not connected, however often it opens the callback', async () => {
    const browser = new Browser(app.url);
    const callback = await answerConsent(await beginIn(browser, org.admin), { decision: 'deny' });
    for (let opened = 1; opened <= 3; opened += 1) {
      const answer = await browser.open(callback, BROWSER);
      expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
        status: 303,
        to: '/qbo/oauth/result',
      });
      const page = await browser.open('/qbo/oauth/result', BROWSER);
      expect(page.status).toBe(400);
      expect(page.html).toContain('Access was declined');
    }
    const stranger = await new Browser(app.url).open(callback, BROWSER);
    expect(stranger.status).toBe(400);
    expect(stranger.html).toContain('used before');
  });

  it('says to a browser what failed here, as often as it asks', async () => {
    await database.query('alter table company_books rename to company_books_away');
    const browser = new Browser(app.url);
    const callback = await answerConsent(await beginIn(browser, org.admin));
    await browser.open(callback, BROWSER);
    await database.query('alter table company_books_away rename to company_books');
    await browser.open(callback, BROWSER);
    const page = await browser.open('/qbo/oauth/result', BROWSER);
    expect(page.status).toBe(500);
    expect(page.html).toContain('Something failed here, not at QuickBooks');
    expect(page.html).toContain(`href="/qbo/oauth/start?org_id=${org.orgId}">Begin again`);
  });

  it('shows no result to a browser that gave no consent', async () => {
    const page = await new Browser(app.url).open('/qbo/oauth/result', BROWSER);
    expect(page.status).toBe(400);
    expect(page.html).toContain('Begin again');
  });

  it('takes only one of two callbacks that come at the same time', async () => {
    const callback = await answerConsent(await beginConsent(org.admin));
    const answers = await Promise.all([1, 2].map(() => org.admin.get(callback, JSON_ONLY)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
  });

  it('refuses a state that is older than ten minutes', async () => {
    const before = await tokenCalls();
    const callback = await answerConsent(await beginConsent(org.admin));
    clock.advance({ minutes: 10, seconds: 1 });
    expect((await org.admin.get(callback, JSON_ONLY)).body.code).toBe('qbo_bad_state');
    expect([await rows(), await tokenCalls()]).toEqual([0, before]);
  });

  it('refuses the state of someone who may no longer sign in', async () => {
    const bookkeeper = await addPerson(app, org.orgId, ['finance']);
    const callback = await answerConsent(await beginConsent(bookkeeper));
    await org.admin.patch(`/users/${bookkeeper.userId}`, { is_active: false });
    expect((await bookkeeper.get(callback, JSON_ONLY)).body.code).toBe('qbo_bad_state');
    expect(await rows()).toBe(0);
  });

  it('refuses the state of someone who may no longer here, whatever they are elsewhere', async () => {
    const bookkeeper = await addPerson(app, org.orgId, ['finance']);
    const other = await createOrg(app, 'Other Roofing');
    await joinOrg(app, bookkeeper, other.orgId, ['admin']);
    for (const change of [{ is_active: false }, { is_active: true, roles: ['sales'] }]) {
      await org.admin.patch(`/users/${bookkeeper.userId}`, { is_active: true, roles: ['finance'] });
      const login = { email: bookkeeper.email, password: PASSWORD, org_id: org.orgId };
      const { access_token: token } = (await anyone(app).post('/auth/login', login)).body;
      const browser = new Browser(app.url);
      const callback = await answerConsent(await beginIn(browser, new Session(app.url, token)));
      await org.admin.patch(`/users/${bookkeeper.userId}`, change);
      expect((await browser.open(callback, BROWSER)).status).toBe(400);
    }
    expect(await rows()).toBe(0);
  });

  it.each([
    ['lost the role', { roles: ['sales'] }],
    ['got a new password', { password: 'another-ladder-77' }],
  ])('refuses the state of someone who %s meanwhile, in the browser that began', async (_, change) => {
    const bookkeeper = await addPerson(app, org.orgId, ['finance']);
    const browser = new Browser(app.url);
    const callback = await answerConsent(await beginIn(browser, bookkeeper));
    await org.admin.patch(`/users/${bookkeeper.userId}`, change);
    expect((await browser.open(callback, BROWSER)).status).toBe(400);
    expect(await rows()).toBe(0);
  });

  it('gives nobody another company: who finishes is who began', async () => {
    const victim = await createOrg(app);
    const before = await tokenCalls();
    const callback = await answerConsent(await beginConsent(org.admin));
    const inVictimsBrowser = await new Browser(app.url).open(callback, BROWSER);
    const withVictimsToken = await victim.admin.get(callback, JSON_ONLY);
    const ofNobody = await anyone(app).get(callback, JSON_ONLY);
    expect([inVictimsBrowser.status, withVictimsToken.status, ofNobody.status]).toEqual([400, 400, 400]);
    expect([await rows(), await tokenCalls()]).toEqual([0, before]);
    expect((await org.admin.get(callback, JSON_ONLY)).status).toBe(200);
  });

  it('refuses a callback that lacks the code or names a strange company', async () => {
    for (const spoil of ['code', 'realmId']) {
      const callback = new URL(await answerConsent(await beginConsent(org.admin)), app.url);
      callback.searchParams.set(spoil, '../../1');
      if (spoil === 'code') callback.searchParams.delete('code');
      const answer = await org.admin.get(callback.pathname + callback.search, JSON_ONLY);
      expect(answer).toMatchObject({ status: 400, body: { code: 'qbo_bad_callback' } });
    }
    expect(await rows()).toBe(0);
  });

  it('exchanges a code that Intuit refuses once and not again', async () => {
    const before = await tokenCalls();
    const callback = new URL(await answerConsent(await beginConsent(org.admin)), app.url);
    callback.searchParams.set('code', 'AB1someCodeOfNobody');
    const answer = await org.admin.get(callback.pathname + callback.search, JSON_ONLY);
    expect(answer).toMatchObject({ status: 400, body: { code: 'qbo_code_refused' } });
    expect([await rows(), await tokenCalls()]).toEqual([0, before + 1]);
  });

  it.each(['500', '503_html', '429', 'reset'])(
    'does not repeat the exchange when the token endpoint answers with %s',
    async (kind) => {
      const before = await tokenCalls();
      const callback = await answerConsent(await beginConsent(org.admin));
      await qbo.oauth('faults', { kind });
      expect(await org.admin.get(callback, JSON_ONLY)).toMatchObject({
        status: 503,
        body: { code: 'qbo_transient' },
      });
      expect([await rows(), await tokenCalls()]).toEqual([0, before + 1]);
    },
  );

  it('does not believe the company in the callback until QuickBooks confirms it', async () => {
    const { realm_id: foreign } = await qbo.control.createCompany({ name: 'Somebody else' });
    const callback = new URL(await answerConsent(await beginConsent(org.admin)), app.url);
    callback.searchParams.set('realmId', foreign);
    const answer = await org.admin.get(callback.pathname + callback.search, JSON_ONLY);
    expect(answer).toMatchObject({ status: 400, body: { code: 'qbo_company_not_confirmed' } });
    expect(await rows()).toBe(0);
  });

  it('connects without the name when QuickBooks is down just then', async () => {
    await qbo.control.planFault({ operation: 'companyinfo.*', kind: '503_html' });
    expect((await tryToConnect(org.admin)).status).toBe(200);
    expect((await org.admin.get('/qbo/status')).body).toMatchObject({
      connected: true,
      company_name: null,
    });
    await qbo.control.clearFaults();
  });

  describe('with a browser', () => {
    const cookiesOf = (answer: { headers: Headers }): string =>
      answer.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; ');

    const signIn = async (): Promise<string> => {
      const page = await anyone(app).get<string>('/auth/sign-in');
      const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(page.body)![1]!;
      const answer = await fetch(`${app.url}/auth/sign-in`, {
        method: 'POST',
        headers: { cookie: cookiesOf(page), origin: app.url },
        body: new URLSearchParams({ email: org.admin.email, password: PASSWORD, csrf_token }),
        redirect: 'manual',
      });
      return cookiesOf(answer);
    };

    it('shows what happened on a page', async () => {
      const session = await signIn();
      const start = await anyone(app).get('/qbo/oauth/start', { ...BROWSER, cookie: session });
      expect(start.headers.get('set-cookie')).toMatch(
        /^crm_qbo_consent=[\w-]{43}; Max-Age=600; Path=\/qbo\/oauth; HttpOnly; SameSite=Lax$/,
      );
      const callback = await answerConsent(start.headers.get('location')!);
      const answer = await anyone(app).get(callback, { ...BROWSER, cookie: cookiesOf(start) });
      expect(answer.status).toBe(303);
      const page = await anyone(app).get<string>(answer.headers.get('location')!, {
        ...BROWSER,
        cookie: `${cookiesOf(start)}; ${cookiesOf(answer)}`,
      });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.body).toContain('Connected to <strong>Sandbox Company_US_1</strong>');
    });

    describe('that did not begin, but in which the starter is signed in', () => {
      const openCallback = async (): Promise<{ browser: Browser; asked: Shown }> => {
        const browser = new Browser(app.url);
        await browser.open('/auth/sign-in');
        await browser.submit({ email: org.admin.email, password: PASSWORD });
        const callback = await answerConsent(await beginConsent(org.admin));
        return { browser, asked: await browser.open(callback, BROWSER) };
      };

      it('names the organisation before the code is spent, and connects when the person says so', async () => {
        const before = await tokenCalls();
        const { browser, asked } = await openCallback();
        expect({ status: asked.status, to: asked.headers.get('location') }).toEqual({
          status: 303,
          to: '/qbo/oauth/confirm',
        });
        const page = await browser.open('/qbo/oauth/confirm', BROWSER);
        expect(page.status).toBe(200);
        expect(page.html).toContain('<strong>Acme Roofing</strong>');
        expect([await rows(), await tokenCalls()]).toEqual([0, before]);
        const done = await browser.submit({}, '/qbo/oauth/confirm');
        expect({ status: done.status, to: done.headers.get('location') }).toEqual({
          status: 303,
          to: '/qbo/oauth/result',
        });
        expect((await browser.open('/qbo/oauth/result', BROWSER)).html).toContain('QuickBooks is connected');
        expect((await org.admin.get('/qbo/status')).body.connected).toBe(true);
      });

      it('connects once where the person presses twice, and says so', async () => {
        const before = await tokenCalls();
        const { browser } = await openCallback();
        await browser.open('/qbo/oauth/confirm', BROWSER);
        const presses = await Promise.all([1, 2].map(() => browser.submit({}, '/qbo/oauth/confirm')));
        for (const pressed of presses) {
          expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/qbo/oauth/result']);
        }
        expect((await browser.open('/qbo/oauth/result', BROWSER)).html).toContain('QuickBooks is connected');
        expect((await tokenCalls()) - before).toBe(1);
      });

      it('says that it is connected where the question is opened, or answered, once more', async () => {
        const { browser } = await openCallback();
        await browser.open('/qbo/oauth/confirm', BROWSER);
        await browser.submit({}, '/qbo/oauth/confirm');
        for (const again of [
          await browser.open('/qbo/oauth/confirm', BROWSER),
          await browser.submit({}, '/qbo/oauth/confirm'),
        ]) {
          expect([again.status, again.headers.get('location')]).toEqual([303, '/qbo/oauth/result']);
        }
        expect((await browser.open('/qbo/oauth/result', BROWSER)).html).toContain('QuickBooks is connected');
      });

      it('says again why it is not connected when the callback is opened once more', async () => {
        const browser = new Browser(app.url);
        await browser.open('/auth/sign-in');
        await browser.submit({ email: org.admin.email, password: PASSWORD });
        const callback = new URL(await answerConsent(await beginConsent(org.admin)), app.url);
        callback.searchParams.set('code', 'AB1someCodeOfNobody');
        await browser.open(callback.pathname + callback.search, BROWSER);
        await browser.open('/qbo/oauth/confirm', BROWSER);
        const refused = await browser.submit({}, '/qbo/oauth/confirm');
        expect(refused.headers.get('location')).toBe('/qbo/oauth/result');
        const again = await browser.open(callback.pathname + callback.search, BROWSER);
        expect({ status: again.status, to: again.headers.get('location') }).toEqual({
          status: 303,
          to: '/qbo/oauth/result',
        });
        const page = await browser.open('/qbo/oauth/result', BROWSER);
        expect(page.status).toBe(400);
        expect(page.html).toContain('QuickBooks no longer accepts this consent');
      });

      it('takes no confirmation that another site sends', async () => {
        const { browser } = await openCallback();
        const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const forged = await fetch(`${app.url}/qbo/oauth/confirm`, {
          method: 'POST',
          headers: { cookie, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
        });
        expect(forged.status).toBe(401);
        expect(await rows()).toBe(0);
      });

      it('asks nobody who is in another organisation at the moment, not even by the form', async () => {
        const other = await createOrg(app, 'Other Roofing');
        await joinOrg(app, org.admin, other.orgId, ['admin']);
        const browser = new Browser(app.url);
        await browser.open('/auth/sign-in');
        await browser.submit({ email: org.admin.email, password: PASSWORD });
        const callback = await answerConsent(await beginConsent(org.admin));
        const asked = await browser.open(callback, BROWSER);
        expect(asked.headers.get('location')).toBe('/qbo/oauth/confirm');
        await browser.submit({ org_id: String(other.orgId) }, '/auth/account/switch');
        expect((await browser.open('/qbo/oauth/confirm', BROWSER)).status).toBe(400);
        expect((await browser.submit({}, '/qbo/oauth/confirm')).status).toBe(400);
        const again = await answerConsent(await beginConsent(org.admin));
        expect((await browser.open(again, BROWSER)).status).toBe(400);
        expect(await rows()).toBe(0);
      });

      it('connects no organisation that the browser has left since', async () => {
        const other = await createOrg(app, 'Other Roofing');
        await joinOrg(app, org.admin, other.orgId, ['admin']);
        const browser = new Browser(app.url);
        await browser.open('/auth/sign-in');
        await browser.submit({ email: org.admin.email, password: PASSWORD, org_id: String(org.orgId) });
        await browser.submit({ org_id: String(org.orgId) }, '/auth/account/switch');
        const start = await browser.open('/qbo/oauth/start', BROWSER);
        const callback = await answerConsent(start.headers.get('location')!);
        await browser.submit({ org_id: String(other.orgId) }, '/auth/account/switch');
        const elsewhere = await browser.open(callback, BROWSER);
        expect(elsewhere.status).toBe(409);
        expect(elsewhere.html).toContain('Other Roofing');
        expect(await rows()).toBe(0);
        await browser.submit({ org_id: String(org.orgId) }, '/auth/account/switch');
        expect((await browser.open(callback, BROWSER)).headers.get('location')).toBe('/qbo/oauth/result');
        expect((await browser.open('/qbo/oauth/result', BROWSER)).html).toContain('<dd>Acme Roofing</dd>');
        expect(await rows()).toBe(1);
      });

      it('begins nothing for the organisation that the browser is in, by the link of another one’s page', async () => {
        const other = await createOrg(app, 'Other Roofing');
        await joinOrg(app, org.admin, other.orgId, ['admin']);
        const browser = new Browser(app.url);
        await browser.open('/auth/sign-in');
        await browser.submit({ email: org.admin.email, password: PASSWORD });
        await browser.submit({ org_id: String(org.orgId) }, '/auth/account/switch');
        const { html } = await browser.open('/qbo/status/page', BROWSER);
        expect(html).toContain('The connection of Acme Roofing.');
        const link = /href="(\/qbo\/oauth\/start[^"]*)"/.exec(html)![1]!.replaceAll('&amp;', '&');
        await browser.submit({ org_id: String(other.orgId) }, '/auth/account/switch'); // in another tab
        const refused = await browser.open(link, BROWSER);
        expect(refused.status).toBe(409);
        expect(refused.html).toContain('You are signed in to Other Roofing');
        expect(refused.html).toContain('href="/auth/account"');
        await browser.submit({ org_id: String(org.orgId) }, '/auth/account/switch');
        expect((await browser.open(link, BROWSER)).status).toBe(302);
      });

      it('asks nobody else: a colleague who is signed in is refused', async () => {
        const colleague = await addPerson(app, org.orgId, ['admin']);
        const browser = new Browser(app.url);
        await browser.open('/auth/sign-in');
        await browser.submit({ email: colleague.email, password: PASSWORD });
        const callback = await answerConsent(await beginConsent(org.admin));
        expect((await browser.open(callback, BROWSER)).status).toBe(400);
        expect(await rows()).toBe(0);
      });
    });

    it('takes by https no cookie that another host of the domain could have planted', async () => {
      const env = { ...qbo.env, TRUST_PROXY: '127.0.0.1/32' };
      await using behind = await startApp({ databaseUrl: database.url, env, clock });
      const https = { 'x-forwarded-proto': 'https' };
      const start = await new Session(behind.url, org.admin.token).get('/qbo/oauth/start', {
        ...JSON_ONLY,
        ...https,
      });
      expect(start.headers.get('set-cookie')).toMatch(
        /^__Host-crm_qbo_consent=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      const callback = await answerConsent(start.body.authorization_url as string);
      const open = (cookie: string) => anyone(behind).get(callback, { ...BROWSER, ...https, cookie });
      expect((await open(cookiesOf(start).replace('__Host-', ''))).status).toBe(400);
      expect(await rows()).toBe(0);
      expect((await open(cookiesOf(start))).status).toBe(303);
      expect(await rows()).toBe(1);
    });

    it.each([
      ['without its cookie', undefined],
      ['with the cookie of another', `crm_qbo_consent=${randomBytes(32).toString('base64url')}`],
    ])('refuses a callback that comes %s', async (_, cookie) => {
      const start = await anyone(app).get('/qbo/oauth/start', { ...BROWSER, cookie: await signIn() });
      const callback = await answerConsent(start.headers.get('location')!);
      const before = await tokenCalls();
      const page = await anyone(app).get<string>(callback, { ...BROWSER, ...(cookie ? { cookie } : {}) });
      expect(page.status).toBe(400);
      expect(page.body).toContain('QuickBooks is not connected');
      expect([await rows(), await tokenCalls()]).toEqual([0, before]);
    });
  });

  it('says which variables are missing where QuickBooks is not set up', async () => {
    await using bare = await startApp({ databaseUrl: database.url });
    const { admin } = await createOrg(bare);
    const answer = await admin.get('/qbo/oauth/start', JSON_ONLY);
    expect(answer).toMatchObject({ status: 409, body: { code: 'qbo_not_configured' } });
    expect(answer.body.detail).toContain('QBO_CLIENT_ID, QBO_CLIENT_SECRET');
    expect((await anyone(bare).get('/health')).body.qbo).toMatchObject({ configured: false });
  });
});
