import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { deviceText } from '../../../src/auth/account/pages/device-text.js';
import { PasswordsService } from '../../../src/auth/passwords/passwords.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { holdNext } from '../../support/hold.js';
import {
  addPerson,
  createOrg,
  joinOrg,
  PASSWORD,
  type Person,
  signIn,
  type TestOrg,
} from '../../support/people.js';

const NEW = 'gravel-moss-chimney-3';
const ACCOUNT = '/auth/account';

describe('The page of the own account', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { DOCS_ENABLED: 'false' } });
    org = await createOrg(app, 'Acme <b>Roofing</b>');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const signedIn = async ({ email }: Person): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    const answer = await browser.submit({ email, password: PASSWORD });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, ACCOUNT]);
    return browser;
  };
  const isIn = async (browser: Browser): Promise<boolean> => (await browser.open('/auth/me')).status === 200;

  it('is where a browser goes where there is no documentation, and asks others to sign in', async () => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['viewer']));
    const shown = await browser.open(ACCOUNT);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(shown.headers.get('referrer-policy')).toBe('same-origin');
    expect(shown.html).toContain('Acme &lt;b&gt;Roofing&lt;/b&gt;');
    expect(shown.html).not.toContain('<script');
    const stranger = await new Browser(app.url).open(ACCOUNT, { accept: 'text/html' });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      302,
      '/auth/sign-in?return_to=%2Fauth%2Faccount',
    ]);
  });

  it('leads who sends a form after their sign-in is over to the sign-in, and from there back to the page', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const browser = await signedIn(person);
    await browser.open(ACCOUNT);
    await person.post('/auth/logout_all');
    const late = await browser.submit({ full_name: 'Sam Late' }, `${ACCOUNT}/name`);
    const toSignIn = '/auth/sign-in?return_to=%2Fauth%2Faccount%2Fname';
    expect([late.status, late.headers.get('location')]).toEqual([303, toSignIn]);
    await browser.open(toSignIn);
    const again = await browser.submit({ email: person.email, password: PASSWORD });
    const back = await browser.open(again.headers.get('location')!);
    expect([back.status, back.headers.get('location')]).toEqual([303, ACCOUNT]);
    expect((await browser.open(ACCOUNT)).html).not.toContain('Sam Late');
  });

  it('speaks to people where a form comes from elsewhere', async () => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['sales']));
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, accept: 'text/html', origin: 'null' };
    const answer = await fetch(`${app.url}${ACCOUNT}/sign-out`, { method: 'POST', headers });
    const html = await answer.text();
    expect([answer.status, html.includes('Open the page again'), html.includes('bearer')]).toEqual([
      401,
      true,
      false,
    ]);
  });

  it('leads from one organisation to another, with a cookie of the other', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const browser = await signedIn(person);
    expect((await browser.open(ACCOUNT)).html).not.toContain('Your organisations');
    const other = await createOrg(app, 'Other <i>Roofing</i>');
    await joinOrg(app, person, other.orgId, ['viewer', 'finance']);
    const { html } = await browser.open(ACCOUNT);
    expect(html).toContain('<h2>Your organisations</h2>');
    expect(html).toContain('Switch to Other &lt;i&gt;Roofing&lt;/i&gt;');
    expect(html).not.toContain('Switch to Acme');
    const [before] = [browser.cookies.get('crm_session')!];

    const there = await browser.submit({ org_id: String(other.orgId) }, `${ACCOUNT}/switch`);
    expect([there.status, there.headers.get('location')]).toEqual([303, `${ACCOUNT}?done=switch`]);
    const after = (await browser.open(`${ACCOUNT}?done=switch`)).html;
    expect(after).toContain('You go on in this organisation.');
    expect(after).toContain('<dd>finance, viewer</dd>');
    expect(after).toContain('Switch to Acme');
    expect(after.match(/<b>This browser<\/b>/g)).toHaveLength(1);

    const copy = new Browser(app.url);
    copy.cookies.set('crm_session', before);
    expect([await isIn(browser), await isIn(copy)]).toEqual([true, false]);
  });

  it.each(['999999', 'x', ''])('says that there is no way to an organisation %j', async (orgId) => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['sales']));
    const { status, html } = await browser.submit({ org_id: orgId }, `${ACCOUNT}/switch`);
    expect([status, html.includes('You are in no such organisation')]).toEqual([422, true]);
    expect(html.indexOf('role="alert"')).toBeLessThan(html.indexOf('Change the password'));
    expect(await isIn(browser)).toBe(true);
  });

  it('changes the name, and says why where it is none', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const browser = await signedIn(person);
    const changed = await browser.submit({ full_name: 'Samira <i>Ruiz</i>' }, `${ACCOUNT}/name`);
    expect([changed.status, changed.headers.get('location')]).toEqual([303, `${ACCOUNT}?done=name`]);
    const { html } = await browser.open(`${ACCOUNT}?done=name`);
    expect(html).toContain('Your name is changed.');
    expect(html).toContain('value="Samira &lt;i&gt;Ruiz&lt;/i&gt;"');
    const refused = await browser.submit({ full_name: '' }, `${ACCOUNT}/name`);
    expect([refused.status, refused.html.includes('role="alert"')]).toEqual([422, true]);
  });

  it('switches nobody by a form of another site', async () => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['sales']));
    const forged = await fetch(`${app.url}${ACCOUNT}/switch`, {
      method: 'POST',
      headers: {
        cookie: `crm_session=${browser.cookies.get('crm_session')}`,
        origin: 'https://evil.test',
        'sec-fetch-site': 'cross-site',
      },
      body: new URLSearchParams({ org_id: String(org.orgId) }),
    });
    expect(forged.status).toBe(401);
  });

  it('changes the password, keeps this browser signed in and no other', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const [browser, other] = [await signedIn(person), await signedIn(person)];
    const change = (current_password: string, new_password: string, repeated = new_password) =>
      browser.submit({ current_password, new_password, repeated }, `${ACCOUNT}/password`);
    for (const [answer, says] of [
      [await change(PASSWORD, NEW, 'x'), 'The two passwords differ.'],
      [await change('wrong', NEW), 'Current password is wrong.'],
      [await change(PASSWORD, 'Passw0rd!'), 'too easy to guess'],
    ] as const) {
      expect([answer.status, answer.html.includes(says)]).toEqual([422, true]);
    }
    const done = await change(PASSWORD, NEW);
    expect([done.status, done.headers.get('location')]).toEqual([303, `${ACCOUNT}?done=password`]);
    expect((await browser.open(`${ACCOUNT}?done=password`)).html).toContain('Your password is changed');
    expect([await isIn(browser), await isIn(other)]).toEqual([true, false]);
    expect((await signIn(app, person.email, NEW)).userId).toBe(person.userId);
  });

  it('changes the password once, and says so, where the button is pressed twice', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const browser = await signedIn(person);
    const fields = { current_password: PASSWORD, new_password: NEW, repeated: NEW };
    const press = async () => (await browser.submit(fields, `${ACCOUNT}/password`)).headers.get('location');
    const hashed = holdNext(app.app.get(PasswordsService), 'hashNew');
    const first = press();
    await hashed.done;
    vi.restoreAllMocks();
    const second = await press();
    hashed.letGo();
    const places = [await first, second];
    expect(places).toEqual([`${ACCOUNT}?done=password`, `${ACCOUNT}?done=password`]);
    expect(await isIn(browser)).toBe(true);
  });

  it('says so once more where it is pressed again on a slow line, with the cookie of the first already', async () => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['sales']));
    const press = (new_password = NEW) => {
      const fields = { current_password: PASSWORD, new_password, repeated: new_password };
      return browser.submit(fields, `${ACCOUNT}/password`);
    };
    for (const answer of [await press(), await press(), await press()])
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `${ACCOUNT}?done=password`]);
    const other = await press('walnut-ferry-basin-9');
    expect([other.status, other.html.includes('Current password is wrong.')]).toEqual([422, true]);
    const { html } = await browser.open(ACCOUNT);
    expect([html.match(/<b>This browser<\/b>/g)?.length, html.includes('sessions/end')]).toEqual([1, false]);
  });

  it('says why a password was not changed above its fields, with the cursor in the first', async () => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['sales']));
    const usual = (await browser.open(ACCOUNT)).html;
    expect([usual.includes('role="alert"'), usual.includes('autofocus')]).toEqual([false, false]);
    const fields = { current_password: 'wrong', new_password: NEW, repeated: NEW };
    const { html } = await browser.submit(fields, `${ACCOUNT}/password`);
    const order = ['<h2>Change the password</h2>', 'role="alert"', 'name="current_password"', 'autofocus'];
    const places = order.map((mark) => html.indexOf(mark));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('says whose password it is to the password manager of the browser, as every form of one does', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const browser = await signedIn(person);
    const name = `value="${person.email}" autocomplete="username" hidden`;
    for (const path of [ACCOUNT, `${ACCOUNT}/confirm`]) {
      const { html } = await browser.open(path);
      const [at, password] = [html.indexOf(name), html.indexOf('type="password"')];
      expect([at > 0, at < password]).toEqual([true, true]);
    }
  });

  it('says since when by the day and the hour of the organisation, on the page of the second factor too', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const browser = await signedIn(person);
    await org.admin.patch('/org/settings', { time_zone: 'America/Denver' });
    await database.query(`update sessions set begun_at = '2026-03-02T05:30:00Z' where user_id = $1`, [
      person.userId,
    ]);
    const { html } = await browser.open(ACCOUNT);
    expect(html).toContain('since March 1, 2026');
    expect(html).toMatch(/Last used \w+ \d+, \d{4} at [^<]+ M[SD]T\./);
    await database.query(
      `insert into second_factors (user_id, org_id, secret_encrypted, confirmed_at, created_at, last_step)
       values ($1, $2, 'x', '2026-03-02T05:30:00Z', now(), 1)`,
      [person.userId, org.orgId],
    );
    expect((await browser.open(`${ACCOUNT}/second-factor`)).html).toContain('It is on since March 1, 2026');
  });

  it('lists the own sign-ins and ends one, or this one, or all', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const [browser, other, third] = [await signedIn(person), await signedIn(person), await signedIn(person)];
    const { html } = await browser.open(ACCOUNT);
    expect(html.match(/<li>/g)).toHaveLength(4);
    expect(html.match(/This browser/g)).toHaveLength(1);
    const foreign = (await org.admin.get('/auth/sessions')).body.items[0].id as string;
    const bySession = async (session_id: string) => browser.submit({ session_id }, `${ACCOUNT}/sessions/end`);
    const mine = (await person.get('/auth/sessions')).body.items as { id: string; kind: string }[];
    expect((await bySession(foreign)).status).toBe(303);
    expect((await org.admin.get('/auth/me')).status).toBe(200);
    await bySession(mine.find(({ kind }) => kind === 'program')!.id);
    expect((await person.get('/auth/me')).status).toBe(401);

    const left = await other.submit({}, `${ACCOUNT}/sign-out`);
    expect([left.status, left.headers.get('location')]).toEqual([303, '/auth/sign-in']);
    expect([await isIn(browser), await isIn(other), await isIn(third)]).toEqual([true, false, true]);
    await browser.submit({}, `${ACCOUNT}/sign-out-everywhere`);
    expect([await isIn(browser), await isIn(third)]).toEqual([false, false]);
  });

  it('takes nothing that another site sends', async () => {
    const browser = await signedIn(await addPerson(app, org.orgId, ['viewer']));
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const action of ['password', 'sessions/end', 'sign-out', 'sign-out-everywhere']) {
      const froms: Record<string, string>[] = [
        { origin: 'https://evil.test' },
        { 'sec-fetch-site': 'cross-site' },
        {},
      ];
      for (const from of froms) {
        const answer = await fetch(`${app.url}${ACCOUNT}/${action}`, {
          method: 'POST',
          headers: { cookie, ...from },
          body: new URLSearchParams(),
          redirect: 'manual',
        });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('content-type')).toContain('text/html');
      }
    }
    expect(await isIn(browser)).toBe(true);
  });

  it.each([
    [
      'browser',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0 Safari/537.36 Edg/150.0',
      'Edge on Windows',
    ],
    [
      'browser',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26 Safari/605',
      'Safari on iOS',
    ],
    ['browser', 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox on Linux'],
    ['program', 'curl/8.5.0', 'curl'],
    ['program', null, 'A program'],
    ['browser', '<script>', 'A browser'],
  ] as const)('names a %s that says it is %s: %s', (kind, userAgent, text) => {
    expect(deviceText(kind, userAgent)).toBe(text);
  });
});
