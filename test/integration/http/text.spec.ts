import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, PASSWORD, type Person, someEmail, type TestOrg } from '../../support/people.js';
import { aDraft, aLink, openPage } from '../../support/portal.js';

describe('Text', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
    ({ admin } = org);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const sent = async (path: string, body: Uint8Array<ArrayBuffer>, contentType: string) => {
    const answer = await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${admin.token}` },
      body,
    });
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get('content-type'), text };
  };
  const customer = (encoding: BufferEncoding, prefix = '') =>
    new Uint8Array(
      Buffer.from(`${prefix}${JSON.stringify({ full_name: 'José Muñoz', email: someEmail() })}`, encoding),
    );

  it('that PowerShell sends in Latin-1 is refused, and no letter of it is lost', async () => {
    const before = await database.query('select from customers where org_id = $1', [org.orgId]);
    for (const type of ['application/json', 'application/json; charset=iso-8859-1']) {
      const answer = await sent('/customers', customer('latin1'), type);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({
        code: 'body_not_utf8',
        detail: expect.stringMatching(/UTF-8/),
      });
    }
    expect(await database.query('select from customers where org_id = $1', [org.orgId])).toHaveLength(
      before.length,
    );
  });

  it('that an address asks for in Latin-1 is refused where programs ask, and opens pages for people', async () => {
    await admin.post('/customers', { full_name: 'Íñigo Peña', email: someEmail() });
    for (const query of ['search=Pe%F1a', 'search=%CD', 'search=%ED%A0%80', 'search=a&sort=%FF']) {
      const answer = await admin.get(`/customers?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_address' } });
      expect(answer.body.detail).toMatch(/UTF-8/);
    }
    const found = await admin.get('/customers?search=Pe%C3%B1a');
    expect(found.body.items).toMatchObject([{ full_name: 'Íñigo Peña' }]);
    expect((await admin.get('/customers?search=100%')).status).toBe(200);
    expect((await admin.get('/nowhere?search=Pe%F1a')).status).toBe(404);
    const { path } = await aLink(admin, await aDraft(admin));
    expect((await openPage(app, `${path}?utm_source=Pe%F1a`)).status).toBe(200);
  });

  it('that is compressed is refused, and the answer says so', async () => {
    const send = async (encoding: string, body: Uint8Array<ArrayBuffer>) => {
      const answer = await fetch(`${app.url}/customers`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': encoding,
          authorization: `Bearer ${admin.token}`,
        },
        body,
      });
      return { status: answer.status, text: await answer.text() };
    };
    const refused = await send('gzip', new Uint8Array(gzipSync(customer('utf8'))));
    expect(refused).toMatchObject({ status: 415, text: expect.stringContaining('without Content-Encoding') });
    expect((await send('identity', customer('utf8'))).status).toBe(201);
  });

  it.each([
    ['UTF-8', 'application/json', ''],
    ['UTF-8 by name', 'application/json; charset="UTF-8"', ''],
    ['UTF-8 with a byte order mark', 'application/json', '\uFEFF'],
  ])('in %s is kept letter by letter', async (_, type, prefix) => {
    const answer = await sent('/customers', customer('utf8', prefix), type);
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toMatchObject({ full_name: 'José Muñoz' });
  });

  it('that has lost a letter already is not taken', async () => {
    const answer = await admin.post('/customers', { full_name: 'Jos\uFFFD', email: someEmail() });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ field: 'full_name' }]);
  });

  it('is kept in one spelling, however it was typed', async () => {
    const { body } = await admin.post('/customers', { full_name: ' Jose\u0301 ', email: someEmail() });
    expect(body.full_name).toBe('José');
  });

  it('is kept without what nobody sees, and is none where nothing is left', async () => {
    const name = 'A\u200Bnn\u202E Ru\u2060iz 👩‍🔧';
    const { body } = await admin.post('/customers', { full_name: name, email: someEmail() });
    expect(body.full_name).toBe('Ann Ruiz 👩‍🔧');
    const blank = await admin.post('/customers', { full_name: '\u3164\u200D', email: someEmail() });
    expect(blank).toMatchObject({ status: 422, body: { errors: [{ field: 'full_name' }] } });
  });

  it.each(['\u2800', '\uFE0F', '\u034F', '\u0301\u0301', '\u{E0100}', '\u{1D173}', '\uFFFC'])(
    'is refused where it shows nothing: %j',
    async (text) => {
      const named = await admin.post('/customers', { full_name: text, email: someEmail() });
      expect(named).toMatchObject({ status: 422, body: { errors: [{ field: 'full_name' }] } });
      const noted = await admin.post('/leads', { name: 'Leak', notes: text });
      expect(noted).toMatchObject({ status: 422, body: { errors: [{ field: 'notes' }] } });
    },
  );

  it.each(['A', '7', '❤️', '李', '한', 'é', '*', 'ก็'])(
    'is kept where it shows something: %s',
    async (text) => {
      const { body } = await admin.post('/customers', { full_name: text, email: someEmail() });
      expect(body.full_name).toBe(text.normalize('NFC'));
    },
  );

  it('of an e-mail address signs in with space around it, as with capitals', async () => {
    const email = ` ${admin.email.toUpperCase()} `;
    const answer = await sent(
      '/auth/login',
      new Uint8Array(Buffer.from(JSON.stringify({ email, password: PASSWORD }))),
      'application/json',
    );
    expect(answer.status).toBe(200);
  });

  it('of a form in Latin-1 is refused on a page, and nothing is approved', async () => {
    const id = await aDraft(admin);
    const { path } = await aLink(admin, id);
    for (const body of [Buffer.from('name=José', 'latin1'), Buffer.from('name=Jos%E9')]) {
      const answer = await sent(`${path}/approve`, new Uint8Array(body), 'application/x-www-form-urlencoded');
      expect(answer).toMatchObject({ status: 400, type: 'text/html; charset=utf-8' });
    }
    expect((await admin.get(`/proposals/${id}`)).body.status).toBe('draft');
  });

  it('that runs from right to left stays in its place on the page', async () => {
    const { path } = await aLink(admin, await aDraft(admin, { customerName: 'Ann ziuR' }));
    await database.query(`update customers set full_name = $1 where full_name = 'Ann ziuR'`, [
      'Ann\u202E ziuR', // as it was taken before
    ]);
    const { html } = await openPage(app, path);
    expect(html).toContain('Prepared for \u2068Ann ziuR\u2069 · ');
  });
});
