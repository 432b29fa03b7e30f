import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../src/jobs/lease.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
} from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { Session } from '../support/people.js';
import { type CrmProcess, startProcess } from '../support/process.js';

/** A real process, killed without mercy in the middle of making an invoice, and started again. */
describe('Killed on the way', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ CRM_ROLE: 'api' });
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const start = (): Promise<CrmProcess> =>
    startProcess(books.database.url, { ...books.qbo.env, LOG_LEVEL: 'info' });
  const at = ({ url }: CrmProcess): Session => new Session(url, contractor.admin.token);
  const invoicesOf = async (proposalId: number) =>
    (await books.control.records(contractor.realmId, 'Invoice')).filter(
      (one) => one.DocNumber === `CRM-${proposalId}`,
    );
  const requests = async () =>
    (await books.control.requests({ realm_id: contractor.realmId })).filter(
      (one) => one.operation === 'invoice.create',
    );

  /** Has an invoice asked for, and kills the process once QuickBooks has the request. */
  async function killWhileAsking(proposalId: number): Promise<void> {
    const before = (await requests()).length;
    const victim = await start();
    const answer = at(victim)
      .post(`/qbo/invoice/${proposalId}`)
      .catch(() => null);
    await eventually(async () => expect(await requests()).toHaveLength(before + 1));
    await victim.end('SIGKILL');
    expect(await answer).toBeNull();
    await books.control.clearFaults();
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

  it('after QuickBooks made the invoice: the next process finds it by itself', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.control.planFault({ operation: 'invoice.create', kind: 'timeout', when: 'after' });
    await killWhileAsking(proposalId);
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve']);

    await letTimePass(0);
    const next = await start();
    await eventually(async () =>
      expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']),
    );
    expect(await invoicesOf(proposalId)).toHaveLength(1);
    expect((await at(next).post(`/qbo/invoice/${proposalId}`)).body.status).toBe('exists');
    expect(await next.end('SIGTERM')).toBe(0);
  });

  it(
    'before QuickBooks made it: it goes out again under the same key, after QuickBooks has cut the ' +
      'first one off',
    async () => {
      const proposalId = await anApprovedProposal(contractor);
      const before = (await requests()).length;
      await books.control.planFault({ operation: 'invoice.create', kind: 'timeout', when: 'before' });
      await killWhileAsking(proposalId);

      await letTimePass(0);
      const next = await start();
      expect((await at(next).post(`/qbo/invoice/${proposalId}`)).status).toBe(202);
      expect(await invoicesOf(proposalId)).toHaveLength(0);

      await letTimePass(131);
      await eventually(async () => expect(await invoicesOf(proposalId)).toHaveLength(1));
      await eventually(async () =>
        expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']),
      );
      const [first, second] = (await requests()).slice(before);
      expect(second!.requestid).toBe(first!.requestid);
      await next.end('SIGTERM');
    },
  );

  it('while it refreshed the tokens: the next call waits for a lease of ten seconds, not for a minute', async () => {
    const { proposalId } = await anInvoicedProposal(contractor);
    await books.qbo.oauth('expire-access', { realm_id: contractor.realmId });
    await books.qbo.oauth('faults', { kind: 'timeout', when: 'before' });
    const before = (await books.qbo.tokenCalls()).total;
    const victim = await start();
    const answer = at(victim)
      .post(`/qbo/sync/invoice/${proposalId}/check`)
      .catch(() => null);
    await eventually(async () => expect((await books.qbo.tokenCalls()).total).toBe(before + 1));
    await victim.end('SIGKILL');
    await answer;

    const [lease] = await books.database.query<{ seconds: number }>(
      `select extract(epoch from refresh_lease_until - now())::float8 as seconds from qbo_tokens where org_id = $1`,
      [contractor.orgId],
    );
    expect(lease!.seconds).toBeLessThanOrEqual(LEASE_MS / 1000);
    const check = await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(check).toMatchObject({ status: 200, body: { ok: true } });
  });

  it('while it polled: another process polls the company again within seconds of the end of its lease', async () => {
    await books.control.planFault({ operation: 'cdc', kind: 'timeout', realm_id: contractor.realmId });
    const polled = async () => {
      const [row] = await books.database.query<{ held: boolean; token: string; over: boolean }>(
        `select lease_until > now() as held, lease_token as token,
                lease_until is null and last_succeeded_at >= last_started_at as over
           from qbo_sweeps where org_id = $1`,
        [contractor.orgId],
      );
      return row!;
    };
    await books.database.query('update qbo_sweeps set next_sweep_at = now()');
    const victim = await start();
    await eventually(async () => expect((await polled()).held).toBe(true));
    const { token } = await polled();
    await victim.end('SIGKILL');
    await books.control.clearFaults();

    const [left] = await books.database.query<{ seconds: number }>(
      `select extract(epoch from lease_until - now())::float8 as seconds from qbo_sweeps where org_id = $1`,
      [contractor.orgId],
    );
    expect(left!.seconds).toBeLessThanOrEqual(LEASE_MS / 1000);
    // Real time: the lease runs out by itself, and nothing but the net finds the company before its next interval.
    await using next = {
      process: await start(),
      [Symbol.asyncDispose]: async () => {
        await next.process.end('SIGTERM');
      },
    };
    await eventually(async () => {
      const now = await polled();
      expect(Number(now.token)).toBeGreaterThan(Number(token));
      expect(now.over).toBe(true);
    });
  });

  it('tells at its start how often it polls, and stops cleanly when asked to', async () => {
    const crm = await start();
    expect(crm.output()).toContain('Starting invoice status poller (interval: 30min)');
    expect(await crm.end('SIGTERM')).toBe(0);
  });
});
