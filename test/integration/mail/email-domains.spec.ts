import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, PASSWORD, type Person } from '../../support/people.js';

describe('An address with an international domain', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const LETTERS = 'ann@exämple.com';
  const PUNYCODE = 'ann@xn--exmple-cua.com';

  it('is of one customer, in either spelling', async () => {
    const made = await admin.post('/customers', { email: PUNYCODE });
    expect([made.status, made.body.email]).toEqual([201, LETTERS]);
    expect(await admin.post('/customers', { email: LETTERS })).toMatchObject({
      status: 409,
      body: { code: 'customer_email_taken' },
    });
    for (const search of [PUNYCODE, LETTERS]) {
      const { body } = await admin.get(`/customers?search=${encodeURIComponent(search)}`);
      expect(body.items).toHaveLength(1);
    }
  });

  it('is of one person, who signs in with either', async () => {
    const person = { full_name: 'Ann Ruiz', password: PASSWORD, roles: ['viewer'] };
    expect((await admin.post('/users', { ...person, email: LETTERS })).status).toBe(201);
    expect((await admin.post('/users', { ...person, email: PUNYCODE })).status).toBe(409);
    for (const email of [LETTERS, PUNYCODE, 'ANN@XN--EXMPLE-CUA.com'])
      expect((await anyone(app).post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
    for (const actor of [LETTERS, PUNYCODE])
      expect((await admin.get(`/audit?actor=${encodeURIComponent(actor)}`)).status).toBe(200);
  });

  it('has one count of wrong passwords', async () => {
    const guess = (email: string) => anyone(app).post('/auth/login', { email, password: 'wrong-password-1' });
    const spellings = ['bea@exämple.com', 'bea@xn--exmple-cua.com'];
    for (let tried = 0; tried < 5; tried++) expect((await guess(spellings[tried % 2]!)).status).toBe(401);
    for (const email of spellings) expect((await guess(email)).status).toBe(429);
  });
});
