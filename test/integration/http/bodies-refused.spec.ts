import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { Browser } from '../../support/browser.js';
import { anyone, createOrg, type Json, PASSWORD, type Person } from '../../support/people.js';

interface Operation {
  'x-page'?: boolean;
  requestBody?: object;
  responses: Record<string, object>;
}

interface Route {
  name: string;
  method: string;
  path: string;
  operation: Operation;
}

/** Every route of /openapi.json that takes no body: a new one is in it by itself. */
describe('A body that is sent where none is taken', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;
  let routes: Route[];

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
    const { body } = await anyone(app).get<{ paths: Record<string, Record<string, Operation>> }>(
      '/openapi.json',
    );
    routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method, operation]) => method !== 'get' && !operation.requestBody && !operation['x-page'])
        .map(([method, operation]) => ({
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path: path.replace('{month}', '2000-01').replaceAll(/\{\w+\}/g, '2000000000'),
          operation,
        })),
    );
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('is refused, and each of its fields named', async () => {
    const taken: Json[] = [];
    for (const { name, method, path } of routes) {
      const { status, body } = await admin.send(method, path, { amount_cents: 100, zz: 1 });
      const fields = body?.errors?.map(({ field }: { field: string }) => field);
      if (status === 422 && body.code === 'validation_failed' && String(fields) === 'amount_cents,zz')
        continue;
      taken.push({ name, status, fields });
    }
    expect(taken).toEqual([]);
    expect(routes.length).toBeGreaterThan(20);
  });

  it('is as good as none where it is empty', async () => {
    const refused: Json[] = [];
    const ofNobody = routes.filter(({ name }) => name.includes('{'));
    for (const { name, method, path } of ofNobody) {
      const statuses = new Set([(await admin.send(method, path)).status]);
      for (const text of ['', '{}', 'null', ' {} ', '[]', '""']) {
        const headers = { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' };
        statuses.add((await fetch(app.url + path, { method, headers, body: text })).status);
      }
      if (statuses.size > 1 || statuses.has(422)) refused.push({ name, statuses: [...statuses] });
    }
    expect(refused).toEqual([]);
    expect(ofNobody.length).toBeGreaterThan(10);
  });

  it.each([
    { what: 'a list', body: [{ id: 1 }] },
    { what: 'a text', body: 'approve' },
    { what: 'a number', body: 5 },
    { what: 'no', body: false },
  ])('is refused where it is $what', async ({ body }) => {
    const { status, body: problem } = await admin.post('/proposals/2000000000/approve', body);
    expect({ status, problem }).toMatchObject({ status: 422, problem: { code: 'validation_failed' } });
  });

  it('is said to be refused', () => {
    const unsaid = routes.filter(({ operation }) => !operation.responses['422']).map(({ name }) => name);
    expect(unsaid).toEqual([]);
  });

  it('is no matter of whoever may not ask at all', async () => {
    const { status } = await anyone(app).post('/proposals/2000000000/approve', { zz: 1 });
    expect(status).toBe(401);
  });

  it('passes by the form of a page that is only a button', async () => {
    const browser = new Browser(app.url);
    await browser.open('/auth/sign-in');
    await browser.submit({ email: admin.email, password: PASSWORD });
    const { status } = await browser.submit({ button: 'Sign out' }, '/auth/account/sign-out');
    expect(status).toBe(303);
  });

  it('is judged as ever where one is taken, and may be left out', async () => {
    const asked = async (body: unknown) => (await admin.post('/portal/email/2000000000', body)).status;
    expect(await Promise.all([[{ id: 1 }], 'approve', 5, { zz: 1 }].map(asked))).toEqual([
      422, 422, 422, 422,
    ]);
    expect(await Promise.all([undefined, null, {}].map(asked))).toEqual([404, 404, 404]);
  });
});
