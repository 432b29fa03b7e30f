import { createHmac } from 'node:crypto';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALLOWED_ROLES } from '../../../src/auth/access/allow.decorator.js';
import { BROWSER_SESSION } from '../../../src/auth/access/browser-session.decorator.js';
import { USER_ROLES, type UserRole } from '../../../src/auth/access/permissions.js';
import { Config } from '../../../src/platform/config/config.js';
import { startApp, type TestApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { OPEN } from '../../support/open-routes.js';
import { addPerson, anyone, createOrg, PASSWORD, type Person, type TestOrg } from '../../support/people.js';

/** Ends or changes sign-ins, so each cell gets a person of its own. */
const SIGN_IN_CHANGES = /^(POST|DELETE) \/auth\//;
/** An id that nobody has. */
const NOBODYS = '987654321';

interface Route {
  name: string;
  method: string;
  path: string;
  roles: readonly UserRole[];
  takesCookie: boolean;
}

type Claims = Record<string, unknown>;

/** What browsers say of a request that another page made; old ones name its origin alone, and hide even that. */
const ELSEWHERE: Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
  { 'sec-fetch-site': 'same-site', origin: 'https://blog.acme.test' },
  { 'sec-fetch-site': 'none' },
  { origin: 'https://evil.test' },
  { origin: 'null' },
  {},
];

/** Every route of /openapi.json with every way to ask: a new route is in it by itself. */
describe('Every route that is not open', () => {
  let database: TestDatabase;
  let app: TestApp;
  let fastify: FastifyInstance;
  let org: TestOrg;
  let other: TestOrg;
  let routes: Route[];
  let secret: string;
  const people = new Map<UserRole, Person>();

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    fastify = app.app.getHttpAdapter().getInstance();
    secret = app.app.get(Config).auth.jwtSecret;
    [org, other] = [await createOrg(app), await createOrg(app, 'Other Roofing')];
    for (const role of USER_ROLES) people.set(role, await addPerson(app, org.orgId, [role]));
    const { body } = await anyone(app).get<{ paths: Record<string, object> }>('/openapi.json');
    const access = accessByRoute(app);
    routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .map((method) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path }))
        .filter(({ name }) => !OPEN.has(name))
        .map((route) => ({ ...route, ...(access.get(route.name) ?? { roles: [], takesCookie: false }) })),
    );
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** Status and code of the answer. Bodies are empty, so that what is allowed changes nothing. */
  const ask = async (
    { method, path }: Route,
    headers: Record<string, string>,
    id = NOBODYS,
  ): Promise<{ status: number; code: string | undefined }> => {
    const answer = await fastify.inject({
      method: method as 'GET',
      url: path.replaceAll(/\{\w+\}/g, id),
      headers: { ...headers, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
      ...(method === 'GET' ? {} : { payload: '{}' }),
    });
    const isJson = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, code: isJson ? (answer.json<{ code?: string }>()?.code ?? '') : '' };
  };

  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  /** A token like the admin's, changed; signed with that secret unless the change says otherwise. */
  function forged(change: Claims, header: Claims = { alg: 'HS256', typ: 'JWT' }, key = secret): string {
    const [, payload] = org.admin.token!.split('.');
    const claims = { ...(JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Claims), ...change };
    const text = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const hash = { HS384: 'sha384', HS512: 'sha512' }[String(header.alg)] ?? 'sha256';
    const signature = header.alg === 'none' ? '' : createHmac(hash, key).update(text).digest('base64url');
    return `${text}.${signature}`;
  }

  it('knows its roles (so the cells below are not vacuous)', () => {
    expect(routes.filter(({ roles }) => roles.length === 0).map(({ name }) => name)).toEqual([]);
    expect(routes.length).toBeGreaterThan(50);
  });

  it('refuses every proof that is none: 401', async () => {
    const login = await anyone(app).post('/auth/login', { email: org.admin.email, password: PASSWORD });
    const [header, payload, signature] = org.admin.token!.split('.');
    const foreign = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Claims;
    const swapped = Buffer.from(JSON.stringify({ ...foreign, org: other.orgId })).toString('base64url');
    const proofs: Record<string, Record<string, string>> = {
      none: {},
      empty: { authorization: '' },
      garbage: bearer('garbage'),
      'three dots': bearer('a.b.c'),
      basic: { authorization: `Basic ${Buffer.from(`${org.admin.email}:${PASSWORD}`).toString('base64')}` },
      expired: bearer(forged({ exp: Math.floor(Date.now() / 1000) - 5 })),
      'without an end': bearer(forged({ exp: undefined })),
      'alg none': bearer(forged({}, { alg: 'none' })),
      HS384: bearer(forged({}, { alg: 'HS384' })),
      HS512: bearer(forged({}, { alg: 'HS512' })),
      'RS256 signed as HS256': bearer(forged({}, { alg: 'RS256' })),
      'another secret': bearer(forged({}, { alg: 'HS256' }, 'a secret of somebody else altogether')),
      'another issuer': bearer(forged({ iss: 'somebody' })),
      'another audience': bearer(forged({ aud: 'somebody' })),
      'another organisation': bearer(forged({ org: other.orgId })),
      'another person': bearer(forged({ sub: String(other.admin.userId) })),
      'another epoch': bearer(forged({ epoch: 7 })),
      'a changed payload': bearer(`${header}.${swapped}.${signature}`),
      'a refresh token': bearer(login.body.refresh_token as string),
      'a token in the query': { 'x-access-token': org.admin.token! },
    };
    const off: string[] = [];
    for (const route of routes) {
      for (const [proof, headers] of Object.entries(proofs)) {
        const { status } = await ask(route, headers);
        if (status !== 401) off.push(`${route.name} with ${proof}: ${status}`);
      }
    }
    expect(off).toEqual([]);
    report('proofs', routes.length * Object.keys(proofs).length);
  });

  it('lets in the roles it is for, and no other: 403', async () => {
    const off: string[] = [];
    for (const route of routes) {
      for (const role of USER_ROLES) {
        const known = people.get(role)!;
        const person = SIGN_IN_CHANGES.test(route.name) ? await addPerson(app, org.orgId, [role]) : known;
        const { status } = await ask(route, bearer(person.token!));
        const isIn = status !== 401 && status !== 403 && status < 500;
        if (route.roles.includes(role) !== isIn || (!isIn && status !== 403)) {
          off.push(`${route.name} as ${role}: ${status}`);
        }
      }
    }
    expect(off).toEqual([]);
    report('roles', routes.length * USER_ROLES.length);
  });

  it('takes the cookie of a signed-in browser only where it says so, and from no other site', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: org.admin.email, password: PASSWORD });
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const off: string[] = [];
    for (const route of routes) {
      for (const from of ELSEWHERE.slice(0, route.takesCookie ? undefined : 1)) {
        const { status } = await ask(route, { cookie, ...from });
        const isIn = status !== 401;
        if (isIn !== (route.takesCookie && route.method === 'GET')) {
          off.push(`${route.name} from ${JSON.stringify(from)}: ${status}`);
        }
      }
    }
    expect(off).toEqual([]);
    expect(routes.some(({ takesCookie }) => takesCookie)).toBe(true);
    report('cookies', routes.length);
  });

  it('answers about what is another organisation’s as about what is nobody’s', async () => {
    const { people: users, things } = await thingsOf(other);
    const off: string[] = [];
    const withId = routes.filter(({ path, name }) => path.includes('{') && !SIGN_IN_CHANGES.test(name));
    for (const route of withId) {
      const nobodys = await ask(route, bearer(org.admin.token!));
      if (nobodys.status < 400) off.push(`${route.name} of nobody: ${nobodys.status}`);
      for (const id of route.path.startsWith('/users/') ? users : things) {
        const answer = await ask(route, bearer(org.admin.token!), id);
        if (answer.status !== nobodys.status || answer.code !== nobodys.code) {
          off.push(
            `${route.name} of ${id}: ${answer.status} ${answer.code}, nobody's ${nobodys.status} ${nobodys.code}`,
          );
        }
      }
    }
    expect(off).toEqual([]);
    report('foreign ids', withId.length * things.length);
  });

  /** Ids of the other organisation that are none of ours: a person, a customer, a proposal. */
  async function thingsOf({ admin }: TestOrg): Promise<{ people: string[]; things: string[] }> {
    const customer = await admin.post('/customers', { email: 'ann@other.test', full_name: 'Ann Ruiz' });
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 900_000 }];
    const proposals = [];
    for (let n = 0; n < 3; n += 1) {
      proposals.push(await admin.post('/proposals', { name: 'Roof', customer_id: customer.body.id, lines }));
    }
    const things = [customer.body.id, ...proposals.map(({ body }) => body.id as number)];
    return { people: [String(admin.userId)], things: things.map(String) };
  }
});

function report(what: string, cells: number): void {
  process.stdout.write(`Route matrix, ${what}: ${cells} cells\n`);
}

/** Which roles and proofs the handler of each route declares, by the route's name in /openapi.json. */
function accessByRoute({ app }: TestApp): Map<string, Pick<Route, 'roles' | 'takesCookie'>> {
  const found = new Map<string, Pick<Route, 'roles' | 'takesCookie'>>();
  const reflector = app.get(Reflector, { strict: false });
  for (const { instance, metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    if (!instance || !metatype) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
    for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
      const handler = prototype[name]!;
      const verb = Reflect.getMetadata('method', handler) as number | undefined;
      if (verb === undefined) continue;
      const [base, own] = [
        Reflect.getMetadata('path', metatype),
        Reflect.getMetadata('path', handler),
      ] as string[];
      const targets = [handler, metatype as () => unknown];
      const path = `/${base}/${own}`
        .replaceAll(/\/+/g, '/')
        .replace(/(.)\/$/, '$1')
        .replaceAll(/:(\w+)/g, '{$1}');
      found.set(`${VERBS[verb]} ${path}`, {
        roles: reflector.getAllAndOverride<readonly UserRole[]>(ALLOWED_ROLES, targets) ?? [],
        takesCookie: reflector.getAllAndOverride<boolean>(BROWSER_SESSION, targets) ?? false,
      });
    }
  }
  return found;
}

/** Nest's numbers of the verbs. */
const VERBS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
