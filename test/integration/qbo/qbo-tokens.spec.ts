import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { LeasesService } from '../../../src/jobs/leases/leases.service.js';
import { ConnectionLossService } from '../../../src/qbo-sync/connection/connection-loss.service.js';
import { QboConnectionsRepository } from '../../../src/qbo-sync/connection/qbo-connections.repository.js';
import { TokenService } from '../../../src/qbo-sync/connection/tokens/token.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { idle } from '../../support/books.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { openItems } from '../../support/inbox.js';
import { createOrg, type TestOrg } from '../../support/people.js';
import { connect, startQbo, type TestQbo } from '../../support/qbo.js';

describe('The access token of a company', () => {
  let database: TestDatabase;
  let qbo: TestQbo;
  let clock: FakeClock;
  /** Two processes of the product on one database. */
  let apps: [TestApp, TestApp];
  let org: TestOrg;
  let realmId: string;
  /** What the token endpoint was asked before, for others. */
  let before: { refreshes: number; stale: number };

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    const options = { databaseUrl: database.url, env: qbo.env, clock };
    apps = [await startApp(options), await startApp(options)];
  });

  beforeEach(async () => {
    clock.set(new Date());
    // every refresh brings a new refresh token, and an old one used again ends the connection
    await qbo.control.patchSwitches({ refreshRotationHours: 0, revokeOnReuse: true, refreshGraceHours: 0 });
    org = await createOrg(apps[0]);
    const company = await qbo.control.createCompany({ name: 'Sandbox Company_US_1', fixtures: 'sales' });
    realmId = company.realm_id;
    await connect(apps[0], org.admin, { realmId });
    // So the token endpoint hears of this organisation alone, whose calls are counted and whose faults are planned.
    const others = "select org_id from qbo_tokens where state <> 'disconnected' and org_id <> $1";
    if ((await database.query(others, [org.orgId])).length > 0) throw new Error('Others are connected too');
    before = { refreshes: await allRefreshes(), stale: (await qbo.tokenCalls()).stale_refreshes };
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await fetch(`${qbo.url}/sandbox/oauth/faults`, { method: 'DELETE' });
    await idle({ database }, org);
    await database.query("update qbo_tokens set state = 'disconnected'");
  });

  afterAll(async () => {
    await Promise.all(apps.map((app) => app[Symbol.asyncDispose]()));
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const inbox = () => openItems(org.admin);

  const call = async (app: TestApp = apps[0]): Promise<string> => {
    const company = await app.app.get(ConnectionService).requireCompany(org.orgId);
    return (await app.app.get(QboClient).company.info(company)).companyName;
  };

  const callsFromBoth = (count: number): Promise<PromiseSettledResult<string>[]> =>
    Promise.allSettled(Array.from({ length: count }, (_, index) => call(apps[index % 2])));

  const allRefreshes = async (): Promise<number> => {
    const outcomes = (await qbo.tokenCalls()).by_grant_type.refresh_token ?? {};
    return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  };

  const refreshes = async (): Promise<number> => (await allRefreshes()) - before.refreshes;

  const state = async (): Promise<string> => {
    const states = 'select state from qbo_tokens where org_id = $1';
    return (await database.query<{ state: string }>(states, [org.orgId]))[0]!.state;
  };

  it('is refreshed once when fifty calls of two processes find it expired at QuickBooks', async () => {
    await qbo.oauth('expire-access', { realm_id: realmId });
    await qbo.oauth('faults', { kind: 'slow', delay_ms: 200 });
    const outcomes = await callsFromBoth(50);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await refreshes()).toBe(1);
  });

  it('is refreshed once when fifty calls of two processes see its end come near', async () => {
    clock.advance({ minutes: 56 });
    await qbo.oauth('faults', { kind: 'slow', delay_ms: 200 });
    const outcomes = await callsFromBoth(50);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await refreshes()).toBe(1);
    // None was refused and tried again. Others are of the connection, and of whatever is due an hour later.
    const { statuses } = await qbo.control.calls(realmId);
    expect([Object.keys(statuses), statuses[200]! >= 50]).toEqual([['200'], true]);
  });

  it('is refreshed twice, and lost, where the lease does not hold the second process back', async () => {
    const both = Promise.withResolvers<void>();
    let asked = 0;
    for (const { app } of apps) {
      const leases = app.get(LeasesService);
      const take = leases.take.bind(leases);
      vi.spyOn(leases, 'take').mockImplementation(async (of, key) => {
        if (of.table !== 'qbo_tokens' || Number(key[0]) !== org.orgId) return take(of, key);
        if ((asked += 1) === apps.length) both.resolve();
        await both.promise;
        return { of, key, token: '0', row: {} };
      });
    }
    await qbo.oauth('expire-access', { realm_id: realmId });
    await qbo.oauth('faults', { kind: 'slow', delay_ms: 1_000, times: 2 });
    await callsFromBoth(50);
    expect(await refreshes()).toBeGreaterThanOrEqual(2);
    expect((await qbo.tokenCalls()).stale_refreshes).toBeGreaterThan(before.stale);
  });

  it('is not refreshed as long as it is good', async () => {
    clock.advance({ minutes: 54 });
    await call();
    expect(await refreshes()).toBe(0);
  });

  it('is had by the other process when the first dies in the middle of a refresh', async () => {
    await database.query(
      `update qbo_tokens set refresh_lease_until = now() + interval '1 second' where org_id = $1`,
      [org.orgId],
    );
    await qbo.oauth('expire-access', { realm_id: realmId });
    expect(await call()).toBe('Sandbox Company_US_1');
    expect(await refreshes()).toBe(1);
  });

  it('is had all the same when the answer of the refresh is lost and Intuit grants the old one grace', async () => {
    await qbo.control.patchSwitches({ refreshGraceHours: 24 });
    await qbo.oauth('expire-access', { realm_id: realmId });
    await qbo.oauth('faults', { kind: 'reset', when: 'after' });
    expect(await call()).toBe('Sandbox Company_US_1');
    expect([await refreshes(), await state()]).toEqual([2, 'connected']);
  });

  it('needs a person when the answer of the refresh is lost for good', async () => {
    await qbo.oauth('expire-access', { realm_id: realmId });
    await qbo.oauth('faults', { kind: 'reset', when: 'after' });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    expect([await refreshes(), await state()]).toEqual([2, 'needs_reauth']);
  });

  it('needs a person when the connection is ended in QuickBooks, and Intuit is left in peace then', async () => {
    await qbo.oauth('revoke', { realm_id: realmId });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    const atFirst = await refreshes();
    const outcomes = await callsFromBoth(10);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect([atFirst, await refreshes()]).toEqual([1, 1]);
    expect((await org.admin.get('/qbo/status')).body).toMatchObject({
      connected: false,
      needs_reauth: true,
      realm_id: realmId,
    });
    await connect(apps[1], org.admin, { realmId });
    expect(await call()).toBe('Sandbox Company_US_1');
  });

  it(
    'stands in the inbox while the connection is lost, with what waits behind it, and leaves it by ' +
      'itself',
    async () => {
      await qbo.oauth('revoke', { realm_id: realmId });
      await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
      const [item, ...others] = await inbox();
      expect(others).toEqual([]);
      expect(item).toMatchObject({
        code: 'connection_lost',
        reason:
          'QuickBooks of Sandbox Company_US_1 does not accept our access any more, so nothing reaches the ' +
          'books; nothing waits for it yet.',
        next_step: expect.stringMatching(/\/qbo\/oauth\/start/),
        retry: null,
      });
      const customer = await org.admin.post('/customers', {
        email: 'ann@example.com',
        full_name: 'Ann Ruiz',
      });
      const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 100_000 }];
      const { body } = await org.admin.post('/proposals', {
        name: 'Roof',
        customer_id: customer.body.id,
        lines,
      });
      await org.admin.post(`/proposals/${body.id}/approve`);
      await database.query(
        `insert into sync_operations (org_id, kind, entity_id, proposal_id, generation, request_id, payload, state,
                                    next_attempt_at, created_at, updated_at)
       values ($1, 'payment.create', 1, $2, 1, 'pay-1', '{}', 'waiting', now(), now(), now())`,
        [org.orgId, body.id],
      );
      const losses = apps[1].app.get(ConnectionLossService);
      await losses.refresh();
      expect(await inbox()).toMatchObject([
        { id: item!.id, reason: expect.stringMatching(/; 1 payment waits for it\.$/) },
      ]);
      await connect(apps[1], org.admin, { realmId });
      expect(await inbox()).toEqual([]);
    },
  );

  it('stands in the inbox while it is lost with the credit memos that wait behind it', async () => {
    await qbo.oauth('revoke', { realm_id: realmId });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    await database.query(
      `insert into sync_operations (org_id, kind, entity_id, generation, request_id, payload, state, next_attempt_at)
       values ($1, 'credit.create', 1, 1, 'credit-1', '{}', 'waiting', now()),
              ($1, 'credit.create', 2, 1, 'credit-2', '{}', 'waiting', now())`,
      [org.orgId],
    );
    await apps[1].app.get(ConnectionLossService).refresh();
    expect(await inbox()).toMatchObject([
      { reason: expect.stringMatching(/; 2 credit memos wait for it\.$/) },
    ]);
  });

  it('stands in the inbox with each thing that waits counted once, however many writes it waits with', async () => {
    await qbo.oauth('revoke', { realm_id: realmId });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    await database.query('delete from sync_operations where org_id = $1', [org.orgId]);
    await database.query(
      `insert into sync_operations (org_id, kind, entity_id, generation, request_id, payload, state, next_attempt_at)
       select $1, w.kind, w.entity_id, w.generation, 'each-' || row_number() over (), '{}', 'waiting', now()
         from (values ('customer.update', 7, 1), ('customer.currency', 7, 1), ('customer.currency', 7, 2),
                      ('credit.create', 1, 1), ('credit.apply', 1, 1), ('payment.create', 3, 1),
                      ('payment.apply', 3, 1), ('refund.create', 3, 1), ('refund.create', 3, 2))
              as w (kind, entity_id, generation)`,
      [org.orgId],
    );
    await apps[1].app.get(ConnectionLossService).refresh();
    const waiting = '1 payment, 2 refunds, 1 credit memo and 1 customer wait for it.';
    expect(await inbox()).toMatchObject([{ reason: expect.stringContaining(waiting) as string }]);
  });

  it('is not put into the inbox when it was connected again while the items were brought up to date', async () => {
    await qbo.oauth('revoke', { realm_id: realmId });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    await database.query(`delete from inbox_events where org_id = $1`, [org.orgId]);
    await database.query(`delete from inbox_items where org_id = $1`, [org.orgId]);
    const lost = vi.spyOn(apps[0].app.get(QboConnectionsRepository), 'listLost');
    lost.mockImplementationOnce(async (tx) => {
      const found = await apps[1].app.get(QboConnectionsRepository).listLost(tx);
      await connect(apps[1], org.admin, { realmId });
      return found;
    });
    await apps[0].app.get(ConnectionLossService).refresh();
    lost.mockRestore();
    expect((await org.admin.get('/inbox?state=all')).body.items).toEqual([]);
  });

  it('stands in the inbox of each of two organisations that lose theirs, one after the other', async () => {
    await qbo.oauth('revoke', { realm_id: realmId });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    const first = org;
    const { realm_id } = await qbo.control.createCompany({ name: 'Bear Creek Builders', fixtures: 'sales' });
    org = await createOrg(apps[0]);
    await connect(apps[0], org.admin, { realmId: realm_id });
    await qbo.oauth('revoke', { realm_id });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    for (const { admin } of [first, org]) {
      expect(await openItems(admin)).toMatchObject([{ code: 'connection_lost' }]);
    }
  });

  it('stays closed in the inbox once a person dismissed that it is lost', async () => {
    await qbo.oauth('revoke', { realm_id: realmId });
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    const [item] = await inbox();
    await org.admin.post(`/inbox/${item!.id}/dismiss`);
    await apps[0].app.get(ConnectionLossService).refresh();
    expect(await inbox()).toEqual([]);
  });

  it('takes the pair of a sibling for the truth when its own refresh token was refused', async () => {
    const repository = apps[0].app.get(QboConnectionsRepository);
    const old = (await repository.find(org.orgId))!;
    clock.advance({ minutes: 56 });
    await call(apps[1]);
    const marked = await repository.markNeedsReauth(old, 'judged by the old pair', clock.now());
    expect([marked, await state()]).toEqual([false, 'connected']);
  });

  it.each(['500', '503_html', '429', 'reset'])('is kept when the token endpoint says %s', async (kind) => {
    await qbo.oauth('expire-access', { realm_id: realmId });
    await qbo.oauth('faults', { kind, times: 2 });
    await expect(call()).rejects.toMatchObject({ kind: 'transient' });
    expect(await state()).toBe('connected');
    await fetch(`${qbo.url}/sandbox/oauth/faults`, { method: 'DELETE' });
    expect(await call()).toBe('Sandbox Company_US_1');
  });

  it('is used to its end when it cannot be renewed in time', async () => {
    clock.advance({ minutes: 56 });
    await qbo.oauth('faults', { kind: '500', times: 100 });
    for (let index = 0; index < 5; index += 1) expect(await call()).toBe('Sandbox Company_US_1');
    expect(await refreshes()).toBe(1);
  });

  it('is not used before the pair is stored, however long the database takes', async () => {
    const repository = apps[0].app.get(QboConnectionsRepository);
    const store = vi.spyOn(repository, 'storePair');
    store.mockRejectedValueOnce(new Error('the database is away'));
    store.mockRejectedValueOnce(new Error('the database is away'));
    await qbo.oauth('expire-access', { realm_id: realmId });
    expect(await call()).toBe('Sandbox Company_US_1');
    expect([store.mock.calls.length, await refreshes()]).toEqual([3, 1]);
  });

  it('comes back to life when a sibling gave up by a pair that was older', async () => {
    const repository = apps[0].app.get(QboConnectionsRepository);
    const judged = (await repository.find(org.orgId))!;
    const store = vi.spyOn(repository, 'storePair');
    store.mockImplementationOnce(async (...args) => {
      await apps[1].app.get(QboConnectionsRepository).markNeedsReauth(judged, 'too early', clock.now());
      return repository.storePair(...args);
    });
    await qbo.oauth('expire-access', { realm_id: realmId });
    expect(await call()).toBe('Sandbox Company_US_1');
    expect(await state()).toBe('connected');
  });

  it('is not sent for another company than the one connected', async () => {
    const company = { orgId: org.orgId, realmId: '4620816365000000000', env: 'sandbox' } as const;
    await expect(apps[0].app.get(TokenService).accessToken(company)).rejects.toMatchObject({
      kind: 'not_connected',
    });
  });

  it('ends in a need for a person, not in a crash, when its row was tampered with', async () => {
    await database.query(
      `update qbo_tokens
          set access_token_sealed = overlay(access_token_sealed placing 'AAAA' from length(access_token_sealed) - 8)
        where org_id = $1`,
      [org.orgId],
    );
    await expect(call()).rejects.toMatchObject({ kind: 'needs_reauth' });
    expect([await state(), await refreshes()]).toEqual(['needs_reauth', 0]);
  });
});
