import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrgSettingsRepository } from '../../../src/orgs/settings/org-settings.repository.js';
import { OrgSettingsService } from '../../../src/orgs/settings/org-settings.service.js';
import { OrgsService } from '../../../src/orgs/orgs.service.js';
import { TimeZonesService } from '../../../src/orgs/time-zones/time-zones.service.js';
import { DEVELOPMENT_ENCRYPTION_KEYS } from '../../../src/platform/config/development-secrets.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { QboConnectionsRepository } from '../../../src/qbo-sync/connection/qbo-connections.repository.js';
import { DataSource } from 'typeorm';
import { type TestApp, startApp } from '../../support/app.js';
import { untilBlocked } from '../../support/blocked.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { holdNext } from '../../support/hold.js';
import { anyone, createOrg, PASSWORD, Session, someEmail } from '../../support/people.js';
import { fieldsOf } from '../../support/problem.js';
import { turnFactorOn } from '../../support/totp.js';

describe('The settings of an organisation', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({
      databaseUrl: database.url,
      env: { DEPOSIT_PERCENT: '25', QBO_ITEM_NAME_DEPOSIT: 'Deposit', QBO_RECORD_PAYMENTS: 'true' },
    });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('follow the installation until it sets its own', async () => {
    const { orgId, admin } = await createOrg(app);
    expect((await admin.get('/org/settings')).body).toEqual({
      record_payments: true,
      deposit_percent: 25,
      item_name: null,
      terms_days: 14,
      invoices_from: null,
      time_zone: 'America/Denver',
      currency: 'USD',
      customer_match: 'ask',
      deposit_mode: 'income',
      revenue_policy: 'invoice',
      retainage_percent: 0,
      tax_mode: 'none',
      tax_percent: 0,
      tax_code: null,
      exempt_tax_code: null,
      class_id: null,
      location_id: null,
      alert_email: null,
      alert_quiet_hours: null,
      company_logo: null,
      company_address: null,
      company_phone: null,
      company_terms: null,
      slack_webhook_url: null,
      stripe_account_id: null,
      reminders: null,
      second_factor: 'optional',
    });
    expect(await app.app.get(OrgSettingsService).get(orgId)).toEqual({
      recordPayments: true,
      depositPercent: 25,
      depositItemName: 'Deposit',
      termsDays: 14,
      invoicesFrom: null,
      timeZone: 'America/Denver',
      formerTimeZones: [],
      customerMatch: 'ask',
      currency: 'USD',
      companyCurrency: null,
      depositMode: 'income',
      revenuePolicy: 'invoice',
      retainagePercent: 0,
      taxMode: 'none',
      taxPercent: 0,
      taxCode: null,
      exemptTaxCode: null,
      classId: null,
      locationId: null,
      stripeAccountId: null,
      papers: { address: null, phone: null, terms: null },
      reminders: null,
    });
  });

  it('are what an admin makes them, for that organisation alone', async () => {
    const [mine, other] = [await createOrg(app), await createOrg(app)];
    const settings = {
      record_payments: false,
      deposit_percent: 33.33,
      item_name: 'Roof Deposit',
      terms_days: 0,
      invoices_from: '2026-03-01',
      time_zone: 'America/Phoenix',
      currency: 'EUR',
      customer_match: 'create',
      deposit_mode: 'liability',
      revenue_policy: 'completion',
      retainage_percent: 10,
      tax_mode: 'ours',
      tax_percent: 8.25,
      tax_code: '5',
      exempt_tax_code: '6',
      class_id: '200100000000000001',
      location_id: '1',
      alert_email: 'office@acme.test',
      alert_quiet_hours: { from: '20:00', to: '07:30' },
      company_logo: 'data:image/png;base64,iVBORw0KGgo=',
      company_address: '12 Elm Street\nDenver, CO 80202',
      company_phone: '+1 303 555 0100',
      company_terms: 'Ten years.',
      slack_webhook_url: 'https://hooks.slack.com/services/T0/B0/own',
      reminders: { days_before: [7, 3], days_after: [0, 14], send_at: '09:30' },
      second_factor: 'optional',
    };
    const changed = await mine.admin.patch('/org/settings', settings);
    const shown = { ...settings, stripe_account_id: null };
    expect([changed.status, changed.body]).toEqual([200, shown]);
    expect((await mine.admin.get('/org/settings')).body).toEqual(shown);
    expect((await other.admin.get('/org/settings')).body.deposit_percent).toBe(25);
  });

  it('have the rate of tax to the fourth decimal, as sales taxes do, and so has what is approved by them', async () => {
    const { admin } = await createOrg(app);
    for (const tax_percent of [8.875, 6.0625]) {
      const { status, body } = await admin.patch('/org/settings', { tax_mode: 'ours', tax_percent });
      expect([status, body.tax_percent]).toEqual([200, tax_percent]);
      const customer = await admin.post('/customers', { email: someEmail() });
      const draft = await admin.post('/proposals', {
        name: 'New roof',
        customer_id: customer.body.id,
        lines: [{ description: 'New roof', quantity: 1, unit_price_cents: 1_234_567 }],
      });
      await admin.post(`/proposals/${draft.body.id}/approve`);
      expect((await admin.get(`/proposals/${draft.body.id}/contract`)).body).toMatchObject({ tax_percent });
    }
  });

  it('are changed as one, and written down once; the same webhook again is no change', async () => {
    const { admin } = await createOrg(app);
    const entries = async () => (await admin.get('/audit?action=settings.updated')).body.items as unknown[];
    const slack_webhook_url = 'https://hooks.slack.com/services/T0/B0/once';
    for (const change of [{ terms_days: 5, slack_webhook_url }, { slack_webhook_url }, {}]) {
      expect((await admin.patch('/org/settings', change)).status).toBe(200);
      expect(await entries()).toHaveLength(1);
    }
  });

  it('are written down as what each of two who change them at once has changed', async () => {
    const { admin } = await createOrg(app);
    const looked = holdNext(app.app.get(OrgSettingsRepository), 'get');
    const late = admin.patch('/org/settings', { deposit_percent: 40 });
    await looked.done;
    const other = admin.patch('/org/settings', { terms_days: 5 });
    await untilBlocked(database, other);
    looked.letGo();
    expect([(await late).status, (await other).status]).toEqual([200, 200]);
    const { items } = (await admin.get('/audit?action=settings.updated')).body;
    const changes = (items as { after: object }[]).map(({ after }) => Object.keys(after).join(', '));
    expect(new Set(changes)).toEqual(new Set(['deposit_percent', 'terms_days']));
  });

  it('can be changed, with what the organisation asks of people, while a company is connected', async () => {
    const { admin, orgId } = await createOrg(app);
    await database.query(`update orgs set second_factor = 'required' where id = $1`, [orgId]);
    await turnFactorOn(admin);
    const change = { terms_days: 5, second_factor: 'optional' };
    const { changing } = await inOrganisation(orgId, () =>
      app.app.get(DataSource).transaction(async (tx) => {
        await app.app.get(QboConnectionsRepository).lockForConnecting(tx, orgId);
        const patch = admin.patch('/org/settings', change);
        await untilBlocked(database, patch);
        await app.app.get(OrgSettingsService).keepCompanyCurrency(tx, orgId, 'USD');
        return { changing: patch };
      }),
    );
    expect(await changing).toMatchObject({ status: 200, body: change });
  });

  it('have their webhook encrypted with the new key where it is set again, so that the old one can go', async () => {
    const { admin, orgId } = await createOrg(app);
    const slack_webhook_url = 'https://hooks.slack.com/services/T0/B0/rotated';
    const keyOf = async () =>
      (
        await database.query<{ key: string }>(
          `select split_part(slack_webhook_url_encrypted, '.', 2) as key from org_settings where org_id = $1`,
          [orgId],
        )
      )[0]!.key;
    await admin.patch('/org/settings', { slack_webhook_url });
    expect(await keyOf()).toBe('dev');
    const newKey = `k2:${randomBytes(32).toString('base64')}`;
    const withKeys = (keys: string) =>
      startApp({ databaseUrl: database.url, env: { TOKEN_ENCRYPTION_KEYS: keys } });
    await using rotated = await withKeys(`${newKey},${DEVELOPMENT_ENCRYPTION_KEYS}`);
    await new Session(rotated.url, admin.token).patch('/org/settings', { slack_webhook_url });
    expect(await keyOf()).toBe('k2');
    await using later = await withKeys(newKey);
    const { body } = await new Session(later.url, admin.token).get('/org/settings');
    expect(body.slack_webhook_url).toBe(slack_webhook_url);
  });

  it('keep the quiet hours until null takes them back', async () => {
    const { admin } = await createOrg(app);
    const hours = { from: '22:00', to: '06:00' };
    await admin.patch('/org/settings', { alert_quiet_hours: hours, alert_email: 'night@acme.test' });
    const kept = await admin.patch('/org/settings', { terms_days: 7 });
    expect(kept.body).toMatchObject({ alert_quiet_hours: hours, alert_email: 'night@acme.test' });
    const gone = await admin.patch('/org/settings', { alert_quiet_hours: null, alert_email: null });
    expect(gone.body).toMatchObject({ alert_quiet_hours: null, alert_email: null });
  });

  it('keep what is not changed, and null takes back item name and first day', async () => {
    const { admin } = await createOrg(app);
    await admin.patch('/org/settings', { item_name: 'Gutters', invoices_from: '2026-01-01', terms_days: 30 });
    const changed = await admin.patch('/org/settings', { item_name: null, invoices_from: null });
    expect(changed.body).toMatchObject({ item_name: null, invoices_from: null, terms_days: 30 });
  });

  it.each([
    { field: 'record_payments', value: 'yes' },
    { field: 'record_payments', value: null },
    { field: 'deposit_percent', value: 0 },
    { field: 'deposit_percent', value: 100.01 },
    { field: 'deposit_percent', value: 33.333 },
    { field: 'deposit_percent', value: '30' },
    { field: 'item_name', value: 'Roof:Deposit' },
    { field: 'item_name', value: 'Roof\tDeposit' },
    { field: 'item_name', value: 'Roof\nDeposit' },
    { field: 'item_name', value: ' ' },
    { field: 'item_name', value: 'x'.repeat(101) },
    { field: 'terms_days', value: -1 },
    { field: 'terms_days', value: 366 },
    { field: 'terms_days', value: 1.5 },
    { field: 'terms_days', value: null },
    { field: 'invoices_from', value: '2026-02-30' },
    { field: 'invoices_from', value: '1.3.2026' },
    { field: 'time_zone', value: 'Mars/Olympus' },
    { field: 'time_zone', value: '+07:00' },
    { field: 'time_zone', value: 'CST' }, // with summer time to Node, without to PostgreSQL
    { field: 'time_zone', value: 'BST' }, // Dhaka to one, London to the other
    { field: 'time_zone', value: 'ACT' }, // Darwin, and Acre
    { field: 'customer_match', value: 'never' },
    { field: 'deposit_mode', value: 'A' },
    { field: 'revenue_policy', value: 'cash' },
    { field: 'retainage_percent', value: 100.01 },
    { field: 'tax_mode', value: 'vat' },
    { field: 'tax_percent', value: -1 },
    { field: 'tax_percent', value: 8.87501 },
    { field: 'tax_code', value: 'TAX' },
    { field: 'class_id', value: '' },
    { field: 'currency', value: 'KWD' },
    { field: 'alert_email', value: 'office' },
    { field: 'alert_quiet_hours', value: '20:00-07:00' },
    { field: 'alert_quiet_hours.from', value: { from: '25:00', to: '07:00' } },
    { field: 'alert_quiet_hours.to', value: { from: '20:00' } },
    { field: 'alert_quiet_hours.to', value: { from: '20:00', to: '20:00' } },
    { field: 'alert_quiet_hours.days', value: { from: '20:00', to: '07:00', days: 'all' } },
    { field: 'org_id', value: 1 },
  ])('cannot have $value as $field', async ({ field, value }) => {
    const { admin } = await createOrg(app);
    const answer = await admin.patch('/org/settings', { [field.split('.')[0]!]: value });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].field).toBe(field);
  });

  // A database may be installed without the names of before, as that of the compose file is.
  it.each([
    { given: 'US/Pacific-New', kept: 'America/Los_Angeles' },
    { given: 'US/Eastern', kept: 'America/New_York' },
    { given: 'america/denver', kept: 'America/Denver' },
    { given: 'Asia/Calcutta', kept: 'Asia/Kolkata' },
    { given: 'Europe/Kiev', kept: 'Europe/Kyiv' },
    { given: 'Singapore', kept: 'Asia/Singapore' },
    { given: 'Etc/UTC', kept: 'UTC' },
    { given: 'Europe/Amsterdam', kept: 'Europe/Amsterdam' },
  ])('have the time zone $given by the name that it has now', async ({ given, kept }) => {
    const { orgId, admin } = await createOrg(app);
    const answer = await admin.patch('/org/settings', { time_zone: given });
    expect([answer.status, answer.body.time_zone]).toEqual([200, kept]);
    const stored = await database.query('select time_zone from org_settings where org_id = $1', [orgId]);
    expect(stored).toEqual([{ time_zone: kept }]);
    expect((await admin.get('/audit?from=2026-03-01&to=2026-03-02')).status).toBe(200);
  });

  it('have by SQL no time zone that the database does not know: it would end what is about all of them', async () => {
    const { orgId } = await createOrg(app);
    const set = (to: string) =>
      database.query('update org_settings set time_zone = $2 where org_id = $1', [orgId, to]);
    await expect(set('America/Denvr')).rejects.toThrow('time zone "America/Denvr" not recognized');
    await set('America/Phoenix');
    const [added] = await database.query<{ id: number }>(
      `insert into orgs (name) values ('By SQL') returning id`,
    );
    await expect(
      database.query(`insert into org_settings (org_id, time_zone) values ($1, 'MST/Phoenix')`, [added!.id]),
    ).rejects.toThrow('not recognized');
  });

  it.each([
    { zone: 'US/Pacific-New', problem: 'unknown_there' },
    { zone: 'Factory', problem: 'unknown_here' },
    { zone: 'CET', problem: 'other_clocks' },
  ])(
    'with the time zone $zone, set by SQL, are in a trouble that a start says: $problem',
    async ({ zone, problem }) => {
      const { orgId } = await createOrg(app);
      // As a database has it that was restored by a server with other data of time zones.
      const set = (to: string) =>
        database.query(`
          alter table org_settings disable trigger user;
          update org_settings set time_zone = '${to}' where org_id = ${orgId};
          alter table org_settings enable trigger user`);
      await set(zone);
      const zones = app.app.get(TimeZonesService);
      expect(await zones.troubles()).toContainEqual({ zone, problem });
      await set('America/Denver');
      expect((await zones.troubles()).map((one) => one.zone)).not.toContain(zone);
    },
  );

  it('keep the payment default of the day a connection begins', async () => {
    const { orgId } = await createOrg(app);
    const settings = app.app.get(OrgSettingsService);
    await settings.keepPaymentDefault(app.app.get(DataSource).manager, orgId);
    expect((await settings.getStored(orgId)).recordPayments).toBe(true);
    await settings.change(orgId, { recordPayments: false });
    await settings.keepPaymentDefault(app.app.get(DataSource).manager, orgId);
    expect((await settings.getStored(orgId)).recordPayments).toBe(false);
  });

  it('have the papers of the company and a Slack webhook, which nobody reads in the rows', async () => {
    const { orgId, admin } = await createOrg(app);
    const slack_webhook_url = 'https://hooks.slack.com/services/T0/B0/secret';
    const papers = {
      company_logo: 'data:image/png;base64,iVBORw0KGgo=',
      company_address: '12 Elm Street\nDenver, CO 80202',
      company_phone: '+1 303 555 0100',
      company_terms: 'Work is guaranteed for ten years.',
    };
    const change = { ...papers, slack_webhook_url };
    expect(await admin.patch('/org/settings', change)).toMatchObject({ status: 200, body: change });
    const rows = await database.query('select * from org_settings where org_id = $1', [orgId]);
    const log = await database.query('select * from audit_log where org_id = $1', [orgId]);
    expect(JSON.stringify([rows, log])).not.toContain('B0/secret');
    for (const bad of [
      { company_logo: 'https://example.com/logo.png' },
      { company_logo: 'data:image/svg+xml;base64,PHN2Zz4=' },
      { slack_webhook_url: 'http://hooks.slack.com/services/T0' },
      { company_phone: 'x'.repeat(41) },
    ]) {
      expect((await admin.patch('/org/settings', bad)).status).toBe(422);
    }
    for (const inside of [
      '[::ffff:127.0.0.1]',
      '10.0.0.8',
      '169.254.169.254',
      'metadata.internal.',
      'me:x@a.example',
    ]) {
      const answer = await admin.patch('/org/settings', {
        slack_webhook_url: `https://${inside}/services/T0`,
      });
      expect([answer.status, fieldsOf(answer)[0]]).toEqual([422, 'slack_webhook_url']);
    }
    const none = { ...papers, company_logo: null, company_terms: null, slack_webhook_url: null };
    expect(await admin.patch('/org/settings', none)).toMatchObject({ status: 200, body: none });
  });
});

describe('An organisation', () => {
  it('may be given its id, and those after it get higher ones', async () => {
    await using database = await cloneDatabase();
    await using app = await startApp({ databaseUrl: database.url });
    const orgs = app.app.get(OrgsService);
    const found = async (id?: number): Promise<number> => {
      const admin = { email: someEmail(), fullName: 'Ada', password: 'password', demo: true };
      return (await orgs.found({ name: 'Acme', id }, admin)).org.id;
    };
    expect(await orgs.isEmpty()).toBe(true);
    expect([await found(1), await found(), await found(10), await found()]).toEqual([1, 2, 10, 11]);
    expect([await found(5), await found()]).toEqual([5, 12]);
    await expect(found(5)).rejects.toThrow('There is an organisation 5 already.');
    expect(await orgs.isEmpty()).toBe(false);
  });

  it('is not founded at all where its admin cannot be', async () => {
    await using database = await cloneDatabase();
    await using app = await startApp({ databaseUrl: database.url });
    const { admin } = await createOrg(app);
    const orgs = app.app.get(OrgsService);
    const person = { email: admin.email, fullName: 'Ada', password: PASSWORD };
    await expect(orgs.found({ name: 'Copy' }, person)).rejects.toMatchObject({ code: 'email_taken' });
    expect(await database.query(`select from orgs where name = 'Copy'`)).toHaveLength(0);
  });

  it('stands in the metrics at 0 from its first moment, and after every start', async () => {
    await using database = await cloneDatabase();
    await using app = await startApp({ databaseUrl: database.url });
    const { orgId } = await createOrg(app);
    const { body } = await anyone(app).get<string>('/metrics');
    expect(body).toContain(`crm_invoices_paid_total{org_id="${orgId}"} 0`);
  });
});
