import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../../src/jobs/leases/lease.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type Answer, Session } from '../../support/people.js';
import { type CrmProcess, startProcess } from '../../support/process.js';

/**
 * A real process, killed without mercy in the middle of four things at once: two invoices, the refresh of tokens and a
 * poll. Another one starts.
 */
describe('Killed on the way', () => {
  let books: Books;
  let next: CrmProcess;
  /** Whose invoices QuickBooks had been asked for. */
  let billing: Contractor;
  let made: number;
  let cutOff: number;
  let eventsOfMade: string[];
  /** Whose tokens were being refreshed, and how long that could have taken. */
  let refreshing: Contractor;
  let refreshed: number;
  let refreshLeaseSeconds: number;
  /** Asked of the process that was there all the time, as the other one had just died. */
  let checked: Promise<{ answer: Answer<unknown>; secondsSinceDeath: number }>;
  /** Whose company was being polled. */
  let polling: Contractor;
  let pollToken: string;
  let pollLeaseSeconds: number;

  const start = (): Promise<CrmProcess> =>
    startProcess(books.database.url, {
      ...books.qbo.env,
      LOG_LEVEL: 'info',
      QBO_REQUEST_TIMEOUT_MS: '120000', // what it asks is under way until it is killed, however busy the machine is
    });
  const at = ({ url }: CrmProcess, { admin }: Contractor): Session => new Session(url, admin.token);
  const invoicesOf = async (proposalId: number) =>
    (await books.control.records(billing.realmId, 'Invoice')).filter(
      (one) => one.DocNumber === `CRM-${proposalId}`,
    );
  const requests = async () =>
    (await books.control.requests({ realm_id: billing.realmId })).filter(
      (one) => one.operation === 'invoice.create',
    );
  /** How much of a lease is left, and of which instant that is. */
  const leftOf = async (lease: string, table: string, { orgId }: Contractor) => {
    const [row] = await books.database.query<{ seconds: number; at: string }>(
      `select extract(epoch from ${lease} - now())::float8 as seconds, now()::text as at
         from ${table} where org_id = $1`,
      [orgId],
    );
    return row!;
  };
  const polled = async () => {
    const [row] = await books.database.query<{ held: boolean; token: string; over: boolean }>(
      `select lease_until > now() as held, lease_token as token,
              lease_until is null and last_succeeded_at >= last_started_at as over
         from qbo_sweeps where org_id = $1`,
      [polling.orgId],
    );
    return row!;
  };

  /** Asks for the same tokens, and by the database's clock how long it took since the other process died. */
  async function checkAfterDeath(
    died: string,
  ): Promise<{ answer: Answer<unknown>; secondsSinceDeath: number }> {
    const answer = await refreshing.admin.post(`/qbo/sync/invoice/${refreshed}/check`);
    const [since] = await books.database.query<{ seconds: number }>(
      'select extract(epoch from now() - $1::timestamptz)::float8 as seconds',
      [died],
    );
    return { answer, secondsSinceDeath: since!.seconds };
  }

  /** As if the dead process's lease had run out, and QuickBooks' own cut-off too. */
  async function letTimePass(seconds: number): Promise<void> {
    await books.database.query(
      `update sync_operations set lease_until = now(), next_attempt_at = now(),
              first_sent_at = first_sent_at - $1 * interval '1 second'
        where state in ('ready', 'sent', 'uncertain')`,
      [seconds],
    );
  }

  /** Kills a process when all four are under way, and starts another. */
  async function killOnTheWay(): Promise<void> {
    books = await openBooks({ CRM_ROLE: 'api' });
    [billing, refreshing, polling] = await Promise.all([
      aContractor(books),
      aContractor(books),
      aContractor(books),
    ]);
    [made, cutOff] = [await anApprovedProposal(billing), await anApprovedProposal(billing)];
    ({ proposalId: refreshed } = await anInvoicedProposal(refreshing));
    await anInvoicedProposal(polling); // a company without one is not polled
    const victim = await start();
    const asked: Promise<unknown>[] = [];
    const ask = (contractor: Contractor, path: string): void =>
      void asked.push(
        at(victim, contractor)
          .post(path)
          .catch(() => null),
      );

    for (const [place, when] of (['after', 'before'] as const).entries()) {
      await books.control.planFault({ operation: 'invoice.create', kind: 'timeout', when });
      ask(billing, `/qbo/invoice/${[made, cutOff][place]}`);
      await eventually(async () => expect(await requests()).toHaveLength(place + 1));
    }
    await books.control.planFault({ operation: 'cdc', kind: 'timeout', realm_id: polling.realmId });
    await books.database.query('update qbo_sweeps set next_sweep_at = now() where org_id = $1', [
      polling.orgId,
    ]);
    await eventually(async () => expect((await polled()).held).toBe(true));
    pollToken = (await polled()).token;
    await books.qbo.oauth('expire-access', { realm_id: refreshing.realmId });
    await books.qbo.oauth('faults', { kind: 'timeout', when: 'before' });
    const before = (await books.qbo.tokenCalls()).total;
    ask(refreshing, `/qbo/sync/invoice/${refreshed}/check`);
    await eventually(async () => expect((await books.qbo.tokenCalls()).total).toBe(before + 1));

    await victim.end('SIGKILL');
    const refreshLease = await leftOf('refresh_lease_until', 'qbo_tokens', refreshing);
    refreshLeaseSeconds = refreshLease.seconds;
    pollLeaseSeconds = (await leftOf('lease_until', 'qbo_sweeps', polling)).seconds;
    await books.control.clearFaults();
    checked = checkAfterDeath(refreshLease.at);
    checked.catch(() => {}); // the test that awaits it fails, and not the process
    expect(await Promise.all(asked)).toEqual([null, null, null]);
    eventsOfMade = await eventsOf(billing, made);
    await letTimePass(0);
    next = await start();
  }

  beforeAll(killOnTheWay);

  afterAll(async () => {
    await next?.end('SIGKILL');
    await books[Symbol.asyncDispose]();
  });

  it('after QuickBooks made the invoice: the next process finds it by itself', async () => {
    expect(eventsOfMade).toEqual(['approve']);
    await eventually(async () =>
      expect(await eventsOf(billing, made)).toEqual(['approve', 'invoice_created']),
    );
    expect(await invoicesOf(made)).toHaveLength(1);
    expect((await at(next, billing).post(`/qbo/invoice/${made}`)).body.status).toBe('exists');
  });

  it(
    'before QuickBooks made it: it goes out again under the same key, after QuickBooks has cut the ' +
      'first one off',
    async () => {
      expect((await at(next, billing).post(`/qbo/invoice/${cutOff}`)).status).toBe(202);
      expect(await invoicesOf(cutOff)).toHaveLength(0);

      await letTimePass(131);
      await eventually(async () => expect(await invoicesOf(cutOff)).toHaveLength(1));
      await eventually(async () =>
        expect(await eventsOf(billing, cutOff)).toEqual(['approve', 'invoice_created']),
      );
      const [, first, second] = await requests();
      expect(second!.requestid).toBe(first!.requestid);
    },
  );

  it('while it refreshed the tokens: the next call waits for a lease of ten seconds, not for a minute', async () => {
    expect(refreshLeaseSeconds).toBeGreaterThan(0);
    expect(refreshLeaseSeconds).toBeLessThanOrEqual(LEASE_MS / 1000);
    const { answer, secondsSinceDeath } = await checked;
    expect(answer).toMatchObject({ status: 200, body: { ok: true } });
    // Not beside what the dead one may still have under way, and not longer than a person waits.
    expect(secondsSinceDeath).toBeGreaterThan(refreshLeaseSeconds - 1);
    expect(secondsSinceDeath).toBeLessThan(15);
  });

  it('while it polled: another process polls the company again within seconds of the end of its lease', async () => {
    expect(pollLeaseSeconds).toBeGreaterThan(0);
    expect(pollLeaseSeconds).toBeLessThanOrEqual(LEASE_MS / 1000);
    // Real time: the lease runs out by itself, and nothing but the net finds the company before its next interval.
    await eventually(async () => {
      const now = await polled();
      expect(Number(now.token)).toBeGreaterThan(Number(pollToken));
      expect(now.over).toBe(true);
    });
  });

  it('tells at its start how often it polls, and stops cleanly when asked to', async () => {
    expect(next.output()).toContain('Starting invoice status poller (interval: 30min)');
    expect(await next.end('SIGTERM')).toBe(0);
  });
});
