import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { readSqlFunctions } from '../../src/platform/database/schema/sql-functions.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

interface StoredFunction {
  name: string;
  mark: string | null;
  version: string;
}

describe('The functions of the database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const stored = () =>
    database.query<StoredFunction>(
      `select proname as name, obj_description(oid, 'pg_proc') as mark, xmin::text as version from pg_proc
        where pronamespace = 'public'::regnamespace order by proname collate "C"`,
    );
  const share = async (slowedTo: number, quietSeconds: number): Promise<number> => {
    const [row] = await database.query<{ share: number }>(
      `select qbo_pace_share($1, now() - make_interval(secs => $2), now()) as share`,
      [slowedTo, quietSeconds],
    );
    return row!.share;
  };

  it('have a file each, by their names, and are what the files say', async () => {
    const files = await readSqlFunctions();
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect((await stored()).map(({ name, mark }) => ({ name, mark }))).toEqual(
      files.map(({ name, mark }) => ({ name, mark })),
    );
  });

  it('are replaced by the next migration where their text is another, and only then', async () => {
    const before = await stored();
    await migrate(database.ownerUrl);
    expect(await stored()).toEqual(before);

    await database.query(
      `create or replace function qbo_pace_share(slowed_to double precision, quiet_since timestamptz, at timestamptz)
       returns double precision language sql immutable return 0`,
    );
    await database.query(`comment on function qbo_pace_share is 'sha256:of an older text'`);
    expect(await share(0.5, 0)).toBe(0);
    expect(await migrate(database.ownerUrl)).toEqual([]);
    expect(await share(0.5, 0)).toBe(0.5);
    const after = await stored();
    expect(after.map(({ mark }) => mark)).toEqual(before.map(({ mark }) => mark));
    const untouched = after.filter(({ name }) => name !== 'qbo_pace_share');
    expect(untouched).toEqual(before.filter(({ name }) => name !== 'qbo_pace_share'));
  });

  it.each([
    { slowedTo: 1, quietSeconds: 0, expected: 1 },
    { slowedTo: 0.5, quietSeconds: 59, expected: 0.5 },
    { slowedTo: 0.5, quietSeconds: 60, expected: 0.5625 },
    { slowedTo: 0.125, quietSeconds: 14 * 60, expected: 1 },
    { slowedTo: 0.5, quietSeconds: 24 * 3_600, expected: 1 },
    { slowedTo: 0.5, quietSeconds: -30, expected: 0.5 },
  ])(
    'qbo_pace_share: slowed to $slowedTo and quiet for $quietSeconds s a company may be called at ' +
      '$expected of the rate',
    async ({ slowedTo, quietSeconds, expected }) => {
      expect(await share(slowedTo, quietSeconds)).toBe(expected);
    },
  );

  it('pause_qbo_company: halves the share once for each pause, down to an eighth', async () => {
    const pause = () => database.query(`select pause_qbo_company('pausing', 30)`);
    const stand = async () =>
      (
        await database.query<{ share: number; seconds: number }>(
          `select pace_share as share, round(extract(epoch from blocked_until - clock_timestamp()))::int as seconds
             from qbo_limits where realm_id = 'pausing'`,
        )
      )[0]!;
    await pause();
    await pause();
    const paused = await stand();
    expect(paused.share).toBe(0.5);
    expect(paused.seconds).toBeGreaterThan(20);
    expect(paused.seconds).toBeLessThanOrEqual(30);
    for (const expected of [0.25, 0.125, 0.125]) {
      await database.query(
        `update qbo_limits set blocked_until = clock_timestamp(), quiet_since = clock_timestamp()
          where realm_id = 'pausing'`,
      );
      await pause();
      expect((await stand()).share).toBe(expected);
    }
  });

  it('take_rate_tokens: grants no more than are free, and says what stands in the way', async () => {
    const take = async (wanted: number) =>
      (
        await database.query<{ granted: number; limited: boolean; paused: boolean }>(
          `select granted, concurrency_limited as limited, blocked_seconds > 0 as paused
             from take_rate_tokens('taking', $1, 10, 1, 12, 7.5, 30, false, 0.5, 6, 4, 60)`,
          [wanted],
        )
      )[0]!;
    expect(await take(3)).toEqual({ granted: 3, limited: false, paused: false });
    expect(await take(3)).toEqual({ granted: 1, limited: true, paused: false });
    await database.query(`select pause_qbo_company('taking', 30)`);
    expect(await take(3)).toEqual({ granted: 0, limited: false, paused: true });
  });

  it('follow a thousand links that one statement writes without going through all invoices for each', async () => {
    const client = new Client(database.ownerUrl);
    await client.connect();
    await client.query('begin');
    await client.query(`insert into orgs (name) values ('Imported Roofing')`);
    await client.query(
      `insert into leads (org_id, name)
       select (select max(id) from orgs), 'Job ' || g from generate_series(1, 1000) g`,
    );
    await client.query(`update leads set qbo_invoice_id = (10000 + id)::text where name like 'Job %'`);
    const { rows } = await client.query<{ linked: number; read: number }>(
      `select (select count(*)::int from invoices) as linked, (idx_tup_fetch + seq_tup_read)::int as read
         from pg_stat_xact_user_tables where relname = 'invoices'`,
    );
    await client.query('rollback');
    await client.end();
    expect(rows[0]!.linked).toBe(1_000);
    expect(rows[0]!.read).toBeLessThan(100_000);
  });
});
