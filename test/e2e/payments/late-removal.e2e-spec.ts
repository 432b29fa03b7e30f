import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ChangeFeedPollService } from '../../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import {
  aContractor,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import type { GoneOrThere } from '../../../src/qbo-sync/pull/invoices/monitors/gone-or-there.js';
import { RemovedPaymentsRepository } from '../../../src/qbo-sync/pull/invoices/monitors/money/removed-payments.repository.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { openCodes } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('A worker that sleeps over a deletion in QuickBooks, and writes down what it read before,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    id = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, id);
    await happens('payment_recorded');
    await pollCompany(books, contractor);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const happens = (event: string) =>
    eventually(async () => expect(await eventsOf(contractor, id)).toContain(event));
  const codes = () => openCodes(contractor.admin);
  const ours = async (entity: 'Payment' | 'RefundReceipt'): Promise<string> => {
    const records = (await books.control.records(contractor.realmId, entity)) as unknown as Json[];
    return records.findLast(({ PrivateNote }) => PrivateNote?.startsWith('crm:'))!.Id as string;
  };
  const poll = () => books.app.app.get(ChangeFeedPollService).poll(contractor.orgId);
  /** One worker has read what changed; another takes over, and hears of what is done then. */
  const sleepsOver = async (deed: () => Promise<unknown>): Promise<void> => {
    const feed = holdNext(books.app.app.get(QboClient), 'changesSince');
    const sleeper = poll();
    await feed.done;
    await deed();
    await books.database.query(
      `update qbo_sweeps set lease_until = now() - interval '1 second' where org_id = $1`,
      [contractor.orgId],
    );
    expect(await poll()).toBe('polled');
    const heard = await codes();
    expect(heard).not.toEqual([]);
    feed.letGo();
    await sleeper;
    expect(await codes()).toEqual(heard);
    expect(await poll()).toBe('polled');
    expect(await codes()).toEqual(heard);
  };

  it('leaves the question about a payment that is gone', async () => {
    const payment = await ours('Payment');
    await books.control.editPayment(contractor.realmId, payment, { PaymentRefNum: 'by hand' });
    await sleepsOver(() => books.control.deletePayment(contractor.realmId, payment));
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('leaves the question about a payment that was voided', async () => {
    const payment = await ours('Payment');
    await books.control.editPayment(contractor.realmId, payment, { PaymentRefNum: 'by hand' });
    await sleepsOver(() => books.control.voidPayment(contractor.realmId, payment));
    expect(await codes()).toEqual(['payment_removed']);
  });

  it('brings nothing back that was thought to be gone before it was heard to be deleted', async () => {
    const { orgId, realmId } = contractor;
    const payment = await ours('Payment');
    const removed = books.app.app.get(RemovedPaymentsRepository);
    const keep = (document: Omit<GoneOrThere, 'id'>) =>
      removed.keep(
        books.app.app.get(DataSource).manager,
        { orgId, realmId, env: 'sandbox' },
        'payment.create',
        [{ id: payment, ...document }],
      );
    await keep({ isGone: true, isDeleted: false, version: null }); // a list left it out
    await keep({ isGone: true, isDeleted: true, version: null });
    expect(await keep({ isGone: false, isDeleted: false, version: 9 })).toEqual([]);
  });

  it('leaves the question about a receipt that is gone', async () => {
    const { admin, realmId } = contractor;
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    await admin.post(`/payments/${payment!.id}/refund`, { amount_cents: 5_000, reason: 'Goodwill' });
    await happens('refund_recorded');
    const receipt = await ours('RefundReceipt');
    await sleepsOver(() => books.control.deleteRefundReceipt(realmId, receipt));
    expect(await codes()).toEqual(['refund_removed']);
  });
});
