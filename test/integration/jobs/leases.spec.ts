import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MESSAGE_LEASE } from '../../../src/alerts/alert-messages.repository.js';
import { RETRY_LEASE } from '../../../src/inbox/inbox-items.repository.js';
import {
  isAbandoned,
  isFree,
  LEASE_MS,
  type LeaseTable,
  renewStatement,
} from '../../../src/jobs/leases/lease.js';
import { LeasesService } from '../../../src/jobs/leases/leases.service.js';
import { TIMETABLE } from '../../../src/jobs/timers/timetable.js';
import { EMAIL_LEASE } from '../../../src/portal/links/portal-links.repository.js';
import { REMINDER_LEASE } from '../../../src/portal/reminders/invoice-reminders.repository.js';
import { REFRESH_LEASE } from '../../../src/qbo-sync/connection/qbo-connections.repository.js';
import { OperationAttemptsRepository } from '../../../src/qbo-sync/operations/rows/operation-attempts.repository.js';
import { OPERATION_LEASE } from '../../../src/qbo-sync/operations/rows/operation-lease.js';
import { OperationsRepository } from '../../../src/qbo-sync/operations/rows/operations.repository.js';
import { MIRROR_LEASE } from '../../../src/qbo-sync/pull/customers/customer-mirrors.repository.js';
import { POLL_LEASE } from '../../../src/qbo-sync/pull/change-feed/sync-cursors.repository.js';
import { RUN_LEASE } from '../../../src/qbo-sync/pull/reconciliation/reconciliation-runs.repository.js';
import { EVENTS_LEASE } from '../../../src/qbo-sync/pull/webhooks/events-lease.js';
import { BATCH_LEASE } from '../../../src/qbo-sync/push/customers/batch/customer-batches.repository.js';
import { within } from '../../support/organisation.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { ACCOUNT_MAIL_LEASE } from '../../../src/auth/account/mail/account-mails.repository.js';
import { DOCUMENT_MIRROR_LEASE } from '../../../src/qbo-sync/pull/documents/document-mirrors.repository.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';

const LEASES: readonly LeaseTable[] = [
  ACCOUNT_MAIL_LEASE,
  BATCH_LEASE,
  DOCUMENT_MIRROR_LEASE,
  EMAIL_LEASE,
  EVENTS_LEASE,
  MESSAGE_LEASE,
  MIRROR_LEASE,
  OPERATION_LEASE,
  POLL_LEASE,
  REFRESH_LEASE,
  REMINDER_LEASE,
  RETRY_LEASE,
  RUN_LEASE,
];

describe('A row of work', () => {
  let database: TestDatabase;
  let app: TestApp;
  let leases: LeasesService;
  const key = [1];

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    leases = within(1, app.app.get(LeasesService));
    await database.query(`insert into orgs (name) values ('Summit Roofing')`);
    await database.query(`insert into qbo_sweeps (org_id, realm_id, next_sweep_at) values (1, '1', now())`);
  });

  beforeEach(() => database.query('update qbo_sweeps set events_lease_until = null'));

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const is = async (condition: string): Promise<boolean> =>
    (await database.query(`select from qbo_sweeps where ${condition}`)).length === 1;
  const holderDied = () => database.query('update qbo_sweeps set events_lease_until = now()');

  it('is held by one of many who want it at once', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => leases.take(EVENTS_LEASE, key)));
    expect(taken.filter((lease) => lease !== null)).toHaveLength(1);
    expect(await is(isFree(EVENTS_LEASE))).toBe(false);
  });

  it('stays with a holder that works on for longer than a lease lasts', async () => {
    const lease = (await leases.take(EVENTS_LEASE, key))!;
    await leases.keep(lease, async (lost) => {
      const [begun] = await database.query<{ until: string }>(
        'select events_lease_until::text as until from qbo_sweeps',
      );
      await eventually(async () =>
        expect(await is(`events_lease_until > '${begun!.until}'::timestamptz + interval '2 seconds'`)).toBe(
          true,
        ),
      );
      expect(await leases.take(EVENTS_LEASE, key)).toBeNull();
      expect(lost.aborted).toBe(false);
    });
    expect(await leases.release(lease)).toBe(true);
    expect(await is(isFree(EVENTS_LEASE))).toBe(true);
    expect(await is(isAbandoned(EVENTS_LEASE))).toBe(false);
  });

  it('is free when the lease of a holder that died is over, and then known as abandoned', async () => {
    await leases.take(EVENTS_LEASE, key); // and no heartbeat
    expect(await is(`events_lease_until <= now() + interval '${LEASE_MS} milliseconds'`)).toBe(true);
    expect(await is(isAbandoned(EVENTS_LEASE))).toBe(false);
    await holderDied();
    expect(await is(isAbandoned(EVENTS_LEASE))).toBe(true);
    expect(await leases.take(EVENTS_LEASE, key)).not.toBeNull();
  });

  it('is not given back, nor renewed, by a holder that was too slow, who is told so', async () => {
    const slow = (await leases.take(EVENTS_LEASE, key))!;
    await holderDied();
    const next = (await leases.take(EVENTS_LEASE, key))!;
    await leases.keep(slow, async (lost) => {
      await eventually(() => expect(lost.aborted).toBe(true));
    });
    expect(await leases.release(slow)).toBe(false);
    expect(await is(isFree(EVENTS_LEASE))).toBe(false);
    expect(await leases.release(next)).toBe(true);
  });

  it(
    'whose work threw is free again only when the lease is over, so that it is not tried at once for ' +
      'ever',
    async () => {
      const lease = (await leases.take(EVENTS_LEASE, key))!;
      const work = leases.keep(lease, () => Promise.reject(new Error('a bug')));
      await expect(work).rejects.toThrow('a bug');
      expect(await leases.take(EVENTS_LEASE, key)).toBeNull();
    },
  );

  it('is free, and has a job, within fifteen seconds of the death of its holder', () => {
    expect(LEASE_MS + TIMETABLE['enqueue-due'].when.everySeconds * 1000).toBeLessThanOrEqual(15_000);
  });

  it.each(LEASES)('of $table can be taken and renewed by its $token', async (of) => {
    const nothing = of.key.map((column) => (column === 'id' && isUuid(of) ? NOBODY : '0'));
    expect(await leases.take(of, nothing)).toBeNull();
    await expect(database.query(renewStatement(of), [...nothing, '0'])).resolves.toEqual([]);
  });

  it('has no lease beside these', async () => {
    const columns = await database.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and column_name ~ 'lease.*_until$' order by 1`,
    );
    const known = LEASES.map(({ table, until }) => `${table}.${until}`);
    expect(columns.map(({ name }) => name)).toEqual(known.toSorted());
  });

  describe('that is an operation', () => {
    let operations: OperationsRepository;
    let attempts: OperationAttemptsRepository;
    let operationKey: { orgId: number; id: string };

    beforeEach(async () => {
      operations = within(1, app.app.get(OperationsRepository));
      attempts = within(1, app.app.get(OperationAttemptsRepository));
      const [made] = await database.query<{ id: string }>(
        `insert into sync_operations (org_id, realm_id, kind, entity_id, request_id, payload, state, next_attempt_at)
         values (1, '1', 'item.create', 1, gen_random_uuid(), '{}', 'ready', now())
         returning id`,
      );
      operationKey = { orgId: 1, id: made!.id };
    });

    afterEach(() => database.query('delete from sync_operations'));

    it('is seen as its holder left it by whoever waits for that', async () => {
      await leases.take(OPERATION_LEASE, [1, operationKey.id]);
      const first = holdNext(app.app.get(DataSource), 'query');
      const looked = operations.look(operationKey);
      await first.done;
      await database.query(`update sync_operations set state = 'done', qbo_id = '7', lease_until = null`);
      first.letGo();
      expect(await looked).toMatchObject({ operation: { state: 'done' } });
    });

    it('is sent by who holds it, however little of the lease a slow machine has left', async () => {
      const lease = await leases.take(OPERATION_LEASE, [1, operationKey.id]);
      const operation = await attempts.getHeld(operationKey, lease!);
      await database.query(`update sync_operations set lease_until = now() + interval '3 seconds'`);
      expect(await attempts.markSent(operation)).toBe(true);
      const [row] = await database.query<{ isWhole: boolean }>(
        `select lease_until > now() + interval '5 seconds' as "isWhole" from sync_operations`,
      );
      expect(row).toEqual({ isWhole: true });
    });

    it('is sent by nobody whose lease is over', async () => {
      const lease = await leases.take(OPERATION_LEASE, [1, operationKey.id]);
      const operation = await attempts.getHeld(operationKey, lease!);
      await database.query(`update sync_operations set lease_until = now() - interval '1 second'`);
      expect(await attempts.markSent(operation)).toBe(false);
    });
  });
});

const NOBODY = '00000000-0000-0000-0000-000000000000';

function isUuid({ table }: LeaseTable): boolean {
  return ['account_mails', 'customer_batches', 'invoice_compares'].includes(table);
}
