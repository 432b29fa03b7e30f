import { renderSVG } from 'uqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { actionIn, Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, createOrg, PASSWORD, type Person, type TestOrg } from '../../support/people.js';
import { AuthenticatorApp, turnFactorOn } from '../../support/totp.js';

const CODE = '/auth/sign-in/code';
const FACTOR = '/auth/account/second-factor';

let database: TestDatabase;
let app: TestApp;
let clock: FakeClock;
let org: TestOrg;

beforeAll(async () => {
  database = await cloneDatabase();
  clock = new FakeClock(new Date());
  app = await startApp({ databaseUrl: database.url, clock });
  org = await createOrg(app);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const aPerson = () => addPerson(app, org.orgId, ['finance']);

/** A browser of which the password was right. */
async function withPassword({ email }: Person, returnTo = '/auth/me'): Promise<Browser> {
  const browser = new Browser(app.url);
  await browser.open(`/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`);
  const answer = await browser.submit({ email, password: PASSWORD });
  expect(answer.status).toBe(303);
  expect(answer.html).not.toContain(PASSWORD);
  await browser.open(answer.headers.get('location')!);
  return browser;
}

/** The same browser, as it was before its next form: what it sends then comes after that. */
async function twinOf(browser: Browser, path: string): Promise<Browser> {
  const twin = new Browser(app.url);
  for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
  await twin.open(path);
  return twin;
}

describe('Signing in with a browser and a second factor', () => {
  it('asks for the code on a page of its own, and goes where the browser wanted', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const browser = await withPassword(person);
    expect(browser.cookies.has('crm_session')).toBe(false);
    const wrong = await browser.submit({ totp: phone.wrongCode() }, CODE);
    expect([wrong.status, wrong.html.includes('The code is wrong')]).toEqual([401, true]);
    expect((await browser.submit({ totp: '' }, CODE)).html).toContain('Type the six digits');
    const answer = await browser.submit({ totp: phone.nextCode() }, CODE);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/auth/me']);
    expect(browser.cookies.has('crm_sign_in')).toBe(false);
    expect((await browser.open('/auth/me')).html).toContain(person.email);
  });

  it('goes there too where the address of the form is loaded anew after a wrong code', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const browser = await withPassword(person, '/inbox/page');
    const wrong = await browser.submit({ totp: phone.wrongCode() }, CODE);
    const anew = await browser.open(actionIn(wrong.html));
    expect(anew.html).toContain('Second factor');
    const answer = await browser.submit({ totp: phone.nextCode() }, CODE);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/inbox/page']);
  });

  it('takes a recovery code in place of the phone', async () => {
    const person = await aPerson();
    const { recoveryCodes } = await turnFactorOn(person, clock);
    const browser = await withPassword(person);
    expect((await browser.submit({ totp: recoveryCodes[3]! }, CODE)).status).toBe(302);
    const { html } = await browser.open('/auth/account');
    expect(html).toContain('On, 9 recovery codes left');
  });

  it('is two sign-ins in two browsers whose passwords were right at the same moment', async () => {
    const person = await aPerson();
    const { recoveryCodes } = await turnFactorOn(person, clock);
    const browsers = [await withPassword(person), await withPassword(person)];
    for (const [place, browser] of browsers.entries())
      expect((await browser.submit({ totp: recoveryCodes[place]! }, CODE)).status).toBe(302);
    const [first, second] = browsers;
    await first!.submit({}, '/auth/account/sign-out');
    expect((await second!.open('/auth/me')).html).toContain(person.email);
  });

  it.each([
    ['six digits', async (phone: AuthenticatorApp) => phone.nextCode()],
    ['a recovery code', async (_: AuthenticatorApp, codes: readonly string[]) => codes[0]!],
  ])(
    'signs in once who presses the button twice with %s, and says so to the second press',
    async (_, codeOf) => {
      const person = await aPerson();
      const { phone, recoveryCodes } = await turnFactorOn(person, clock);
      const browser = await withPassword(person);
      const [late, later] = [await twinOf(browser, CODE), await twinOf(browser, CODE)];
      const totp = await codeOf(phone, recoveryCodes);
      const presses = await Promise.all([1, 2].map(() => browser.submit({ totp }, CODE)));
      expect(presses.map(({ status }) => status)).toEqual([302, 302]);
      expect((await late.submit({ totp }, CODE)).headers.get('location')).toBe('/docs');
      expect((await late.open('/auth/me')).html).toContain(person.email);
      const { items } = (await org.admin.get('/audit?action=sign_in&limit=200')).body;
      const ofPerson = (items as { action: string; subject: string; after: { by?: string } | null }[])
        .filter(({ subject, after }) => subject === `user:${person.userId}` && after?.by !== 'program')
        .map(({ action }) => action);
      expect(ofPerson).toEqual(['sign_in.succeeded']);
      clock.advance({ seconds: 11 });
      expect((await later.submit({ totp }, CODE)).status).toBe(401);
      await late.open('/auth/account');
      await late.submit({}, '/auth/account/sign-out');
      expect((await later.submit({ totp: phone.nextCode() }, CODE)).status).toBe(401);
    },
  );

  it('takes no code again that another browser sends, whose password was right too', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const browser = await withPassword(person);
    clock.advance({ seconds: 1 });
    const other = await withPassword(person);
    const totp = phone.nextCode();
    expect((await browser.submit({ totp }, CODE)).status).toBe(302);
    const again = await other.submit({ totp }, CODE);
    expect([again.status, again.html.includes('The code is wrong')]).toEqual([401, true]);
  });

  it('keeps what it knows of the password in a cookie that no script and no other site can use', async () => {
    const person = await aPerson();
    await turnFactorOn(person, clock);
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    const answer = await browser.submit({ email: person.email, password: PASSWORD });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('crm_sign_in='));
    expect(cookie).toMatch(/; Max-Age=300; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('forgets the password after five minutes, and where the account changed meanwhile', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const [slow, changed] = [await withPassword(person), await withPassword(person)];
    clock.advance({ minutes: 4, seconds: 59 });
    expect((await slow.open(CODE)).status).toBe(200);
    await person.post('/auth/logout_all');
    const over = await changed.submit({ totp: phone.nextCode() }, CODE);
    expect([over.status, over.html.includes('Please sign in once more')]).toEqual([401, true]);
    expect(over.html).toContain('name="password"');
    clock.advance({ seconds: 1 });
    const late = await slow.open(`${CODE}?return_to=%2Fauth%2Fme`);
    expect([late.status, late.headers.get('location')]).toEqual([
      302,
      '/auth/sign-in?return_to=%2Fauth%2Fme',
    ]);
    expect((await slow.submit({ totp: phone.nextCode() }, CODE)).status).toBe(403);
  });

  it('opens nothing by what the first step left, nor by one that somebody made up', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const browser = await withPassword(person);
    expect((await browser.open('/auth/me')).status).toBe(401);
    const [userId, epoch, endsAt, signature] = browser.cookies.get('crm_sign_in')!.split('.');
    const other = await aPerson();
    for (const ticket of [
      `${other.userId}.${epoch}.${endsAt}.${signature}`,
      `${userId}.${epoch}.${Number(endsAt) + 1}.${signature}`,
      `${userId}.${epoch}.${endsAt}.${'A'.repeat(43)}`,
      'nonsense',
    ]) {
      browser.cookies.set('crm_sign_in', ticket);
      expect((await browser.submit({ totp: phone.nextCode() }, CODE)).status).not.toBe(302);
      await browser.open('/auth/sign-in');
    }
  });

  it('takes the code from nowhere but its own page', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const browser = await withPassword(person);
    const answer = await browser.submit({ totp: phone.nextCode(), csrf_token: 'x' }, CODE);
    expect([answer.status, browser.cookies.has('crm_session')]).toEqual([403, false]);
  });
});

describe('The page of the own second factor', () => {
  const signedIn = async ({ email }: Person): Promise<Browser> => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    expect((await browser.submit({ email, password: PASSWORD })).status).toBe(302);
    return browser;
  };

  it('is found from the account, sets a factor up, shows the recovery codes once, and turns it off', async () => {
    const person = await aPerson();
    const [browser, other] = [await signedIn(person), await signedIn(person)];
    expect((await browser.open('/auth/account')).html).toContain(`Off. <a href="${FACTOR}">Set it up</a>`);
    expect((await browser.open(FACTOR)).html).toContain('Set it up');
    const setup = await browser.submit({}, `${FACTOR}/setup`);
    expect(setup.html).not.toContain('<script');
    const [, groups = ''] = /<code>([A-Z2-7 ]+)<\/code>/.exec(setup.html) ?? [];
    const key = groups.replaceAll(' ', '');
    const [, scanned = ''] = /href="(otpauth:[^"]+)"/.exec(setup.html) ?? [];
    const uri = scanned.replaceAll('&amp;', '&');
    expect(new URL(uri).searchParams.get('secret')).toBe(key);
    expect(setup.html).toContain(renderSVG(uri, { ecc: 'M', border: 4 }));
    const phone = new AuthenticatorApp(key, clock);
    const wrong = await browser.submit({ totp: phone.wrongCode() }, `${FACTOR}/confirm`);
    expect([wrong.status, wrong.html.includes('The code is wrong')]).toEqual([422, true]);
    expect(wrong.html).not.toContain(groups);
    const on = await browser.submit({ totp: phone.code() }, `${FACTOR}/confirm`);
    expect(on.html.match(/<code>[a-z2-7]{4}(-[a-z2-7]{4}){3}<\/code>/g)).toHaveLength(10);
    expect((await other.open('/auth/me')).status).toBe(401);
    expect((await browser.open(FACTOR)).html).toContain('10 recovery codes are left');
    expect((await browser.submit({}, `${FACTOR}/setup`)).status).toBe(409);

    const refused = await browser.submit(
      { password: PASSWORD, totp: phone.wrongCode() },
      `${FACTOR}/disable`,
    );
    expect([refused.status, refused.html.includes('The code is wrong')]).toEqual([422, true]);
    const off = await browser.submit({ password: PASSWORD, totp: phone.nextCode() }, `${FACTOR}/disable`);
    expect([off.status, off.headers.get('location')]).toEqual([303, `${FACTOR}?done=off`]);
    expect((await browser.open(`${FACTOR}?done=off`)).html).toContain('Your second factor is off.');
  });

  it('says that it is off to who turns it off twice', async () => {
    const person = await aPerson();
    const { phone } = await turnFactorOn(person, clock);
    const browser = await withPassword(person);
    await browser.submit({ totp: phone.nextCode() }, CODE);
    const proof = { password: PASSWORD, totp: phone.nextCode() };
    for (const _ of [1, 2]) {
      const answer = await browser.submit(proof, `${FACTOR}/disable`);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `${FACTOR}?done=off`]);
    }
  });

  it('speaks of itself, and of no route, to who sends a form twice or too late', async () => {
    const browser = await signedIn(await aPerson());
    const late = await browser.submit({ totp: '123456' }, `${FACTOR}/confirm`);
    expect([late.status, late.html.includes('Begin with “Set it up”')]).toEqual([409, true]);
    const setup = await browser.submit({}, `${FACTOR}/setup`);
    const [, groups = ''] = /<code>([A-Z2-7 ]+)<\/code>/.exec(setup.html) ?? [];
    const phone = new AuthenticatorApp(groups.replaceAll(' ', ''), clock);
    await browser.submit({ totp: phone.code() }, `${FACTOR}/confirm`);
    const twice = await browser.submit({ totp: phone.code() }, `${FACTOR}/confirm`);
    expect([twice.status, twice.html.includes('If you did not see its recovery codes')]).toEqual([409, true]);
    for (const { html } of [late, twice]) expect(html).not.toMatch(/POST \//);
  });

  it('takes nothing that another site sends', async () => {
    const browser = await signedIn(await aPerson());
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const action of [
      `${FACTOR}/setup`,
      `${FACTOR}/confirm`,
      `${FACTOR}/disable`,
      '/auth/account/confirm',
    ]) {
      const answer = await fetch(`${app.url}${action}`, {
        method: 'POST',
        headers: { cookie, origin: 'https://evil.test' },
        body: new URLSearchParams({ password: PASSWORD }),
        redirect: 'manual',
      });
      expect(answer.status).toBe(401);
    }
  });
});
