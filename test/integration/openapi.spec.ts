import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { anyone } from '../support/people.js';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  example?: unknown;
  $ref?: string;
  allOf?: unknown;
  oneOf?: unknown;
  enum?: unknown;
  items?: Schema;
  additionalProperties?: unknown;
}

interface Operation {
  summary?: string;
  tags?: string[];
  security?: object[];
  requestBody?: { required?: boolean; content: Record<string, object> };
  responses: Record<string, { description?: string; content?: object }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** Routes that answer a page, also where something went wrong. */
const PAGES = [
  'GET /auth/sign-in',
  'POST /auth/sign-in',
  'POST /auth/sign-in/code',
  'POST /auth/account/confirm',
  'POST /auth/account/second-factor/confirm',
  'POST /auth/account/second-factor/disable',
  'GET /auth/account',
  'POST /auth/account/name',
  'POST /auth/account/password',
  'POST /auth/account/switch',
  'GET /auth/invitation',
  'POST /auth/invitation',
  'GET /auth/forgotten-password',
  'POST /auth/forgotten-password',
  'GET /auth/new-password',
  'POST /auth/new-password',
  'GET /qbo/oauth/callback',
  'GET /portal/p/{token}',
  'POST /portal/p/{token}/approve',
  'POST /portal/p/{token}/change-orders/{number}/approve',
  'POST /portal/p/{token}/pay',
  'GET /portal/return',
];

describe('The description of the API', () => {
  let database: TestDatabase;
  let app: TestApp;
  let document: Document;
  let operations: { name: string; operation: Operation }[];

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    document = (await anyone(app).get<Document>('/openapi.json')).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const names = (offenders: { name: string }[]): string[] => offenders.map(({ name }) => name);

  it.each([
    'POST /customers',
    'GET /customers',
    'GET /customers/{id}',
    'PATCH /customers/{id}',
    'POST /leads',
    'GET /leads',
    'GET /leads/{id}',
    'PATCH /leads/{id}',
    'POST /proposals',
    'GET /proposals',
    'GET /proposals/{id}',
    'PATCH /proposals/{id}',
    'POST /proposals/{id}/approve',
    'GET /proposals/{id}/activity',
    'POST /portal/approve/{id}',
    'GET /inbox',
    'GET /inbox/{id}',
    'POST /inbox/retry',
    'POST /inbox/{id}/resolve',
  ])('has %s', (name) => {
    expect(names(operations)).toContain(name);
  });

  it('says in a sentence what each route does, under a heading', () => {
    expect(
      names(operations.filter(({ operation }) => !operation.summary || !operation.tags?.length)),
    ).toEqual([]);
  });

  it('shows or says what each route answers when it works', () => {
    const notified = ({ responses }: Operation): boolean =>
      Object.entries(responses).some(
        ([status, { content, description }]) => /^[23]/.test(status) && (content ?? description),
      );
    expect(names(operations.filter(({ operation }) => !notified(operation)))).toEqual([]);
  });

  it('says that whoever is signed in may have asked too often', () => {
    const signedIn = operations.filter(({ operation }) => operation.security);
    expect(signedIn.length).toBeGreaterThan(80);
    expect(names(signedIn.filter(({ operation }) => !operation.responses['429']))).toEqual([]);
  });

  it('says that a body may hold what cannot be taken', () => {
    const taking = operations.filter(
      ({ operation: { security, requestBody } }) => security && requestBody?.content['application/json'],
    );
    expect(taking.length).toBeGreaterThan(30);
    expect(names(taking.filter(({ operation }) => !operation.responses['422']))).toEqual([]);
  });

  it('says of each body of JSON that it may be unreadable, too long or of another type', () => {
    const taking = operations.filter(
      ({ name, operation: { requestBody } }) =>
        requestBody?.content['application/json'] && !/webhooks?$/.test(name),
    );
    const unsaid = taking.flatMap(({ name, operation: { responses } }) =>
      ['400', '413', '415'].filter((status) => !responses[status]).map((status) => `${name} ${status}`),
    );
    expect(taking.length).toBeGreaterThan(40);
    expect(unsaid).toEqual([]);
  });

  it('says that the database may be away', () => {
    const signedIn = operations.filter(({ operation }) => operation.security);
    expect(names(signedIn.filter(({ operation }) => !operation.responses['503']))).toEqual([]);
  });

  it('says that metrics may want a token, or not be there', () => {
    const { responses } = operations.find(({ name }) => name === 'GET /metrics')!.operation;
    expect(Object.keys(responses)).toEqual(['200', '401', '404']);
  });

  it('shows errors as problems, but on pages for people', () => {
    const problem = (content: object | undefined): boolean => 'application/problem+json' in (content ?? {});
    const forPrograms = operations.filter(({ name }) => !PAGES.includes(name));
    const offenders = forPrograms.flatMap(({ name, operation }) =>
      Object.entries(operation.responses)
        .filter(([status, { content }]) => status >= '400' && !problem(content))
        .map(([status]) => `${name} ${status}`),
    );
    expect(offenders).toEqual([]);
  });

  it('wants a body where one has to be sent, and nowhere else', () => {
    const wanted = operations.filter(({ operation }) => operation.requestBody?.required);
    const asked = names(wanted);
    expect(asked).toEqual(
      expect.arrayContaining(['POST /customers', 'POST /payments/webhook', 'POST /auth/sign-in']),
    );
    for (const free of [
      'POST /qbo/invoice/{proposal_id}',
      'POST /periods/{month}/close',
      'POST /reports/aging/compare',
    ])
      expect(asked).not.toContain(free);
  });

  it('lets a field that may be null be null', () => {
    const offenders: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { nullable, allOf, oneOf, enum: values } = node as Schema & { nullable?: boolean };
      const isLimited = allOf ?? oneOf ?? (Array.isArray(values) && !values.includes(null));
      if (nullable && isLimited) offenders.push(path);
      for (const [key, value] of Object.entries(node)) look(value, `${path}/${key}`);
    };
    look(document, '');
    expect(offenders).toEqual([]);
  });

  it('names the type of each field', () => {
    const vague = Object.entries(document.components.schemas).flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, field]) => {
          if (field.$ref || field.allOf || field.oneOf || field.enum) return false;
          if (field.type === 'object') return !field.additionalProperties && !field.properties;
          return field.type === undefined || (field.type === 'array' && !field.items);
        })
        .map(([field]) => `${schema}.${field}`),
    );
    expect(vague).toEqual([]);
  });
});
