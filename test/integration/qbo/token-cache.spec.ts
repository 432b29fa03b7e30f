import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { AccessTokenCacheService } from '../../../src/qbo-sync/connection/tokens/access-token-cache.service.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { QboConnectionsRepository } from '../../../src/qbo-sync/connection/qbo-connections.repository.js';
import { TokenService } from '../../../src/qbo-sync/connection/tokens/token.service.js';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { undisturbed } from '../../support/undisturbed.js';
import { metric } from '../../support/metrics.js';
import { createOrg, type TestOrg } from '../../support/people.js';
import { connect, REALM, startQbo, type TestQbo } from '../../support/qbo.js';
import { redisServer, startRedis, type TestRedis } from '../../support/redis.js';

describe.skipIf(!redisServer)('Access tokens kept in Redis', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let redis: TestRedis;
  /** Two processes of the product on one database and one Redis. */
  let apps: [TestApp, TestApp];
  let org: TestOrg;
  let company: QboCompany;

  beforeAll(async () => {
    [database, qbo, redis] = await Promise.all([cloneDatabase(), startQbo(), startRedis()]);
    const options = { databaseUrl: database.url, env: { ...qbo.env, REDIS_URL: redis.url } };
    apps = [await startApp(options), await startApp(options)];
    org = await createOrg(apps[0]);
  });

  beforeEach(async () => {
    await connect(apps[0], org.admin);
    company = await apps[0].app.get(ConnectionService).requireCompany(org.orgId);
    await redis.client.flushall();
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  afterAll(async () => {
    await Promise.all((apps ?? []).map((app) => app[Symbol.asyncDispose]()));
    await Promise.all([qbo, redis, database].map((one) => one?.[Symbol.asyncDispose]()));
  });

  const call = async (app: TestApp = apps[0]): Promise<string> =>
    (await app.app.get(QboClient).company.info(company)).companyName;

  const token = (app: TestApp): Promise<string> => app.app.get(TokenService).accessToken(company);

  /** How often both processes read the connection from the database while this went on. */
  const reads = async (work: () => Promise<unknown>): Promise<number> => {
    const spies = apps.map(({ app }) => vi.spyOn(app.get(QboConnectionsRepository), 'find').mockClear());
    await work();
    return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  };

  const callTwentyTimes = async (before: () => Promise<unknown> = async () => {}): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      await before();
      await call(apps[round % 2]);
    }
  };

  const entry = async (): Promise<{ key: string; text: string; seconds: number }> => {
    const [key] = await redis.client.keys('crm:qbo-token:*');
    return { key: key!, text: (await redis.client.get(key!))!, seconds: await redis.client.ttl(key!) };
  };

  it('spare the database the read of the connection before nearly every call of two processes', async () => {
    // once; a look that a busy machine answers too late is a read too
    await undisturbed(20, async () => expect(await reads(() => callTwentyTimes())).toBeLessThanOrEqual(5));
    expect(await reads(() => callTwentyTimes(() => redis.client.flushall()))).toBeGreaterThanOrEqual(20);
    expect(await metric(apps[0], 'crm_qbo_token_cache_total', { result: 'hit' })).toBeGreaterThan(0);
  });

  it('lie there encrypted, and for a minute at most', async () => {
    await call();
    const { text, seconds } = await entry();
    expect(text).not.toContain(await token(apps[0]));
    expect(text).toContain('v1.');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  it('are replaced in every process by a rotation: no call of the other process is refused', async () => {
    await Promise.all(apps.map((app) => call(app)));
    await qbo.oauth('expire-access', { realm_id: REALM });
    await call(apps[0]); // refused once, refreshed
    const refused = async () => (await qbo.control.calls(REALM)).statuses[401] ?? 0;
    const before = await refused();
    await call(apps[1]);
    expect((await refused()) - before).toBe(0);
    expect(await token(apps[1])).toBe(await token(apps[0]));
  });

  it('end in every process with a disconnect, at once', async () => {
    await Promise.all(apps.map((app) => call(app)));
    await org.admin.post('/qbo/disconnect');
    await expect(token(apps[1])).rejects.toMatchObject({ kind: 'not_connected' });
  });

  it('would go on in the other process if the disconnect did not raise the generation', async () => {
    await Promise.all(apps.map((app) => call(app)));
    vi.spyOn(apps[0].app.get(AccessTokenCacheService), 'raiseTo').mockResolvedValue();
    await org.admin.post('/qbo/disconnect');
    await expect(token(apps[1])).resolves.toEqual(expect.any(String));
    await expect(call(apps[1])).rejects.toMatchObject({ kind: 'not_connected' }); // a 401 reads the database
  });

  it('are not brought back by whoever read them before and writes them late', async () => {
    await call();
    const { text } = await entry();
    const { version, token: accessTokenEncrypted, expires } = JSON.parse(text);
    const late = { version, accessTokenEncrypted, accessExpiresAt: new Date(expires) };
    await org.admin.post('/qbo/disconnect');
    await apps[1].app.get(AccessTokenCacheService).put(company, late);
    await expect(token(apps[1])).rejects.toMatchObject({ kind: 'not_connected' });
  });

  it.each(['not json', '[]', '{"version":1}', '{"version":1,"token":"v1.k.a.b.c","expires":99999999999999}'])(
    'are read from the database where %s stands in their place',
    async (text) => {
      await call();
      const { key } = await entry();
      await redis.client.set(key, text);
      expect(await call(apps[1])).toBe('Sandbox Company_US_1');
    },
  );

  it('are done without while Redis is silent, and while it is dead, and used again when it is back', async () => {
    await call();
    redis.freeze();
    await callTwentyTimes();
    redis.thaw();
    await redis.kill();
    await callTwentyTimes();
    await redis.start();
    await eventually(async () => {
      await call();
      expect(await redis.client.keys('crm:qbo-token:*')).toHaveLength(1);
    });
  });
});
