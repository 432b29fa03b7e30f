import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, type TestOrg } from '../../support/people.js';

/** What people, programs and attackers put where a name, a number or a day is asked for; escaped as addresses are. */
const IN_ADDRESSES = [
  '%00',
  '%C3',
  '9'.repeat(40),
  '-1',
  'a'.repeat(2_000),
  '2026-02-30',
  '275761-01-01',
  '%5B%5D',
  '',
];
const IN_BODIES = [
  '\0',
  '\ud800@acme.test',
  'a'.repeat(20_000),
  '275761-01-01',
  -1,
  2 ** 53,
  null,
  [],
  {},
  [[]],
];
/** The product's own, as browsers on plain http send them. */
const COOKIES = ['crm_session', 'crm_csrf', 'crm_qbo_answered', 'crm_qbo_pending', 'portal_page'];
const AT_ONCE = 8;
/** They end the sign-in that the rest is asked with. */
const ENDS_SIGN_IN = new Set(['POST /auth/logout', 'POST /auth/logout_all']);

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  type?: string;
  example?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  nullable?: boolean;
  oneOf?: Schema[];
}
interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Question {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  payload?: unknown;
}

/** Every parameter and every field of /openapi.json: a new one is in it by itself. */
describe('An odd value', () => {
  let database: TestDatabase;
  let app: TestApp;
  let fastify: FastifyInstance;
  let org: TestOrg;
  let api: Description;
  const ids: Record<string, number> = {};

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    fastify = app.app.getHttpAdapter().getInstance();
    org = await createOrg(app);
    api = (await anyone(app).get<Description>('/openapi.json')).body;
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 100_000 }];
    ids.customers = (await org.admin.post('/customers', { email: 'ann@example.com' })).body.id;
    ids.leads = (await org.admin.post('/leads', { name: 'Leak' })).body.id;
    ids.proposals = (
      await org.admin.post('/proposals', { name: 'Roof', customer_id: ids.customers, lines })
    ).body.id;
    await org.admin.post(`/proposals/${ids.proposals}/approve`);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** With ids of rows that are there where the path asks for them, so that what is odd is looked at. */
  const addressed = (path: string): string => {
    const known = ids[path.split('/')[1]!] ?? ids.proposals!;
    return path.replace(/\{\w+\}/, String(known)).replaceAll(/\{\w+\}/g, '1');
  };

  const send = ({ method, url, payload }: Question) =>
    fastify.inject({
      method,
      url,
      headers: { authorization: `Bearer ${org.admin.token}`, 'content-type': 'application/json' },
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    });

  /** What was answered with an error of ours, and how many answers of each status there were. */
  async function ask(questions: Question[]): Promise<{ failed: string[]; statuses: Map<number, number> }> {
    const failed: string[] = [];
    const statuses = new Map<number, number>();
    const rest = [...questions];
    const work = async (): Promise<void> => {
      for (let question = rest.shift(); question; question = rest.shift()) {
        const { method, url, payload } = question;
        const { statusCode } = await send(question);
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        if (statusCode >= 500 && statusCode !== 503) {
          failed.push(`${method} ${url} ${JSON.stringify(payload) ?? ''}: ${statusCode}`.slice(0, 200));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return { failed, statuses };
  }

  it('in an address is found, not found, or refused', async () => {
    const questions = Object.entries(api.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([method]) => method === 'get')
        .flatMap(([, { parameters = [] }]) =>
          parameters.flatMap((parameter) =>
            IN_ADDRESSES.map((odd) => ({
              method: 'GET' as const,
              url:
                parameter.in === 'path'
                  ? addressed(path.replace(`{${parameter.name}}`, odd))
                  : `${addressed(path)}?${parameter.name}=${odd}`,
            })),
          ),
        ),
    );
    const { failed, statuses } = await ask(questions.filter(({ url }) => !url.includes('/stream')));
    expect(failed).toEqual([]);
    expect([200, 400, 404, 422].filter((status) => (statuses.get(status) ?? 0) <= 10)).toEqual([]);
  });

  it('in a body is taken or refused', async () => {
    const questions = Object.entries(api.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { requestBody }]) => {
        const schema = requestBody?.content['application/json']?.schema;
        const name = `${method.toUpperCase()} ${path}`;
        if (!schema || ENDS_SIGN_IN.has(name)) return [];
        const body = sample(schema);
        return placesIn(body).flatMap((place) =>
          IN_BODIES.map((odd) => ({
            method: method.toUpperCase() as 'POST',
            url: addressed(path),
            payload: withValue(body, place, odd),
          })),
        );
      }),
    );
    const { failed, statuses } = await ask(questions);
    expect(failed).toEqual([]);
    expect([400, 409, 422].filter((status) => (statuses.get(status) ?? 0) <= 10)).toEqual([]);
  });

  it('is null where a field may be left out: it is taken where that is said, else refused by name', async () => {
    const fields = bodies().flatMap(({ method, path, schema }) =>
      optionalIn(schema).map((field) => ({ method, path, body: sample(schema), field })),
    );
    const wrong: string[] = [];
    for (const { method, path, body, field } of fields) {
      const isRefused = async (value: null | undefined): Promise<boolean> => {
        const payload = withValue(body, field.at, value);
        const { statusCode, json } = await send({ method, url: addressed(path), payload });
        const { errors = [] } = statusCode === 422 ? json<{ errors?: { field: string }[] }>() : {};
        return errors.some((error) => error.field === field.at.join('.'));
      };
      // One of two fields has to be there: without the other, this one may not be left out either.
      const isRight = (await isRefused(null))
        ? !field.isNullable || (await isRefused(undefined))
        : field.isNullable;
      if (!isRight) wrong.push(`${method} ${path} ${field.at.join('.')}`);
    }
    expect(wrong).toEqual([]);
    expect(fields.length).toBeGreaterThan(90);
  });

  it('in a form is refused, and in a cookie is nobody', async () => {
    const form = await fastify.inject({
      method: 'POST',
      url: '/auth/forgotten-password',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      payload: 'email=a%00b&csrf_token=x',
    });
    expect(form.statusCode).toBe(400);
    const answers: string[] = [];
    for (const url of [
      '/auth/account',
      '/auth/sign-in',
      '/qbo/oauth/start',
      '/qbo/oauth/callback?state=x&code=y',
      '/portal/return?session_id=x',
    ]) {
      const cookie = COOKIES.map((name) => `${name}=a%00b`).join('; ');
      const { statusCode } = await fastify.inject({ url, headers: { cookie, accept: 'text/html' } });
      answers.push(`${url}: ${statusCode >= 500 ? 'failed' : 'answered'}`);
    }
    expect(answers.filter((answer) => answer.endsWith('failed'))).toEqual([]);
  });

  /** The bodies of JSON of all routes. */
  function bodies(): { method: Question['method']; path: string; schema: Schema }[] {
    return Object.entries(api.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([name, { requestBody }]) => {
        const method = name.toUpperCase() as Question['method'];
        const schema = requestBody?.content['application/json']?.schema;
        return schema ? [{ method, path, schema }] : [];
      }),
    );
  }

  /** What may be left out of a body, wherever it stands. */
  function optionalIn(schema: Schema, at: Place = []): { at: Place; isNullable: boolean }[] {
    const { properties = {}, required = [], items } = resolved(schema);
    if (items) return optionalIn(items, [...at, 0]);
    return Object.entries(properties).flatMap(([name, property]) => {
      const place = [...at, name];
      const isNullable = property.nullable === true || property.oneOf !== undefined;
      const own = required.includes(name) ? [] : [{ at: place, isNullable }];
      return [...own, ...optionalIn(property, place)];
    });
  }

  function resolved(schema: Schema): Schema {
    const { $ref, allOf } = schema;
    if ($ref) return resolved(api.components.schemas[$ref.split('/').at(-1)!]!);
    return allOf ? resolved(allOf[0]!) : schema;
  }

  function sample(schema: Schema, depth = 0): unknown {
    const { $ref, allOf, example, type, properties = {}, items, enum: values } = schema;
    if (depth > 6) return null;
    if ($ref) return sample(api.components.schemas[$ref.split('/').at(-1)!]!, depth);
    if (allOf) return sample(allOf[0]!, depth);
    if (example !== undefined) return example;
    if (values) return values[0];
    if (type === 'object') {
      return Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [key, sample(value, depth + 1)]),
      );
    }
    if (type === 'array') return items ? [sample(items, depth + 1)] : [];
    return { string: 'x', boolean: true }[String(type)] ?? 1;
  }
});

type Place = readonly (string | number)[];

/** Where a value stands in a body: every field, and the first of each list. */
function placesIn(body: unknown, at: Place = []): Place[] {
  if (typeof body !== 'object' || body === null) return [];
  const entries = Array.isArray(body) ? body.slice(0, 1).entries() : Object.entries(body);
  return [...entries].flatMap(([key, value]) => [[...at, key], ...placesIn(value, [...at, key])]);
}

function withValue(body: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(body) as Record<string | number, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}
