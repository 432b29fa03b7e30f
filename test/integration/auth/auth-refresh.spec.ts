import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RetentionService } from '../../../src/jobs/retention/retention.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, PASSWORD, Session, type TestOrg } from '../../support/people.js';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

describe('Staying signed in', () => {
  const clock = new FakeClock();
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, clock });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const signIn = async (): Promise<Tokens> =>
    (await anyone(app).post<Tokens>('/auth/login', { email: org.admin.email, password: PASSWORD })).body;
  const refresh = async (token: string) =>
    anyone(app).post<Tokens>('/auth/refresh', { refresh_token: token });
  const me = async ({ access_token }: Tokens) => new Session(app.url, access_token).get('/auth/me');

  it('exchanges a refresh token for new tokens', async () => {
    const first = await signIn();
    const next = await refresh(first.refresh_token);
    expect(next.status).toBe(200);
    expect(next.body.refresh_token).not.toBe(first.refresh_token);
    expect((await me(next.body)).status).toBe(200);
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  it('ends the whole sign-in when a used refresh token comes again', async () => {
    const first = await signIn();
    const second = (await refresh(first.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    clock.advance({ seconds: 1 });
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(third.refresh_token)).status).toBe(401);
    expect((await me(third)).status).toBe(401);
  });

  it('ends no other sign-in of the same person', async () => {
    const other = await signIn();
    const first = await signIn();
    await refresh(first.refresh_token);
    clock.advance({ seconds: 1 });
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await me(other)).status).toBe(200);
    expect((await refresh(other.refresh_token)).status).toBe(200);
  });

  it('notices on a clock that runs that a token comes again at once', async () => {
    await using real = await startApp({ databaseUrl: database.url });
    const { email } = (await createOrg(real)).admin;
    const { body } = await anyone(real).post('/auth/login', { email, password: PASSWORD });
    const again = async () => anyone(real).post('/auth/refresh', { refresh_token: body.refresh_token });
    expect([(await again()).status, (await again()).status]).toEqual([200, 401]);
  });

  it('gives an honest client that asks twice at once the same successor', async () => {
    const first = await signIn();
    const answers = await Promise.all([1, 2, 3].map(async () => refresh(first.refresh_token)));
    const successors = new Set(answers.map((answer) => answer.body.refresh_token));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(successors.size).toBe(1);
    expect((await refresh([...successors][0]!)).status).toBe(200);
  });

  it('lasts 30 days and no longer, however often it is refreshed', async () => {
    let tokens = await signIn();
    clock.advance({ days: 29 });
    tokens = (await refresh(tokens.refresh_token)).body;
    clock.advance({ days: 1 });
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });

  it('needs a refresh when the access token is half an hour old', async () => {
    const tokens = await signIn();
    clock.advance({ minutes: 29, seconds: 59 });
    expect((await me(tokens)).status).toBe(200);
    clock.advance({ seconds: 1 });
    expect((await me(tokens)).status).toBe(401);
    expect((await me((await refresh(tokens.refresh_token)).body)).status).toBe(200);
  });

  it('takes neither an access token nor a made-up token for a refresh token', async () => {
    const { access_token } = await signIn();
    expect((await refresh(access_token)).status).toBe(401);
    expect((await refresh('A'.repeat(43))).status).toBe(401);
    expect((await anyone(app).post('/auth/refresh', {})).status).toBe(422);
  });

  it('is over after signing out, for refresh and access token alike', async () => {
    const tokens = await signIn();
    const other = await signIn();
    const out = await new Session(app.url, tokens.access_token).post('/auth/logout');
    expect([out.status, out.body]).toEqual([200, { ok: true }]);
    expect((await me(tokens)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
    expect((await me(other)).status).toBe(200);
  });

  it('can end another sign-in of oneself, but of nobody else', async () => {
    const stranger = await createOrg(app, 'Other Roofing');
    const [mine, other] = [await signIn(), await signIn()];
    await stranger.admin.post('/auth/logout', { refresh_token: mine.refresh_token });
    expect((await me(mine)).status).toBe(200);
    await new Session(app.url, other.access_token).post('/auth/logout', {
      refresh_token: mine.refresh_token,
    });
    expect((await me(mine)).status).toBe(401);
  });

  it('leaves nothing behind a week after it is over', async () => {
    await signIn();
    clock.advance({ days: 38 });
    await app.app.get(RetentionService).purge('refresh_tokens');
    const [row] = await database.query<{ count: string }>(
      'select count(*) from refresh_tokens where user_id = $1',
      [org.admin.userId],
    );
    expect(row!.count).toBe('0');
  });
});
