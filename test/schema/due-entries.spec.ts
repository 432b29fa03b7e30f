import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { Config } from '../../src/platform/config/config.js';
import { DueEntriesRepository } from '../../src/contracts/schedule/due-entries.repository.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { daysFromNow, FakeClock } from '../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const OURS = 'RequestKeys1793491200091';
const ROOF = 7;

interface Billed {
  made: string;
  /** When it was found voided; null: it stands. */
  gone: string | null;
}

const SANDBOX = { qbo: { env: 'sandbox' } } as Config;

describe('An entry whose day has come', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await openDataSource(database.ownerUrl);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`insert into org_settings (org_id, time_zone) values (1, 'UTC')`);
    await database.query(`insert into qbo_companies (org_id, env, realm_id) values (1, 'sandbox', 'R1')`);
    await database.query(`
      insert into qbo_tokens (org_id, realm_id, env, state, connected_at, access_token_sealed, refresh_token_sealed)
      values (1, 'R1', 'sandbox', 'connected', now(), 'a', 'r')`);
  });

  afterEach(async () => {
    for (const table of ['invoices', 'contract_entries', 'contracts', 'leads'])
      await database.query(`delete from ${table}`);
    await zone('UTC');
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database[Symbol.asyncDispose]();
  });

  const zone = (now: string, former: object[] = []) =>
    database.query('update org_settings set time_zone = $1, former_time_zones = $2', [
      now,
      JSON.stringify(former),
    ]);

  /** A job with one progress payment that is billed by itself on a day, and what it was billed by. */
  async function aJob(id: number, day: string, billed: readonly Billed[]): Promise<void> {
    await database.query(
      `insert into leads (id, org_id, name, status, currency) values ($1, 1, 'Roof', 'lead', 'USD')`,
      [id],
    );
    await database.query(
      `insert into contracts (id, org_id, proposal_id, currency, value_cents, deposit_percent, deposit_cents,
                              terms_days, approved_at)
       values ($1, 1, $1, 'USD', 100000, 30, 30000, 14, now())`,
      [id],
    );
    await database.query(
      `insert into contract_entries (org_id, contract_id, number, kind, sequence, percent, trigger_on)
       values (1, $1, 2, 'progress', 1, 40, $2)`,
      [id, day],
    );
    for (const [index, { made, gone }] of billed.entries()) {
      await database.query(
        `insert into invoices (org_id, proposal_id, kind, sequence, generation, currency, amount_cents, state,
                               created_at, updated_at)
         values (1, $1, 'progress', 1, $2, 'USD', 40000, $3, $4, coalesce($5::timestamptz, $4))`,
        [id, index + 1, gone === null ? 'open' : 'voided', made, gone],
      );
    }
  }

  /** As a look does it: what is over is put aside first. */
  const dueAt = async (now: string): Promise<number[]> => {
    const entries = new DueEntriesRepository(new FakeClock(now), SANDBOX);
    await entries.putOverAside(dataSource.manager);
    const due = await entries.list(dataSource.manager, 10);
    return due.map(({ proposalId }) => proposalId);
  };

  const areOver = async (): Promise<number[]> => {
    const rows = await database.query<{ id: number }>(
      'select contract_id as id from contract_entries where is_over order by contract_id',
    );
    return rows.map(({ id }) => id);
  };

  const isDue = async (billed: readonly Billed[]): Promise<boolean> => {
    await aJob(ROOF, '2026-03-10', billed);
    expect(await dueAt('2026-03-09T23:59Z')).toEqual([]);
    return (await dueAt('2026-03-12T13:00Z')).includes(ROOF);
  };

  it('is due by itself no more once its customer is erased: nothing is made for them', async () => {
    await aJob(ROOF, '2026-03-10', []);
    await database.query(
      `insert into customers (id, org_id, full_name, email) values (3, 1, 'Ann', 'ann@example.com')`,
    );
    await database.query('update leads set customer_id = 3');
    expect(await dueAt('2026-03-12T13:00Z')).toEqual([ROOF]);
    await database.query('update customers set erased_at = now()');
    expect(await dueAt('2026-03-12T13:00Z')).toEqual([]);
  });

  it.each<[string, Billed[]]>([
    ['that was never billed', []],
    [
      'that was billed early, and voided before its day',
      [{ made: '2026-03-05T12:00Z', gone: '2026-03-09T23:59Z' }],
    ],
  ])('%s, is billed by itself', async (_, billed) => {
    expect(await isDue(billed)).toBe(true);
  });

  it.each<[string, Billed[]]>([
    [
      'that was billed early, and voided on its day',
      [{ made: '2026-03-05T12:00Z', gone: '2026-03-10T00:00Z' }],
    ],
    [
      'that was billed early, and voided after its day',
      [{ made: '2026-03-05T12:00Z', gone: '2026-03-12T12:00Z' }],
    ],
    ['that was billed on its day, and voided', [{ made: '2026-03-10T08:00Z', gone: '2026-03-12T12:00Z' }]],
    [
      'that was billed twice before, and voided after its day once',
      [
        { made: '2026-03-05T12:00Z', gone: '2026-03-12T12:00Z' },
        { made: '2026-03-06T12:00Z', gone: '2026-03-07T12:00Z' },
      ],
    ],
    ['that was billed early, by what stands', [{ made: '2026-03-05T12:00Z', gone: null }]],
  ])('%s, is not billed by itself', async (_, billed) => {
    expect(await isDue(billed)).toBe(false);
  });

  it('has what was voided at the day of the time zone of then, whichever is set now', async () => {
    // 00:30 of its day in Berlin, which is the evening before in Denver.
    await aJob(ROOF, '2026-03-10', [{ made: '2026-03-05T12:00Z', gone: '2026-03-09T23:30Z' }]);
    const berlin = { zone: 'Europe/Berlin', since: '2026-01-01T00:00:00Z', until: '2026-03-10T12:00:00Z' };
    await zone('America/Denver', [berlin]);
    expect(await dueAt('2026-03-12T13:00Z')).toEqual([]);
    // Negative control: in Denver it was gone before.
    await zone('America/Denver');
    expect(await dueAt('2026-03-12T13:00Z')).toEqual([ROOF]);
  });

  it('is gone through no more once it is over: only what by itself is never due again', async () => {
    const [billed, voidedAfter, voidedBefore, neverBilled, finalAlone, tomorrow] = [
      1, 2, 3, 4, 5, 6,
    ] as const;
    const day = '2026-03-10';
    await aJob(billed, day, [{ made: '2026-03-10T12:00Z', gone: null }]);
    await aJob(voidedAfter, day, [{ made: '2026-03-05T12:00Z', gone: '2026-03-20T12:00Z' }]);
    await aJob(voidedBefore, day, [{ made: '2026-03-05T12:00Z', gone: '2026-03-09T12:00Z' }]);
    await aJob(neverBilled, day, []);
    await aJob(finalAlone, day, [{ made: '2026-03-05T12:00Z', gone: null }]);
    await aJob(tomorrow, '2026-03-26', [{ made: '2026-03-05T12:00Z', gone: null }]);
    await database.query(`update invoices set kind = 'final' where proposal_id = ${finalAlone}`);
    expect(await dueAt('2026-03-25T12:00Z')).toEqual([voidedBefore, neverBilled]);
    expect(await areOver()).toEqual([billed, voidedAfter]);
    // It stays with a person also where it is voided later; what the final invoice kept from its day is due again.
    await database.query(
      `update invoices set state = 'voided', updated_at = '2026-03-25T13:00Z'
        where proposal_id in (${billed}, ${finalAlone})`,
    );
    expect(await dueAt('2026-03-25T14:00Z')).toEqual([voidedBefore, neverBilled, finalAlone]);
    expect(await areOver()).toEqual([billed, voidedAfter]);
  });

  it('before an upgrade stays with a person where that was voided; one to come is billed on its day', async () => {
    const [longAgo, today, toCome, neverBilled] = [1, 2, 3, 4] as const;
    await revertToBefore(database, OURS);
    const early = [{ made: `${daysFromNow(-60)}T12:00Z`, gone: `${daysFromNow(-50)}T12:00Z` }];
    await aJob(longAgo, daysFromNow(-40), early);
    await aJob(today, daysFromNow(0), early);
    await aJob(toCome, daysFromNow(2), early);
    await aJob(neverBilled, daysFromNow(-40), []);
    expect(await migrate(database.ownerUrl)).toContain(OURS);
    expect(await dueAt(`${daysFromNow(1)}T12:00Z`)).toEqual([neverBilled]);
    expect(await dueAt(`${daysFromNow(2)}T12:00Z`)).toEqual([neverBilled, toCome]);
  });
});
