import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';
import { anyone, createOrg } from '../../support/people.js';
import {
  cloudEvent,
  deliver,
  deliverOnce,
  eventsAbout,
  OLD_VERIFIER,
  signatureOf,
  VERIFIER,
} from '../../support/webhooks.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET_KEY: 'a secret of this production, not of development',
  TOKEN_ENCRYPTION_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
};

describe('The webhook of QuickBooks', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({
      databaseUrl: database.url,
      env: { CRM_ROLE: 'api', QBO_WEBHOOK_VERIFIER_TOKEN: `${VERIFIER}, ${OLD_VERIFIER}` },
    });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** An organisation that was connected to this company. */
  const companyOf = async (): Promise<{ orgId: number; realmId: string }> => {
    const { orgId } = await createOrg(app);
    const realmId = String(4_000_000_000 + orgId);
    await database.query(
      `with company as (
         insert into qbo_companies (org_id, realm_id, env) values ($1, $2, 'sandbox') returning *)
       insert into qbo_tokens (org_id, realm_id, env, state, connected_at)
       select org_id, realm_id, env, 'needs_reauth', now() from company`,
      [orgId, realmId],
    );
    return { orgId, realmId };
  };
  const storedCount = async (): Promise<number> =>
    (await database.query<{ count: number }>('select count(*)::int as count from qbo_events'))[0]!.count;
  const counted = (result: string) => metric(app, 'crm_qbo_webhook_events_total', { result });
  const jobsOf = (orgId: number) =>
    database.query(
      `select id from pgboss.job where name = 'qbo.events.process' and (data->>'orgId')::int = $1`,
      [orgId],
    );
  const about = (realmId: string) => eventsAbout({ database }, realmId);

  describe('proves who is speaking', () => {
    const body = JSON.stringify([cloudEvent('1', { entityId: '155' })]);

    it.each([
      { by: 'the new token', token: VERIFIER },
      { by: 'the one from before', token: OLD_VERIFIER },
    ])('takes what is signed with $by', async ({ token }) => {
      const before = await storedCount();
      const event = JSON.stringify([cloudEvent('1')]);
      const answer = await deliver(app, event, { signature: signatureOf(event, token) });
      expect(answer).toMatchObject({ status: 200, body: { received: true } });
      expect(await storedCount()).toBe(before + 1);
    });

    it.each([
      { what: 'unsigned', sent: body, signature: null },
      { what: 'with an empty signature', sent: body, signature: '' },
      { what: 'signed with words', sent: body, signature: 'signed, sincerely' },
      { what: 'signed with another token', sent: body, signature: signatureOf(body, 'another') },
      { what: 'altered after it was signed', sent: body.replace('155', '156'), signature: signatureOf(body) },
      { what: 'written otherwise than signed', sent: body.replace(':', ': '), signature: signatureOf(body) },
      { what: 'signed with both, one after the other', sent: body, signature: `${signatureOf(body)},x` },
    ])('refuses what is $what, and keeps nothing of it', async ({ sent, signature }) => {
      const before = { rows: await storedCount(), forged: await counted('forged') };
      const answer = await deliver(app, sent, { signature });
      expect(answer).toMatchObject({ status: 401, body: { code: 'intuit_signature_invalid' } });
      expect(JSON.stringify(answer.body)).not.toContain(VERIFIER);
      expect({ rows: await storedCount(), forged: await counted('forged') }).toEqual({
        rows: before.rows,
        forged: before.forged + 1,
      });
    });

    it('takes the same body properly signed (so the refusals above are not vacuous)', async () => {
      const before = await storedCount();
      expect(await deliver(app, body)).toMatchObject({ status: 200 });
      expect(await storedCount()).toBe(before + 1);
    });

    it.each([
      { where: 'in development without a token', env: {}, status: 200 },
      { where: 'in development with one', env: { QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER }, status: 401 },
      { where: 'in production without a token', env: PRODUCTION, status: 503 },
      {
        where: 'in production with one',
        env: { ...PRODUCTION, QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER },
        status: 401,
      },
    ])('answers $status to an unsigned delivery $where', async ({ env, status }) => {
      const before = await storedCount();
      await using other = await startApp({ databaseUrl: database.url, env: { CRM_ROLE: 'api', ...env } });
      expect(await deliver(other, [cloudEvent('1')], { signature: null })).toMatchObject({ status });
      expect(await storedCount()).toBe(before + (status === 200 ? 1 : 0));
    });

    it('answers to POST alone', async () => {
      expect((await anyone(app).get('/qbo/webhooks')).status).toBe(404);
    });
  });

  describe('takes every body there is', () => {
    it.each([
      'application/json',
      'application/cloudevents+json; charset=utf-8',
      'application/cloudevents-batch+json',
      'text/plain',
      'application/x-www-form-urlencoded',
    ])('of type %s', async (contentType) => {
      const { realmId } = await companyOf();
      expect(await deliver(app, [cloudEvent(realmId)], { contentType })).toMatchObject({ status: 200 });
      expect(await about(realmId)).toHaveLength(1);
    });

    it('up to 2 MB, where other routes take 100 kB', async () => {
      const padded = (bytes: number) => [cloudEvent('1', { data: { note: 'x'.repeat(bytes) } })];
      expect((await deliver(app, padded(2_000_000))).status).toBe(200);
      expect((await deliver(app, padded(2_200_000))).status).toBe(413);
      expect((await anyone(app).post('/auth/login', { email: 'x'.repeat(150_000) })).status).toBe(413);
    });

    it('with a thousand events in it', async () => {
      const { orgId, realmId } = await companyOf();
      const events = Array.from({ length: 1000 }, (_, index) =>
        cloudEvent(realmId, { entityId: String(index) }),
      );
      expect((await deliver(app, events)).status).toBe(200);
      expect(await about(realmId)).toHaveLength(1000);
      expect(await jobsOf(orgId)).toHaveLength(1);
    });

    it('in the older shape', async () => {
      const { orgId, realmId } = await companyOf();
      const lastUpdated = '2026-09-02T16:09:04-0700';
      const entities = [
        { name: 'Invoice', id: '155', operation: 'Void', lastUpdated },
        { name: 'Customer', id: '1', operation: 'Merge', lastUpdated, deletedId: '2' },
      ];
      const delivery = { eventNotifications: [{ realmId, dataChangeEvent: { entities } }] };
      expect((await deliver(app, delivery)).status).toBe(200);
      expect((await deliver(app, delivery)).status).toBe(200);
      expect(await about(realmId)).toHaveLength(2);
      expect(await about(realmId)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            entity: 'invoice',
            operation: 'voided',
            state: 'pending',
            org_id: orgId,
          }),
          expect.objectContaining({ entity: 'customer', operation: 'merged', state: 'ignored' }),
        ]),
      );
    });

    it('with nothing in it', async () => {
      const before = await storedCount();
      expect(await deliver(app, [])).toMatchObject({ status: 200, body: { received: true } });
      expect(await deliver(app, { eventNotifications: [] })).toMatchObject({ status: 200 });
      expect(await storedCount()).toBe(before);
    });

    it.each(['', '{"specversion":', 'null', '{"hello":"world"}'])(
      'also %j, which is none of theirs, and keeps it apart',
      async (sent) => {
        const before = await counted('quarantined');
        expect(await deliver(app, sent)).toMatchObject({ status: 200, body: { received: true } });
        const rows = await database.query<{ body: Buffer }>(
          `select body from qbo_events where state = 'quarantined'`,
        );
        expect(rows.map((row) => row.body.toString())).toContain(sent);
        expect(await counted('quarantined')).toBe(before + 1);
      },
    );

    it('with one event that cannot be read, and does not lose the others', async () => {
      const { realmId } = await companyOf();
      const events = [cloudEvent(realmId, { id: 'a\0b' }), cloudEvent(realmId), null];
      expect((await deliver(app, events)).status).toBe(200);
      expect(await about(realmId)).toMatchObject([{ state: 'pending' }]);
    });

    it('of a company that nobody here knows', async () => {
      const before = await counted('unknown_realm');
      const known = await companyOf();
      const delivery = [cloudEvent('777'), cloudEvent(known.realmId)];
      expect(await deliver(app, delivery)).toMatchObject({ status: 200 });
      expect(await about('777')).toMatchObject([{ state: 'unknown_realm', org_id: null }]);
      expect(await about(known.realmId)).toMatchObject([{ state: 'pending' }]);
      expect(await counted('unknown_realm')).toBe(before + 1);
    });
  });

  describe('keeps each event once', () => {
    it('whatever comes again, alone or among others', async () => {
      const { realmId } = await companyOf();
      const before = { accepted: await counted('accepted'), duplicate: await counted('duplicate') };
      const [one, two] = [cloudEvent(realmId), cloudEvent(realmId)];
      await deliver(app, [one]);
      await deliver(app, [one, two]);
      await deliver(app, [two, one]);
      expect(await about(realmId)).toHaveLength(2);
      expect({ accepted: await counted('accepted'), duplicate: await counted('duplicate') }).toEqual({
        accepted: before.accepted + 2,
        duplicate: before.duplicate + 3,
      });
    });

    it('however many deliveries of it race, over two processes', async () => {
      await using other = await startApp({
        databaseUrl: database.url,
        env: { CRM_ROLE: 'api', QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER },
      });
      const companies = [await companyOf(), await companyOf()];
      const events = companies.flatMap(({ realmId }) => [cloudEvent(realmId), cloudEvent(realmId)]);
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          deliver(index % 2 ? app : other, index % 3 ? events : events.toReversed()),
        ),
      );
      for (const { orgId, realmId } of companies) {
        expect(await about(realmId)).toHaveLength(2);
        expect(await jobsOf(orgId)).toHaveLength(1);
      }
    });

    it('and tells fifty different ones apart (so the tests above are not vacuous)', async () => {
      const { orgId, realmId } = await companyOf();
      await Promise.all(Array.from({ length: 50 }, () => deliver(app, [cloudEvent(realmId)])));
      expect(await about(realmId)).toHaveLength(50);
      expect(await jobsOf(orgId)).toHaveLength(1);
    });

    it('without a job where there is nothing to look into', async () => {
      const { orgId, realmId } = await companyOf();
      await deliver(app, [cloudEvent(realmId, { type: 'qbo.customer.updated.v1' })]);
      expect(await about(realmId)).toMatchObject([{ state: 'ignored' }]);
      expect(await jobsOf(orgId)).toEqual([]);
    });
  });

  describe('answers in time', () => {
    /** Of twenty deliveries, one after the other. */
    const medianMs = async (ask: () => Promise<unknown>): Promise<number> => {
      const tookMs: number[] = [];
      for (let round = 0; round < 20; round += 1) {
        const startedAt = performance.now();
        await ask();
        tookMs.push(performance.now() - startedAt);
      }
      return tookMs.toSorted((one, other) => one - other)[10]!;
    };

    it('within 50 ms, as the median of 20, as soon as the machine has nothing else to do', async () => {
      const { realmId } = await companyOf();
      const delivery = () => deliver(app, [cloudEvent(realmId)]);
      const question = () => anyone(app).get('/health/live'); // what is asked of nothing but the machine
      await eventually(async () => {
        expect((await delivery()).status).toBe(200);
        const busyMs = 20 * Math.max(0, (await medianMs(question)) - 5);
        expect(await medianMs(delivery)).toBeLessThan(50 + busyMs);
      });
    });

    it('also where the database does not, so that Intuit comes again', async () => {
      const { realmId } = await companyOf();
      const event = cloudEvent(realmId);
      const locker = new Client({ connectionString: database.url });
      await locker.connect();
      try {
        await locker.query('begin');
        await locker.query('lock table qbo_events in access exclusive mode');
        const startedAt = performance.now();
        const answer = await deliverOnce(app, [event]);
        const tookMs = performance.now() - startedAt;
        expect(answer).toMatchObject({ status: 503, body: { code: 'not_kept_in_time' } });
        expect(answer.headers.get('retry-after')).toBe('10');
        expect(tookMs).toBeGreaterThan(1_400);
        expect(tookMs).toBeLessThan(30_000); // the table stays locked until it has answered
      } finally {
        await locker.query('rollback');
        await locker.end();
      }
      expect(await deliver(app, [event])).toMatchObject({ status: 200 });
      expect(await about(realmId)).toHaveLength(1);
    });
  });
});
