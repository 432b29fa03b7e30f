import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
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
import { turnFactorOn } from '../../support/totp.js';

const NEW = 'gravel-moss-chimney-3';
const ELSEWHERE = [409, 'in_several_organisations'];

describe('An admin of one organisation, of somebody who is in another one too', () => {
  let database: TestDatabase;
  let app: TestApp;
  let alpha: TestOrg;
  let beta: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    alpha = await createOrg(app, 'Alpha Roofing');
    beta = await createOrg(app, 'Beta Roofing');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  async function anAdviser(): Promise<Person> {
    const person = await addPerson(app, alpha.orgId, ['admin']);
    await joinOrg(app, person, beta.orgId, ['viewer']);
    return person;
  }

  const tokensIn = async ({ email }: Person, { orgId }: TestOrg) => {
    const login = { email, password: PASSWORD, org_id: orgId };
    const { status, body } = await anyone(app).post('/auth/login', login);
    expect(status).toBe(200);
    return body as { access_token: string; refresh_token: string };
  };
  const inOrg = async (person: Person, org: TestOrg): Promise<Session> =>
    new Session(app.url, (await tokensIn(person, org)).access_token);
  const isIn = async (session: Session): Promise<boolean> => (await session.get('/auth/me')).status === 200;
  const outcome = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
  const change = async ({ admin }: TestOrg, { userId }: Person, facts: object) =>
    admin.patch(`/users/${userId}`, facts);

  it('sees them as they are here', async () => {
    const person = await anAdviser();
    const { items } = (await beta.admin.get('/users')).body;
    const shown = items.find(({ id }: { id: number }) => id === person.userId);
    expect(shown).toMatchObject({
      org_id: beta.orgId,
      roles: ['viewer'],
      is_active: true,
      email: person.email,
    });
    expect(JSON.stringify(shown)).not.toContain('Alpha');
  });

  it('gives them other roles here, and none there', async () => {
    const person = await anAdviser();
    const [here, there] = [await inOrg(person, beta), await inOrg(person, alpha)];
    expect((await here.get('/users')).status).toBe(403);
    expect((await change(beta, person, { roles: ['admin'] })).body).toMatchObject({ roles: ['admin'] });
    expect((await here.get('/users')).status).toBe(200);
    await change(beta, person, { roles: ['viewer'] });
    expect([(await here.get('/users')).status, (await there.get('/users')).status]).toEqual([403, 200]);
  });

  it('lets them out of this organisation at once, and of no other', async () => {
    const person = await anAdviser();
    const [here, there] = [await inOrg(person, beta), await inOrg(person, alpha)];
    const refresh = async (org: TestOrg) => {
      const { refresh_token: ticket } = await tokensIn(person, org);
      return () => anyone(app).post('/auth/refresh', { refresh_token: ticket });
    };
    const [refreshHere, refreshThere] = [await refresh(beta), await refresh(alpha)];
    expect((await change(beta, person, { is_active: false })).body).toMatchObject({ is_active: false });
    expect([await isIn(here), await isIn(there)]).toEqual([false, true]);
    expect([(await refreshHere()).status, (await refreshThere()).status]).toEqual([401, 200]);
    expect((await signIn(app, person.email)).orgId).toBe(alpha.orgId);
  });

  it('ends no session that went on elsewhere, and no token comes back with its owner', async () => {
    const person = await anAdviser();
    const stays = await tokensIn(person, beta);
    const here = await inOrg(person, beta);
    const moved = new Session(
      app.url,
      (await here.post('/auth/switch', { org_id: alpha.orgId })).body.access_token,
    );
    expect(await isIn(here)).toBe(true);
    await change(beta, person, { is_active: false });
    expect([await isIn(here), await isIn(moved)]).toEqual([false, true]);
    await change(beta, person, { is_active: true });
    expect([await isIn(here), await isIn(moved)]).toEqual([false, true]);
    const refreshed = await anyone(app).post('/auth/refresh', { refresh_token: stays.refresh_token });
    expect(refreshed.status).toBe(401);
  });

  it('ends a link to a new password only where no other organisation lets them in', async () => {
    const person = await anAdviser();
    await database.query(
      `insert into account_tokens (id, purpose, user_id, token_hash, created_at, expires_at)
       select gen_random_uuid(), 'password_reset', id, sha256(convert_to(email, 'UTF8')), now(), '2100-01-01'
         from users where id = $1`,
      [person.userId],
    );
    const open = async () =>
      (
        await database.query('select from account_tokens where user_id = $1 and ended_at is null', [
          person.userId,
        ])
      ).length;
    await change(beta, person, { is_active: false });
    expect(await open()).toBe(1);
    await change(alpha, person, { is_active: false });
    expect(await open()).toBe(0);
  });

  it('can change neither name nor password, whatever else is asked for with it', async () => {
    const person = await anAdviser();
    for (const facts of [
      { full_name: 'Sam Renamed' },
      { password: NEW },
      { is_active: false, password: NEW },
    ]) {
      const answer = await change(beta, person, facts);
      expect(outcome(answer)).toEqual(ELSEWHERE);
      expect(answer.body.detail).toContain(person.email);
      expect(JSON.stringify(answer.body)).not.toContain('Alpha');
    }
    const me = await (await inOrg(person, beta)).get('/auth/me');
    expect([me.status, me.body.full_name]).toEqual([200, 'Sam Acme']);
    expect((await change(beta, person, { full_name: 'Sam Acme', roles: ['sales'] })).status).toBe(200);
  });

  it('cannot either while the other organisation does not let them in, which may again', async () => {
    const person = await anAdviser();
    await change(alpha, person, { is_active: false });
    expect(outcome(await change(beta, person, { password: NEW }))).toEqual(ELSEWHERE);
  });

  it('can of who is in this organisation alone, and once they are erased in the other', async () => {
    const alone = await addPerson(app, beta.orgId, ['viewer']);
    expect((await change(beta, alone, { full_name: 'Sam Renamed', password: NEW })).status).toBe(200);
    const person = await anAdviser();
    await change(alpha, person, { is_active: false });
    expect((await alpha.admin.post(`/users/${person.userId}/erase`)).status).toBe(200);
    expect((await change(beta, person, { full_name: 'Sam Renamed' })).status).toBe(200);
  });

  it('cannot turn the second factor off', async () => {
    const person = await anAdviser();
    await turnFactorOn(person);
    expect(outcome(await beta.admin.send('DELETE', `/users/${person.userId}/totp`))).toEqual(ELSEWHERE);
    const login = await anyone(app).post('/auth/login', { email: person.email, password: PASSWORD });
    expect(outcome(login)).toEqual([401, 'totp_required']);
  });

  it('erases them here alone: their deeds stay, done by a former person', async () => {
    const person = await anAdviser();
    await change(beta, person, { roles: ['admin'] });
    const here = await inOrg(person, beta);
    expect((await here.patch('/org/settings', { terms_days: 21 })).status).toBe(200);
    expect(outcome(await beta.admin.post(`/users/${person.userId}/erase`))).toEqual([409, 'user_active']);
    await change(beta, person, { is_active: false });
    const erased = {
      full_name: 'Former person',
      email: `erased-${person.userId}@erased.invalid`,
      is_active: false,
    };
    const answer = await beta.admin.post(`/users/${person.userId}/erase`);
    expect([answer.status, answer.body]).toMatchObject([200, erased]);
    expect((await beta.admin.post(`/users/${person.userId}/erase`)).body).toEqual(answer.body);

    const back = await change(beta, person, { is_active: true });
    expect([...outcome(back), back.body.detail.includes(person.email)]).toEqual([409, 'user_erased', false]);
    const factor = await beta.admin.send('DELETE', `/users/${person.userId}/totp`);
    expect(outcome(factor)).toEqual([409, 'user_erased']);

    const { items } = (await beta.admin.get('/audit?action=settings.updated')).body;
    expect(items[0].actor).toEqual({ id: person.userId, full_name: erased.full_name, email: erased.email });
    expect((await beta.admin.get(`/audit?actor=${person.email}`)).body.items).toEqual([]);
    const origins = await database.query<{ org: number; ip: string | null }>(
      'select distinct org_id as org, ip from sessions where user_id = $1 order by 1',
      [person.userId],
    );
    expect(origins).toEqual([
      { org: alpha.orgId, ip: '127.0.0.1' },
      { org: beta.orgId, ip: null },
    ]);
    const me = (await (await inOrg(person, alpha)).get('/auth/me')).body;
    expect(me).toMatchObject({ email: person.email, full_name: 'Sam Acme', roles: ['admin'] });
    expect(me.orgs).toHaveLength(1);
  });

  it('loses them for good only where they are erased everywhere', async () => {
    const person = await anAdviser();
    for (const org of [beta, alpha]) {
      await change(org, person, { is_active: false });
      expect((await org.admin.post(`/users/${person.userId}/erase`)).status).toBe(200);
    }
    const [row] = await database.query('select email, full_name as name from users where id = $1', [
      person.userId,
    ]);
    expect(row).toEqual({ email: `erased-${person.userId}@erased.invalid`, name: 'Former person' });
    const back = { email: person.email, full_name: 'Sam Acme', password: PASSWORD, roles: ['sales'] };
    expect((await beta.admin.post('/users', back)).status).toBe(201);
  });

  it('stays the last admin of this one, whatever they are elsewhere', async () => {
    const gamma = await createOrg(app, 'Gamma Roofing');
    await joinOrg(app, gamma.admin, alpha.orgId, ['admin']);
    expect(outcome(await change(gamma, gamma.admin, { roles: ['viewer'] }))).toEqual([409, 'last_admin']);
    await joinOrg(app, alpha.admin, gamma.orgId, ['viewer']);
    expect(outcome(await change(gamma, gamma.admin, { is_active: false }))).toEqual([409, 'last_admin']);
  });

  it('is told to invite whom another organisation has', async () => {
    const person = await addPerson(app, alpha.orgId, ['sales']);
    const body = { email: person.email, full_name: 'Sam Acme', password: PASSWORD, roles: ['sales'] };
    const answer = await beta.admin.post('/users', body);
    expect(outcome(answer)).toEqual([409, 'email_taken']);
    expect(answer.body.detail).toContain('POST /users/invite');
  });

  it('has a sign-in and a change of access one after the other, never both halves', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await anAdviser();
      const there = await inOrg(person, alpha);
      const [switched] = await Promise.all([
        there.post('/auth/switch', { org_id: beta.orgId }),
        change(beta, person, { is_active: false }),
      ]);
      expect([200, 403]).toContain(switched.status);
      const { access_token: token, refresh_token: ticket } = switched.body;
      expect(await isIn(new Session(app.url, token ?? 'refused'))).toBe(false);
      const again = await anyone(app).post('/auth/refresh', { refresh_token: ticket ?? 'refused' });
      expect(again.status).toBe(401);
    }
  });
});
