import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rateLimitsOf } from '../../../src/qbo-sync/api/rate-limiter/rate-limits.js';
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

const OURS = rateLimitsOf({
  requestsPerSecond: 8,
  requestsPerMinute: 450,
  requestsAtOnce: 1000,
  requestTimeoutMs: 30_000,
});
/** Fewer a second than we send at our full pace, more than at half of it: the rest of the quota is eaten by others. */
const LEFT_BY_OTHERS = 6;

describe('A company whose quota other apps eat', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let replicas: TestApp[];

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo({ limits: true })]);
    const start = () => startApp({ databaseUrl: database.url, env: qbo.env });
    replicas = await Promise.all([start(), start()]);
    await qbo.control.patchSwitches({ requestsPerSecond: LEFT_BY_OTHERS });
  });

  afterEach(() => qbo.control.clearFaults());

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const aCompany = () => companyOf(qbo, replicas[0]!);
  const limits = () => replicas[0]!.app.get(RateLimitsRepository);
  const ask = (company: QboCompany, times: number) =>
    Promise.allSettled(
      Array.from({ length: times }, (_, n) => replicas[n % 2]!.app.get(QboClient).company.info(company)),
    );

  /** How often QuickBooks refused in each of four rounds of fourteen calls, the pause after each cut short. */
  async function refusals(
    company: QboCompany,
    forget: (realmId: string) => Promise<unknown>,
  ): Promise<number[]> {
    const seen: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await qbo.control.resetCalls();
      await ask(company, 14);
      seen.push((await qbo.control.calls(company.realmId)).statuses[429] ?? 0);
      await endPauses(database);
      await forget(company.realmId);
    }
    return seen;
  }

  async function refuse(company: QboCompany, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await qbo.control.planFault({ kind: '429', realm_id: company.realmId });
      await ask(company, 1);
      await endPauses(database);
    }
  }

  /** Makes so many minutes pass for a company, as its row knows time. */
  const passMinutes = (realmId: string, minutes: number) =>
    database.query(
      `update qbo_limits
          set slot = slot - 960 * $2::int, refilled_at = refilled_at - $2::int * interval '1 minute',
              quiet_since = quiet_since - $2::int * interval '1 minute',
              blocked_until = blocked_until - $2::int * interval '1 minute'
        where realm_id = $1`,
      [realmId, minutes],
    );

  const share = async ({ realmId }: QboCompany): Promise<number> => {
    const [row] = await database.query<{ share: number }>(
      `select qbo_pace_share(pace_share, quiet_since, clock_timestamp()) as share
         from qbo_limits where realm_id = $1`,
      [realmId],
    );
    return row!.share;
  };

  it('is called at half the pace after a refusal, by every replica, and then hardly refuses', async () => {
    await undisturbed(100, async () => {
      const [first, ...later] = await refusals(await aCompany(), async () => {});
      expect(first).toBeGreaterThan(0);
      expect(sumOf(later)).toBeLessThanOrEqual(1);
    });
  });

  it('would go on to refuse if the pace were forgotten (so the test above is not vacuous)', async () => {
    await undisturbed(100, async () => {
      const later = (
        await refusals(await aCompany(), (realmId) =>
          database.query('update qbo_limits set pace_share = 1 where realm_id = $1', [realmId]),
        )
      ).slice(1);
      expect(sumOf(later)).toBeGreaterThanOrEqual(3);
    });
  });

  it('slows no other', async () => {
    await undisturbed(100, async () => {
      const [slowed, other] = [await aCompany(), await aCompany()];
      await refuse(slowed, 3);
      const order: string[] = [];
      await Promise.all([
        ask(slowed, 3).then(() => order.push('slowed')),
        ask(other, 5).then(() => order.push('other')),
      ]);
      expect(order).toEqual(['other', 'slowed']);
      expect([await share(slowed), await share(other)]).toEqual([0.125, 1]);
    });
  });

  it('is halved once by refusals that come in together, and never below an eighth', async () => {
    const company = await aCompany();
    await qbo.control.planFault({ kind: 'slow', delay_ms: 4_000, realm_id: company.realmId, times: 5 });
    const asked = ask(company, 5);
    await eventually(async () => expect((await qbo.control.calls(company.realmId)).most_at_once).toBe(5));
    await qbo.control.patchSwitches({ requestsPerSecond: 0 });
    await asked;
    await qbo.control.patchSwitches({ requestsPerSecond: LEFT_BY_OTHERS });
    expect((await qbo.control.calls(company.realmId)).statuses).toEqual({ 429: 5 });
    expect(await share(company)).toBe(0.5);
    await endPauses(database);
    await qbo.control.clearFaults();
    await refuse(company, 4);
    expect(await share(company)).toBe(0.125);
  });

  it('gets its pace back, a sixteenth with each quiet minute', async () => {
    const company = await aCompany();
    const granted: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await limits().backOff(company.realmId, 60);
      await passMinutes(company.realmId, 1);
    }
    for (const minutes of [0, 2, 4, 8, 60]) {
      await passMinutes(company.realmId, minutes);
      granted.push((await limits().take(company.realmId, 20, OURS, false)).granted);
    }
    expect(granted).toEqual([1, 2, 5, 10, 10]);
    expect(await share(company)).toBe(1);
  });

  it('gets nothing back for the minute of the pause', async () => {
    const company = await aCompany();
    await limits().backOff(company.realmId, 60);
    await passMinutes(company.realmId, 1);
    expect(await share(company)).toBe(0.5);
    await passMinutes(company.realmId, 1);
    expect(await share(company)).toBe(0.5625);
  });

  it('may also be called by a replica of the version before, which knows nothing of calls at once', async () => {
    const realmId = 'called by two versions';
    const [answer] = await database.query(
      `select granted, blocked_seconds, next_ms
         from take_qbo_permits($1, 20, 10, 1, 12, 7.5, 30, false, 0.5, 6)`,
      [realmId],
    );
    expect(answer).toMatchObject({ granted: 10, blocked_seconds: 0 });
    expect(
      await limits().take(realmId, 1, { ...OURS, windowMax: 50, burstMax: 50, inFlightMax: 1 }, false),
    ).toMatchObject({
      granted: 1,
    });
  });
});

describe('A slow QuickBooks', () => {
  const AT_ONCE = 8;
  let database: TestDatabase;
  let qbo: TestQbo;
  let replicas: TestApp[];

  const start = (more: NodeJS.ProcessEnv = {}) =>
    startApp({
      databaseUrl: database.url,
      env: { ...qbo.env, QBO_REQUESTS_AT_ONCE: String(AT_ONCE), ...more },
    });

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    replicas = await Promise.all([start(), start()]);
  });

  afterEach(() => qbo.control.clearFaults());

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const aCompany = () => companyOf(qbo, replicas[0]!);
  const slow = ({ realmId }: QboCompany, ms: number, times: number) =>
    qbo.control.planFault({ kind: 'slow', delay_ms: ms, times, realm_id: realmId });
  const mostAtOnce = async ({ realmId }: QboCompany) => (await qbo.control.calls(realmId)).most_at_once;
  const calls = (company: QboCompany, times: number, over: TestApp[] = replicas) =>
    Array.from({ length: times }, (_, n) => over[n % over.length]!.app.get(QboClient).company.info(company));
  const underWay = async ({ realmId }: QboCompany): Promise<number> => {
    const [row] = await database.query<{ count: number }>(
      'select cardinality(under_way) as count from qbo_limits where realm_id = $1',
      [realmId],
    );
    return row!.count;
  };

  it('never has more than so many calls of one company, over all replicas, and all of them get through', async () => {
    const company = await aCompany();
    await slow(company, 200, 40);
    await Promise.all(calls(company, 40));
    expect(await mostAtOnce(company)).toBeLessThanOrEqual(AT_ONCE);
    expect(await underWay(company)).toBe(0);
  });

  it('would have all of them at once without that (so the test above is not vacuous)', async () => {
    await using unbounded = await start({ QBO_REQUESTS_AT_ONCE: '1000' });
    const company = await aCompany();
    await slow(company, 1_000, 40);
    await Promise.all(calls(company, 40, [unbounded]));
    expect(await mostAtOnce(company)).toBeGreaterThan(AT_ONCE);
  });

  it('for one company holds up no other', async () => {
    await undisturbed(100, async () => {
      const [company, other] = [await aCompany(), await aCompany()];
      await slow(company, 1_000, 20);
      const order: string[] = [];
      await Promise.all([
        Promise.all(calls(company, 20)).then(() => order.push('slow')),
        Promise.all(calls(other, 20)).then(() => order.push('other')),
      ]);
      expect(order).toEqual(['other', 'slow']);
    });
  });

  it('that asks to wait has everybody who waits sent away at once, not after the slow ones', async () => {
    const company = await aCompany();
    await slow(company, 3_000, AT_ONCE - 1);
    await qbo.control.planFault({ kind: '429', realm_id: company.realmId });
    const order: string[] = [];
    const notified = calls(company, 20).map((call) =>
      call.then(
        () => order.push('answered'),
        (error: { kind: string }) => order.push(error.kind),
      ),
    );
    await Promise.all(notified);
    expect(order).toEqual([
      ...Array.from({ length: 13 }, () => 'throttled'),
      ...Array.from({ length: 7 }, () => 'answered'),
    ]);
    expect((await qbo.control.calls(company.realmId)).total).toBe(AT_ONCE);
  });

  it('is waited for no longer than a call may last', async () => {
    await using hasty = await start({ QBO_REQUESTS_AT_ONCE: '1', QBO_REQUEST_TIMEOUT_MS: '1500' });
    await undisturbed(100, async () => {
      const company = await aCompany();
      await slow(company, 1_000, 4);
      const outcomes = await Promise.allSettled(calls(company, 4, [hasty]));
      const failed = outcomes.filter(({ status }) => status === 'rejected');
      const waited = { kind: 'throttled', detail: { retryAfterSeconds: 1 } };
      expect(failed).toMatchObject([{ reason: waited }, { reason: waited }]);
      expect((await qbo.control.calls(company.realmId)).total).toBe(2);
    });
  });

  it.each(['reset', '500', 'timeout'] as const)('has a place back that met %s', async (kind) => {
    await using hasty = await start({ QBO_REQUEST_TIMEOUT_MS: '2000' });
    const company = await aCompany();
    await qbo.control.planFault({ kind, realm_id: company.realmId, times: 4 });
    await Promise.allSettled(calls(company, 4, [hasty]));
    expect((await qbo.control.calls(company.realmId)).total).toBe(4);
    expect(await underWay(company)).toBe(0);
  });

  it('has the places back of a process that died, once its calls must be over', async () => {
    const company = await aCompany();
    // What connecting asked counts no more.
    await database.query('delete from qbo_limits where realm_id = $1', [company.realmId]);
    const limits = replicas[0]!.app.get(RateLimitsRepository);
    const ours = { ...OURS, inFlightMax: AT_ONCE };
    expect(await limits.take(company.realmId, AT_ONCE, ours, false)).toMatchObject({ granted: AT_ONCE });
    expect(await limits.take(company.realmId, 1, ours, false)).toMatchObject({
      granted: 0,
      concurrencyLimited: true,
    });
    await database.query(
      `update qbo_limits set under_way = array(select ends - 1000 * $2::int from unnest(under_way) as ends)
        where realm_id = $1`,
      [company.realmId, OURS.leaseSeconds],
    );
    await Promise.all(calls(company, 2));
    expect(await underWay(company)).toBe(0);
  });
});

async function companyOf(qbo: TestQbo, app: TestApp): Promise<QboCompany> {
  const { orgId, admin } = await createOrg(app);
  const { realm_id: realmId } = await qbo.control.createCompany({ fixtures: 'sales' });
  await connect(app, admin, { realmId });
  const company = await app.app.get(ConnectionService).requireCompany(orgId);
  await qbo.control.resetCalls();
  return company;
}

function sumOf(numbers: number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
