import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, anyone, createOrg, PASSWORD, someEmail, type TestOrg } from '../../support/people.js';

describe('Signing in', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, realPasswords: true });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const login = async (email: string, password = PASSWORD) =>
    anyone(app).post('/auth/login', { email, password });

  const attempts = async (result: string): Promise<number> => {
    const { body } = await anyone(app).get<string>('/metrics');
    return Number(new RegExp(`crm_auth_attempts_total{result="${result}"} (\\d+)`).exec(body)?.[1]);
  };

  it('gives a bearer token and a refresh token', async () => {
    const answer = await login(org.admin.email);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 1800,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('tells one who one is', async () => {
    expect((await org.admin.get('/auth/me')).body).toEqual({
      id: org.admin.userId,
      email: org.admin.email,
      full_name: 'Ada Acme',
      org_id: org.orgId,
      is_active: true,
      roles: ['admin'],
      orgs: [{ id: org.orgId, name: 'Acme Roofing', roles: ['admin'] }],
    });
  });

  it('is proven by a token alone: with anything behind it, or before it, it is none', async () => {
    const { body } = await login(org.admin.email);
    const token = (body as { access_token: string }).access_token;
    const asked = async (authorization: string): Promise<number> =>
      (await fetch(`${app.url}/auth/me`, { headers: { authorization } })).status;
    expect(await asked(`Bearer ${token}`)).toBe(200);
    expect(await asked(`bearer  ${token}`)).toBe(200);
    for (const header of [
      `Bearer ${token} extra`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer x ${token}`,
      token,
    ])
      expect(await asked(header)).toBe(401);
  });

  it('does not mind the case of the e-mail', async () => {
    expect((await login(org.admin.email.toUpperCase())).status).toBe(200);
  });

  it('cares for the whole password, however long', async () => {
    const email = someEmail();
    const alike = 'x'.repeat(100);
    await org.admin.post('/users', {
      email,
      full_name: 'Lee Long',
      password: `${alike}1`,
      roles: ['viewer'],
    });
    expect((await login(email, `${alike}2`)).status).toBe(401);
    expect((await login(email, `${alike}1`)).status).toBe(200);
  });

  it('takes a password however its letters are composed, also one hashed as it was typed', async () => {
    const email = someEmail();
    const [composed, decomposed] = ['NFC', 'NFD'].map((form) => 'échelle-tuilé-42'.normalize(form));
    const person = { email, full_name: 'Lee Accent', roles: ['viewer'] };
    await org.admin.post('/users', { ...person, password: decomposed });
    expect((await login(email, composed)).status).toBe(200);
    expect((await login(email, decomposed)).status).toBe(200);
    await database.query('update users set password_hash = $2 where email = $1', [
      email,
      await hash(decomposed!), // as it was done before
    ]);
    expect((await login(email, decomposed)).status).toBe(200);
    expect((await login(email, composed)).status).toBe(200);
    expect((await login(email, 'echelle-tuile-42')).status).toBe(401);
  });

  it('answers an unknown e-mail, a wrong password and a disabled person alike', async () => {
    const gone = await addPerson(app, org.orgId, ['sales']);
    await org.admin.patch(`/users/${gone.userId}`, { is_active: false });
    const answers = await Promise.all([
      login(someEmail()),
      login(org.admin.email, 'not-the-password'),
      login(gone.email),
    ]);
    const shown = answers.map(({ status, body, headers }) => ({
      status,
      body: { ...body, request_id: '' },
      challenge: headers.get('www-authenticate'),
    }));
    expect(shown[0]).toMatchObject({
      status: 401,
      body: { code: 'wrong_credentials' },
      challenge: 'Bearer',
    });
    expect(shown[1]).toEqual(shown[0]);
    expect(shown[2]).toEqual(shown[0]);
  });

  it('refuses fields it does not know and names the bad ones', async () => {
    const answer = await anyone(app).post('/auth/login', { email: 'x', password: 7, tenant: 2 });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual(
      expect.arrayContaining(['email', 'password', 'tenant']),
    );
  });

  it('counts successes and failures', async () => {
    const before = [await attempts('success'), await attempts('failure')];
    await login(org.admin.email);
    await login(someEmail());
    expect([await attempts('success'), await attempts('failure')]).toEqual(before.map((n) => n + 1));
  });

  it('keeps argon2id hashes of passwords, and hashes of refresh tokens', async () => {
    const { refresh_token: token } = (await login(org.admin.email)).body;
    const [user] = await database.query<{ password_hash: string }>(
      'select password_hash from users where id = $1',
      [org.admin.userId],
    );
    expect(user!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const [found] = await database.query(
      `select from refresh_tokens where token_hash = sha256(convert_to($1, 'UTF8'))`,
      [token],
    );
    expect(found).toBeDefined();
  });

  it('carries no hash or other secret in an answer about people', async () => {
    const { body } = await org.admin.get('/users');
    expect(JSON.stringify(body)).not.toMatch(/argon|hash|epoch|password/);
  });
});
