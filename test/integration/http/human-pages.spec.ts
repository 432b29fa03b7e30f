import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BrowserSignInService } from '../../../src/auth/sign-in/browser-sign-in.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type Person } from '../../support/people.js';
import { aDraft, aLink } from '../../support/portal.js';

const HTML = 'text/html; charset=utf-8';

describe('An address that people open', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const open = (path: string, init: RequestInit = {}) =>
    fetch(`${app.url}${path}`, { redirect: 'manual', ...init });

  it.each([
    '/portal',
    '/portal/',
    '/portal/p',
    '/portal/p/abc/approve/now',
    '/portal/P/abc',
    '/portal/nothing?x=1',
    '/qbo/oauth',
    '/qbo/oauth/begin',
    '/auth/sign-in/',
    '/auth/sign-in/now',
  ])('and that is unknown, %s, answers a page', async (path) => {
    const answer = await open(path);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 404,
      type: HTML,
    });
    expect(await answer.text()).not.toContain('route-not-found');
  });

  it('and fails on our side, shows the id of the request that support asks for', async () => {
    vi.spyOn(app.app.get(BrowserSignInService), 'placeAfter').mockImplementationOnce(() => {
      throw new Error('A fault of ours');
    });
    const answer = await open('/auth/sign-in');
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain(`The request id is ${answer.headers.get('x-request-id')}.`);
  });

  it.each([
    { what: 'unknown', path: '/auth/nope', status: 404 },
    { what: 'unknown', path: '/auth', status: 404 },
    { what: 'unknown', path: '/nowhere', status: 404 },
    { what: 'unknown', path: '/portalx', status: 404 },
    { what: 'unreadable', path: '/invoices/%zz', status: 400 },
    { what: 'of a program', path: '/auth/login', status: 404 },
    { what: 'begun twice', path: '//portal/p/abc', status: 404 },
    { what: 'too long', path: `/portal/p/${'a'.repeat(3_000)}`, status: 414 },
    { what: 'too long', path: `/auth/${'a'.repeat(200)}/${'b'.repeat(3_000)}`, status: 404 },
    { what: 'unreadable', path: '/portal/p/%zz', status: 400 },
    { what: 'unreadable and of a program', path: '/portal/links/%zz', status: 400 },
    { what: 'unreadable', path: '/auth/account/%zz', status: 400 },
    { what: 'unreadable', path: '/auth/%E0%A4%A', status: 400 },
    { what: 'unreadable', path: '/qbo/oauth/%zz', status: 400 },
    { what: 'no text', path: '/qbo/oauth/callback?code=%00', status: 400 },
    { what: 'no text', path: '/qbo/oauth/start?replace_company=%00', status: 400 },
    { what: 'no text', path: '/portal/p/%00', status: 400 },
  ])('and that is $what answers a page to a browser, with the status $status', async ({ path, status }) => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const answer = await open(path, { headers: browser });
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status,
      type: HTML,
    });
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    const program = await open(path, { headers: { accept: 'application/json' } });
    expect({ status: program.status, type: program.headers.get('content-type') }).toEqual({
      status,
      type: 'application/problem+json; charset=utf-8',
    });
  });

  it('and that is the bare host leads a browser to the account of who is signed in', async () => {
    const answer = await open('/?utm_source=mail', { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/auth/account');
  });

  it('answers a program that asks for JSON as before, and so does every route of programs', async () => {
    for (const [path, accept] of [
      ['/portal/nothing', 'application/json'],
      ['/', '*/*'],
      ['/nothing', '*/*'],
      ['/auth/nope', '*/*'],
      ['/qbo/oauth/callback?code=%00', '*/*'],
      ['/portalx', '*/*'],
      ['/proposals/7', 'text/html'],
      ...['links', 'email', 'evidence', 'approve'].map((of) => [`/portal/${of}/%ff`, '*/*'] as const),
      ['/portal/links/', '*/*'],
    ] as const) {
      const answer = await open(path, { headers: { accept } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it.each([
    ['/auth/account/password', '/auth/account'],
    ['/auth/account/sessions/end', '/auth/account'],
    ['/auth/account/', '/auth/account'],
    ['/auth/account/second-factor/confirm?x=1', '/auth/account/second-factor'],
    ['/inbox/page/7/resolve', '/inbox/page'],
    ['/qbo/status/page/preflight', '/qbo/status/page'],
  ])(
    'and is that of a form which refused what was sent, %s, leads to its page when it is loaded anew',
    async (path, page) => {
      const answer = await open(path, { headers: { accept: 'text/html,*/*;q=0.8' } });
      expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
        status: 303,
        to: page,
      });
    },
  );

  it.each(['/', '/approve', '/pay', '.', ')', '%3E'])(
    'and is a link with %s at its end leads to its page, and nothing is done',
    async (ending) => {
      const id = await aDraft(admin);
      const { path } = await aLink(admin, id);
      const answer = await open(`${path}${ending}`);
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(path);
      expect((await open(path)).status).toBe(200);
      expect((await admin.get(`/proposals/${id}`)).body.status).toBe('draft');
    },
  );

  it.each(['..%2F..%2F%2Fevil.example', '%2Fevil.example', 'short'])(
    'and holds no token, %s, leads nowhere',
    async (token) => {
      const answer = await open(`/portal/p/${token}/approve`);
      expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
        status: 404,
        to: null,
      });
    },
  );
});
