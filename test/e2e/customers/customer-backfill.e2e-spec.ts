import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type BackfillPlan,
  CustomerBackfillService,
} from '../../../src/qbo-sync/push/customers/backfill/customer-backfill.service.js';
import { customersInQbo, manyCustomers } from '../../support/batches.js';
import { aContractor, type Books, type Contractor, openBooks } from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { createOrg } from '../../support/people.js';

const BACKFILL = join(import.meta.dirname, '../../../dist/src/qbo-sync/push/customers/backfill.cli.js');

describe('A backfill', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({ CRM_ROLE: 'api' }, clock);
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
    await books.control.resetCalls();
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const operations = async () => (await books.control.calls(contractor.realmId)).operations;
  const run = (plan: Partial<BackfillPlan> = {}) =>
    books.app.app.get(CustomerBackfillService).run({
      orgId: contractor.orgId,
      perCall: 30,
      signal: new AbortController().signal,
      onProgress: () => {},
      ...plan,
    });

  it('brings in every active customer that is not linked, and only those', async () => {
    const [linked, resting, ...others] = await manyCustomers(books, contractor, 67);
    await contractor.admin.post(`/qbo/sync/customer/${linked}`);
    await contractor.admin.patch(`/customers/${resting}`, { is_active: false });
    expect((await contractor.admin.post(`/qbo/sync/customer/${resting}`)).body).toMatchObject({
      ok: false,
      error: expect.stringMatching(
        /is inactive and not in QuickBooks.+PATCH \/customers\/\d+ \{"is_active": true\}/,
      ),
    });
    await books.control.resetCalls();

    const steps: number[] = [];
    const end = await run({ onProgress: ({ created }) => steps.push(created) });
    expect(end).toEqual({
      stats: { total: 65, created: 65, tied: 0, failed: 0, undecided: 0 },
      left: 0,
      failures: [],
    });
    expect(steps.filter((step, index) => step !== steps[index - 1])).toEqual([0, 30, 60, 65]);
    expect(await operations()).toEqual({ cdc: 1, batch: 3 });
    expect(await customersInQbo(books, contractor)).toHaveLength(1 + others.length);

    expect(await run()).toMatchObject({ stats: { total: 0, created: 0 }, left: 0 });
    expect(await operations()).toEqual({ cdc: 1, batch: 3 });
  });

  it('goes on where it was ended', async () => {
    await manyCustomers(books, contractor, 25);
    const interrupt = new AbortController();
    const first = await run({
      perCall: 10,
      signal: interrupt.signal,
      onProgress: ({ created }) => created === 10 && interrupt.abort(),
    });
    expect(first).toMatchObject({ stats: { total: 25, created: 10 }, left: 15 });
    expect(await run({ perCall: 10 })).toMatchObject({ stats: { total: 15, created: 15 }, left: 0 });
    expect(await operations()).toEqual({ cdc: 2, batch: 3 });
    expect(await customersInQbo(books, contractor)).toHaveLength(25);
  });

  it('waits out what passes, and names who could not be brought in', async () => {
    const [, bad] = await manyCustomers(books, contractor, 4);
    await books.database.query('update customers set phone = $2 where id = $1', [bad, '5'.repeat(31)]);
    await books.control.planFault({
      operation: 'batch',
      realm_id: contractor.realmId,
      kind: '500',
      when: 'after',
    });
    let waits = 0;
    const end = await run({
      onProgress: (_, waitingUntil) => {
        if (!waitingUntil) return;
        waits += 1;
        clock.set(waitingUntil);
      },
    });
    expect(waits).toBeGreaterThan(0);
    expect(end.stats).toEqual({ total: 4, created: 3, tied: 0, failed: 1, undecided: 0 });
    expect(end.failures).toMatchObject([{ customerId: bad }]);
    expect(await customersInQbo(books, contractor)).toHaveLength(3);
  });

  it('makes one customer each beside another backfill', async () => {
    await manyCustomers(books, contractor, 40);
    const ends = await Promise.all([run(), run()]);
    expect(ends.map(({ left, stats }) => [left, stats.failed])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(ends.reduce((sum, { stats }) => sum + stats.created, 0)).toBe(40);
    expect(await customersInQbo(books, contractor)).toHaveLength(40);
  });

  it('says where no company is connected, and where there is no such organisation', async () => {
    const { orgId } = await createOrg(books.app);
    await expect(run({ orgId })).rejects.toThrow('QuickBooks is not connected: begin at /qbo/oauth/start.');
    await expect(run({ orgId: 99_999 })).rejects.toThrow('There is no organisation 99999.');
  });
});

describe('npm run backfill', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ CRM_ROLE: 'api' });
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const backfill = (...words: string[]) => {
    const child = spawn(process.execPath, [BACKFILL, ...words], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        DATABASE_URL: books.database.url,
        ...books.qbo.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
    return { child, output: () => output, ended };
  };
  const org = () => ['--org', String(contractor.orgId)];

  it('tells first what it would do, is ended by Ctrl-C after a call, and goes on', async () => {
    await manyCustomers(books, contractor, 20);
    const dry = backfill(...org(), '--batch-size', '6', '--dry-run');
    expect(await dry.ended).toBe(0);
    expect(dry.output()).toContain(
      '20 customers would be brought into QuickBooks, in 4 calls. Nothing was sent.',
    );

    const slow = {
      operation: 'batch',
      realm_id: contractor.realmId,
      kind: 'slow',
      delay_ms: 2_000,
      times: 4,
    } as const;
    await books.control.planFault(slow);
    const first = backfill(...org(), '--batch-size', '6');
    await eventually(async () =>
      expect((await books.control.calls(contractor.realmId)).operations.batch).toBe(1),
    );
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(130);
    // Six with each call that it had begun when it heard of its end: one, on a machine that is not very busy.
    const made = (await customersInQbo(books, contractor)).length;
    const left = 20 - made;
    expect([6, 12, 18]).toContain(made);
    expect(first.output()).toContain(
      `Backfill: ${made} created, 0 tied to what was there, 0 failed, ${left} left`,
    );

    await books.control.clearFaults();
    const second = backfill(...org());
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain(`[##############################] ${left}/${left} (100 %)`);
    expect(second.output()).toContain(`Backfill: ${left} created, 0 tied to what was there, 0 failed.`);
    expect(await customersInQbo(books, contractor)).toHaveLength(20);
  });

  it('ends with 1 where some failed, and names them', async () => {
    const [bad] = await manyCustomers(books, contractor, 2);
    await books.database.query('update customers set phone = $2 where id = $1', [bad, '5'.repeat(31)]);
    const end = backfill(...org());
    expect(await end.ended).toBe(1);
    expect(end.output()).toMatch(new RegExp(`Customer ${bad}: A text is longer than QuickBooks takes`));
    expect(end.output()).toContain('1 created, 0 tied to what was there, 1 failed.');
  });

  it('says how it is meant', async () => {
    const end = backfill();
    expect(await end.ended).toBe(2);
    expect(end.output()).toContain('Usage: npm run backfill -- --org 1');
  });
});
