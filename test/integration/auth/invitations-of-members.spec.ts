import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignInService } from '../../../src/auth/sign-in/sign-in.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { holdNext } from '../../support/hold.js';
import { eventually } from '../../support/eventually.js';
import { startMail, type TestMail } from '../../support/mail.js';
import {
  addPerson,
  anyone,
  createOrg,
  PASSWORD,
  type Person,
  provingAgain,
  Session,
  signIn,
  type TestOrg,
} from '../../support/people.js';
import { turnFactorOn } from '../../support/totp.js';

const NEW = 'gravel-moss-chimney-3';

describe('An invitation of somebody who signs in already', () => {
  const clock = new FakeClock(new Date());
  let database: TestDatabase;
  let mail: TestMail;
  let app: TestApp;
  let home: TestOrg;
  let host: TestOrg;

  beforeAll(async () => {
    [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
    app = await startApp({ databaseUrl: database.url, clock, env: { SMTP_URL: mail.url } });
    home = await createOrg(app, 'Home Roofing');
    host = await createOrg(app, 'Host Roofing');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const invite = async (email: string, roles = ['finance']) => {
    const person = { email, full_name: 'Samuel Host', roles };
    return provingAgain(host.admin, () => host.admin.post('/users/invite', person));
  };
  const accept = async (token: string, password = PASSWORD, totp?: string) =>
    anyone(app).post('/auth/invitations/accept', { token, password, totp });
  const mailsTo = (email: string) => mail.received.filter(({ to }) => to.includes(email));
  const outcome = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

  /** Invites somebody and answers the token of the mail that comes. */
  async function tokenFor({ email }: Pick<Person, 'email'>): Promise<string> {
    const before = mailsTo(email).length;
    expect((await invite(email)).status).toBe(201);
    return eventually(() => {
      const [, token] = /invitation\?token=([\w-]+)/.exec(mailsTo(email)[before]?.text ?? '') ?? [];
      if (token === undefined) throw new Error('no invitation yet');
      return token;
    });
  }

  /** Somebody of the other organisation who chose their password themselves. */
  async function aMember(): Promise<Person> {
    const person = await addPerson(app, home.orgId, ['sales']);
    await database.query('update users set password_by_admin = false where id = $1', [person.userId]);
    return person;
  }

  it('has them join with the password they have, and stay who they are', async () => {
    const person = await aMember();
    const joined = await accept(await tokenFor(person));
    expect(joined.status).toBe(200);
    expect(mailsTo(person.email)[0]!.text).toContain('join with the password you have');
    const me = (await new Session(app.url, joined.body.access_token).get('/auth/me')).body;
    expect(me).toMatchObject({
      id: person.userId,
      full_name: 'Sam Acme',
      org_id: host.orgId,
      roles: ['finance'],
    });
    expect(me.orgs.map(({ id, roles }: { id: number; roles: string[] }) => [id, roles])).toEqual([
      [home.orgId, ['sales']],
      [host.orgId, ['finance']],
    ]);
    expect((await person.get('/auth/me')).body).toMatchObject({ org_id: home.orgId, roles: ['sales'] });
    expect((await signIn(app, person.email)).userId).toBe(person.userId);
    const { items } = (await host.admin.get('/audit?action=user.invitation_accepted')).body;
    expect(items[0]).toMatchObject({ actor: { id: person.userId }, after: { full_name: 'Sam Acme' } });
    expect((await home.admin.get('/audit?action=user.invitation_accepted')).body.items).toEqual([]);
  });

  it('is worth nothing with another password, and as good as before afterwards', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    const wrong = await accept(token, NEW);
    expect(outcome(wrong)).toEqual([401, 'wrong_credentials']);
    expect(wrong.body.detail).toBe('The password is wrong.');
    expect((await person.get('/auth/me')).body.orgs).toHaveLength(1);
    expect((await accept(token)).status).toBe(200);
    expect(outcome(await accept(token))).toEqual([400, 'invitation_not_good']);
  });

  it('is no way to guess a password: guesses are throttled as at a sign-in', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    for (let n = 0; n < 5; n += 1) expect((await accept(token, NEW)).status).toBe(401);
    const blocked = await accept(token);
    expect([...outcome(blocked), blocked.headers.get('retry-after')]).toEqual([
      429,
      'too_many_sign_ins',
      '900',
    ]);
    const login = await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD });
    expect(login.status).toBe(429);
    clock.advance({ minutes: 16 });
    expect((await accept(token)).status).toBe(200);
  });

  it('asks for the second factor, which goes on in both organisations', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    const { phone } = await turnFactorOn(person, clock);
    expect(outcome(await accept(token))).toEqual([401, 'totp_required']);
    expect(outcome(await accept(token, PASSWORD, phone.wrongCode()))).toEqual([401, 'wrong_totp']);
    expect((await accept(token, PASSWORD, phone.nextCode())).status).toBe(200);
    for (const org of [host, home, host]) {
      const login = { email: person.email, password: PASSWORD, org_id: org.orgId };
      const answer = await anyone(app).post('/auth/login', { ...login, totp: phone.nextCode() });
      expect(answer.status).toBe(200);
    }
  });

  it('is accepted by nobody whose password or second factor changed meanwhile', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    const meanwhile = async (deed: () => Promise<unknown>) => {
      const proven = holdNext(app.app.get(SignInService), 'verify');
      const slow = accept(token);
      await proven.done;
      await deed();
      proven.letGo();
      expect(outcome(await slow)).toEqual([401, 'wrong_credentials']);
    };
    await meanwhile(() => turnFactorOn(person, clock));
    await provingAgain(home.admin, () => home.admin.send('DELETE', `/users/${person.userId}/totp`));
    await meanwhile(() =>
      provingAgain(home.admin, () => home.admin.patch(`/users/${person.userId}`, { password: NEW })),
    );
    expect((await accept(token, NEW)).status).toBe(200);
  });

  it('lets in whom no organisation does any more, with the password they had', async () => {
    const person = await aMember();
    await provingAgain(home.admin, () => home.admin.patch(`/users/${person.userId}`, { is_active: false }));
    const token = await tokenFor(person);
    expect((await accept(token, NEW)).status).toBe(401);
    expect((await accept(token)).status).toBe(200);
    expect((await signIn(app, person.email)).orgId).toBe(host.orgId);
  });

  it('is not sent to who is in the organisation, let in or not; and it ends where they came in meanwhile', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    expect((await accept(token)).status).toBe(200);
    expect(outcome(await invite(person.email.toUpperCase()))).toEqual([409, 'email_taken']);
    await provingAgain(host.admin, () => host.admin.patch(`/users/${person.userId}`, { is_active: false }));
    const disabled = await invite(person.email);
    expect(outcome(disabled)).toEqual([409, 'email_taken']);
    expect(disabled.body.detail).toContain('is_active');
  });

  it('has somebody join once where it is accepted ten times at once', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await person.get('/auth/me')).body.orgs).toHaveLength(2);
  });

  it('is accepted by who was erased there before, who is known again', async () => {
    const person = await aMember();
    expect((await accept(await tokenFor(person))).status).toBe(200);
    await provingAgain(host.admin, () => host.admin.patch(`/users/${person.userId}`, { is_active: false }));
    expect((await host.admin.post(`/users/${person.userId}/erase`)).status).toBe(200);
    expect((await accept(await tokenFor(person))).status).toBe(200);
    const { items } = (await host.admin.get('/users?limit=200')).body;
    expect(items.find(({ id }: { id: number }) => id === person.userId)).toMatchObject({
      email: person.email,
      is_active: true,
      roles: ['finance'],
    });
  });

  it('is accepted on the page, which asks for the password they have, and for a code', async () => {
    const person = await aMember();
    const token = await tokenFor(person);
    const browser = new Browser(app.url);
    const shown = await browser.open(`/auth/invitation?token=${token}`);
    expect([shown.status, shown.html.includes('You have an account already')]).toEqual([200, true]);
    expect([shown.html.includes('name="repeated"'), shown.html.includes('name="totp"')]).toEqual([
      false,
      false,
    ]);
    const { phone } = await turnFactorOn(person, clock);
    const wrong = await browser.submit({ password: NEW }, '/auth/invitation');
    expect([wrong.status, wrong.html.includes('The password is wrong.')]).toEqual([422, true]);
    expect(wrong.html).toContain('name="totp"');
    const joined = await browser.submit({ password: PASSWORD, totp: phone.nextCode() }, '/auth/invitation');
    expect([joined.status, joined.headers.get('location')]).toEqual([303, '/auth/account']);
    expect(JSON.parse((await browser.open('/auth/me')).html)).toMatchObject({ org_id: host.orgId });
  });

  it('has who was given a password by an admin elsewhere choose one, with which nobody else signs in', async () => {
    const person = await addPerson(app, home.orgId, ['sales']);
    const token = await tokenFor(person);
    expect(mailsTo(person.email)[0]!.text).not.toContain('join with the password you have');
    expect(outcome(await accept(token, 'short'))).toEqual([422, 'validation_failed']);
    const joined = await accept(token, NEW);
    expect(joined.status).toBe(200);
    const login = (password: string) =>
      anyone(app).post('/auth/login', { email: person.email, password, org_id: host.orgId });
    expect(outcome(await login(PASSWORD))).toEqual([401, 'wrong_credentials']);
    expect((await login(NEW)).status).toBe(200);
    expect((await person.get('/auth/me')).status).toBe(401);
  });

  it('asks for no other password of who has a second factor, which a mailed link does not pass over', async () => {
    const person = await addPerson(app, home.orgId, ['sales']);
    await turnFactorOn(person, clock);
    expect(outcome(await accept(await tokenFor(person), NEW))).toEqual([401, 'wrong_credentials']);
  });

  it('is accepted by the owner of an address that others took: neither their password nor factor counts', async () => {
    const squatted = await addPerson(app, home.orgId, ['viewer']);
    await turnFactorOn(squatted, clock);
    await provingAgain(home.admin, () => home.admin.patch(`/users/${squatted.userId}`, { is_active: false }));
    const joined = await accept(await tokenFor(squatted), NEW);
    expect(joined.status).toBe(200);
    const me = await new Session(app.url, joined.body.access_token).get('/auth/me');
    expect(me.body.orgs).toMatchObject([{ id: host.orgId }]);
    const again = await anyone(app).post('/auth/login', { email: squatted.email, password: NEW });
    expect([again.status, again.body.code]).toEqual([200, undefined]);
  });

  it('shows the page with a password to choose where an admin elsewhere chose the present one', async () => {
    const person = await addPerson(app, home.orgId, ['sales']);
    const browser = new Browser(app.url);
    const shown = await browser.open(`/auth/invitation?token=${await tokenFor(person)}`);
    expect(shown.html).toContain('name="repeated"');
    const joined = await browser.submit({ new_password: NEW, repeated: NEW }, '/auth/invitation');
    expect([joined.status, joined.headers.get('location')]).toEqual([303, '/auth/account']);
  });
});
