import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { MAY_STILL_RUN_MS } from '../../../src/qbo-sync/operations/operation-policy.js';
import {
  aContractor,
  anInvoicedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { openCodes } from '../../support/inbox.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const TEN_MINUTES_MS = 600_000;

/** QuickBooks answers a request that it has seen with what it answered then, also where that is gone since. */
describe('A document whose answer was lost, and that a bookkeeper deletes before it is asked for again,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let clock: FakeClock;
  let id: number;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' }, clock);
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
    ({ proposalId: id } = await anInvoicedProposal(contractor));
    await pollCompany(books, contractor);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const happens = (event: string) =>
    eventually(async () => expect(await eventsOf(contractor, id)).toContain(event));
  const codes = () => openCodes(contractor.admin);
  const records = (entity: 'Payment' | 'RefundReceipt') => books.control.records(contractor.realmId, entity);
  /** The answer to the creation is lost, and QuickBooks cannot be asked for it at that moment. */
  const losesAnswer = async (entity: 'payment' | 'refundreceipt'): Promise<void> => {
    const { realmId } = contractor;
    await books.control.planFault({
      operation: `${entity}.create`,
      realm_id: realmId,
      kind: 'reset',
      when: 'after',
    });
    await books.control.planFault({ operation: `${entity}.query`, realm_id: realmId, kind: '500' });
  };
  const isUncertain = (kind: string) =>
    eventually(async () => {
      const rows = await books.database.query(
        `select from sync_operations where org_id = $1 and kind = $2 and state = 'uncertain'`,
        [contractor.orgId, kind],
      );
      expect(rows).toHaveLength(1);
    });
  /** It is deleted and heard of, by nobody who knows it; then it is asked for again. */
  const deletedAndReplayed = async (deed: () => Promise<unknown>): Promise<void> => {
    await deed();
    await books.control.advanceClock(TEN_MINUTES_MS);
    await pollCompany(books, contractor);
    clock.advance({ seconds: MAY_STILL_RUN_MS / 1000 });
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
  };

  it('is before a person where it is a payment', async () => {
    await losesAnswer('payment');
    await payDeposit(books, contractor.admin, id);
    await isUncertain('payment.create');
    const made = (await records('Payment')).at(-1)!;
    await deletedAndReplayed(() => books.control.deletePayment(contractor.realmId, made.Id));
    await happens('payment_recorded');
    await pollCompany(books, contractor);
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('is before a person where it is the receipt of a refund', async () => {
    const { paymentIntentId } = await payDeposit(books, contractor.admin, id);
    await happens('payment_recorded');
    await losesAnswer('refundreceipt');
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 5_000 });
    await isUncertain('refund.create');
    const made = (await records('RefundReceipt')).at(-1)!;
    await deletedAndReplayed(() => books.control.deleteRefundReceipt(contractor.realmId, made.Id));
    await happens('refund_recorded');
    await pollCompany(books, contractor);
    expect(await codes()).toEqual(['refund_removed']);
  });
});
