import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { anyone, createOrg, PASSWORD, type TestOrg } from '../support/people.js';

describe('Signing in', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('gives a bearer token that says who one is', async () => {
    const login = await anyone(app).post('/auth/login', { email: org.admin.email, password: PASSWORD });
    expect(login.status).toBe(200);
    expect(login.body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 1800,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect((await org.admin.get('/auth/me')).body).toEqual({
      id: org.admin.userId,
      email: org.admin.email,
      full_name: 'Ada Acme',
      org_id: org.orgId,
      is_active: true,
      roles: ['admin'],
    });
  });
});
