import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg, type TestOrg } from '../../support/people.js';
import { connect, REALM, startQbo, type TestQbo } from '../../support/qbo.js';

describe('Disconnecting', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    app = await startApp({ databaseUrl: database.url, env: qbo.env });
    org = await createOrg(app);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  it('ends the access at Intuit, forgets the tokens and remembers the company', async () => {
    await connect(app, org.admin);
    expect(await org.admin.post('/qbo/disconnect')).toMatchObject({
      status: 200,
      body: { status: 'disconnected' },
    });
    const [row] = await database.query('select * from qbo_tokens');
    expect(row).toMatchObject({
      realm_id: REALM,
      state: 'disconnected',
      access_token_sealed: null,
      refresh_token_sealed: null,
    });
    const { grants } = (await (await fetch(`${qbo.url}/sandbox/oauth/grants`)).json()) as {
      grants: { revoked_at: string | null }[];
    };
    expect(grants.filter(({ revoked_at }) => revoked_at === null)).toEqual([]);
    expect((await org.admin.get('/qbo/status')).body).toMatchObject({ connected: false, realm_id: REALM });
  });

  it("keeps the company's currency: another is refused, and so is it while it is connected", async () => {
    const choose = (currency: string | null, rest = {}) =>
      org.admin.patch('/org/settings', { currency, ...rest });
    for (const state of ['connected', 'disconnected']) {
      await (state === 'connected' ? connect(app, org.admin) : org.admin.post('/qbo/disconnect'));
      expect(await choose('EUR', { terms_days: 77 })).toMatchObject({
        status: 409,
        body: { code: 'currency_of_company', detail: expect.stringContaining('USD') },
      });
      expect((await org.admin.get('/org/settings')).body).toMatchObject({ currency: 'USD', terms_days: 14 });
      expect((await choose('USD')).status).toBe(200);
      expect((await choose(null)).body).toMatchObject({ currency: 'USD' });
    }
  });

  it('is done also when there is nothing to disconnect', async () => {
    const other = await createOrg(app);
    expect(await other.admin.post('/qbo/disconnect')).toMatchObject({
      status: 200,
      body: { status: 'disconnected' },
    });
  });

  it('is done also when Intuit does not answer', async () => {
    await connect(app, org.admin);
    await qbo[Symbol.asyncDispose]();
    expect((await org.admin.post('/qbo/disconnect')).status).toBe(200);
    expect((await org.admin.get('/qbo/status')).body.connected).toBe(false);
  });
});
