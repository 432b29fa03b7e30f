import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { readConfig } from '../../../src/platform/config/config.js';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import { correlated } from '../../../src/platform/correlation/correlation.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

const PAYMENTS = 60;

describe('A queue', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let jobs: JobsService;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    jobs = new JobsService(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }), database.url);
    await jobs.onModuleInit();
  });

  afterAll(async () => {
    await jobs.stop();
    await dataSource.destroy();
    await database[Symbol.asyncDispose]();
  });

  it('gets the rules of the process that starts, and is left alone where it has them', async () => {
    const rows = () =>
      database.query<{ name: string; limit: number; at: string }>(
        `select name, retry_limit as limit, updated_on::text as at from pgboss.queue
          where name in ('inbox.retry', 'qbo.invoice.create') order by name`,
      );
    const [untouched, before] = await rows();
    await database.query(`update pgboss.queue set retry_limit = 99 where name = 'qbo.invoice.create'`);
    const next = new JobsService(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }), database.url);
    await next.onModuleInit();
    await next.stop();
    const [still, after] = await rows();
    expect(still).toEqual(untouched);
    expect(after).toMatchObject({ name: 'qbo.invoice.create', limit: before!.limit });
    expect(after!.at).not.toBe(before!.at);
  });

  it('is worked off without a pause between one job and the next', async () => {
    // A queue whose workers are told of each job would be looked at again for that alone.
    const done = new Map<number, number>();
    const places = { now: 0, most: 0 };
    await jobs.work('qbo.payment.carry', async ({ paymentId }) => {
      places.most = Math.max(places.most, (places.now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      done.set(paymentId, performance.now());
      places.now -= 1;
    });
    for (let paymentId = 1; paymentId <= PAYMENTS; paymentId += 1) {
      await jobs.enqueue(dataSource.manager, 'qbo.payment.carry', { orgId: 1, paymentId });
    }
    await eventually(async () => expect(done.size).toBe(PAYMENTS));
    // Four places that rested a second after each job would do eight within it at the most.
    const times = [...done.values()];
    const within = times.map((from) => times.filter((at) => at >= from && at < from + 900).length);
    expect(Math.max(...within)).toBeGreaterThan(8);
    expect(places.most).toBeLessThanOrEqual(4);
  });

  it('does not begin the job that stands for another before the transaction of that one ends', async () => {
    const customer = { orgId: 1, customerId: 1 };
    const seen: number[] = [];
    const notes = async (): Promise<number> => {
      const [row] = await database.query<{ count: number }>('select count(*)::int as count from notes');
      return row!.count;
    };
    await database.query('create table notes (); grant all on notes to public');
    await jobs.enqueue(dataSource.manager, 'qbo.customer.create', customer);
    await dataSource.transaction(async (tx) => {
      await tx.query('insert into notes default values');
      await jobs.enqueue(tx, 'qbo.customer.create', customer);
      // Another one shows that jobs are begun meanwhile.
      await jobs.enqueue(dataSource.manager, 'qbo.customer.create', { orgId: 1, customerId: 2 });
      const begun: number[] = [];
      await jobs.work('qbo.customer.create', async ({ customerId }) => {
        begun.push(customerId);
        if (customerId === 1) seen.push(await notes());
      });
      await eventually(() => expect(begun).toEqual([2]));
    });
    await eventually(() => expect(seen).toEqual([1]));
  });

  it('gets many jobs in one statement, and none that is waiting twice', async () => {
    const jobOf = (refundId: number) => ({ orgId: 2, refundId });
    const waiting = async (): Promise<string[]> => {
      const rows = await database.query<{ key: string }>(
        `select singleton_key as key from pgboss.job where name = 'stripe.refund.request' order by 1`,
      );
      return rows.map(({ key }) => key);
    };
    await jobs.enqueue(dataSource.manager, 'stripe.refund.request', jobOf(2));
    await dataSource.transaction(async (tx) => {
      const statements = vi.spyOn(tx, 'query');
      await jobs.enqueueAll(tx, 'stripe.refund.request', [1, 2, 3, 3].map(jobOf));
      expect(statements).toHaveBeenCalledTimes(2); // the jobs, and the lock of the one that stands for another
      await jobs.enqueueAll(tx, 'stripe.refund.request', []);
      expect(statements).toHaveBeenCalledTimes(2);
    });
    expect(await waiting()).toEqual(['2:1', '2:2', '2:3']);
  });

  it('gets jobs of several queues, each at its time, in one statement for each queue and time', async () => {
    const later = new Date(Date.now() + 3_600_000);
    const payment = (paymentId: number) =>
      ({ name: 'qbo.payment.carry', payload: { orgId: 3, paymentId } }) as const;
    const item = { name: 'qbo.item.create', payload: { orgId: 3 } } as const;
    await dataSource.transaction(async (tx) => {
      const statements = vi.spyOn(tx, 'query');
      await jobs.enqueueEach(tx, [
        payment(2),
        item,
        { ...payment(3), startAfter: later },
        { ...payment(1), startAfter: new Date(0) },
      ]);
      expect(statements).toHaveBeenCalledTimes(3);
    });
    const rows = await database.query<{ name: string; key: string; is_delayed: boolean }>(
      `select name, singleton_key as key, start_after > now() as is_delayed from pgboss.job
        where data ->> 'orgId' = '3' order by name, key`,
    );
    expect(rows).toEqual([
      { name: 'qbo.item.create', key: '3', is_delayed: false },
      { name: 'qbo.payment.carry', key: '3:1', is_delayed: false },
      { name: 'qbo.payment.carry', key: '3:2', is_delayed: false },
      { name: 'qbo.payment.carry', key: `3:3@${later.toISOString()}`, is_delayed: true },
    ]);
  });

  it('keeps a job for what is written while the one before it begins', async () => {
    const payload = { orgId: 1, linkId: 7 };
    const begun: string[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    await jobs.work('portal.email.send', async () => {
      begun.push('begun');
      await gate;
    });
    await jobs.enqueue(dataSource.manager, 'portal.email.send', payload);
    await eventually(() => expect(begun).toHaveLength(1));
    await jobs.enqueue(dataSource.manager, 'portal.email.send', payload);
    open();
    await eventually(() => expect(begun).toHaveLength(2));
  });

  it('that hands its jobs on fills its places, no more, and its jobs are over when they are begun', async () => {
    const places = { now: 0, most: 0 };
    const over: number[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    await jobs.work('qbo.events.process', async ({ orgId }) => {
      places.most = Math.max(places.most, (places.now += 1));
      await gate;
      places.now -= 1;
      if (orgId === 1) throw new Error('bad luck');
      over.push(orgId);
    });
    for (let orgId = 1; orgId <= 20; orgId += 1) {
      await jobs.enqueue(dataSource.manager, 'qbo.events.process', { orgId });
    }
    await eventually(() => expect(places.now).toBe(14));
    await eventually(async () => {
      const [row] = await database.query<{ over: number }>(
        `select count(*)::int as over from pgboss.job where name = 'qbo.events.process' and state = 'completed'`,
      );
      expect(row!.over).toBe(14);
    });
    open();
    await eventually(() => expect(over).toHaveLength(19));
    expect(places.most).toBe(14);
  });

  it('that hands its jobs on lets them end, and queue what follows, before the process does', async () => {
    await using alone = await cloneDatabase();
    const aloneSource = await new DataSource({ type: 'postgres', url: alone.url }).initialize();
    const ending = new JobsService(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }), alone.url);
    await ending.onModuleInit();
    const notified: string[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    await ending.work('qbo.events.process', async ({ orgId }) => {
      notified.push('begun');
      await gate;
      await ending.enqueue(aloneSource.manager, 'qbo.company.sweep', { orgId });
      notified.push('queued');
    });
    await ending.enqueue(aloneSource.manager, 'qbo.events.process', { orgId: 1 });
    await eventually(() => expect(notified).toEqual(['begun']));
    const ended = ending.stop().then(() => notified.push('ended'));
    setTimeout(open, 200);
    await ended;
    await aloneSource.destroy();
    expect(notified).toEqual(['begun', 'queued', 'ended']);
  });

  it('gives what caused a lost job, and one of a later try, to the job that stands for it', async () => {
    const [lost, delayed, ofNobody] = [1, 2, 3].map((paymentId) => ({ orgId: 3, paymentId }));
    const cause = (stripeEventId: string) => ({ cause: { stripeEventId }, actor: null, ip: null });
    const tomorrow = new Date(Date.now() + 86_400_000);
    await correlated(cause('evt_1'), () => jobs.enqueue(dataSource.manager, 'qbo.refund.carry', lost!));
    await database.query(`update pgboss.job set state = 'failed' where name = 'qbo.refund.carry'`);
    await correlated(cause('evt_2'), () =>
      jobs.enqueue(dataSource.manager, 'qbo.refund.carry', delayed!, tomorrow),
    );
    await dataSource.transaction((tx) =>
      jobs.enqueueAgain(
        tx,
        [lost!, delayed!, ofNobody!].map((payload) => ({ name: 'qbo.refund.carry', payload })),
      ),
    );
    const enqueued = await database.query<{ data: object }>(
      `select data from pgboss.job
        where name = 'qbo.refund.carry' and state = 'created' and start_after <= now() order by singleton_key`,
    );
    expect(enqueued.map(({ data }) => data)).toEqual([
      { ...lost, cause: { stripeEventId: 'evt_1' } },
      { ...delayed, cause: { stripeEventId: 'evt_2' } },
      ofNobody,
    ]);
  });

  it('is given the job of a row that fails each time ever more seldom, and of one that was lost at once', async () => {
    const job = { name: 'stripe.fee.read', payload: { orgId: 4, paymentId: 4 } } as const;
    const ofIt = `name = 'stripe.fee.read' and singleton_key = '4:4'`;
    const waiting = async (): Promise<number> => {
      await dataSource.transaction((tx) => jobs.enqueueAgain(tx, [job]));
      return (await database.query(`select from pgboss.job where ${ofIt} and state = 'created'`)).length;
    };
    const becomes = (state: string, message = 'wrong') =>
      database.query(
        `update pgboss.job set state = $1::pgboss.job_state, completed_on = clock_timestamp(), output = $2
          where ${ofIt} and state = 'created'`,
        [state, JSON.stringify({ value: { message } })],
      );
    const secondsPass = (seconds: number) =>
      database.query(
        `update pgboss.job set created_on = created_on - interval '${seconds} seconds',
                completed_on = completed_on - interval '${seconds} seconds' where ${ofIt}`,
      );
    for (const _ of [1, 2, 3]) {
      expect(await waiting()).toBe(1);
      await becomes('failed');
    }
    expect(await waiting()).toBe(0);
    await secondsPass(31);
    expect(await waiting()).toBe(1);
    await becomes('failed');
    await secondsPass(31);
    expect(await waiting()).toBe(0);
    await secondsPass(31);
    expect(await waiting()).toBe(1);
    await becomes('completed');
    for (const _ of [1, 2, 3, 4]) {
      expect(await waiting()).toBe(1);
      await becomes('failed', 'job heartbeat timeout');
    }
    expect(await waiting()).toBe(1);
  });

  it('keeps a finished job for ten minutes and no longer, and one that waits as long as it takes', async () => {
    const job = async (state: string, minutesAgo: number): Promise<string> => {
      const [row] = await database.query<{ id: string }>(
        `insert into pgboss.job (name, data, policy, singleton_key, state, created_on, start_after, completed_on,
                                 deletion_seconds)
         select q.name, '{"orgId": 1}', q.policy, 'kept:' || $1 || ':' || $2, $1::pgboss.job_state,
                now() - $2::int * interval '1 minute', now() + interval '1 day',
                case when $1::text <> 'created' then now() - $2::int * interval '1 minute' end, q.deletion_seconds
           from pgboss.queue q where q.name = 'qbo.item.create' returning id`,
        [state, `${minutesAgo}`],
      );
      return row!.id;
    };
    const old = [await job('completed', 11), await job('failed', 11)];
    const kept = [await job('completed', 1), await job('created', 600)];
    // As if a minute had passed since the queue was last tidied.
    await database.query(`update pgboss.queue set maintain_on = now() - interval '61 seconds'`);
    await eventually(async () => {
      const rows = await database.query<{ id: string }>(
        'select id from pgboss.job where id = any($1::uuid[]) order by id',
        [[...old, ...kept]],
      );
      expect(rows.map(({ id }) => id)).toEqual(kept.toSorted());
    });
  });
});
