import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { boundsOfBodies } from '../../support/body-bounds.js';
import { bodiesToTry } from '../../support/bodies-to-try.js';
import { anyone, createOrg } from '../../support/people.js';

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
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

interface Operation {
  'x-page'?: boolean;
  summary?: string;
  tags?: string[];
  security?: object[];
  requestBody?: { required?: boolean; content: Record<string, object> };
  parameters?: { name: string; in: string; schema: Schema }[];
  responses: Record<string, { description?: string; content?: object; headers?: { Location?: object } }>;
}

interface Unreadable {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

/** Of a query, and as long or great as one likes. */
function isUnbounded({ name, in: place, schema }: NonNullable<Operation['parameters']>[number]): boolean {
  if (place !== 'query' || name === 'cursor' || schema.enum) return false;
  const { type, format, pattern, maxLength, minimum } = schema;
  if (type === 'string') return (format ?? pattern ?? maxLength) === undefined;
  return (type === 'integer' || type === 'number') && minimum === undefined;
}

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

  it('says where the token comes from that it asks for', () => {
    expect(document.components.securitySchemes.bearer).toMatchObject({
      scheme: 'bearer',
      description: expect.stringContaining('that `POST /auth/login` answers'),
    });
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

  it('says that the database may be away, to whoever signs in and to vendors too', () => {
    const quiet = ['GET /health', 'GET /health/live', 'GET /metrics'];
    const unsaid = names(operations.filter(({ operation }) => !operation.responses['503']));
    expect(unsaid).toEqual(quiet);
    for (const vendor of ['POST /payments/webhook', 'POST /qbo/webhooks']) {
      const { responses } = operations.find(({ name }) => name === vendor)!.operation;
      expect(responses).toHaveProperty('413');
    }
  });

  it('says that metrics may want a token, or not be there', () => {
    const { responses } = operations.find(({ name }) => name === 'GET /metrics')!.operation;
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '404', '431']);
  });

  it('shows errors as problems, and on pages for people as pages', () => {
    const wanted = (operation: Operation): string =>
      operation['x-page'] ? 'text/html' : 'application/problem+json';
    const offenders = operations.flatMap(({ name, operation }) =>
      Object.entries(operation.responses)
        .filter(
          ([status, { content }]) =>
            status >= '400' && status !== '431' && !(wanted(operation) in (content ?? {})),
        )
        .map(([status]) => `${name} ${status}`),
    );
    expect(offenders).toEqual([]);
    expect(operations.filter(({ operation }) => operation['x-page']).length).toBeGreaterThan(25);
  });

  /** Requests of a route that nobody can read: none of them gets as far as to do something. */
  const unreadable = (name: string): [string, Unreadable][] => {
    const [method, path] = name.split(' ') as [string, string];
    const address = path.replaceAll(/\{\w+\}/g, '1');
    const nul: [string, Unreadable] = [`${address}?name=%00`, { method }];
    const tooLong: [string, Unreadable] = [path.replaceAll(/\{\w+\}/g, '9'.repeat(3_000)), { method }];
    const more: [string, Unreadable] = [address, { method, headers: { 'x-more': 'x'.repeat(20_000) } }];
    const any = path.includes('{') ? [nul, more, tooLong] : [nul, more];
    if (method === 'GET') return any;
    const send = (body: string, type = 'application/json'): [string, Unreadable] => {
      return [address, { method, body, headers: { 'content-type': type } }];
    };
    if (/webhooks?$/.test(path)) return [...any, send('{')];
    return [...any, send('{'), send('a'.repeat(101 * 1024)), send('deed', 'text/plain')];
  };

  it('says of each route how it refuses what cannot be read, on a page or as a problem', async () => {
    const { admin } = await createOrg(app, 'Ridge & Sons');
    const authorization = `Bearer ${admin.token}`;
    const asked = operations.flatMap(({ name, operation }) =>
      unreadable(name).map(async ([address, init]) => {
        const headers = { ...init.headers, authorization };
        const { status, headers: answered } = await fetch(app.url + address, { ...init, headers });
        const type = answered.get('content-type')?.split(';')[0] ?? 'nothing';
        return type in (operation.responses[status]?.content ?? {}) ? [] : [`${name}: ${status} ${type}`];
      }),
    );
    const unsaid = (await Promise.all(asked)).flat();
    expect(unsaid).toEqual([]);
  });

  it('counts in whole numbers, but for percents, quantities, amounts in dollars and days of sales', () => {
    const numbers: { name: string; schema: Schema & { format?: string } }[] = [];
    const look = (node: unknown, name: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const schema = node as Schema;
      if (schema.type === 'number' || schema.type === 'integer') numbers.push({ name, schema });
      for (const [key, value] of Object.entries(node)) look(value, key === 'items' ? name : key);
    };
    look(document.components.schemas, '');
    for (const { operation } of operations)
      for (const { name, schema } of operation.parameters ?? []) look({ [name]: schema }, name);
    const broken = numbers.filter(({ schema }) => schema.type === 'number').map(({ name }) => name);
    expect([...new Set(broken)].toSorted()).toEqual([
      'amount_dollars',
      'amount_usd',
      'deposit_percent',
      'dso_days',
      'margin_percent',
      'percent',
      'quantity',
      'retainage_percent',
      'tax_percent',
    ]);
    const cents = numbers.filter(({ name }) => name.endsWith('cents'));
    expect(cents.length).toBeGreaterThan(100);
    expect(cents.filter(({ schema }) => schema.format !== 'int64')).toEqual([]);
  });

  it('says which texts are days, instants and months', () => {
    type Text = Schema & { format?: string; pattern?: string };
    const known = [/^\d{4}-\d\d-\d\d$/, /^\d{4}-\d\d-\d\dT/];
    const vague = Object.entries(document.components.schemas).flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties as Record<string, Text>)
        .filter(([name, { example }]) => name === 'month' || known.some((form) => form.test(String(example))))
        .filter(([, { format, pattern }]) => format === undefined && pattern === undefined)
        .map(([field]) => `${schema}.${field}`),
    );
    expect(vague).toEqual([]);
    const { AgingView, WhyOperationView, PeriodView, RevenueRowView } = document.components.schemas;
    expect(RevenueRowView!.properties!.key).not.toHaveProperty('pattern'); // a month, or what else it is by
    expect(AgingView!.properties!.as_of).toMatchObject({ type: 'string', format: 'date' });
    expect(WhyOperationView!.properties!.since).toMatchObject({ type: 'string', format: 'date-time' });
    expect(PeriodView!.properties!.month).toMatchObject({ pattern: String.raw`^\d{4}-(0[1-9]|1[0-2])$` });
  });

  it('offers bodies to try out that a route takes', async () => {
    const { admin } = await createOrg(app, 'Eaves & Daughters');
    const tried = await Promise.all(
      bodiesToTry(document).map(async ({ method, path, body }) => {
        // Of nothing that is there: what is read of the body comes first.
        const address = path.replace('{month}', '2000-01').replaceAll(/\{\w+\}/g, '2000000000');
        const { status } = await admin.send(method.toUpperCase(), address, body);
        return { what: `${method} ${path}`, status };
      }),
    );
    expect(tried.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'patch /proposals/{id}',
        'put /proposals/{id}/contract/schedule',
        'post /inbox/{id}/resolve',
      ]),
    );
    expect(tried.filter(({ status }) => status === 422 || status >= 500)).toEqual([]);
  });

  it('has an example of each body that is sent, of the deliveries of vendors too, which it takes', async () => {
    const contents = operations.flatMap(({ name, operation }) =>
      Object.entries(operation.requestBody?.content ?? {}).map(([type, content]) => ({
        name,
        type,
        content,
      })),
    );
    const bare = contents.filter(({ type, content }) => {
      const { schema, example, examples } = content as {
        schema: Schema;
        example?: unknown;
        examples?: object;
      };
      const isDescribed = schema.$ref !== undefined || Object.keys(schema.properties ?? {}).length > 0;
      return type === 'application/json' && !(example ?? examples ?? isDescribed);
    });
    expect(names(bare)).toEqual([]);
    const forms = contents.filter(({ type }) => type === 'application/x-www-form-urlencoded');
    const unclear = forms.filter(({ content }) => {
      const { schema } = content as { schema: Schema };
      const { properties = {} } = schema.$ref
        ? document.components.schemas[schema.$ref.split('/').at(-1)!]!
        : schema;
      return Object.values(properties).some(({ example }) => example === undefined);
    });
    expect(names(unclear)).toEqual([]);
    expect(forms.length).toBeGreaterThan(10);
    for (const [path, count] of [
      ['/payments/webhook', 1],
      ['/qbo/webhooks', 2],
    ] as const) {
      const { content } = document.paths[path]!.post!.requestBody!;
      const { examples = {} } = content['application/json'] as {
        examples?: Record<string, { value: unknown }>;
      };
      expect([path, Object.keys(examples)]).toEqual([
        path,
        expect.toSatisfy(({ length }) => length === count),
      ]);
      for (const { value } of Object.values(examples)) {
        expect(await anyone(app).post(path, value)).toMatchObject({ status: 200, body: { received: true } });
      }
    }
    expect(await database.query(`select entity, entity_id from qbo_events where entity_id = '155'`)).toEqual([
      { entity: 'invoice', entity_id: '155' },
      { entity: 'invoice', entity_id: '155' },
    ]);
  });

  it('says of what is made where it can be asked for, and so does the answer', async () => {
    const said = operations.filter(({ operation }) => operation.responses['201']?.headers?.Location);
    expect(names(said)).toEqual(['POST /customers', 'POST /leads', 'POST /proposals']);
    const { admin } = await createOrg(app, 'Ridge & Sons');
    const made = await admin.post('/customers', { email: 'ann@example.com' });
    const lead = await admin.post('/leads', { name: 'Leak' });
    const draft = await admin.post('/proposals', { name: 'Roof', customer_id: made.body.id, lines: [] });
    for (const [path, { status, body, headers }] of Object.entries({
      customers: made,
      leads: lead,
      proposals: draft,
    })) {
      expect([status, headers.get('location')]).toEqual([201, `/${path}/${body.id}`]);
      expect((await admin.get(headers.get('location')!)).body).toEqual(body);
    }
    const user = {
      email: 'bo@example.com',
      full_name: 'Bo',
      password: 'ladder-shingle-42',
      roles: ['sales'],
    };
    const person = await admin.post('/users', user);
    expect([person.status, person.headers.get('location')]).toEqual([201, null]);
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

  it('says of each field of a body how long, small or great it may be', () => {
    const unsaid = boundsOfBodies().flatMap(({ schema, field, bound, limit }) => {
      const described = document.components.schemas[schema]?.properties?.[field];
      const said = described?.[bound] ?? described?.items?.[bound];
      // A password has to be longer to be chosen than to be looked at.
      const isSaid = said !== undefined && (bound.startsWith('max') ? said <= limit : said >= limit);
      return !described || isSaid ? [] : [`${schema}.${field}: ${bound} ${limit}`];
    });
    expect(unsaid).toEqual([]);
    const open = operations.flatMap(({ name, operation: { parameters = [] } }) =>
      parameters.filter(isUnbounded).map((parameter) => `${name} ${parameter.name}`),
    );
    expect(open).toEqual([]);
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
