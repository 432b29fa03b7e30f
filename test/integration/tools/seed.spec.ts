import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SeedService } from '../../../src/seed/seed.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { addPerson, createOrg, someEmail, signIn } from '../../support/people.js';

const ENABLED = { CRM_ENABLE_SEED: 'true' };
const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET_KEY: 'a-secret-of-at-least-thirty-two-characters',
  TOKEN_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 'k1').toString('base64')}`,
};

describe('The demo data', () => {
  let database: TestDatabase;
  let running: TestApp[];

  beforeEach(async () => {
    database = await cloneDatabase();
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((app) => app[Symbol.asyncDispose]()));
    await database[Symbol.asyncDispose]();
  });

  const start = async (env: NodeJS.ProcessEnv): Promise<TestApp> => {
    const app = await startApp({ databaseUrl: database.url, env });
    running.push(app);
    return app;
  };

  const counts = async (): Promise<object> =>
    (
      await database.query<object>(`
        select (select count(*)::int from orgs) as orgs, (select count(*)::int from users) as users,
          (select count(*)::int from customers) as customers, (select count(*)::int from leads) as leads`)
    )[0]!;

  it('are there after a start that asks for them, and admin@peakpro.io signs in', async () => {
    const admin = await signIn(await start(ENABLED), 'admin@peakpro.io', 'password');
    expect((await admin.get('/auth/me')).body).toMatchObject({ org_id: 1, roles: ['admin'] });
    const { body: customers } = await admin.get('/customers');
    expect(customers.items).toMatchObject([1, 2, 3, 4, 5].map((id) => ({ id, org_id: 1, is_active: true })));
    const { body: leads } = await admin.get('/leads');
    expect(leads.items.length).toBeGreaterThanOrEqual(8);
    expect(new Set((leads.items as { status: string }[]).map(({ status }) => status))).toEqual(
      new Set(['lead', 'draft', 'approved', 'cancelled']),
    );
  });

  it('hold proposal 7: approved, for a customer, with lines, without an invoice', async () => {
    const admin = await signIn(await start(ENABLED), 'admin@peakpro.io', 'password');
    const { body } = await admin.get('/proposals/7');
    expect(body).toMatchObject({
      id: 7,
      status: 'approved',
      customer_id: 5,
      currency: 'USD',
      qbo_invoice_id: null,
      qbo_status: null,
    });
    const sum = (body.lines as { amount_cents: number }[]).reduce(
      (total, line) => total + line.amount_cents,
      0,
    );
    expect(sum).toBeGreaterThan(0);
    expect(body.amount_cents).toBe(sum);
    expect((await admin.get('/proposals/7/activity')).body.items).toMatchObject([{ event: 'approve' }]);
    expect((await admin.post('/proposals/7/approve')).status).toBe(200);
  });

  it('leave the ids after them to whoever comes next', async () => {
    const app = await start(ENABLED);
    const admin = await signIn(app, 'admin@peakpro.io', 'password');
    expect((await admin.post('/customers', { email: someEmail() })).body.id).toBe(6);
    expect((await admin.post('/leads', { name: 'Next' })).body.id).toBe(11);
    expect((await createOrg(app)).orgId).toBe(2);
    expect((await addPerson(app, 1, ['sales'])).orgId).toBe(1);
  });

  it('are written once, however often it starts and however many start at once', async () => {
    await Promise.all([start(ENABLED), start(ENABLED), start(ENABLED)]);
    const before = await counts();
    expect(before).toEqual({ orgs: 1, users: 1, customers: 5, leads: 10 });
    await start(ENABLED);
    expect(await counts()).toEqual(before);
  });

  it('never touch an installation where an organisation exists', async () => {
    const app = await start({});
    await createOrg(app);
    const before = await counts();
    await start(ENABLED);
    expect(await app.app.get(SeedService).seed()).toBe(false);
    expect(await counts()).toEqual(before);
  });

  it('are not there where nobody asks for them', async () => {
    await start({});
    expect(await counts()).toEqual({ orgs: 0, users: 0, customers: 0, leads: 0 });
  });

  it('are written whole or not at all, and have the same ids at the second attempt', async () => {
    const app = await start({});
    const seeds = app.app.get(SeedService);
    await database.query('alter table portal_activity add constraint broken check (false)');
    await expect(seeds.seed()).rejects.toThrow('broken');
    expect(await counts()).toEqual({ orgs: 0, users: 0, customers: 0, leads: 0 });
    await database.query('alter table portal_activity drop constraint broken');
    expect(await seeds.seed()).toBe(true);
    const admin = await signIn(app, 'admin@peakpro.io', 'password');
    expect((await admin.get('/proposals/7')).body).toMatchObject({ org_id: 1, customer_id: 5 });
  });

  it('need a password of their own in production', async () => {
    const app = await start(PRODUCTION);
    await expect(app.app.get(SeedService).seed()).rejects.toThrow('SEED_ADMIN_PASSWORD');
    expect(await counts()).toMatchObject({ orgs: 0 });
  });

  it('are warned of in production where their password is weak', async () => {
    const warnings = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    await start({ ...PRODUCTION, ...ENABLED, SEED_ADMIN_PASSWORD: 'password1' });
    expect(warnings.mock.calls.map(String)).toContainEqual(
      'SEED_ADMIN_PASSWORD is weak: password is one of the most common ones',
    );
    warnings.mockRestore();
  });

  it('take the password they are given', async () => {
    const password = 'a-password-of-production';
    const warnings = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const app = await start({ ...PRODUCTION, ...ENABLED, SEED_ADMIN_PASSWORD: password });
    expect(String(warnings.mock.calls)).not.toContain('SEED_ADMIN_PASSWORD');
    warnings.mockRestore();
    expect((await signIn(app, 'admin@peakpro.io', password)).orgId).toBe(1);
    await expect(signIn(app, 'admin@peakpro.io', 'password')).rejects.toThrow('cannot sign in');
  });
});
