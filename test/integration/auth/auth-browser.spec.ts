import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { actionIn, Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, PASSWORD, Session, someEmail, type TestOrg } from '../../support/people.js';

const HTML = { accept: 'text/html,application/xhtml+xml' };

describe('Signing in with a browser', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const signedIn = async (email = org.admin.email): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    expect((await browser.submit({ email, password: PASSWORD })).status).toBe(302);
    return browser;
  };

  it('shows a page without scripts that may not be framed', async () => {
    const page = await new Browser(app.url).open('/auth/sign-in');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`);
    expect(page.html).toContain('<form method="post" action="/auth/sign-in">');
    expect(page.html).not.toContain('<script');
  });

  it('shows pages that take no style but their own, while the documentation may bring its', async () => {
    const page = await new Browser(app.url).open('/auth/sign-in');
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page.html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
    for (const path of ['/auth/sign-in', '/auth/me', '/docsx', '/openapi.json']) {
      const answer = await anyone(app).get(path);
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe-inline');
    }
    const docs = await anyone(app).get('/docs');
    expect(docs.headers.get('content-security-policy')).toContain(`style-src 'self' 'unsafe-inline'`);
  });

  it('sets a cookie no script and no other site can use, and goes where the browser wanted', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in?return_to=%2Fauth%2Fme');
    const answer = await browser.submit({ email: org.admin.email, password: PASSWORD });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/auth/me');
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('crm_session='));
    expect(cookie).toMatch(/; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await browser.open('/auth/me')).html).toContain(org.admin.email);
  });

  it('goes where the browser wanted by whatever letters, as its addresses are sent', async () => {
    const browser = new Browser(app.url);
    await browser.open(`/auth/sign-in?return_to=${encodeURIComponent('/auth/me?x=\u65e5\u672c')}`);
    const answer = await browser.submit({ email: org.admin.email, password: PASSWORD });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/auth/me?x=%E6%97%A5%E6%9C%AC']);
  });

  it('goes there too where the address of the form is loaded anew after a wrong password', async () => {
    const browser = new Browser(app.url);
    const shown = await browser.open('/auth/sign-in?return_to=%2Finbox%2Fpage');
    const wrong = await browser.submit({ email: org.admin.email, password: 'wrong' }, actionIn(shown.html));
    expect(wrong.status).toBe(401);
    const anew = await browser.open(actionIn(shown.html));
    const answer = await browser.submit({ email: org.admin.email, password: PASSWORD }, actionIn(anew.html));
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/inbox/page']);
  });

  it.each(['//evil.example', '/\\evil.example', '%2f%2fevil.example', 'https:evil.example'])(
    'never leads to %s',
    async (place) => {
      const browser = new Browser(app.url);
      await browser.open(`/auth/sign-in?return_to=${encodeURIComponent(place)}`);
      const credentials = { email: org.admin.email, password: PASSWORD };
      expect((await browser.submit(credentials)).headers.get('location')).toBe('/docs');
      await browser.open('/auth/sign-in');
      const forged = await browser.submit({ ...credentials, return_to: place });
      expect(forged.headers.get('location')).toBe('/docs');
    },
  );

  it('shows the page again with a sentence when the password is wrong', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in?return_to=/auth/me');
    const email = `"><script>${someEmail()}`;
    const answer = await browser.submit({ email, password: 'wrong' });
    expect(answer.status).toBe(401);
    expect(answer.html).toContain('E-mail or password is wrong.');
    expect(answer.html).not.toContain('<script>');
    expect(browser.cookies.has('crm_session')).toBe(false);
    const second = await browser.submit({ email: org.admin.email, password: PASSWORD });
    expect(second.headers.get('location')).toBe('/auth/me');
  });

  it('is blocked after five failures, and counted together with programs', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    const email = someEmail();
    for (let n = 0; n < 4; n += 1) await browser.submit({ email, password: 'wrong' });
    await anyone(app).post('/auth/login', { email, password: 'wrong' });
    const answer = await browser.submit({ email, password: 'wrong' });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('900');
    expect(answer.html).toContain('Too many sign-ins have failed.');
  });

  it('takes a form from nowhere but its own page', async () => {
    const credentials = { email: org.admin.email, password: PASSWORD };
    const stranger = new Browser(app.url);
    expect((await stranger.submit(credentials)).status).toBe(403);
    const tampered = new Browser(app.url);
    await tampered.open('/auth/sign-in');
    expect((await tampered.submit({ ...credentials, csrf_token: 'x' })).status).toBe(403);
    tampered.cookies.set('crm_csrf', 'planted.planted');
    expect((await tampered.submit({ ...credentials, csrf_token: 'planted.planted' })).status).toBe(403);
    expect(tampered.cookies.has('crm_session')).toBe(false);
  });

  it('opens only the routes that ask for it', async () => {
    const browser = await signedIn();
    expect((await browser.open('/auth/me')).status).toBe(200);
    expect((await browser.open('/users')).status).toBe(401);
    expect((await browser.open('/org/settings')).status).toBe(401);
  });

  it('is offered to a browser that opens such a route, and to no program', async () => {
    const browser = await anyone(app).get('/auth/me?x=1', HTML);
    expect(browser.status).toBe(302);
    expect(browser.headers.get('location')).toBe('/auth/sign-in?return_to=%2Fauth%2Fme%3Fx%3D1');
    expect((await anyone(app).get('/auth/me')).status).toBe(401);
    expect((await anyone(app).get('/users', HTML)).status).toBe(401);
  });

  it('makes no token for programs: the cookie is neither a bearer nor a refresh token', async () => {
    const cookie = (await signedIn()).cookies.get('crm_session')!;
    expect((await new Session(app.url, cookie).get('/auth/me')).status).toBe(401);
    expect((await anyone(app).post('/auth/refresh', { refresh_token: cookie })).status).toBe(401);
  });

  it('counts behind a proxy that asks for a password of its own, which browsers send along', async () => {
    const browser = await signedIn();
    const basic = (password: string) => `Basic ${Buffer.from(password).toString('base64')}`;
    const { status } = await browser.open('/auth/me', { authorization: basic('staging:secret') });
    expect(status).toBe(200);
    const alone = { authorization: basic(`${org.admin.email}:${PASSWORD}`) };
    expect((await anyone(app).get('/auth/me', alone)).status).toBe(401);
    expect((await browser.open('/auth/me', { authorization: 'Bearer x' })).status).toBe(401);
    expect((await browser.open('/users', alone)).status).toBe(401);
  });

  it('ends with signing out, whoever kept a copy of the cookie', async () => {
    const browser = await signedIn();
    const copy = { cookie: `crm_session=${browser.cookies.get('crm_session')}` };
    expect((await anyone(app).get('/auth/me', copy)).status).toBe(200);
    const foreign = { ...copy, origin: 'https://evil.example' };
    expect((await anyone(app).post('/auth/logout', undefined, foreign)).status).toBe(401);
    const crossSite = { ...copy, origin: app.url, 'sec-fetch-site': 'cross-site' };
    expect((await anyone(app).post('/auth/logout', undefined, crossSite)).status).toBe(401);
    const own = { ...copy, origin: app.url };
    const out = await anyone(app).post('/auth/logout', undefined, own);
    expect(out.status).toBe(200);
    expect(out.headers.get('set-cookie')).toMatch(/^crm_session=; .*Expires=Thu, 01 Jan 1970/);
    expect((await anyone(app).get('/auth/me', copy)).status).toBe(401);
  });

  it('ends when the person is disabled', async () => {
    const email = someEmail();
    const person = await org.admin.post('/users', {
      email,
      full_name: 'Fin Ance',
      password: PASSWORD,
      roles: ['finance'],
    });
    const browser = await signedIn(email);
    expect((await browser.open('/auth/me')).status).toBe(200);
    await org.admin.patch(`/users/${person.body.id}`, { is_active: false });
    expect((await browser.open('/auth/me')).status).toBe(401);
  });
});
