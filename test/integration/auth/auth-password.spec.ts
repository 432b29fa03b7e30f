import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AccountTokensRepository } from '../../../src/auth/account/account-tokens.repository.js';
import { PasswordsService } from '../../../src/auth/passwords/passwords.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { momentText } from '../../../src/messages/format.js';
import { type TestApp, startApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { type ReceivedMail, startMail, type TestMail } from '../../support/mail.js';
import {
  addPerson,
  anyone,
  createOrg,
  joinOrg,
  PASSWORD,
  type Person,
  Session,
  signIn,
  type TestOrg,
} from '../../support/people.js';

const NEW = 'gravel-moss-chimney-3';

let database: TestDatabase;
let mail: TestMail;
let app: TestApp;
let clock: FakeClock;
let org: TestOrg;

beforeAll(async () => {
  [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
  clock = new FakeClock(new Date());
  const env = { SMTP_URL: mail.url, PORTAL_PUBLIC_URL: 'https://crm.acme.test/portal' };
  app = await startApp({ databaseUrl: database.url, clock, env, realPasswords: true });
  org = await createOrg(app, 'Acme Roofing');
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
});

/** The net under the queue, which the timetable runs every few seconds. */
const enqueueDue = () => app.app.get(DueJobsService).enqueueDue('account_mails');
const mailsTo = (email: string): ReceivedMail[] => mail.received.filter(({ to }) => to.includes(email));
const login = (email: string, password: string) => anyone(app).post('/auth/login', { email, password });
const forgot = (email: string) => anyone(app).post('/auth/password/forgot', { email });
const reset = (token: string, password = NEW) =>
  anyone(app).post('/auth/password/reset', { token, new_password: password });

/** Asks for a link and answers the token of the mail that comes. */
async function tokenFor({ email }: Person): Promise<string> {
  const before = mailsTo(email).length;
  expect((await forgot(email)).status).toBe(202);
  return eventually(() => {
    const received = mailsTo(email)[before];
    const [, token] = /new-password\?token=([\w-]+)/.exec(received?.text ?? '') ?? [];
    if (token === undefined) throw new Error('no mail with a link yet');
    return token;
  });
}

describe('The own password', () => {
  const change = (person: Session, current: string, next: string) =>
    person.post('/auth/password', { current_password: current, new_password: next });

  it('is not changed by a session that its owner ended at that moment', async () => {
    const person = await addPerson(app, org.orgId, ['viewer']);
    const intruder = await signIn(app, person.email);
    const hashed = holdNext(app.app.get(PasswordsService), 'hashNew');
    const changing = change(intruder, PASSWORD, NEW);
    await hashed.done;
    vi.restoreAllMocks();
    expect((await person.post('/auth/logout_all')).status).toBe(200);
    hashed.letGo();
    const { status, body } = await changing;
    expect([status, body.code]).toEqual([409, 'session_unknown']);
    expect((await login(person.email, PASSWORD)).status).toBe(200);
  });

  it('is changed by whoever knows it, ends every session, and the answer begins a new one', async () => {
    const person = await addPerson(app, org.orgId, ['viewer']);
    const other = await login(person.email, PASSWORD);
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: person.email, password: PASSWORD });
    const answer = await change(person, PASSWORD, NEW);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 1800 });
    expect((await person.get('/auth/me')).status).toBe(401);
    expect((await browser.open('/auth/me')).status).toBe(401);
    const refresh = { refresh_token: other.body.refresh_token };
    expect((await anyone(app).post('/auth/refresh', refresh)).status).toBe(401);
    const now = new Session(app.url, answer.body.access_token);
    expect((await now.get('/auth/sessions')).body.items).toHaveLength(1);
    expect((await login(person.email, PASSWORD)).status).toBe(401);
    expect((await login(person.email, NEW)).status).toBe(200);
  });

  it.each([
    { name: 'the current one is wrong', current: 'wrong', next: NEW, field: 'current_password' },
    { name: 'the new one is the current one', current: PASSWORD, next: PASSWORD, field: 'new_password' },
    { name: 'the new one is blank', current: PASSWORD, next: '          ', field: 'new_password' },
    { name: 'the new one is the company', current: PASSWORD, next: 'Acme Roofing', field: 'new_password' },
    { name: 'the new one is common', current: PASSWORD, next: 'Welcome1!', field: 'new_password' },
  ])('stays where $name', async ({ current, next, field }) => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const answer = await change(person, current, next);
    expect([answer.status, answer.body.errors.map((error: { field: string }) => error.field)]).toEqual([
      422,
      [field],
    ]);
    expect((await person.get('/auth/me')).status).toBe(200);
    expect((await login(person.email, PASSWORD)).status).toBe(200);
  });

  it('is not the e-mail address, also where an admin chooses it', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    expect((await change(person, PASSWORD, person.email)).status).toBe(422);
    expect((await org.admin.patch(`/users/${person.userId}`, { password: person.email })).status).toBe(422);
  });

  it('cannot be guessed by whoever holds a session: five failures block it, as at sign-in', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    for (let n = 0; n < 5; n += 1) await change(person, `wrong-${n}`, NEW);
    const answer = await change(person, PASSWORD, NEW);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '900']);
  });

  it('cannot be guessed by many guesses that are sent at once either', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const guesses = Array.from({ length: 20 }, (_, n) => `wrong-${n}`);
    const compared = vi.spyOn(app.app.get(PasswordsService), 'matches');
    const answers = await Promise.all(guesses.map((guess) => change(person, guess, NEW)));
    expect(compared.mock.calls.length).toBeLessThan(9);
    vi.restoreAllMocks();
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(11);
    expect((await change(person, PASSWORD, NEW)).status).toBe(429);
  });

  it('begins nothing for a session that its owner ended, named as the new one', async () => {
    const person = await addPerson(app, org.orgId, ['viewer']);
    const intruder = await signIn(app, person.email);
    const compared = holdNext(app.app.get(PasswordsService), 'matches');
    const changing = change(intruder, 'wrong', PASSWORD);
    await compared.done;
    vi.restoreAllMocks();
    expect((await person.post('/auth/logout_all')).status).toBe(200);
    compared.letGo();
    expect((await changing).status).toBe(422);
  });

  it('is announced to its owner, whoever changed it', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    await change(person, PASSWORD, NEW);
    await org.admin.patch(`/users/${person.userId}`, { password: 'another-ladder-7' });
    await enqueueDue();
    const texts = await eventually(() => {
      const received = mailsTo(person.email);
      if (received.length < 2) throw new Error('not announced yet');
      return received.map(({ subject, text }) => `${subject}\n${text}`);
    });
    expect(texts.join('\n')).toContain('You changed the password');
    expect(texts.join('\n')).toContain('An admin of your organisation gave');
    expect(texts.join('\n')).not.toContain('another-ladder-7');
    expect(texts.join('\n')).toContain('https://crm.acme.test/auth/forgotten-password');
  });
});

describe('Mails about accounts that an admin changes', () => {
  const set = (admin: Session, { userId }: Person, n: number) =>
    admin.patch(`/users/${userId}`, { password: `${NEW}-${n}` });
  const tooMany = { status: 429, body: { code: 'too_many_emails' } };

  it('are ten a day to one person: a change beyond is not done, and a mailed link still is', async () => {
    const person = await addPerson(app, org.orgId, ['viewer']);
    for (let n = 1; n <= 10; n += 1) expect((await set(org.admin, person, n)).status).toBe(200);
    expect(await set(org.admin, person, 11)).toMatchObject(tooMany);
    const own = new Session(app.url, (await login(person.email, `${NEW}-10`)).body.access_token);
    const change = { current_password: `${NEW}-10`, new_password: `${NEW}-12` };
    expect(await own.post('/auth/password', change)).toMatchObject(tooMany);
    expect((await org.admin.patch(`/users/${person.userId}`, { roles: ['sales'] })).status).toBe(200);
    await enqueueDue();
    await eventually(() => {
      if (mailsTo(person.email).length < 10) throw new Error('not all are told yet');
    });
    expect((await reset(await tokenFor(person))).status).toBe(200);
    await database.query(
      `update account_mails set created_at = created_at - interval '25 hours' where user_id = $1`,
      [person.userId],
    );
    expect((await set(org.admin, person, 13)).status).toBe(200);
  });

  it('are five hundred a day of one organisation, and none the less of another', async () => {
    const [crowd, other] = [await createOrg(app, 'Crowd Roofing'), await createOrg(app, 'Other Roofing')];
    const [known, stranger] = [
      await addPerson(app, crowd.orgId, ['viewer']),
      await addPerson(app, crowd.orgId, ['viewer']),
    ];
    await database.query(
      `insert into account_mails (id, kind, user_id, changed_by, state, next_attempt_at, created_at)
       select gen_random_uuid(), 'password_changed', $1, 'admin', 'sent', $2, $2 from generate_series(1, 500)`,
      [known.userId, clock.now()],
    );
    expect(await set(crowd.admin, stranger, 1)).toMatchObject(tooMany);
    const neighbour = await addPerson(app, other.orgId, ['viewer']);
    expect((await set(other.admin, neighbour, 1)).status).toBe(200);
    // Whatever its admins did, each may protect the own account.
    const own = { current_password: PASSWORD, new_password: NEW };
    expect((await stranger.post('/auth/password', own)).status).toBe(200);
  });
});

describe('A forgotten password', () => {
  it('is replaced once by the link of a mail, and every session ends', async () => {
    const person = await addPerson(app, org.orgId, ['finance']);
    const token = await tokenFor(person);
    const [message] = mailsTo(person.email);
    expect(message!.subject).toBe('Choose a new password for PeakPro CRM');
    expect(message!.text).toContain(`https://crm.acme.test/auth/new-password?token=${token}`);
    expect((await person.get('/auth/me')).status).toBe(200);
    const done = await reset(token);
    expect([done.status, done.body]).toEqual([200, { ok: true }]);
    expect((await person.get('/auth/me')).status).toBe(401);
    expect((await login(person.email, NEW)).status).toBe(200);
    const again = await reset(token, 'another-ladder-7');
    expect([again.status, again.body.code]).toEqual([400, 'reset_token_not_good']);
    expect((await login(person.email, NEW)).status).toBe(200);
  });

  it('is for who is let in nowhere, too, who may be invited; it lets nobody in', async () => {
    const gone = await addPerson(app, org.orgId, ['sales']);
    await org.admin.patch(`/users/${gone.userId}`, { is_active: false });
    await forgot(gone.email);
    const token = await eventually(() => {
      const [, found] = /token=([\w-]+)/.exec(mailsTo(gone.email)[0]?.text ?? '') ?? [];
      if (found === undefined) throw new Error('no link yet');
      return found;
    });
    expect((await reset(token)).status).toBe(200);
    expect((await login(gone.email, NEW)).status).toBe(401);
    await org.admin.patch(`/users/${gone.userId}`, { is_active: true });
    expect((await login(gone.email, NEW)).status).toBe(200);
  });

  it('answers the same whether the address is anybody’s or not, and nobody gets a mail', async () => {
    const answers = [];
    for (const email of ['nobody@acme.test', org.admin.email]) answers.push(await forgot(email));
    for (const { status, body } of answers) expect([status, body]).toEqual([202, { ok: true }]);
    await enqueueDue();
    await eventually(async () => {
      const open = await database.query(`select id from account_mails where state = 'queued'`);
      if (open.length > 0) throw new Error('mails wait');
    });
    expect(mailsTo('nobody@acme.test')).toEqual([]);
    const kept = await database.query(`select email from account_mails where email is not null`);
    expect(kept).toEqual([]);
  });

  it.each([
    '',
    'nobody',
    'a@',
    `${'a'.repeat(300)}@acme.test`,
    'a\u0000@acme.test',
    'a@acme.test\r\nBcc: x@y.test',
    '\ud800@x.y',
  ])('answers the same to what is no address, and keeps nothing of it: %j', async (email) => {
    const rows = () => database.query(`select id from account_mails`);
    const before = await rows();
    const { status, body } = await forgot(email);
    expect([status, body]).toEqual([202, { ok: true }]);
    expect(await rows()).toEqual(before);
  });

  it.each([undefined, {}, { email: null }, { email: 7 }, { email: ['a@acme.test'] }, { email: { $ne: '' } }])(
    'answers the same where no address is sent, and keeps nothing: %j',
    async (sent) => {
      const rows = () => database.query(`select id from account_mails`);
      const before = await rows();
      const { status, body } = await anyone(app).post('/auth/password/forgot', sent);
      expect([status, body]).toEqual([202, { ok: true }]);
      expect(await rows()).toEqual(before);
    },
  );

  it('is not asked for with fields that nobody knows: 422', async () => {
    const { status } = await anyone(app).post('/auth/password/forgot', { email: 'a@b.cd', role: 'x' });
    expect(status).toBe(422);
  });

  it('does the same statements for an unknown address, so that time tells nothing', async () => {
    const rows = async (): Promise<string> => {
      const [row] = await database.query<{ count: string }>(
        `select (select count(*) from account_mails) + (select count(*) from login_throttles) as count`,
      );
      return row!.count;
    };
    const start = Number(await rows());
    await forgot('somebody-else@acme.test');
    const afterUnknown = Number(await rows());
    await forgot((await addPerson(app, org.orgId, ['sales'])).email);
    expect([afterUnknown - start, Number(await rows()) - afterUnknown]).toEqual([2, 2]);
  });

  it('sends five links a day to one address, and still answers 202', async () => {
    const { email } = await addPerson(app, org.orgId, ['sales']);
    const ask = (n: number) =>
      anyone(app).post('/auth/password/forgot', { email: n % 2 ? email.toUpperCase() : email });
    for (let n = 0; n < 8; n += 1) expect((await ask(n)).status).toBe(202);
    const asked = await database.query(
      `select id from account_mails where kind = 'password_reset' and email = $1`,
      [email],
    );
    await eventually(() => {
      if (mailsTo(email).length < 5) throw new Error('mails are under way');
    });
    expect(asked.length).toBeLessThanOrEqual(5);
    expect(mailsTo(email)).toHaveLength(5);
    clock.advance({ hours: 24 });
    await tokenFor({ email } as Person);
  });

  it('is not kept from its owner by whoever asks for links from elsewhere, who uses five up', async () => {
    const env = { SMTP_URL: mail.url, TRUST_PROXY: '127.0.0.1' };
    await using open = await startApp({ databaseUrl: database.url, clock, env });
    const { email } = await addPerson(app, org.orgId, ['sales']); // signed in from 127.0.0.1
    const before = mailsTo(email).length;
    const ask = async (from: string) =>
      anyone(open).post('/auth/password/forgot', { email }, { 'x-forwarded-for': from });
    for (let n = 0; n < 8; n += 1) expect((await ask(`203.0.113.${n}`)).status).toBe(202);
    await eventually(() => {
      if (mailsTo(email).length < before + 5) throw new Error('mails are under way');
    });
    expect((await ask('127.0.0.9')).status).toBe(202);
    await eventually(() => {
      if (mailsTo(email).length < before + 6) throw new Error('the mail of the owner is under way');
    });
    expect(mailsTo(email)).toHaveLength(before + 6);
  });

  it('is not replaced an hour later', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const token = await tokenFor(person);
    clock.advance({ minutes: 61 });
    expect((await reset(token)).status).toBe(400);
    expect((await login(person.email, PASSWORD)).status).toBe(200);
  });

  it.each([
    { name: 'another change of the password', change: { password: NEW } },
    { name: 'the end of the account', change: { is_active: false } },
  ])('is not replaced by a link from before $name', async ({ change }) => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const token = await tokenFor(person);
    const admin = await signIn(app, org.admin.email);
    expect((await admin.patch(`/users/${person.userId}`, change)).status).toBe(200);
    await admin.patch(`/users/${person.userId}`, { is_active: true });
    expect((await reset(token, 'another-ladder-7')).status).toBe(400);
  });

  it('may not be replaced by a bad one, and the link stays good meanwhile', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const token = await tokenFor(person);
    const refused = await reset(token, 'Passw0rd!');
    expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'new_password']);
    expect((await reset(token)).status).toBe(200);
  });

  it('is replaced by one of two who use the link at once', async () => {
    const token = await tokenFor(await addPerson(app, org.orgId, ['sales']));
    const answers = await Promise.all([reset(token), reset(token, 'another-ladder-7')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
  });

  it('is not replaced by a link that was good when it was opened, and is used by then', async () => {
    const token = await tokenFor(await addPerson(app, org.orgId, ['sales']));
    const opened = holdNext(app.app.get(AccountTokensRepository), 'findPerson');
    const late = reset(token, 'another-ladder-7');
    await opened.done;
    expect((await reset(token)).status).toBe(200);
    opened.letGo();
    expect((await late).status).toBe(400);
  });

  it.each([
    { where: 'nowhere else', isAlone: true },
    { where: 'elsewhere, too', isAlone: false },
  ])(
    'is no matter of an organisation that forgets the person at that moment, who is $where',
    async ({ isAlone }) => {
      const { admin, orgId } = await createOrg(app); // signed in now: stories before have moved the clock
      const person = await addPerson(app, orgId, ['sales']);
      if (!isAlone) await joinOrg(app, person, (await createOrg(app)).orgId, ['sales']);
      const user = `/users/${person.userId}`;
      const letOut = () => admin.patch(user, { is_active: false });
      if (isAlone) await letOut(); // else it would end the link
      const token = await tokenFor(person);
      const hashed = holdNext(app.app.get(PasswordsService), 'hashNew');
      const late = reset(token);
      await hashed.done;
      if (!isAlone) await letOut();
      expect((await admin.post(`${user}/erase`)).status).toBe(200);
      hashed.letGo();
      expect((await late).status).toBe(isAlone ? 400 : 200);
      const entries = await database.query(
        `select from audit_log where org_id = $1 and action = 'user.password_set' and subject = $2`,
        [orgId, `user:${person.userId}`],
      );
      expect(entries).toEqual([]);
      expect((await login(person.email, NEW)).status).toBe(isAlone ? 401 : 200);
    },
  );

  it.each(['', 'x', 'A'.repeat(43), `${'A'.repeat(42)}\u0000`])(
    'is not replaced by the token %j',
    async (token) => {
      const { status } = await reset(token);
      expect([400, 422]).toContain(status);
    },
  );

  it('is replaced within an hour of the mail that came, also where the mail server was away before', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    mail.refuse('451 4.7.1 busy');
    await forgot(person.email);
    await eventually(async () => {
      const rows = await database.query(
        `select from account_mails where email = $1 and problem is not null and lease_until is null`,
        [person.email],
      );
      if (rows.length === 0) throw new Error('not tried yet');
    });
    clock.advance({ minutes: 50 });
    await enqueueDue();
    const [text, token] = await eventually(() => {
      const [message] = mailsTo(person.email);
      const [, found] = /new-password\?token=([\w-]+)/.exec(message?.text ?? '') ?? [];
      if (found === undefined) throw new Error('no mail with a link yet');
      return [message!.text, found];
    });
    const until = new Date(clock.now().getTime() + 3_600_000);
    expect(text).toContain(`It works once, until ${momentText(until, 'UTC')}.`);
    clock.advance({ minutes: 59 });
    expect((await reset(token)).status).toBe(200);
  });

  it('is mailed again with the same link where the mail server was busy', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    mail.refuse('451 4.7.1 busy');
    const attempts = mail.attempts;
    await forgot(person.email);
    await eventually(() => {
      if (mail.attempts === attempts) throw new Error('not tried yet');
    });
    await eventually(async () => {
      clock.advance({ seconds: 10 });
      await enqueueDue();
      if (mailsTo(person.email).length === 0) throw new Error('not sent yet');
    });
    expect(mailsTo(person.email)).toHaveLength(1);
  });

  it('leaves no link in the database that works', async () => {
    const token = await tokenFor(await addPerson(app, org.orgId, ['sales']));
    const dump = JSON.stringify([
      await database.query('select * from account_mails'),
      await database.query('select * from account_tokens'),
      await database.query('select name, data from pgboss.job'),
    ]);
    expect(dump).not.toContain(token);
    expect((await reset(token)).status).toBe(200);
  });
});

describe('Whoever signed in with a new password', () => {
  it('is the same person', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    await reset(await tokenFor(person));
    expect((await signIn(app, person.email, NEW)).userId).toBe(person.userId);
  });
});
