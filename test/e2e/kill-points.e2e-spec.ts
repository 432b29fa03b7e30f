import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, anApprovedProposal, type Contractor, eventsOf } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type CrmProcess, startProcess } from '../support/process.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../support/stripe.js';

/**
 * The points between a customer's card and a paid invoice at which a worker can die: at each request to QuickBooks,
 * before it takes effect and after. The worker is killed there, another one starts, and the end is the same.
 */
const POINTS = [
  { operation: 'customer.create', when: 'after' },
  { operation: 'invoice.create', when: 'before' },
  { operation: 'invoice.create', when: 'after' },
  { operation: 'payment.create', when: 'before' },
  { operation: 'payment.create', when: 'after' },
] as const;

describe('A worker killed between card and books', () => {
  let books: BooksWithStripe;
  let worker: CrmProcess | undefined;

  beforeAll(async () => {
    books = await startBooksWithStripe({ CRM_ROLE: 'api', QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(async () => {
    await worker?.end('SIGTERM');
    await books[Symbol.asyncDispose]();
  });

  const startWorker = (): Promise<CrmProcess> =>
    startProcess(books.database.url, {
      ...books.qbo.env,
      CRM_ROLE: 'worker',
      QBO_RECORD_PAYMENTS: 'true',
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    });

  /** As if the dead worker's leases and claims had run out. */
  async function forgetTheDead(): Promise<void> {
    await books.database.query(
      `update sync_operations set lease_until = now(), next_attempt_at = now() where lease_until is not null`,
    );
    await books.database.query(
      `update pgboss.job set started_on = started_on - interval '1 hour', heartbeat_on = heartbeat_on - interval
        '1 hour'
        where state = 'active'`,
    );
  }

  /** As if QuickBooks had cut off what was lost. */
  async function passTheCutOff(): Promise<void> {
    await books.database.query(
      `update sync_operations
          set first_sent_at = first_sent_at - interval '131 seconds', next_attempt_at = now()
        where state = 'uncertain' and lease_until is null and next_attempt_at > now() + interval '60 seconds'`,
    );
  }

  it.each(POINTS)('at $operation, $when it takes effect: one invoice, one payment, paid', async (point) => {
    const contractor: Contractor = await aContractor(books);
    const proposalId = await anApprovedProposal(contractor);
    worker ??= await startWorker();
    await books.control.planFault({ ...point, realm_id: contractor.realmId, kind: 'timeout' });
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pay', { session: session_id });

    const reached = async () =>
      (await books.control.calls(contractor.realmId)).operations[point.operation] ?? 0;
    await eventually(async () => expect(await reached()).toBeGreaterThan(0), 20_000);
    await worker.end('SIGKILL');
    await books.control.clearFaults();

    await forgetTheDead();
    worker = await startWorker();
    await eventually(async () => {
      await passTheCutOff();
      expect((await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_status).toBe('Paid');
    }, 30_000);
    const ours = async (entity: 'Invoice' | 'Payment' | 'Customer') =>
      (await books.control.records(contractor.realmId, entity)).filter((one) =>
        JSON.stringify(one).includes(entity === 'Customer' ? '@example.com' : 'crm:'),
      );
    expect(await ours('Invoice')).toHaveLength(1);
    expect(await ours('Payment')).toHaveLength(1);
    expect(await ours('Customer')).toHaveLength(1);
    await eventually(async () => {
      const events = await eventsOf(contractor, proposalId);
      for (const event of ['payment_success', 'invoice_created', 'payment_recorded', 'invoice_paid']) {
        expect(events.filter((one) => one === event)).toHaveLength(1);
      }
    });
  });
});
