import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { AuthenticatorService } from '../../../src/auth/access/authenticator.service.js';
import { InvitationsRepository } from '../../../src/auth/invitations/invitations.repository.js';
import { UsersRepository } from '../../../src/auth/people/users.repository.js';
import { type TestApp, startApp } from '../../support/app.js';
import { untilBlocked } from '../../support/blocked.js';
import { actionIn, Browser } from '../../support/browser.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { type ReceivedMail, startMail, type TestMail } from '../../support/mail.js';
import {
  addPerson,
  anyone,
  createOrg,
  Session,
  signIn,
  someEmail,
  type TestOrg,
} from '../../support/people.js';

const OWN = 'gravel-moss-chimney-3';
const DAY_MS = 86_400_000;

describe('An invitation', () => {
  let database: TestDatabase;
  let mail: TestMail;
  let app: TestApp;
  let clock: FakeClock;
  let org: TestOrg;

  beforeAll(async () => {
    [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
    clock = new FakeClock(new Date());
    const env = { SMTP_URL: mail.url, CRM_PUBLIC_URL: 'https://office.acme.test' };
    app = await startApp({ databaseUrl: database.url, clock, env });
    org = await createOrg(app, 'Acme Roofing');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const mailsTo = (email: string): ReceivedMail[] => mail.received.filter(({ to }) => to.includes(email));
  const invite = (email: string, by: Session = org.admin, roles = ['sales']) =>
    by.post('/users/invite', { email, full_name: 'Sam Ruiz', roles });
  const accept = (token: string, password = OWN) =>
    anyone(app).post('/auth/invitations/accept', { token, password });
  const people = async (email: string) =>
    database.query<{ id: number }>('select id from users where email = $1', [email]);

  /** Invites an address and answers the token of the mail that comes. */
  async function tokenFor(email: string, by: Session = org.admin, roles?: string[]): Promise<string> {
    const before = mailsTo(email).length;
    expect((await invite(email, by, roles)).status).toBe(201);
    return eventually(() => {
      const [, token] = /invitation\?token=([\w-]+)/.exec(mailsTo(email)[before]?.text ?? '') ?? [];
      if (token === undefined) throw new Error('no invitation yet');
      return token;
    });
  }

  it('brings a person in once, with the password of their choice and the roles that were meant', async () => {
    const email = someEmail('sam');
    const asked = await invite(email, org.admin, ['finance', 'sales']);
    expect([asked.status, asked.body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        email,
        full_name: 'Sam Ruiz',
        roles: ['finance', 'sales'],
        invited_by: org.admin.userId,
        created_at: clock.now().toISOString(),
        expires_at: new Date(clock.now().getTime() + 7 * DAY_MS).toISOString(),
        email_state: 'queued',
        email_next_attempt_at: clock.now().toISOString(),
        email_problem: null,
      },
    ]);
    expect(await people(email)).toEqual([]);
    await app.app.get(DueJobsService).enqueueDue('account_mails');
    const message = await eventually(() => {
      const [first] = mailsTo(email);
      if (!first) throw new Error('no invitation yet');
      return first;
    });
    expect(message.subject).toBe('Join Acme Roofing at PeakPro CRM');
    expect(message.text).toContain('Ada Acme invites you');
    const [, token] = /https:\/\/office\.acme\.test\/auth\/invitation\?token=([\w-]+)/.exec(message.text)!;

    const joined = await accept(token!);
    expect([joined.status, joined.body.token_type]).toEqual([200, 'bearer']);
    const me = await new Session(app.url, joined.body.access_token).get('/auth/me');
    expect(me.body).toMatchObject({ email, org_id: org.orgId, roles: ['finance', 'sales'] });
    expect((await signIn(app, email, OWN)).userId).toBe(me.body.id);
    expect(await accept(token!)).toMatchObject({ status: 400, body: { code: 'invitation_not_good' } });
    const entries = ((await org.admin.get('/audit?action=user')).body.items as { action: string }[]).filter(
      ({ action }) => action.startsWith('user.invit'),
    );
    expect(entries).toMatchObject([
      { action: 'user.invitation_accepted', actor: { id: me.body.id }, subject: `user:${me.body.id}` },
      { action: 'user.invited', actor: { id: org.admin.userId }, after: { email } },
    ]);
    expect(JSON.stringify(entries)).not.toContain(token);
  });

  it('shows whoever sent it whether the mail server took its mail, and why it did not', async () => {
    let admin: Session = org.admin;
    const shown = async (email: string) => {
      const { items } = (await admin.get('/users/invitations')).body;
      const { email_state, email_next_attempt_at, email_problem } = items.find(
        (item: { email: string }) => item.email === email,
      );
      return [email_state, email_next_attempt_at !== null, email_problem];
    };
    const becomes = (email: string, what: unknown[]) =>
      eventually(async () => expect(await shown(email)).toEqual(what));
    const [good, gone, full] = [someEmail('good'), someEmail('gone'), someEmail('full')];
    await tokenFor(good);
    await becomes(good, ['sent', false, null]);

    mail.refuse(`550 5.1.1 ${gone} unknown`);
    await invite(gone);
    await becomes(gone, ['failed', false, 'The mail server does not take the address (it answered 550).']);
    await tokenFor(gone);
    await becomes(gone, ['sent', false, null]);

    mail.refuse('452 4.2.2 mailbox full');
    await invite(full);
    const tryLater = 'The mail server did not take the address yet (it answered 452).';
    await becomes(full, ['queued', true, tryLater]);
    mail.refuse('452 4.2.2 mailbox full');
    clock.advance({ hours: 1 });
    admin = await signIn(app, org.admin.email);
    await app.app.get(DueJobsService).enqueueDue('account_mails');
    await becomes(full, ['failed', false, tryLater]);
    clock.advance({ hours: -1 }); // sign-ins of the others are good for half an hour
  });

  it('is kept as the hash of its token, and is worth nothing but whole', async () => {
    const token = await tokenFor(someEmail());
    const [row] = await database.query<{ row: string }>(
      `select row_to_json(i)::text as row from invitations i order by created_at desc limit 1`,
    );
    expect(row!.row).not.toContain(token);
    for (const bad of [token.slice(1), `${token}a`, token.toUpperCase(), 'x', '\0'])
      expect((await accept(bad)).status).toBe(400);
    expect(await accept(token, 'Passw0rd!')).toMatchObject({ status: 422 });
    expect(await accept(token, 'Acme Roofing')).toMatchObject({ status: 422 });
    expect((await accept(token)).status).toBe(200);
  });

  it('brings in one person where it is accepted ten times at once', async () => {
    const email = someEmail();
    const token = await tokenFor(email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9);
    expect(await people(email)).toHaveLength(1);
  });

  it('is used up for who looked at it before somebody else accepted it', async () => {
    const token = await tokenFor(someEmail());
    const looked = holdNext(app.app.get(InvitationsRepository), 'findOpenByToken');
    const late = accept(token);
    await looked.done;
    expect((await accept(token)).status).toBe(200);
    looked.letGo();
    const { status, body } = await late;
    expect([status, body.code]).toEqual([400, 'invitation_not_good']);
  });

  it('ends after seven days, by the next one, when it is taken back, and with who sent it', async () => {
    const [late, again, revoked, orphaned] = Array.from({ length: 4 }, () => someEmail());
    const lateToken = await tokenFor(late!);
    clock.advance({ days: 7 });
    expect((await accept(lateToken)).status).toBe(400);
    org = { ...org, admin: await signIn(app, org.admin.email) };

    const earlier = await tokenFor(again!);
    const later = await tokenFor(again!);
    expect((await accept(earlier)).status).toBe(400);
    expect((await accept(later)).status).toBe(200);

    const takenBack = await tokenFor(revoked!);
    const [open] = (await org.admin.get('/users/invitations')).body.items;
    expect(open).toMatchObject({ email: revoked });
    expect((await org.admin.send('DELETE', `/users/invitations/${open.id}`)).status).toBe(204);
    expect((await org.admin.send('DELETE', `/users/invitations/${open.id}`)).status).toBe(404);
    expect((await accept(takenBack)).status).toBe(400);

    const second = await addPerson(app, org.orgId, ['admin']);
    const byHer = await tokenFor(orphaned!, second, ['admin']);
    await org.admin.patch(`/users/${second.userId}`, { roles: ['viewer'] });
    expect((await accept(byHer)).status).toBe(400);
  });

  it('is not sent by who runs the organisation no more, and had asked for it just before', async () => {
    const second = await addPerson(app, org.orgId, ['admin']);
    const stranger = someEmail();
    const judged = holdNext(app.app.get(AuthenticatorService), 'byBearer');
    const late = invite(stranger, second, ['admin']);
    await judged.done;
    expect((await org.admin.patch(`/users/${second.userId}`, { roles: ['viewer'] })).status).toBe(200);
    judged.letGo();
    expect(await late).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(mailsTo(stranger)).toEqual([]);
  });

  it('is not left open for who joins by an earlier one at the moment when it is sent', async () => {
    const email = someEmail();
    const token = await tokenFor(email);
    const looked = holdNext(app.app.get(UsersRepository), 'findByEmail');
    const again = invite(email);
    await looked.done;
    const joining = accept(token);
    await untilBlocked(database, joining);
    looked.letGo();
    expect([(await again).status, (await joining).status]).toEqual([201, 400]);
    expect(await people(email)).toEqual([]);
  });

  it('is not sent to who signs in already, nor without end, and is nothing for other organisations', async () => {
    expect(await invite(org.admin.email.toUpperCase())).toMatchObject({
      status: 409,
      body: { code: 'email_taken' },
    });
    const stranger = someEmail();
    for (let n = 0; n < 5; n += 1) expect((await invite(stranger)).status).toBe(201);
    const over = await invite(stranger);
    expect([over.status, over.body.code, over.headers.get('retry-after')]).toEqual([
      429,
      'too_many_emails',
      '3600',
    ]);
    const other = await createOrg(app, 'Other Roofing');
    expect((await other.admin.get('/users/invitations')).body.items).toEqual([]);
    const [open] = (await org.admin.get('/users/invitations?limit=1')).body.items;
    expect((await other.admin.send('DELETE', `/users/invitations/${open.id}`)).status).toBe(404);
    // Its mail may be on its way, and sent by now.
    const [still] = (await org.admin.get('/users/invitations?limit=1')).body.items;
    expect(still.id).toBe(open.id);
  });

  it('is one of five hundred of an organisation in a day, however many admins it has', async () => {
    const crowd = await createOrg(app, 'Crowd Roofing');
    const second = await addPerson(app, crowd.orgId, ['admin']);
    await database.query(
      `insert into invitations
         (id, org_id, email, full_name, roles, invited_by, created_at, expires_at, token_hash)
       select gen_random_uuid(), $1, 'somebody-' || n || '@example.com', 'Somebody', '{viewer}', $2,
              $3::timestamptz, $3::timestamptz + interval '7 days', sha256(('crowd' || n)::bytea)
         from generate_series(1, 500) as n`,
      [crowd.orgId, second.userId, clock.now()],
    );
    expect(await invite(someEmail(), crowd.admin)).toMatchObject({
      status: 429,
      body: { code: 'too_many_emails' },
    });
  });

  it('is refused without a mail server, and says what to do instead', async () => {
    await using silent = await startApp({ databaseUrl: database.url, clock });
    const answer = await invite(
      someEmail(),
      new Session(silent.url, (await signIn(app, org.admin.email)).token),
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'smtp_not_configured' } });
    expect(answer.body.detail).toContain('POST /users');
  });

  it('is shown again where the address of its form is loaded anew after it refused a password', async () => {
    const browser = new Browser(app.url);
    const shown = await browser.open(`/auth/invitation?token=${await tokenFor(someEmail())}`);
    const refused = await browser.submit({ new_password: OWN, repeated: 'x' }, actionIn(shown.html));
    expect(refused.status).toBe(422);
    const anew = await browser.open(actionIn(shown.html));
    expect([anew.status, anew.html.includes('Join Acme Roofing')]).toEqual([200, true]);
  });

  it('says on its page that the person has joined who presses the button twice', async () => {
    const token = await tokenFor(someEmail());
    const browser = new Browser(app.url);
    await browser.open(`/auth/invitation?token=${token}`);
    const fields = { new_password: OWN, repeated: OWN };
    const presses = await Promise.all([1, 2].map(() => browser.submit(fields, '/auth/invitation')));
    expect(presses.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 303]);
    const second = presses.find(({ status }) => status === 200)!;
    expect(second.html).toContain('You have joined Acme Roofing');
    expect(second.html).toContain('href="/auth/sign-in"');
  });

  it('is accepted on a page too, which signs the person in', async () => {
    const email = someEmail();
    const token = await tokenFor(email);
    const browser = new Browser(app.url);
    const shown = await browser.open(`/auth/invitation?token=${token}`);
    expect([shown.status, shown.html.includes('Join Acme Roofing'), shown.html.includes(email)]).toEqual([
      200,
      true,
      true,
    ]);
    expect(shown.html).toContain(`value="${email}" autocomplete="username" hidden`);
    const differs = await browser.submit({ new_password: OWN, repeated: 'x' }, '/auth/invitation');
    expect([differs.status, differs.html.includes('The two passwords differ.')]).toEqual([422, true]);
    const joined = await browser.submit({ new_password: OWN, repeated: OWN }, '/auth/invitation');
    expect([joined.status, joined.headers.get('location')]).toEqual([303, '/auth/account']);
    expect((await browser.open('/auth/me')).html).toContain(email);
    const again = await browser.open(`/auth/invitation?token=${token}`);
    expect([again.status, again.html.includes('This invitation does not work')]).toEqual([400, true]);
    const foreign = await new Browser(app.url).submit(
      { token: await tokenFor(someEmail()), new_password: OWN, repeated: OWN },
      '/auth/invitation',
    );
    expect(foreign.status).toBe(403);
  });
});
