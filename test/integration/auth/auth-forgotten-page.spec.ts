import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordHashSemaphoreService } from '../../../src/auth/passwords/password-hash-semaphore.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { actionIn, Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startMail, type TestMail } from '../../support/mail.js';
import { addPerson, createOrg, signIn, type TestOrg } from '../../support/people.js';

const NEW = 'gravel-moss-chimney-3';

describe('The pages for a forgotten password', () => {
  let database: TestDatabase;
  let mail: TestMail;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
    app = await startApp({ databaseUrl: database.url, env: { SMTP_URL: mail.url }, realPasswords: true });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  /** Where the mail to an address leads. */
  const linkTo = (address: string): Promise<string> =>
    eventually(() => {
      const text = mail.received.find(({ to }) => to.includes(address))?.text ?? '';
      const [found] = /\/auth\/new-password\?token=[\w-]+/.exec(text) ?? [];
      if (found === undefined) throw new Error('no mail yet');
      return found;
    });

  it('lead from the sign-in to a new password, once', async () => {
    const browser = new Browser(app.url);
    expect((await browser.open('/auth/sign-in')).html).toContain('href="/auth/forgotten-password"');
    await browser.open('/auth/forgotten-password');
    const asked = await browser.submit({ email: org.admin.email }, '/auth/forgotten-password');
    expect([asked.status, asked.html.includes('Look into your mailbox')]).toEqual([200, true]);
    const path = await linkTo(org.admin.email);
    await browser.open(path);
    const differs = await browser.submit({ new_password: NEW, repeated: 'x' }, '/auth/new-password');
    expect([differs.status, differs.html.includes('The two passwords differ.')]).toEqual([422, true]);
    const weak = await browser.submit(
      { new_password: 'Passw0rd!', repeated: 'Passw0rd!' },
      '/auth/new-password',
    );
    expect([weak.status, weak.html.includes('too easy to guess')]).toEqual([422, true]);
    const set = await browser.submit({ new_password: NEW, repeated: NEW }, '/auth/new-password');
    expect([set.status, set.html.includes('Your new password is set')]).toEqual([200, true]);
    expect((await signIn(app, org.admin.email, NEW)).userId).toBe(org.admin.userId);
    const again = await browser.open(path);
    expect([again.status, again.html.includes('This link does not work')]).toEqual([400, true]);
  });

  it('show the new password’s form again where its address is loaded anew after it refused one', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const browser = new Browser(app.url);
    await browser.open('/auth/forgotten-password');
    await browser.submit({ email: person.email }, '/auth/forgotten-password');
    const path = await linkTo(person.email);
    const shown = await browser.open(path);
    expect(shown.html).toContain(`value="${person.email}" autocomplete="username" hidden`);
    const refused = await browser.submit({ new_password: NEW, repeated: 'x' }, actionIn(shown.html));
    expect(refused.status).toBe(422);
    const anew = await browser.open(actionIn(shown.html));
    expect([anew.status, anew.html.includes('Choose a new password')]).toEqual([200, true]);
  });

  it('say that the new password is set to who presses the button twice', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const browser = new Browser(app.url);
    await browser.open('/auth/forgotten-password');
    await browser.submit({ email: person.email }, '/auth/forgotten-password');
    const path = await linkTo(person.email);
    await browser.open(path);
    const fields = { new_password: NEW, repeated: NEW };
    const presses = await Promise.all([1, 2].map(() => browser.submit(fields, '/auth/new-password')));
    for (const { status, html } of presses)
      expect([status, html.includes('Your new password is set')]).toEqual([200, true]);
    expect((await browser.open(path)).status).toBe(400);
  });

  it('say when to try again while too many passwords are checked at once', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const browser = new Browser(app.url);
    await browser.open('/auth/forgotten-password');
    await browser.submit({ email: person.email }, '/auth/forgotten-password');
    const path = await linkTo(person.email);
    await browser.open(path);
    const over = Promise.withResolvers<void>();
    const semaphore = app.app.get(PasswordHashSemaphoreService);
    const others = Array.from({ length: 502 }, (_, index) => semaphore.pass(`${index}`, () => over.promise));
    const refused = await browser.submit({ new_password: NEW, repeated: NEW }, '/auth/new-password');
    over.resolve();
    await Promise.all(others);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    const set = await browser.submit({ new_password: NEW, repeated: NEW }, '/auth/new-password');
    expect(set.html).toContain('Your new password is set');
  });

  it('keep an address that is none, to be put right, and lead back to the sign-in', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/forgotten-password');
    const again = await browser.submit({ email: 'ada@' }, '/auth/forgotten-password');
    expect(again.status).toBe(422);
    expect(again.html).toContain('That is no e-mail address.');
    expect(again.html).toContain('value="ada@"');
    expect(again.html).toContain('<a href="/auth/sign-in">Back to sign-in</a>');
  });

  it('take forms from nowhere but themselves', async () => {
    const fields = { email: org.admin.email };
    expect((await new Browser(app.url).submit(fields, '/auth/forgotten-password')).status).toBe(403);
    const set = { token: 'x', new_password: NEW, repeated: NEW };
    expect((await new Browser(app.url).submit(set, '/auth/new-password')).status).toBe(403);
  });
});
