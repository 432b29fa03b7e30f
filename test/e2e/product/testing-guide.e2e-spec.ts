import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { metric } from '../../support/metrics.js';
import { anyone, type Person, signIn } from '../../support/people.js';

/** The testing guide of sprint 5 on a fresh demo installation, before QuickBooks is connected. */
describe('The testing guide of sprint 5', () => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { CRM_ENABLE_SEED: 'true' } });
    admin = await signIn(app, 'admin@peakpro.io', 'password');
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('signs the demo admin in', async () => {
    const login = await anyone(app).post('/auth/login', { email: 'admin@peakpro.io', password: 'password' });
    expect(login).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 1800 } });
    expect(login.body.access_token).toMatch(/^eyJ/);
  });

  it('test 1: skips the customer sync, and counts it', async () => {
    const before = await metric(app, 'crm_qbo_customer_sync_total', { org_id: 1, result: 'skipped' });
    const answer = await admin.post('/qbo/sync/customer/1');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ok: false, qbo_customer_id: null, customer_id: 1 });
    expect(await metric(app, 'crm_qbo_customer_sync_total', { org_id: 1, result: 'skipped' })).toBe(
      before + 1,
    );
  });

  it('test 2: finds no invoice linked to proposal 7', async () => {
    const answer = await admin.post('/qbo/sync/invoice/7/check');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ok: false, changed_to_paid: false, error: 'No QBO invoice linked' });
  });

  it('test 3: schedules nothing while nothing is linked', async () => {
    const answer = await admin.post('/qbo/sync/invoice/poll_all');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ok: true, scheduled: 0, proposal_ids: [] });
  });

  it('test 4: shows the three metrics with their words', async () => {
    const { body: text } = await anyone(app).get<string>('/metrics');
    expect(text).toContain('# HELP crm_qbo_customer_sync_total CRM↔QBO customer sync operations');
    expect(text).toContain('# TYPE crm_qbo_customer_sync_total counter');
    expect(text).toContain('# HELP crm_invoices_paid_total Invoices transitioned to Paid via polling');
    expect(text).toContain('# HELP crm_invoice_sync_errors_total Errors during invoice status polling');
  });

  it('says that it is not connected, and cannot be invoiced from, without a crash', async () => {
    expect((await admin.get('/qbo/status')).body).toMatchObject({ connected: false });
    const answer = await admin.post('/qbo/invoice/7');
    expect(answer).toMatchObject({ status: 409, body: { code: 'qbo_not_connected' } });
    expect((await anyone(app).get('/health')).body).toMatchObject({ ok: true, service: 'crm-api' });
  });

  it('has a contract for what was approved, with its deposit to be billed', async () => {
    expect((await admin.get('/proposals/7/contract')).body).toMatchObject({
      proposal_id: 7,
      billed_cents: 0,
      entries: [
        { kind: 'deposit', state: 'ready' },
        { kind: 'final', state: 'pending' },
      ],
    });
  });

  it('has the columns of migration 005', async () => {
    const columns = await database.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_name in ('customers', 'leads') and column_name like 'qbo_%'`,
    );
    expect(columns.map((column) => column.name)).toEqual(
      expect.arrayContaining([
        'customers.qbo_customer_id',
        'customers.qbo_last_sync_at',
        'leads.qbo_invoice_id',
        'leads.qbo_invoice_number',
        'leads.qbo_status',
        'leads.qbo_balance_cents',
        'leads.qbo_paid_cents',
        'leads.qbo_last_sync_at',
      ]),
    );
  });
});
