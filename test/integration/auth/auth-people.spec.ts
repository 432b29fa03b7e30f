import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthenticatorService } from '../../../src/auth/access/authenticator.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { holdNext } from '../../support/hold.js';
import {
  addPerson,
  anyone,
  createOrg,
  PASSWORD,
  type Session,
  signIn,
  someEmail,
  type TestOrg,
} from '../../support/people.js';

describe('The people of an organisation', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let other: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app, 'Acme Roofing');
    other = await createOrg(app, 'Other Roofing');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const someone = (change: object = {}): object => ({
    email: someEmail(),
    full_name: 'Sam Ruiz',
    password: PASSWORD,
    roles: ['sales'],
    ...change,
  });

  it('are added by an admin and can sign in', async () => {
    const email = someEmail();
    const added = await org.admin.post('/users', someone({ email, roles: ['viewer', 'finance'] }));
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      id: expect.any(Number),
      email,
      full_name: 'Sam Ruiz',
      org_id: org.orgId,
      is_active: true,
      roles: ['finance', 'viewer'],
      second_factor: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect((await signIn(app, email)).userId).toBe(added.body.id);
  });

  it('have an e-mail that nobody else in the installation has, whatever its case', async () => {
    const email = someEmail();
    expect((await org.admin.post('/users', someone({ email }))).status).toBe(201);
    const again = await other.admin.post('/users', someone({ email: email.toUpperCase() }));
    expect([again.status, again.body.code]).toEqual([409, 'email_taken']);
  });

  it('are added once when two admins add them at once', async () => {
    const person = someone();
    const answers = await Promise.all([org.admin.post('/users', person), other.admin.post('/users', person)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  });

  it.each([
    { name: 'a password of seven characters', change: { password: 'ladders' }, field: 'password' },
    { name: 'a password of 129 characters', change: { password: 'x'.repeat(129) }, field: 'password' },
    { name: 'one of the most common passwords', change: { password: 'PassWord' }, field: 'password' },
    { name: 'no role', change: { roles: [] }, field: 'roles' },
    { name: 'a role there is not', change: { roles: ['owner'] }, field: 'roles' },
    { name: 'an odd e-mail', change: { email: 'sam' }, field: 'email' },
    { name: 'a blank name', change: { full_name: '  ' }, field: 'full_name' },
    { name: 'an organisation of choice', change: { org_id: 1 }, field: 'org_id' },
    { name: 'an id of choice', change: { id: 1 }, field: 'id' },
    { name: 'a creation date of choice', change: { created_at: '2020-01-01' }, field: 'created_at' },
  ])('cannot have $name', async ({ change, field }) => {
    const answer = await org.admin.post('/users', someone(change));
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('are listed page by page, those of the own organisation only', async () => {
    const lonely = await createOrg(app, 'Lonely Roofing');
    for (let n = 0; n < 4; n += 1) await lonely.admin.post('/users', someone());
    const first = await lonely.admin.get('/users?limit=3');
    const second = await lonely.admin.get(`/users?limit=3&cursor=${first.body.next_cursor}`);
    expect([first.body.items.length, second.body.items.length]).toEqual([3, 2]);
    expect(second.body.next_cursor).toBeNull();
    const all = [...first.body.items, ...second.body.items];
    expect(new Set(all.map((person: { org_id: number }) => person.org_id))).toEqual(new Set([lonely.orgId]));
    expect((await lonely.admin.get('/users?limit=201')).status).toBe(422);
    expect((await lonely.admin.get('/users?cursor=nonsense')).status).toBe(400);
  });

  it('of another organisation are not there', async () => {
    const theirs = await addPerson(app, other.orgId, ['sales']);
    const answer = await org.admin.patch(`/users/${theirs.userId}`, {
      full_name: 'Taken Over',
      is_active: false,
    });
    const nobody = await org.admin.patch('/users/999999', { full_name: 'Nobody' });
    expect([answer.status, nobody.status]).toEqual([404, 404]);
    expect((await theirs.get('/auth/me')).body).toMatchObject({ full_name: 'Sam Acme', is_active: true });
  });

  it('are out with the next call when they are disabled, and stay so after they are let in again', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    expect((await person.get('/auth/me')).status).toBe(200);
    const answer = await org.admin.patch(`/users/${person.userId}`, { is_active: false });
    expect(answer.body.is_active).toBe(false);
    expect((await person.get('/auth/me')).status).toBe(401);
    await org.admin.patch(`/users/${person.userId}`, { is_active: true });
    expect((await person.get('/auth/me')).status).toBe(401);
    expect((await (await signIn(app, person.email)).get('/auth/me')).status).toBe(200);
  });

  it('may do what their roles say with the next call', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    expect((await person.get('/users')).status).toBe(403);
    await org.admin.patch(`/users/${person.userId}`, { roles: ['admin'] });
    expect((await person.get('/users')).status).toBe(200);
    await org.admin.patch(`/users/${person.userId}`, { roles: ['viewer'] });
    expect((await person.get('/users')).status).toBe(403);
  });

  it('are signed out everywhere by a new password', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const login = await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD });
    await org.admin.patch(`/users/${person.userId}`, { password: 'another-ladder-7' });
    expect((await person.get('/auth/me')).status).toBe(401);
    const refresh = { refresh_token: login.body.refresh_token };
    expect((await anyone(app).post('/auth/refresh', refresh)).status).toBe(401);
    await expect(signIn(app, person.email)).rejects.toThrow('cannot sign in');
    expect((await signIn(app, person.email, 'another-ladder-7')).userId).toBe(person.userId);
  });

  it('keep what is not changed, and their sign-in with it', async () => {
    const person = await addPerson(app, org.orgId, ['sales']);
    const answer = await org.admin.patch(`/users/${person.userId}`, { full_name: 'Sam Renamed' });
    expect(answer.body).toMatchObject({ full_name: 'Sam Renamed', is_active: true, roles: ['sales'] });
    expect((await person.get('/auth/me')).body.full_name).toBe('Sam Renamed');
    expect((await org.admin.patch(`/users/${person.userId}`, { email: 'x@acme.test' })).status).toBe(422);
    expect((await org.admin.patch(`/users/${person.userId}`, { roles: null })).status).toBe(422);
  });

  it('are not changed by who was made no admin just before, themselves least of all', async () => {
    const two = await createOrg(app, 'Two Admins Roofing');
    const second = await addPerson(app, two.orgId, ['admin']);
    const judged = holdNext(app.app.get(AuthenticatorService), 'byBearer');
    const late = second.patch(`/users/${second.userId}`, { roles: ['admin'] });
    await judged.done;
    const demoted = await two.admin.patch(`/users/${second.userId}`, { roles: ['viewer'] });
    expect(demoted.body.roles).toEqual(['viewer']);
    judged.letGo();
    expect(await late).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await second.get('/auth/me')).body.roles).toEqual(['viewer']);
  });

  it('always have an active admin', async () => {
    const { admin } = await createOrg(app, 'One Admin Roofing');
    const disabled = await admin.patch(`/users/${admin.userId}`, { is_active: false });
    const demoted = await admin.patch(`/users/${admin.userId}`, { roles: ['viewer'] });
    expect([disabled.status, disabled.body.code]).toEqual([409, 'last_admin']);
    expect(demoted.status).toBe(409);
    await addPerson(app, admin.orgId, ['admin']);
    expect((await admin.patch(`/users/${admin.userId}`, { roles: ['viewer'] })).status).toBe(200);
  });

  it('keep one of two admins who disable each other at once', async () => {
    const { orgId, admin } = await createOrg(app, 'Two Admins Roofing');
    const second = await addPerson(app, orgId, ['admin']);
    const answers = await Promise.all([
      admin.patch(`/users/${second.userId}`, { is_active: false }),
      second.patch(`/users/${admin.userId}`, { is_active: false }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('see and do by role what the table says', async () => {
    const { orgId, admin } = await createOrg(app, 'Matrix Roofing');
    const users: Record<string, Session> = {
      admin,
      finance: await addPerson(app, orgId, ['finance']),
      sales: await addPerson(app, orgId, ['sales']),
      viewer: await addPerson(app, orgId, ['viewer']),
      anonymous: anyone(app),
    };
    const matrix: Record<string, Record<string, number>> = {};
    for (const [role, user] of Object.entries(users)) {
      matrix[role] = {
        me: (await user.get('/auth/me')).status,
        people: (await user.get('/users')).status,
        add: (await user.post('/users', {})).status,
        change: (await user.patch(`/users/${admin.userId}`, {})).status,
        settings: (await user.get('/org/settings')).status,
        set: (await user.patch('/org/settings', {})).status,
      };
    }
    const looks = { me: 200, people: 403, add: 403, change: 403, settings: 200, set: 403 };
    expect(matrix).toEqual({
      admin: { me: 200, people: 200, add: 422, change: 200, settings: 200, set: 200 },
      finance: looks,
      sales: looks,
      viewer: looks,
      anonymous: { me: 401, people: 401, add: 401, change: 401, settings: 401, set: 401 },
    });
    const refusal = await users.viewer!.get('/users');
    expect(refusal.body).toMatchObject({ code: 'forbidden', detail: 'Only these roles may do this: admin.' });
  });
});
