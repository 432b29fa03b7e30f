import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RateLimits, rateLimitsOf } from '../../../src/qbo-sync/api/rate-limiter/rate-limits.js';
import { RateLimitsRepository } from '../../../src/qbo-sync/api/rate-limiter/rate-limits.repository.js';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { undisturbed } from '../../support/undisturbed.js';
import { createOrg } from '../../support/people.js';
import { connect, endPauses, startQbo, type TestQbo } from '../../support/qbo.js';

const REPLICAS = 3;

/** Limits by time alone. */
function ours(requestsPerSecond: number, requestsPerMinute: number): RateLimits {
  return rateLimitsOf({
    requestsPerSecond,
    requestsPerMinute,
    requestsAtOnce: 1000,
    requestTimeoutMs: 30_000,
  });
}

describe('The limits of QuickBooks', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let replicas: TestApp[];

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo({ limits: true })]);
    const start = () => startApp({ databaseUrl: database.url, env: qbo.env });
    replicas = await Promise.all(Array.from({ length: REPLICAS }, start));
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const clients = () => replicas.map(({ app }) => app.get(QboClient));
  const limits = () => replicas[0]!.app.get(RateLimitsRepository);
  const statuses = async (realm: string) => (await qbo.control.calls(realm)).statuses;

  async function aCompany(): Promise<QboCompany> {
    const [app] = replicas as [TestApp];
    const { orgId, admin } = await createOrg(app);
    const { realm_id: realmId } = await qbo.control.createCompany({ fixtures: 'sales' });
    await connect(app, admin, { realmId });
    const company = await app.app.get(ConnectionService).requireCompany(orgId);
    await qbo.control.resetCalls();
    return company;
  }

  /**
   * Makes the replicas what they are after their first minute: connected to the database, their code compiled. Three
   * cold ones in one process, with QuickBooks in it too, stall each other for most of a second between permit and
   * arrival.
   */
  async function warmUp(): Promise<void> {
    const company = await aCompany();
    for (const { app } of replicas) {
      const pool = app.get(DataSource);
      await Promise.all(Array.from({ length: 10 }, () => pool.query('select pg_sleep(0.05)')));
      await app.get(QboClient).company.info(company);
    }
  }

  /** The most requests that the sandbox saw in any second. */
  async function mostInASecond(realmId: string): Promise<number> {
    const entries = await qbo.control.requests({ realm_id: realmId, limit: 500 });
    const times = entries.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b);
    return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
  }

  it('are kept by three replicas: 45 calls at once, at most 10 a second, none refused', async () => {
    await warmUp();
    const each = Array.from({ length: 15 });
    // Between a permit and the arrival of its call a process that stands still gathers calls.
    await undisturbed(100, async () => {
      const company = await aCompany();
      await Promise.all(clients().flatMap((client) => each.map(() => client.company.info(company))));
      expect(await statuses(company.realmId)).toEqual({ 200: 45 });
      expect(await mostInASecond(company.realmId)).toBeLessThanOrEqual(10);
    });
  });

  it('would be broken without ours (so the test above is not vacuous)', async () => {
    const company = await aCompany();
    const env = { ...qbo.env, QBO_REQUESTS_PER_SECOND: '1000', QBO_REQUESTS_PER_MINUTE: '60000' };
    await using hasty = await startApp({ databaseUrl: database.url, env });
    const client = hasty.app.get(QboClient);
    const calls = Array.from({ length: 60 }, () => client.company.info(company));
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect((await statuses(company.realmId))[429]).toBeGreaterThan(0);
  });

  it.each(['429', '429_xml'] as const)(
    'that were broken (%s) make every replica leave the company alone for a minute, and no other',
    async (kind) => {
      const [company, other] = [await aCompany(), await aCompany()];
      await qbo.control.planFault({ operation: 'companyinfo.read', kind, realm_id: company.realmId });
      const refused = clients()[0]!.company.info(company);
      await expect(refused).rejects.toMatchObject({ kind: 'throttled', detail: { httpStatus: 429 } });
      await qbo.control.resetCalls();

      for (const client of clients()) {
        const failure = await client.company.info(company).catch((error: unknown) => error);
        expect(failure).toMatchObject({ kind: 'throttled', facts: { retryable: true } });
        const { retryAfterSeconds } = (failure as { detail: { retryAfterSeconds: number } }).detail;
        expect(retryAfterSeconds).toBeGreaterThan(30);
        expect(retryAfterSeconds).toBeLessThanOrEqual(60);
        await client.company.info(other);
      }
      expect((await qbo.control.calls(company.realmId)).total).toBe(0);

      await database.query(
        `update qbo_limits set blocked_until = clock_timestamp() - interval '1 ms' where realm_id = $1`,
        [company.realmId],
      );
      for (const client of clients()) await client.company.info(company);
      expect(await statuses(company.realmId)).toEqual({ 200: REPLICAS });
    },
  );

  it('are not repeated: what is throttled or written is sent once, also where reads are retried', async () => {
    const company = await aCompany();
    const [client] = clients() as [QboClient];
    await qbo.control.planFault({ operation: 'cdc', kind: '429', realm_id: company.realmId, times: 3 });
    const throttled = client.changesSince(company, new Date(), { retryReads: true });
    await expect(throttled).rejects.toMatchObject({ kind: 'throttled' });
    await endPauses(database);
    await qbo.control.planFault({
      operation: 'customer.create',
      kind: '503_html',
      realm_id: company.realmId,
    });
    const written = client.customers.create(company, { displayName: 'Eva' }, 'once-1');
    await expect(written).rejects.toMatchObject({ kind: 'uncertain' });
    expect((await qbo.control.calls(company.realmId)).operations).toEqual({ cdc: 1, 'customer.create': 1 });
    await qbo.control.clearFaults();
  });

  it('hold up only the company that is busy', async () => {
    await undisturbed(100, async () => {
      const [busy, calm] = [await aCompany(), await aCompany()];
      const [client] = clients() as [QboClient];
      let done = 0;
      const crowd = Array.from({ length: 30 }, () => client.company.info(busy).then(() => (done += 1)));
      for (let n = 0; n < 3; n += 1) await client.company.info(calm);
      const doneMeanwhile = done;
      await Promise.all(crowd);
      expect(doneMeanwhile).toBeLessThan(30);
    });
  });

  it('are counted right however many ask at the same instant', async () => {
    const eightASecond = ours(8, 450);
    // The row counts the calls of one second.
    await undisturbed(100, async () => {
      const realmId = `race ${crypto.randomUUID()}`;
      const asks = Array.from({ length: 30 }, (_, n) =>
        replicas[n % REPLICAS]!.app.get(RateLimitsRepository).take(realmId, 1, eightASecond, false),
      );
      const granted = (await Promise.all(asks)).reduce((sum, answer) => sum + answer.granted, 0);
      expect(granted).toBeGreaterThanOrEqual(10);
      const [row] = await database.query<{ sum: number }>(
        'select (select sum(calls)::int from unnest(slots) as calls) from qbo_limits where realm_id = $1',
        [realmId],
      );
      expect(row!.sum).toBe(granted);
    });
  });

  it('keep batches apart: few at once, and calls go on beside them', async () => {
    const loose = ours(1000, 60_000);
    expect(await limits().take('batches', 20, loose, true)).toMatchObject({ granted: 6 });
    expect(await limits().take('batches', 20, loose, true)).toMatchObject({ granted: 0 });
    expect(await limits().take('batches', 20, loose, false)).toMatchObject({ granted: 20 });
  });

  it('hold over a minute too', async () => {
    const slow = ours(1000, 15);
    expect(await limits().take('minute', 20, slow, false)).toMatchObject({ granted: 1 });
    await database.query(
      `update qbo_limits set refilled_at = refilled_at - interval '8 s' where realm_id = 'minute'`,
    );
    expect(await limits().take('minute', 20, slow, false)).toMatchObject({ granted: 1 });
  });

  it('come back by themselves when a process dies with its tokens in the hand', async () => {
    const eightASecond = ours(8, 450);
    expect(await limits().take('crash', 50, eightASecond, false)).toMatchObject({ granted: 10 });
    expect(await limits().take('crash', 50, eightASecond, false)).toMatchObject({ granted: 0 });
    await eventually(async () => {
      expect((await limits().take('crash', 1, eightASecond, false)).granted).toBe(1);
    });
  });

  it('survive a clock of the database that jumps, in either direction', async () => {
    const eightASecond = ours(8, 450);
    await limits().take('jump', 10, eightASecond, false);
    for (const slots of [80_000, -80_000]) {
      await database.query(
        `update qbo_limits set slot = slot + $1, refilled_at = refilled_at + $1 * interval '62.5 ms'
          where realm_id = 'jump'`,
        [slots],
      );
      expect((await limits().take('jump', 10, eightASecond, false)).granted).toBeGreaterThan(0);
    }
  });
});
