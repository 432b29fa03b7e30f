import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { AuthenticatedUsersService } from '../../../src/auth/access/authenticated-users.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { holdNext } from '../../support/hold.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import {
  addPerson,
  anyone,
  createOrg,
  joinOrg,
  PASSWORD,
  type Person,
  provingAgain,
  Session,
  type TestOrg,
} from '../../support/people.js';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

describe('Somebody who is in several organisations', () => {
  const clock = new FakeClock(new Date());
  let database: TestDatabase;
  let app: TestApp;
  let alpha: TestOrg;
  let beta: TestOrg;
  let foreign: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, clock });
    alpha = await createOrg(app, 'Alpha Roofing');
    beta = await createOrg(app, 'Beta Roofing');
    foreign = await createOrg(app, 'Foreign Roofing');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** Signs in for sales in Alpha, and is an admin of Beta. */
  async function anAdviser(): Promise<Person> {
    const person = await addPerson(app, alpha.orgId, ['sales']);
    await joinOrg(app, person, beta.orgId, ['admin']);
    return person;
  }

  const login = async ({ email }: Person, more: object = {}) =>
    anyone(app).post<Tokens>('/auth/login', { email, password: PASSWORD, ...more });
  const refresh = async (token: string) =>
    anyone(app).post<Tokens>('/auth/refresh', { refresh_token: token });
  const by = ({ access_token }: Tokens) => new Session(app.url, access_token);
  const switchTo = async (session: Session, orgId: unknown) =>
    session.post<Tokens>('/auth/switch', { org_id: orgId });
  const placeOf = async (tokens: Tokens): Promise<number> => (await by(tokens).get('/auth/me')).body.org_id;
  /** Lets somebody into an organisation, or out of it. */
  const disable = async (org: TestOrg, { userId }: Person, isActive = false): Promise<void> => {
    const change = () => org.admin.patch(`/users/${userId}`, { is_active: isActive });
    expect((await provingAgain(org.admin, change)).status).toBe(200);
  };
  const sessionIdOf = ({ access_token }: Tokens): string =>
    JSON.parse(Buffer.from(access_token.split('.')[1]!, 'base64url').toString()).sid;
  const signInsOf = async (org: TestOrg, { userId }: Person): Promise<string[]> => {
    const { items } = (await org.admin.get('/audit?action=sign_in&limit=200')).body;
    return (items as { action: string; subject: string }[])
      .filter(({ subject }) => subject === `user:${userId}`)
      .map(({ action }) => action);
  };

  it('is told which, by name, with the roles in each; in one alone it is that one', async () => {
    const person = await addPerson(app, beta.orgId, ['viewer']);
    const one = [{ id: beta.orgId, name: 'Beta Roofing', roles: ['viewer'] }];
    expect((await person.get('/auth/me')).body).toMatchObject({ org_id: beta.orgId, orgs: one });
    await joinOrg(app, person, alpha.orgId, ['finance', 'admin']);
    const { body } = await person.get('/auth/me');
    expect(body).toMatchObject({ org_id: beta.orgId, roles: ['viewer'] });
    expect(body.orgs).toEqual([
      { id: alpha.orgId, name: 'Alpha Roofing', roles: ['admin', 'finance'] },
      ...one,
    ]);
    await disable(alpha, person);
    expect((await person.get('/auth/me')).body.orgs).toEqual(one);
  });

  it('is told them as people sort names: a small letter at the beginning is not behind Z', async () => {
    const person = await addPerson(app, beta.orgId, ['viewer']);
    const small = await createOrg(app, 'a1 Roofing');
    await joinOrg(app, person, small.orgId, ['viewer']);
    const names = ((await person.get('/auth/me')).body.orgs as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(['a1 Roofing', 'Beta Roofing']);
  });

  it('signs in where they say, and else where they were last', async () => {
    const person = await anAdviser();
    expect(await placeOf((await login(person)).body)).toBe(alpha.orgId);
    expect(await placeOf((await login(person, { org_id: beta.orgId })).body)).toBe(beta.orgId);
    expect(await placeOf((await login(person)).body)).toBe(beta.orgId);
    await switchTo(by((await login(person)).body), alpha.orgId);
    expect(await placeOf((await login(person)).body)).toBe(alpha.orgId);
  });

  it('sees of each sign-in where it is', async () => {
    const person = await anAdviser();
    clock.advance({ seconds: 1 });
    const moved = await switchTo(by((await login(person)).body), beta.orgId);
    const { items } = (await by(moved.body).get('/auth/sessions')).body;
    expect(items.map(({ current, org_id: orgId }: Record<string, unknown>) => [current, orgId])).toEqual([
      [true, beta.orgId],
      [false, alpha.orgId],
    ]);
  });

  it('signs in to one that lets them in where the last one does not, and to none where none does', async () => {
    const person = await anAdviser();
    await disable(alpha, person);
    expect(await placeOf((await login(person)).body)).toBe(beta.orgId);
    await disable(beta, person);
    const none = await login(person);
    expect([none.status, (none.body as unknown as { code: string }).code]).toEqual([
      401,
      'wrong_credentials',
    ]);
    await disable(alpha, person, true);
    expect(await placeOf((await login(person)).body)).toBe(alpha.orgId);
  });

  it('is told nothing of an organisation that does not let them in', async () => {
    const person = await anAdviser();
    await disable(beta, person);
    const wrong = await anyone(app).post('/auth/login', { email: person.email, password: 'wrong' });
    for (const orgId of [foreign.orgId, beta.orgId, 999_999]) {
      const answer = await login(person, { org_id: orgId });
      expect([answer.status, { ...answer.body, request_id: '' }]).toEqual([
        401,
        { ...wrong.body, request_id: '' },
      ]);
    }
  });

  it('switches without signing in again, and is in each what they are there', async () => {
    const person = await anAdviser();
    const before = (await login(person)).body;
    const lead = (await by(before).post('/leads', { name: 'Roof of 3 Oak Lane' })).body.id as number;
    expect((await by(before).get('/users')).status).toBe(403);

    const answer = await switchTo(by(before), beta.orgId);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 1800,
        refresh_token: expect.any(String),
      },
    ]);
    const there = by(answer.body);
    expect((await there.get('/auth/me')).body).toMatchObject({ org_id: beta.orgId, roles: ['admin'] });
    expect((await there.get('/users')).status).toBe(200);
    expect((await there.get(`/leads/${lead}`)).status).toBe(404);
    expect((await there.patch(`/leads/${lead}`, { notes: 'x' })).status).toBe(404);

    const back = by((await switchTo(there, alpha.orgId)).body);
    expect((await back.get('/users')).status).toBe(403);
    expect((await back.get(`/leads/${lead}`)).status).toBe(200);
  });

  it('goes on with a token from before in its own organisation, with the roles there', async () => {
    const person = await anAdviser();
    const before = by((await login(person)).body);
    const after = by((await switchTo(before, beta.orgId)).body);
    expect((await before.get('/auth/me')).body).toMatchObject({ org_id: alpha.orgId, roles: ['sales'] });
    expect((await before.get('/users')).status).toBe(403);
    expect((await after.get('/users')).status).toBe(200);
  });

  it('keeps the sign-in: the same one, proven when it was, for as long', async () => {
    const person = await anAdviser();
    const tokens = (await login(person)).body;
    const current = async (session: Session) => {
      const items = (await session.get('/auth/sessions')).body.items as {
        id: string;
        last_used_at: string;
      }[];
      return items.find(({ id }) => id === sessionIdOf(tokens))!;
    };
    const before = await current(by(tokens));
    clock.advance({ minutes: 16 });
    const moved = by((await switchTo(by(tokens), beta.orgId)).body);
    const after = await current(moved);
    expect(after).toEqual({ ...before, org_id: beta.orgId, last_used_at: after.last_used_at });
    const old = await moved.post('/users', {});
    expect([old.status, old.body.code]).toEqual([403, 'reauthentication_required']);
    expect((await moved.post('/auth/confirm', { password: PASSWORD })).status).toBe(200);
    expect((await moved.post('/users', {})).status).toBe(422);
  });

  it('is refused the same way by one they are not in, one that lets them in no more, and none', async () => {
    const person = await anAdviser();
    await disable(beta, person);
    const session = by((await login(person)).body);
    const answers = await Promise.all(
      [foreign.orgId, beta.orgId, 999_999].map((orgId) => switchTo(session, orgId)),
    );
    const problems = answers.map(({ body }) => ({ ...(body as object), request_id: '' }));
    expect(problems[0]).toMatchObject({ status: 403, code: 'not_a_member' });
    expect(new Set(problems.map((problem) => JSON.stringify(problem))).size).toBe(1);
    expect((await session.get('/auth/me')).body.org_id).toBe(alpha.orgId);
  });

  it.each([undefined, null, 'Beta', 0, 1.5, -1])(
    'is asked for an organisation, not for %s',
    async (orgId) => {
      const answer = await switchTo(alpha.admin, orgId);
      expect([
        answer.status,
        (answer.body as unknown as { errors: { field: string }[] }).errors[0]!.field,
      ]).toEqual([422, 'org_id']);
    },
  );

  it('may switch to where they are, and gets new tokens', async () => {
    const tokens = (await login(await anAdviser())).body;
    const again = await switchTo(by(tokens), alpha.orgId);
    expect([again.status, await placeOf(again.body)]).toEqual([200, alpha.orgId]);
    expect((await refresh(again.body.refresh_token)).status).toBe(200);
  });

  it('goes on with refresh tokens in the organisation of the session', async () => {
    const tokens = (await login(await anAdviser())).body;
    const moved = (await switchTo(by(tokens), beta.orgId)).body;
    const next = await refresh(moved.refresh_token);
    expect([next.status, await placeOf(next.body)]).toEqual([200, beta.orgId]);
  });

  it('goes on in each sign-in where that one is, wherever they were last', async () => {
    const person = await anAdviser();
    const here = (await login(person)).body;
    await login(person, { org_id: beta.orgId });
    const next = await refresh(here.refresh_token);
    expect([next.status, await placeOf(next.body)]).toEqual([200, alpha.orgId]);
  });

  it('has no use for a refresh token from before, which ends nothing', async () => {
    const tokens = (await login(await anAdviser())).body;
    const moved = (await switchTo(by(tokens), beta.orgId)).body;
    const withdrawn = await refresh(tokens.refresh_token);
    expect([withdrawn.status, (withdrawn.body as unknown as { code: string }).code]).toEqual([
      401,
      'session_ended',
    ]);
    clock.advance({ seconds: 20 });
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
    expect((await refresh(moved.refresh_token)).status).toBe(200);
  });

  it('is told to sign in again, or go on with the new tokens, where a switch overtakes a refresh', async () => {
    const tokens = (await login(await anAdviser())).body;
    const exchanged = holdNext(app.app.get(DataSource), 'transaction');
    const refreshing = refresh(tokens.refresh_token);
    await exchanged.done;
    const moved = (await switchTo(by(tokens), beta.orgId)).body;
    exchanged.letGo();
    const overtaken = await refreshing;
    expect([overtaken.status, (overtaken.body as unknown as { code: string }).code]).toEqual([
      401,
      'session_ended',
    ]);
    expect((await refresh(moved.refresh_token)).status).toBe(200);
  });

  it('has one name, which they change themselves, in every organisation', async () => {
    const person = await anAdviser();
    const answer = await person.patch('/auth/me', { full_name: 'Samira Ruiz' });
    expect([answer.status, answer.body]).toMatchObject([200, { full_name: 'Samira Ruiz' }]);
    expect((await person.patch('/auth/me', { full_name: ' ' })).status).toBe(422);
    for (const { admin } of [alpha, beta]) {
      const { items } = (await admin.get('/users?limit=200')).body;
      const shown = items.find(({ id }: { id: number }) => id === person.userId);
      expect(shown.full_name).toBe('Samira Ruiz');
    }
    const { items } = (await alpha.admin.get('/audit?action=user.updated')).body;
    expect(items[0]).toMatchObject({
      before: { full_name: 'Sam Acme' },
      after: { full_name: 'Samira Ruiz' },
    });
  });

  it('still loses the sign-in to a refresh token that was used before the switch', async () => {
    const first = (await login(await anAdviser())).body;
    const second = (await refresh(first.refresh_token)).body;
    const moved = (await switchTo(by(second), beta.orgId)).body;
    clock.advance({ seconds: 1 });
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await by(moved).get('/auth/me')).status).toBe(401);
    expect((await refresh(moved.refresh_token)).status).toBe(401);
  });

  it('is in one place after switches and refreshes at once, with one refresh token that is good', async () => {
    const tokens = (await login(await anAdviser())).body;
    const session = by(tokens);
    const answers = await Promise.all([
      switchTo(session, beta.orgId),
      refresh(tokens.refresh_token),
      switchTo(session, alpha.orgId),
      switchTo(session, beta.orgId),
    ]);
    const handedOut = answers.filter(({ status }) => status === 200).map(({ body }) => body.refresh_token);
    const good = await database.query<{ count: number; org: number }>(
      `select count(*)::int as count, min(s.org_id) as org
         from refresh_tokens t join sessions s on s.id = t.family_id where s.id = $1 and t.used_at is null`,
      [sessionIdOf(tokens)],
    );
    expect(good[0]!.count).toBe(1);
    const refreshed = await Promise.all(handedOut.map((token) => refresh(token)));
    const held = refreshed.filter(({ status }) => status === 200);
    expect(held.length).toBeLessThanOrEqual(1);
    for (const { body } of held) expect(await placeOf(body)).toBe(good[0]!.org);
  });

  it('cannot switch once the sign-in is over', async () => {
    const tokens = (await login(await anAdviser())).body;
    const session = by(tokens);
    const letIn = holdNext(app.app.get(AuthenticatedUsersService), 'find');
    const slow = switchTo(session, beta.orgId);
    await letIn.done;
    expect((await session.post('/auth/logout', {})).status).toBe(200);
    letIn.letGo();
    expect(await slow).toMatchObject({ status: 409, body: { code: 'session_unknown' } });
    expect((await switchTo(session, beta.orgId)).status).toBe(401);
  });

  it('cannot switch to one that let them out a moment ago', async () => {
    const person = await anAdviser();
    const session = by((await login(person)).body);
    const letIn = holdNext(app.app.get(AuthenticatedUsersService), 'find');
    const slow = switchTo(session, beta.orgId);
    await letIn.done;
    await disable(beta, person);
    letIn.letGo();
    expect(await slow).toMatchObject({ status: 403, body: { code: 'not_a_member' } });
  });

  it('is let in by the membership alone, with the next call', async () => {
    const person = await anAdviser();
    const [here, there] = [(await login(person)).body, (await login(person, { org_id: beta.orgId })).body];
    await database.query('update memberships set is_active = false where org_id = $1 and user_id = $2', [
      beta.orgId,
      person.userId,
    ]);
    const statuses = [await by(here).get('/auth/me'), await by(there).get('/auth/me')];
    expect(statuses.map(({ status }) => status)).toEqual([200, 401]);
  });

  it('leaves a line in the log of the organisation that is entered, and none in the one that is left', async () => {
    const person = await anAdviser();
    const before = await signInsOf(alpha, person);
    const session = by((await login(person)).body);
    await switchTo(session, beta.orgId);
    expect(await signInsOf(beta, person)).toEqual(['sign_in.switched']);
    expect(await signInsOf(alpha, person)).toEqual(['sign_in.succeeded', ...before]);
  });

  it('ends sign-ins from wherever they are, with a line where it was done', async () => {
    const person = await anAdviser();
    const [here, there] = [
      by((await login(person)).body),
      (await login(person, { org_id: beta.orgId })).body,
    ];
    expect((await here.send('DELETE', `/auth/sessions/${sessionIdOf(there)}`)).status).toBe(204);
    expect((await by(there).get('/auth/me')).status).toBe(401);
    expect((await signInsOf(alpha, person))[0]).toBe('sign_in.ended');
    expect(await signInsOf(beta, person)).toEqual(['sign_in.succeeded']);
    expect((await here.get('/auth/me')).status).toBe(200);
  });
});
