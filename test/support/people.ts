import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { MembershipsRepository } from '../../src/auth/people/memberships.repository.js';
import type { UserRole } from '../../src/auth/access/permissions.js';
import type { TokenClaims } from '../../src/auth/sessions/token-claims.js';
import { OrgsService } from '../../src/orgs/orgs.service.js';
import { UsersService } from '../../src/auth/people/users.service.js';
import type { TestApp } from './app.js';
import { PASSWORD } from './cheap-passwords.js';

export { PASSWORD };

export interface Answer<Body> {
  status: number;
  body: Body;
  headers: Headers;
}

// oxlint-disable-next-line no-explicit-any -- a test reads the body as what it expects it to be
export type Json = any;

/** Someone who calls the API: with a bearer token, or nobody in particular. Bodies are JSON. */
export class Session {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  async get<Body = Json>(path: string, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.send('GET', path, undefined, headers);
  }

  async post<Body = Json>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    return this.send('POST', path, body, headers);
  }

  async patch<Body = Json>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    return this.send('PATCH', path, body, headers);
  }

  async put<Body = Json>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.send('PUT', path, body);
  }

  async send<Body = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : text) as Body,
      headers: response.headers,
    };
  }
}

/** A person who is signed in. */
export class Person extends Session {
  constructor(
    url: string,
    token: string,
    readonly userId: number,
    readonly orgId: number,
    readonly email: string,
  ) {
    super(url, token);
  }
}

export interface TestOrg {
  orgId: number;
  admin: Person;
}

/** A caller who is not signed in. */
export function anyone(app: TestApp): Session {
  return new Session(app.url);
}

/** A new organisation with a signed-in admin. */
export async function createOrg(app: TestApp, name = 'Acme Roofing'): Promise<TestOrg> {
  const email = someEmail('admin');
  const { org } = await app.app
    .get(OrgsService)
    .found({ name }, { email, fullName: 'Ada Acme', password: PASSWORD });
  return { orgId: org.id, admin: await signIn(app, email) };
}

/** One more person of the organisation, signed in, with these roles. */
export async function addPerson(app: TestApp, orgId: number, roles: readonly UserRole[]): Promise<Person> {
  const email = someEmail(roles.join('-'));
  await app.app.get(UsersService).add(orgId, { email, fullName: 'Sam Acme', password: PASSWORD, roles });
  return signIn(app, email);
}

/** Has somebody of another organisation be in this one too, as an accepted invitation does. */
export async function joinOrg(
  app: TestApp,
  { userId }: Pick<Person, 'userId'>,
  orgId: number,
  roles: readonly UserRole[],
): Promise<void> {
  const memberships = app.app.get(MembershipsRepository);
  await app.app.get(DataSource).transaction(async (tx) => {
    await memberships.add(tx, orgId, userId, new Date());
    await memberships.setRoles(tx, { orgId, userId, roles });
  });
}

/** Signs in over HTTP. Throws where the password is not taken. */
export async function signIn(app: TestApp, email: string, password = PASSWORD): Promise<Person> {
  const login = await anyone(app).post('/auth/login', { email, password });
  if (login.status !== 200) throw new Error(`${email} cannot sign in: ${JSON.stringify(login.body)}`);
  const token = login.body.access_token as string;
  const { sub, org } = claimsOf(token);
  return new Person(app.url, token, Number(sub), org, email);
}

function claimsOf(token: string): Pick<TokenClaims, 'sub' | 'org'> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as TokenClaims;
}

/** Asks as people do whose last proof of who they are may be too old by now: they confirm, and ask once more. */
export async function provingAgain<Body>(
  person: Session,
  ask: () => Promise<Answer<Body>>,
): Promise<Answer<Body>> {
  const answer = await ask();
  if ((answer.body as { code?: string } | null)?.code !== 'reauthentication_required') return answer;
  const { status, body } = await person.post('/auth/confirm', { password: PASSWORD });
  if (status !== 200) throw new Error(`The person cannot confirm: ${JSON.stringify(body)}`);
  return ask();
}

export function someEmail(name = 'someone'): string {
  return `${name}-${randomUUID().slice(0, 8)}@acme.test`;
}
