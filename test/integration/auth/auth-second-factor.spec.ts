import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CodeThrottleService } from '../../../src/auth/second-factor/code-throttle.service.js';
import { LoginThrottleService } from '../../../src/auth/sign-in/login-throttle.service.js';
import { SignInService } from '../../../src/auth/sign-in/sign-in.service.js';
import { SecondFactorsRepository } from '../../../src/auth/second-factor/second-factors.repository.js';
import { UsersRepository } from '../../../src/auth/people/users.repository.js';
import { SessionsService } from '../../../src/auth/sessions/sessions.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { DEVELOPMENT_ENCRYPTION_KEYS } from '../../../src/platform/config/development-secrets.js';
import { type TestApp, startApp } from '../../support/app.js';
import { untilBlocked } from '../../support/blocked.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { startMail, type TestMail } from '../../support/mail.js';
import {
  addPerson,
  anyone,
  createOrg,
  PASSWORD,
  Session,
  signIn,
  type TestOrg,
} from '../../support/people.js';
import { AuthenticatorApp, turnFactorOn } from '../../support/totp.js';

let database: TestDatabase;
let mail: TestMail;
let app: TestApp;
let clock: FakeClock;
let org: TestOrg;

beforeAll(async () => {
  [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
  clock = new FakeClock(new Date());
  app = await startApp({
    databaseUrl: database.url,
    clock,
    env: { SMTP_URL: mail.url, TRUST_PROXY: '127.0.0.1/32' },
  });
  org = await createOrg(app);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
});

/** Signs in, from an address of its own where one is given: else all tests would share a throttle. */
const login = (email: string, totp?: string, { password = PASSWORD, from = '127.0.0.1' } = {}) =>
  anyone(app).post('/auth/login', { email, password, totp }, { 'x-forwarded-for': from });
const aPerson = () => addPerson(app, org.orgId, ['finance']);
const aGuardedPerson = async () => {
  const person = await aPerson();
  return { person, ...(await turnFactorOn(person, clock)) };
};
/** Whether an admin sees that somebody has one. */
const isSeenWithFactor = async ({ userId }: { userId: number }): Promise<boolean> => {
  const { items } = (await org.admin.get('/users?limit=200')).body;
  return items.find(({ id }: { id: number }) => id === userId).second_factor;
};
const outcome = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('Setting up a second factor', () => {
  it('gives a secret, and asks for nothing until a code shows that the app has it', async () => {
    const person = await aPerson();
    const setup = await person.post('/auth/totp/setup');
    expect(setup.status).toBe(200);
    expect(setup.body.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(new URL(setup.body.otpauth_uri).searchParams.get('secret')).toBe(setup.body.secret);
    expect((await login(person.email)).status).toBe(200);
    expect((await person.get('/auth/totp')).body).toEqual({
      enabled: false,
      enabled_at: null,
      recovery_codes_left: 0,
    });
    expect(await isSeenWithFactor(person)).toBe(false);
    const phone = new AuthenticatorApp(setup.body.secret, clock);
    const wrong = await person.post('/auth/totp/confirm', { totp: phone.wrongCode() });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, 'totp']);
    const on = await person.post('/auth/totp/confirm', { totp: phone.code() });
    expect(on.status).toBe(200);
    expect(new Set(on.body.recovery_codes).size).toBe(10);
    expect(outcome(await login(person.email))).toEqual([401, 'totp_required']);
    expect((await person.get('/auth/totp')).body).toMatchObject({ enabled: true, recovery_codes_left: 10 });
    expect(await isSeenWithFactor(person)).toBe(true);
  });

  it('twice before the first code counts as the second time', async () => {
    const person = await aPerson();
    const [first, second] = [await person.post('/auth/totp/setup'), await person.post('/auth/totp/setup')];
    const stale = new AuthenticatorApp(first.body.secret, clock).code();
    expect((await person.post('/auth/totp/confirm', { totp: stale })).status).toBe(422);
    const fresh = new AuthenticatorApp(second.body.secret, clock).code();
    expect((await person.post('/auth/totp/confirm', { totp: fresh })).status).toBe(200);
  });

  it('does not replace the secret that is being confirmed at this moment', async () => {
    const person = await aPerson();
    const phone = new AuthenticatorApp((await person.post('/auth/totp/setup')).body.secret, clock);
    const looked = holdNext(SecondFactorsRepository.prototype, 'find'); // which asks nothing of its `this`
    const confirming = person.post('/auth/totp/confirm', { totp: phone.code() });
    await looked.done;
    vi.restoreAllMocks();
    const again = person.post('/auth/totp/setup');
    await untilBlocked(database, again);
    looked.letGo();
    expect((await confirming).status).toBe(200);
    expect(outcome(await again)).toEqual([409, 'totp_on']);
    clock.advance({ minutes: 1 });
    expect((await login(person.email, phone.code())).status).toBe(200);
    org = { ...org, admin: await signIn(app, org.admin.email) };
  });

  it('is refused while one is on, and there is nothing to confirm before it', async () => {
    const person = await aPerson();
    expect(outcome(await person.post('/auth/totp/confirm', { totp: '123456' }))).toEqual([
      409,
      'totp_not_set_up',
    ]);
    await turnFactorOn(person, clock);
    expect(outcome(await person.post('/auth/totp/setup'))).toEqual([409, 'totp_on']);
    expect(outcome(await person.post('/auth/totp/confirm', { totp: '123456' }))).toEqual([409, 'totp_on']);
  });

  it('ends every other session of the person, and no other', async () => {
    const person = await aPerson();
    const other = await login(person.email);
    await turnFactorOn(person, clock);
    expect((await person.get('/auth/me')).status).toBe(200);
    expect((await new Session(app.url, other.body.access_token).get('/auth/me')).status).toBe(401);
    const refresh = { refresh_token: other.body.refresh_token };
    expect((await anyone(app).post('/auth/refresh', refresh)).status).toBe(401);
    expect((await org.admin.get('/auth/me')).status).toBe(200);
  });

  it('lets nobody in who proved the password alone just before', async () => {
    const person = await aPerson();
    const { user, hasFactor } = await app.app
      .get(SignInService)
      .verify({ email: person.email, password: PASSWORD, ip: '127.0.0.1' });
    await turnFactorOn(person, clock);
    const begin = app.app.get(SessionsService).begin(user, { ip: '127.0.0.1' }, { hasFactor });
    await expect(begin).rejects.toThrow('This sign-in is over');
  });

  it('is not finished by a session that its owner ended at that moment', async () => {
    const person = await aPerson();
    const intruder = await signIn(app, person.email);
    const phone = new AuthenticatorApp((await intruder.post('/auth/totp/setup')).body.secret, clock);
    const admitted = holdBefore(UsersRepository.prototype, 'lock'); // which asks nothing of its `this`
    const confirming = intruder.post('/auth/totp/confirm', { totp: phone.code() });
    await admitted.made;
    vi.restoreAllMocks();
    expect((await person.post('/auth/logout_all')).status).toBe(200);
    admitted.letGo();
    expect(outcome(await confirming)).toEqual([409, 'session_unknown']);
    expect((await login(person.email)).status).toBe(200);
  });

  it('keeps the secret encrypted and the recovery codes hashed', async () => {
    const person = await aPerson();
    const setup = await person.post('/auth/totp/setup');
    const phone = new AuthenticatorApp(setup.body.secret, clock);
    const on = await person.post('/auth/totp/confirm', { totp: phone.code() });
    const rows = await database.query<{ row: string }>(
      `select to_json(f)::text as row from second_factors f where user_id = $1
       union all select to_json(c)::text from recovery_codes c where user_id = $1
       union all select to_json(a)::text from audit_log a where subject = 'user:' || $1::int`,
      [person.userId],
    );
    const stored = rows.map(({ row }) => row).join('\n');
    expect(stored).toContain('"secret_encrypted":"v1.');
    for (const secret of [setup.body.secret, ...on.body.recovery_codes]) expect(stored).not.toContain(secret);
  });
});

describe('Signing in with a second factor', () => {
  it('takes a code of the app once, and none from before it', async () => {
    const { person, phone } = await aGuardedPerson();
    expect(outcome(await login(person.email, phone.code()))).toEqual([401, 'wrong_totp']);
    const code = phone.nextCode();
    expect((await login(person.email, code)).status).toBe(200);
    expect(outcome(await login(person.email, code))).toEqual([401, 'wrong_totp']);
    expect(outcome(await login(person.email, phone.code(-1)))).toEqual([401, 'wrong_totp']);
  });

  it('takes one of two that come at once with the same code', async () => {
    const { person, phone } = await aGuardedPerson();
    const code = phone.nextCode();
    const seenUnused = holdNext(app.app.get(SecondFactorsRepository), 'find');
    const slow = login(person.email, code);
    await seenUnused.done;
    expect((await login(person.email, code)).status).toBe(200);
    seenUnused.letGo();
    expect(outcome(await slow)).toEqual([401, 'wrong_totp']);
  });

  it('takes the codes of a phone whose clock is wrong by half a minute, and of none that is worse', async () => {
    const { person, phone } = await aGuardedPerson();
    clock.advance({ minutes: 5 });
    expect((await login(person.email, phone.code(-2))).status).toBe(401);
    expect((await login(person.email, phone.code(-1))).status).toBe(200);
    expect((await login(person.email, phone.code(1))).status).toBe(200);
  });

  it('says nothing of the second factor to whoever does not know the password', async () => {
    const { person, phone } = await aGuardedPerson();
    const answers = [
      await login(person.email, phone.nextCode(), { password: 'wrong' }),
      await login(person.email, undefined, { password: 'wrong' }),
    ];
    expect(answers.map(outcome)).toEqual([
      [401, 'wrong_credentials'],
      [401, 'wrong_credentials'],
    ]);
    expect((await login(person.email, phone.code())).status).toBe(200);
  });

  it('does not look at a code where there is no second factor', async () => {
    const person = await aPerson();
    expect((await login(person.email, '123456')).status).toBe(200);
  });

  it('takes each recovery code once, and its owner hears of it', async () => {
    const { person, recoveryCodes } = await aGuardedPerson();
    const [code] = recoveryCodes as [string];
    expect((await login(person.email, code.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect(outcome(await login(person.email, code))).toEqual([401, 'wrong_totp']);
    expect((await person.get('/auth/totp')).body.recovery_codes_left).toBe(9);
    await app.app.get(DueJobsService).enqueueDue('account_mails');
    const texts = await eventually(() => {
      const received = mail.received.filter(({ to }) => to.includes(person.email));
      if (received.length < 2) throw new Error('not announced yet');
      return received.map(({ subject, text }) => `${subject}\n${text}`).join('\n');
    });
    expect(texts).toContain('The second factor of your PeakPro CRM account is on');
    expect(texts).toContain('A recovery code of your PeakPro CRM account was used');
    expect(texts).not.toContain(code);
  });

  it('takes no recovery code of somebody else', async () => {
    const [one, other] = [await aGuardedPerson(), await aGuardedPerson()];
    expect(outcome(await login(one.person.email, other.recoveryCodes[0]))).toEqual([401, 'wrong_totp']);
    expect((await login(other.person.email, other.recoveryCodes[0])).status).toBe(200);
  });

  it('counts wrong codes like wrong passwords, and a right password alone forgives none', async () => {
    const { person, phone } = await aGuardedPerson();
    const from = '203.0.113.5';
    for (let n = 0; n < 5; n += 1) {
      expect((await login(person.email, phone.wrongCode(), { from })).status).toBe(401);
      await login(person.email, undefined, { from });
    }
    const answer = await login(person.email, phone.nextCode(), { from });
    expect(outcome(answer)).toEqual([429, 'too_many_sign_ins']);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('cannot be guessed from many addresses, until a new password takes the guesser the old one', async () => {
    const { person, phone } = await aGuardedPerson();
    const guess = (n: number) => login(person.email, phone.wrongCode(), { from: `198.51.100.${n}` });
    const answers = [];
    for (let n = 0; n < 22; n += 1) {
      clock.advance({ seconds: 11 }); // after twenty failures an account has a turn in ten seconds
      answers.push(outcome(await guess(n)));
    }
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => [401, 'wrong_totp']));
    expect(answers.slice(20)).toEqual([
      [429, 'too_many_codes'],
      [429, 'too_many_codes'],
    ]);
    expect(outcome(await login(person.email, phone.nextCode()))).toEqual([429, 'too_many_codes']);
    const password = 'gravel-moss-chimney-3';
    const admin = await signIn(app, org.admin.email);
    expect((await admin.patch(`/users/${person.userId}`, { password })).status).toBe(200);
    expect(outcome(await login(person.email, undefined, { password }))).toEqual([401, 'totp_required']);
    expect((await login(person.email, phone.nextCode(), { password })).status).toBe(200);
  });

  it('of many guesses at once compares no more than twenty', async () => {
    const { person } = await aGuardedPerson();
    const throttle = app.app.get(CodeThrottleService);
    const taken = await Promise.allSettled(Array.from({ length: 60 }, () => throttle.take(person.userId)));
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    await expect(throttle.take(person.userId)).rejects.toThrow('Too many codes were wrong.');
    clock.advance({ hours: 25 });
    await expect(throttle.take(person.userId)).resolves.toBeUndefined();
  });

  it('is for the own organisation alone, where one is named', async () => {
    const other = await createOrg(app, 'Other Roofing');
    const person = await aPerson();
    const named = (org_id: number) =>
      anyone(app).post('/auth/login', { email: person.email, password: PASSWORD, org_id });
    expect((await named(org.orgId)).status).toBe(200);
    expect(outcome(await named(other.orgId))).toEqual([401, 'wrong_credentials']);
    expect((await named(0)).status).toBe(422);
  });

  it('goes on by refresh tokens without another code', async () => {
    const { person, phone } = await aGuardedPerson();
    const { body } = await login(person.email, phone.nextCode());
    const refreshed = await anyone(app).post('/auth/refresh', { refresh_token: body.refresh_token });
    expect(refreshed.status).toBe(200);
  });

  it('is not taken away by a new password', async () => {
    const { person } = await aGuardedPerson();
    const change = { current_password: PASSWORD, new_password: 'gravel-moss-chimney-3' };
    expect((await person.post('/auth/password', change)).status).toBe(200);
    const password = 'gravel-moss-chimney-3';
    expect(outcome(await login(person.email, undefined, { password }))).toEqual([401, 'totp_required']);
  });
});

describe('The secret of a second factor', () => {
  const NEW_KEY = `k2:${randomBytes(32).toString('base64')}`;
  const withKeys = (keys: string): Promise<TestApp> =>
    startApp({ databaseUrl: database.url, clock, env: { TOKEN_ENCRYPTION_KEYS: keys } });
  const loginAt = (at: TestApp, email: string, totp?: string) =>
    anyone(at).post('/auth/login', { email, password: PASSWORD, totp });

  it('is encrypted with the first key again by the next code, so that an old key can go', async () => {
    const { person, phone } = await aGuardedPerson();
    const keyOf = async (): Promise<string> => {
      const [row] = await database.query<{ key: string }>(
        `select split_part(secret_encrypted, '.', 2) as key from second_factors where user_id = $1`,
        [person.userId],
      );
      return row!.key;
    };
    expect(await keyOf()).toBe('dev');
    await using rotated = await withKeys(`${NEW_KEY},${DEVELOPMENT_ENCRYPTION_KEYS}`);
    expect((await loginAt(rotated, person.email, phone.nextCode())).status).toBe(200);
    expect(await keyOf()).toBe('k2');
    await using later = await withKeys(NEW_KEY);
    expect((await loginAt(later, person.email, phone.nextCode())).status).toBe(200);
  });

  it('is of no use without its key, which is told; a recovery code is', async () => {
    const { person, phone, recoveryCodes } = await aGuardedPerson();
    await using without = await withKeys(NEW_KEY);
    const answer = await loginAt(without, person.email, phone.nextCode());
    expect(outcome(answer)).toEqual([503, 'second_factor_unreadable']);
    expect((await loginAt(without, person.email, recoveryCodes[0])).status).toBe(200);
  });

  it('opens in the row of its person alone', async () => {
    const [one, other] = [await aGuardedPerson(), await aGuardedPerson()];
    await database.query(
      `update second_factors set secret_encrypted =
         (select secret_encrypted from second_factors where user_id = $1) where user_id = $2`,
      [one.person.userId, other.person.userId],
    );
    expect((await login(other.person.email, one.phone.nextCode())).status).toBe(503);
  });
});

describe('Turning a second factor off', () => {
  it('wants password and code', async () => {
    const { person, phone } = await aGuardedPerson();
    const disable = (body: object) => person.post('/auth/totp/disable', body);
    expect(outcome(await disable({ password: 'wrong', totp: phone.nextCode() }))).toEqual([
      401,
      'wrong_credentials',
    ]);
    expect(outcome(await disable({ password: PASSWORD }))).toEqual([401, 'totp_required']);
    expect(outcome(await disable({ password: PASSWORD, totp: phone.wrongCode() }))).toEqual([
      401,
      'wrong_totp',
    ]);
    const off = await disable({ password: PASSWORD, totp: phone.nextCode() });
    expect([off.status, off.body.enabled]).toEqual([200, false]);
    expect((await login(person.email)).status).toBe(200);
    expect(outcome(await disable({ password: PASSWORD }))).toEqual([409, 'totp_off']);
    const left = await database.query('select from recovery_codes where user_id = $1', [person.userId]);
    expect(left).toEqual([]);
  });

  it('is not done with the password alone by who proved it while there was no code to ask for', async () => {
    const person = await aPerson();
    const intruder = await signIn(app, person.email);
    const proved = holdNext(app.app.get(LoginThrottleService), 'succeed');
    const from = { 'x-forwarded-for': '198.51.100.31' };
    const disabling = intruder.post('/auth/totp/disable', { password: PASSWORD }, from);
    await proved.done;
    vi.restoreAllMocks();
    await turnFactorOn(person, clock);
    proved.letGo();
    expect(outcome(await disabling)).toEqual([409, 'totp_off']);
    expect((await person.get('/auth/totp')).body.enabled).toBe(true);
  });

  it('is not done with a password that was replaced meanwhile', async () => {
    const { person, phone } = await aGuardedPerson();
    const proved = holdNext(app.app.get(LoginThrottleService), 'succeed');
    const proof = { password: PASSWORD, totp: phone.nextCode() };
    const from = { 'x-forwarded-for': '198.51.100.32' };
    const disabling = person.post('/auth/totp/disable', proof, from);
    await proved.done;
    vi.restoreAllMocks();
    const password = `another ${PASSWORD}`;
    const change = { current_password: PASSWORD, new_password: password };
    expect((await person.post('/auth/password', change, from)).status).toBe(200);
    proved.letGo();
    expect(outcome(await disabling)).toEqual([409, 'session_unknown']);
    const again = await login(person.email, undefined, { password, from: '198.51.100.32' });
    expect(outcome(again)).toEqual([401, 'totp_required']);
  });

  it('is done by an admin for somebody who lost the phone, whose sessions end', async () => {
    const { person } = await aGuardedPerson();
    expect((await (await aPerson()).send('DELETE', `/users/${person.userId}/totp`)).status).toBe(403);
    const admin = await signIn(app, org.admin.email);
    expect((await admin.send('DELETE', `/users/${person.userId}/totp`)).status).toBe(204);
    expect((await person.get('/auth/me')).status).toBe(401);
    expect((await login(person.email)).status).toBe(200);
    expect(outcome(await admin.send('DELETE', `/users/${person.userId}/totp`))).toEqual([409, 'totp_off']);
    await app.app.get(DueJobsService).enqueueDue('account_mails');
    await eventually(() => {
      const received = mail.received.filter(({ to }) => to.includes(person.email));
      if (!received.some(({ text }) => text.includes('turned the second factor'))) throw new Error('not yet');
    });
  });

  it('is not done by an admin for oneself without the code, nor for another organisation', async () => {
    const admin = await signIn(app, org.admin.email);
    expect(outcome(await admin.send('DELETE', `/users/${admin.userId}/totp`))).toEqual([
      409,
      'own_second_factor',
    ]);
    const other = await createOrg(app, 'Other Roofing');
    expect((await admin.send('DELETE', `/users/${other.admin.userId}/totp`)).status).toBe(404);
  });

  it('goes with a person who is erased', async () => {
    const { person } = await aGuardedPerson();
    const admin = await signIn(app, org.admin.email);
    await admin.patch(`/users/${person.userId}`, { is_active: false });
    expect((await admin.post(`/users/${person.userId}/erase`)).status).toBe(200);
    const left = await database.query('select from second_factors where user_id = $1', [person.userId]);
    expect(left).toEqual([]);
  });

  it('stands in the audit log, with everything before it, and no code does', async () => {
    const { person, phone, recoveryCodes } = await aGuardedPerson();
    await login(person.email, recoveryCodes[0]);
    await login(person.email, phone.wrongCode());
    await person.post('/auth/totp/disable', { password: PASSWORD, totp: phone.nextCode() });
    const admin = await signIn(app, org.admin.email);
    const { body } = await admin.get(`/audit?actor=${person.userId}`);
    const entries = body.items as { action: string; after: object | null }[];
    expect(
      entries.map(({ action }) => action).filter((action) => action.startsWith('second_factor')),
    ).toEqual(['second_factor.disabled', 'second_factor.recovery_code_used', 'second_factor.enabled']);
    expect(JSON.stringify(body)).not.toContain(recoveryCodes[0]);
    await eventually(async () => {
      const { body: failed } = await admin.get('/audit?action=sign_in.failed&limit=200');
      const ours = failed.items.find(
        ({ subject, after }: { subject: string; after: { reason: string } }) =>
          subject === `user:${person.userId}` && after.reason === 'wrong code',
      );
      if (!ours) throw new Error('not written down yet');
    });
  });
});
