import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { SyncCursorsRepository } from '../../../src/qbo-sync/pull/change-feed/sync-cursors.repository.js';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { startApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';

const NOW = '2026-03-16T12:00:00Z';
const MINUTE_MS = 60_000;

describe('The interval between two polls of a company', () => {
  const clock = new FakeClock(NOW);
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks(
      { QBO_INVOICE_POLL_INTERVAL_MIN: '30', QBO_WEBHOOK_FED_POLL_INTERVAL_MIN: '360' },
      clock,
    );
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  /** Minutes until the next poll of a company of which this was last heard, as `interval '…'` before now. */
  const minutesToNext = async (heard: {
    webhook?: string;
    surprise?: string;
    error?: string;
  }): Promise<number> => {
    const { orgId } = contractor;
    await books.database.query(
      `update qbo_sweeps set next_sweep_at = $2, last_webhook_at = $2::timestamptz - $3::interval,
              last_surprise_at = $2::timestamptz - $4::interval, last_error = $5
        where org_id = $1`,
      [orgId, NOW, heard.webhook, heard.surprise, heard.error],
    );
    await books.app.app.get(InvoicePollerService).pollOnce();
    const [row] = await books.database.query<{ next: Date }>(
      'select next_sweep_at as next from qbo_sweeps where org_id = $1',
      [orgId],
    );
    return (row!.next.getTime() - Date.parse(NOW)) / MINUTE_MS;
  };
  it.each([
    ['no webhook was ever heard', {}, 30],
    ['a webhook came a day ago', { webhook: '1 day' }, 360],
    ['the last webhook is four days old', { webhook: '4 days' }, 30],
    ['a poll found what no webhook had told since', { webhook: '1 day', surprise: '1 hour' }, 30],
    ['webhooks are back after such a surprise', { webhook: '1 hour', surprise: '1 day' }, 360],
    ['the last poll failed', { webhook: '1 hour', error: 'No answer' }, 30],
  ])('where %s: %o → %i minutes', async (_, heard, minutes) => {
    const next = await minutesToNext(heard);
    expect(next / minutes).toBeGreaterThanOrEqual(0.95);
    expect(next / minutes).toBeLessThanOrEqual(1.05);
  });

  it('holds however many companies are due at once', async () => {
    const taken = vi.spyOn(books.app.app.get(SyncCursorsRepository), 'takeDue');
    const hundred = Array.from({ length: 100 }, () => contractor.orgId);
    taken
      .mockResolvedValueOnce(hundred)
      .mockResolvedValueOnce(hundred)
      .mockResolvedValueOnce(hundred.slice(1));
    await books.app.app.get(InvoicePollerService).pollDue();
    expect(taken).toHaveBeenCalledTimes(3);
    taken.mockRestore();
  });

  it('is the usual one again after a poll brought news by itself, and not after one that brought none', async () => {
    const { invoiceId } = await anInvoicedProposal(contractor);
    await pollCompany(books, contractor);
    const surprised = async () => {
      const [row] = await books.database.query<{ at: Date | null }>(
        'select last_surprise_at as at from qbo_sweeps where org_id = $1',
        [contractor.orgId],
      );
      return row!.at !== null;
    };
    expect(await surprised()).toBe(false);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await surprised()).toBe(true);
  });

  it('is no longer where the clock was ahead when the one before began, and was put back', async () => {
    const { orgId } = contractor;
    const poller = books.app.app.get(InvoicePollerService);
    const cursors = books.app.app.get(SyncCursorsRepository);
    vi.spyOn(cursors, 'takeDue').mockResolvedValue([]); // the stories before left companies that are due
    clock.advance({ hours: 8 });
    await poller.run();
    const ahead = `$2::timestamptz + interval '8 hours'`;
    await books.database.query(
      `update qbo_sweeps set last_started_at = ${ahead}, next_sweep_at = ${ahead} + interval '30 minutes'
        where org_id = $1`,
      [orgId, NOW],
    );
    clock.advance({ hours: -8 });
    await poller.run();
    vi.restoreAllMocks();
    const [row] = await books.database.query<{ next: Date }>(
      'select next_sweep_at as next from qbo_sweeps where org_id = $1',
      [orgId],
    );
    expect(row!.next.getTime() - Date.parse(NOW)).toBeLessThan(32 * MINUTE_MS);
  });

  it('is within half an hour after a poll that failed, however seldom companies are polled', async () => {
    const { orgId, realmId } = contractor;
    const cursors = books.app.app.get(SyncCursorsRepository);
    const nextAfter = (error: string | null): Promise<number> =>
      inOrganisation(orgId, async () => {
        const [held] = await books.database.query<{ token: string }>(
          `update qbo_sweeps set lease_token = lease_token + 1, next_sweep_at = $2::timestamptz + interval '69 days'
            where org_id = $1 returning lease_token as token`,
          [orgId, NOW],
        );
        const poll = { orgId, realmId, changedSince: null, comparedAt: null, leaseToken: held!.token };
        await cursors.release(poll, { error, surprised: false }, new Date(NOW));
        const [row] = await books.database.query<{ next: Date }>(
          'select next_sweep_at as next from qbo_sweeps where org_id = $1',
          [orgId],
        );
        return (row!.next.getTime() - Date.parse(NOW)) / MINUTE_MS;
      });
    expect(await nextAfter('No answer')).toBe(30);
    expect(await nextAfter(null)).toBe(69 * 24 * 60);
  });

  it('begins anew with another company, whatever a poll of the one before has still to say', async () => {
    const { orgId, realmId } = contractor;
    const cursors = books.app.app.get(SyncCursorsRepository);
    const tx = books.app.app.get(DataSource).manager;
    const read = new Date('2026-03-16T11:59:00Z');
    await inOrganisation(orgId, async () => {
      const [held] = await books.database.query<{ token: string }>(
        `update qbo_sweeps set lease_token = lease_token + 1, lease_until = now() + interval '10 seconds',
                changed_since = $2, last_succeeded_at = $2, last_webhook_at = $2, last_error = 'No answer'
          where org_id = $1 returning lease_token as token`,
        [orgId, read],
      );
      const poll = { orgId, realmId, changedSince: read, comparedAt: null, leaseToken: held!.token };
      await cursors.introduce(tx, { orgId, realmId: `${realmId}9`, env: 'sandbox' }, new Date(NOW));
      await cursors.advance(tx, poll, new Date(NOW));
      await cursors.release(poll, { error: null, surprised: true }, new Date(NOW));
    });
    const [row] = await books.database.query(
      `select realm_id, changed_since, last_succeeded_at, last_webhook_at, last_surprise_at, last_error,
              lease_until is null as free from qbo_sweeps where org_id = $1`,
      [orgId],
    );
    expect(row).toEqual({
      realm_id: `${realmId}9`,
      changed_since: null,
      last_succeeded_at: null,
      last_webhook_at: null,
      last_surprise_at: null,
      last_error: null,
      free: true,
    });
  });

  it.each([
    ['polled two minutes ago', '2 minutes', 3],
    ['polled twenty minutes ago', '20 minutes', 0],
    ['never polled', null, 5],
  ])('holds from the restart on where it is shorter: %s', async (_, ago, minutes) => {
    await books.database.query(
      `update qbo_sweeps set next_sweep_at = $2::timestamptz + interval '28 minutes',
              last_started_at = $2::timestamptz - $3::interval, last_webhook_at = null
        where org_id = $1`,
      [contractor.orgId, NOW, ago],
    );
    const next = async () => {
      const [row] = await books.database.query<{ next: Date }>(
        'select next_sweep_at as next from qbo_sweeps where org_id = $1',
        [contractor.orgId],
      );
      return (row!.next.getTime() - Date.parse(NOW)) / MINUTE_MS;
    };
    const restartWith = async (interval: string): Promise<void> => {
      const env = { ...books.qbo.env, QBO_INVOICE_POLL_INTERVAL_MIN: interval };
      await using _restarted = await startApp({ databaseUrl: books.database.url, env, clock });
    };
    await restartWith('60');
    expect(await next()).toBe(28);
    await restartWith('5');
    expect(await next()).toBeGreaterThanOrEqual(Math.max(minutes - 0.25, 0));
    expect(await next()).toBeLessThanOrEqual(minutes + 0.25);
  });
});
