import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, Session, type TestOrg } from '../../support/people.js';

const SECRET = 'a-secret-of-this-test-with-32-characters';

type Part = Record<string, unknown>;

const encode = (part: Part): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part: string): Part => JSON.parse(Buffer.from(part, 'base64url').toString()) as Part;

function sign(header: Part, claims: Part, { hash = 'sha256', secret = SECRET } = {}): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

describe('A token', () => {
  const header = { alg: 'HS256', typ: 'JWT' };
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let claims: Part;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { JWT_SECRET_KEY: SECRET } });
    org = await createOrg(app);
    claims = decode(org.admin.token!.split('.')[1]!);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const statusOf = async (token: string): Promise<number> =>
    (await new Session(app.url, token).get('/auth/me')).status;

  it('says who, where, with which roles, since when and until when', () => {
    expect(claims).toMatchObject({
      sub: String(org.admin.userId),
      org: org.orgId,
      roles: ['admin'],
      epoch: 0,
      jti: expect.any(String),
      iss: 'peakpro-crm',
      aud: 'peakpro-crm/api',
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(1800);
  });

  it('counts when it is signed as ours are (so the refusals below are not vacuous)', async () => {
    expect(await statusOf(sign(header, claims))).toBe(200);
    expect(await statusOf(sign(header, { ...claims, sub: org.admin.userId }))).toBe(200);
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<{ name: string; token: () => string }>([
    { name: 'alg none', token: () => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.` },
    { name: 'alg None', token: () => `${encode({ ...header, alg: 'None' })}.${encode(claims)}.` },
    { name: 'HS512', token: () => sign({ ...header, alg: 'HS512' }, claims, { hash: 'sha512' }) },
    { name: 'RS256 in name', token: () => sign({ ...header, alg: 'RS256' }, claims) },
    { name: 'a foreign key', token: () => sign(header, claims, { secret: 'x'.repeat(32) }) },
    {
      name: 'a key of its own in the header',
      token: () =>
        sign({ ...header, jwk: { kty: 'oct', k: 'eA' }, kid: '../../dev/null' }, claims, { secret: 'x' }),
    },
    { name: 'no signature', token: () => `${encode(header)}.${encode(claims)}.` },
    { name: 'a cut signature', token: () => sign(header, claims).slice(0, -4) },
    { name: 'an end in the past', token: () => sign(header, { ...claims, exp: now() - 1 }) },
    { name: 'no end', token: () => sign(header, { ...claims, exp: undefined }) },
    { name: 'a beginning in the future', token: () => sign(header, { ...claims, nbf: now() + 120 }) },
    { name: 'a foreign issuer', token: () => sign(header, { ...claims, iss: 'someone' }) },
    { name: 'a foreign audience', token: () => sign(header, { ...claims, aud: 'someone' }) },
    {
      name: 'the audience of a browser',
      token: () => sign(header, { ...claims, aud: 'peakpro-crm/browser' }),
    },
    { name: 'no organisation', token: () => sign(header, { ...claims, org: undefined }) },
    { name: 'another organisation', token: () => sign(header, { ...claims, org: org.orgId + 1 }) },
    { name: 'another epoch', token: () => sign(header, { ...claims, epoch: 1 }) },
    { name: 'nobody', token: () => sign(header, { ...claims, sub: '999999' }) },
    { name: 'noise', token: () => 'noise' },
  ])('with $name is refused', async ({ token }) => {
    expect(await statusOf(token())).toBe(401);
  });

  it('is not looked for in the query or in a cookie', async () => {
    const token = org.admin.token!;
    expect((await anyone(app).get(`/users?access_token=${token}`)).status).toBe(401);
    expect((await anyone(app).get('/users', { cookie: `crm_session=${token}` })).status).toBe(401);
  });

  it('cannot raise its own roles: the database decides', async () => {
    const viewer = await org.admin.post('/users', {
      email: 'viewer@acme.test',
      full_name: 'Vi Ewer',
      password: 'ladder-shingle-42',
      roles: ['viewer'],
    });
    const token = sign(header, { ...claims, sub: String(viewer.body.id), roles: ['admin'] });
    expect(await statusOf(token)).toBe(200);
    expect((await new Session(app.url, token).get('/users')).status).toBe(403);
  });
});
