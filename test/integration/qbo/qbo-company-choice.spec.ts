import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import { DueEntriesRepository } from '../../../src/contracts/schedule/due-entries.repository.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { DueOperationsRepository } from '../../../src/qbo-sync/operations/rows/due-operations.repository.js';
import { SyncCursorsRepository } from '../../../src/qbo-sync/pull/change-feed/sync-cursors.repository.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, type TestOrg } from '../../support/people.js';
import { connect, REALM, startQbo, type TestQbo, tryToConnect } from '../../support/qbo.js';

/** Whoever calls real companies has secrets of their own. */
const OWN_SECRETS = {
  JWT_SECRET_KEY: 'a secret of this installation, not of development',
  TOKEN_ENCRYPTION_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
};

const EVERY_MINUTE = { usualMs: 60_000, webhookFedMs: 60_000 };

describe('Which company an organisation may have', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    app = await startApp({ databaseUrl: database.url, env: qbo.env });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  beforeEach(async () => {
    await database.query('delete from qbo_tokens');
    await database.query('delete from customers');
    org = await createOrg(app);
  });

  it('gives one company to one organisation', async () => {
    await connect(app, org.admin);
    const other = await createOrg(app, 'Other Roofing');
    expect(await tryToConnect(other.admin)).toMatchObject({
      status: 409,
      body: { code: 'qbo_company_taken' },
    });
    expect((await other.admin.get('/qbo/status')).body).toEqual({ connected: false, needs_reauth: false });
    expect((await org.admin.get('/qbo/status')).body.connected).toBe(true);
  });

  it('gives it to one of two that consent at the same moment', async () => {
    const other = await createOrg(app, 'Other Roofing');
    // Both have looked whose it is before either writes it down: whoever is second runs into the first's tokens.
    await database.query(`
      create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return new; end $$;
      create trigger be_slow before insert on qbo_companies for each row execute function be_slow()`);
    try {
      const answers = await Promise.all([org, other].map(({ admin }) => tryToConnect(admin)));
      const [first, second] = answers.toSorted((one, another) => one.status - another.status);
      expect(first!.status).toBe(200);
      expect(second).toMatchObject({ status: 409, body: { code: 'qbo_company_taken' } });
    } finally {
      await database.query('drop trigger be_slow on qbo_companies; drop function be_slow');
    }
    const holders = await database.query(
      'select org_id from qbo_companies join qbo_tokens using (org_id, env, realm_id) where realm_id = $1',
      [REALM],
    );
    expect(holders).toHaveLength(1);
  });

  it('is told to whoever listens as part of the connection, or not at all', async () => {
    const connections = app.app.get(ConnectionService);
    const notified: QboCompany[] = [];
    let refuse = true;
    connections.onConnected({}, async (tx, company) => {
      if (refuse) throw new Error('the listener cannot follow');
      const rows = await tx.query<object[]>('select from qbo_tokens where org_id = $1', [company.orgId]);
      if (rows.length === 1) notified.push(company);
    });
    expect((await tryToConnect(org.admin)).status).toBe(500);
    expect((await org.admin.get('/qbo/status')).body).toEqual({ connected: false, needs_reauth: false });
    refuse = false;
    await connect(app, org.admin);
    expect(notified).toEqual([{ orgId: org.orgId, realmId: REALM, env: 'sandbox' }]);
    expect(await connections.connected()).toEqual(notified);
  });

  it('is not called from an installation that speaks to the other environment of Intuit', async () => {
    await connect(app, org.admin);
    await using production = await startApp({
      databaseUrl: database.url,
      env: { ...qbo.env, ...OWN_SECRETS, QBO_ENV: 'production' },
    });
    const connections = production.app.get(ConnectionService);
    expect([await connections.company(org.orgId), await connections.connected()]).toEqual([null, []]);
    await expect(connections.requireCompany(org.orgId)).rejects.toMatchObject({
      kind: 'not_connected',
      message: expect.stringContaining('sandbox environment, but this installation speaks to production'),
    });
  });

  it('has nothing done for it there, though much was due: no poll, no operation, and no entry', async () => {
    await connect(app, org.admin);
    const due = (one: TestApp) =>
      one.app.get(DataSource).transaction(async (tx) => ({
        operations: await one.app.get(DueOperationsRepository).list(tx, 10),
        polls: await one.app.get(SyncCursorsRepository).takeDue(tx, new Date('2099-01-01'), EVERY_MINUTE, 10),
        abandoned: await one.app.get(SyncCursorsRepository).listAbandoned(tx, 10),
        entries: await one.app.get(DueEntriesRepository).list(tx, 10),
      }));
    await database.query(
      `insert into sync_operations (org_id, kind, entity_id, generation, request_id, payload, state, next_attempt_at)
       values ($1, 'customer.create', 1, 1, 'one', '{}', 'waiting', '2020-01-01')`,
      [org.orgId],
    );
    await database.query(
      `update qbo_sweeps set lease_token = 1, lease_until = now() - interval '1 hour' where org_id = $1`,
      [org.orgId],
    );
    await database.query(
      `with job as (insert into leads (org_id, name) values ($1, 'Roof') returning id),
            contract as (
              insert into contracts (org_id, proposal_id, currency, value_cents, deposit_percent, deposit_cents,
                                     terms_days, approved_at)
              select $1, id, 'USD', 100000, 30, 30000, 14, now() from job returning id)
       insert into contract_entries (org_id, contract_id, number, kind, sequence, percent, trigger_on)
       select $1, id, 2, 'progress', 1, 50, '2020-01-01' from contract`,
      [org.orgId],
    );
    await using production = await startApp({
      databaseUrl: database.url,
      env: { ...qbo.env, ...OWN_SECRETS, QBO_ENV: 'production', CRM_ROLE: 'api' },
    });
    expect(await due(production)).toEqual({ operations: [], polls: [], abandoned: [], entries: [] });
    const { orgId } = org;
    expect(await due(app)).toMatchObject({ operations: [{ orgId }], entries: [{ orgId }] });
  });

  it('is counted in the health of the service', async () => {
    await connect(app, org.admin);
    expect((await anyone(app).get('/health')).body.qbo).toMatchObject({
      configured: true,
      env: 'sandbox',
      connected: 1,
      needs_reauth: 0,
      disconnected: 0,
    });
  });

  describe('when the organisation had another company before', () => {
    let second: string;

    beforeEach(async () => {
      await connect(app, org.admin);
      second = (await qbo.control.createCompany({ name: 'Second Company' })).realm_id;
    });

    const linkCustomer = async (): Promise<void> => {
      await database.query(
        `insert into customers (org_id, email, qbo_customer_id, qbo_realm_id) values ($1, $2, '1', $3)`,
        [org.orgId, `eva-${org.orgId}@acme.test`, REALM],
      );
    };

    it('takes the other one as long as nothing hangs on the first', async () => {
      expect((await tryToConnect(org.admin, { realmId: second })).status).toBe(200);
      expect((await org.admin.get('/qbo/status')).body).toMatchObject({ company_name: 'Second Company' });
    });

    it('leaves the first to whoever consents next', async () => {
      await tryToConnect(org.admin, { realmId: second });
      const other = await createOrg(app, 'Other Roofing');
      expect((await tryToConnect(other.admin)).status).toBe(200);
      expect(await tryToConnect(org.admin)).toMatchObject({
        status: 409,
        body: { code: 'qbo_company_taken' },
      });
    });

    it.each(['connected', 'disconnected'])(
      'refuses another one while links point into the %s',
      async (state) => {
        await linkCustomer();
        if (state === 'disconnected') await org.admin.post('/qbo/disconnect');
        const answer = await tryToConnect(org.admin, { realmId: second });
        expect(answer).toMatchObject({ status: 409, body: { code: 'qbo_other_company' } });
        expect(answer.body.detail).toMatch(/Sandbox Company_US_1.*Second Company.*replace_company=true/);
        expect((await org.admin.get('/qbo/status')).body).toMatchObject({
          connected: state === 'connected',
          realm_id: REALM,
        });
      },
    );

    it('takes another one when that is chosen, and leaves the links with the first', async () => {
      await linkCustomer();
      const choice = { realmId: second, replaceCompany: true };
      expect((await tryToConnect(org.admin, choice)).status).toBe(200);
      expect((await org.admin.get('/qbo/status')).body.realm_id).toBe(second);
      const [link] = await database.query(
        'select qbo_customer_id, qbo_realm_id from customers where org_id = $1',
        [org.orgId],
      );
      expect(link).toEqual({ qbo_customer_id: '1', qbo_realm_id: REALM });
    });

    it('takes another one also where two were linked to one record by SQL, and keeps one link to it', async () => {
      await linkCustomer();
      await database.query(
        `insert into customers (org_id, email, qbo_customer_id)
         values ($1, 'twin@acme.test', '1'), ($1, 'ann@acme.test', '2'), ($1, 'bob@acme.test', '2')`,
        [org.orgId],
      );
      await database.query(
        `with twins as (insert into leads (org_id, name) values ($1, 'Roof'), ($1, 'Porch') returning id)
         insert into invoices (org_id, proposal_id, kind, currency, qbo_invoice_id, qbo_realm_id)
         select $1, id, 'deposit', 'USD', '7', case when id = (select min(id) from twins) then $2 end from twins`,
        [org.orgId, REALM],
      );
      await tryToConnect(org.admin, { realmId: second, replaceCompany: true });
      expect((await org.admin.get('/qbo/status')).body.realm_id).toBe(second);
      const links = await database.query(
        `select email, qbo_customer_id as link, qbo_realm_id as company from customers where org_id = $1
          order by id`,
        [org.orgId],
      );
      expect(links).toEqual([
        { email: `eva-${org.orgId}@acme.test`, link: '1', company: REALM },
        { email: 'twin@acme.test', link: null, company: null },
        { email: 'ann@acme.test', link: '2', company: REALM },
        { email: 'bob@acme.test', link: null, company: null },
      ]);
      const invoices = await database.query(
        'select qbo_invoice_id as link, qbo_realm_id as company from invoices where org_id = $1 order by id',
        [org.orgId],
      );
      expect(invoices).toEqual([
        { link: '7', company: REALM },
        { link: null, company: null },
      ]);
    });

    it('takes another one, and no lead goes on to show the invoice that is of another, or takes it up', async () => {
      const lead = async (name: string, columns: string, values: string): Promise<number> => {
        const sql = `insert into leads (org_id, name${columns}) values ($1, '${name}'${values}) returning id`;
        const [row] = await database.query<{ id: number }>(sql, [org.orgId]);
        return row!.id;
      };
      const columns = ', qbo_invoice_id, qbo_invoice_number, qbo_status';
      const roof = await lead('Roof', columns, `, '7', 'A7', 'Open'`);
      const porch = await lead('Porch', columns, `, '7', 'A7', 'Paid'`);
      const deck = await lead('Deck', '', '');
      await database.query(
        `insert into invoices (org_id, proposal_id, kind, currency, qbo_invoice_id, number, status, state, paid_cents)
         values ($1, $2, 'deposit', 'USD', '7', 'A7', 'Paid', 'paid', 500)`,
        [org.orgId, deck],
      );
      const asInEarlierVersions = 'set session_replication_role = replica';
      await database.query(
        `${asInEarlierVersions};
         update leads set qbo_invoice_id = '7', qbo_invoice_number = 'A7', qbo_status = 'Paid' where id = ${deck};
         reset session_replication_role`,
      );
      await tryToConnect(org.admin, { realmId: second, replaceCompany: true });
      await database.query(`update leads set qbo_invoice_id = '8' where id = $1`, [roof]);
      const shown = { qbo_invoice_id: null, qbo_invoice_number: null, qbo_status: null, qbo_state: null };
      for (const id of [porch, deck]) expect((await org.admin.get(`/leads/${id}`)).body).toMatchObject(shown);
      const others = await database.query(
        `select qbo_invoice_id, number, status, state, paid_cents from invoices
          where org_id = $1 and proposal_id <> $2`,
        [org.orgId, roof],
      );
      expect(others).toEqual([
        { qbo_invoice_id: null, number: null, status: null, state: null, paid_cents: null },
      ]);
    });

    it('takes the same one again, whatever hangs on it', async () => {
      await linkCustomer();
      await org.admin.post('/qbo/disconnect');
      expect((await tryToConnect(org.admin)).status).toBe(200);
    });
  });
});
