import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { askCompany } from '../support/ledger.js';
import type { Json } from '../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../support/stripe.js';

interface Item {
  id: number;
  code: string;
  reason: string;
  next_step: string;
}

/** Money that went back, or was to: a bookkeeper does what the inbox says and nothing else. */
describe('What the inbox says about money that goes back, done to the letter,', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let proposalId: number;
  let paymentId: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, proposalId);
    await idle(books, contractor);
    const { items } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body;
    paymentId = items[0].id as number;
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const items = async () => (await contractor.admin.get('/inbox')).body.items as Item[];
  const codes = async () => (await items()).map(({ code }) => code).toSorted();
  const itemOf = (code: string): Promise<Item> =>
    eventually(async () => {
      const found = (await items()).find((item) => item.code === code);
      expect(found).toBeDefined();
      return found!;
    });
  const receipts = async () =>
    ((await books.control.records(contractor.realmId, 'RefundReceipt')) as Json[]).filter(
      ({ PrivateNote, status }) => beginsWith(PrivateNote, 'crm:') && status !== 'Deleted',
    );
  const differences = async (): Promise<unknown[]> => {
    await pollCompany(books, contractor);
    const { body } = await contractor.admin.post('/reports/revenue/compare', { basis: 'accrual' });
    return (body.items[0].reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
  };
  const refund = async (amountCents: number) => {
    const body = { amount_cents: amountCents, reason: 'A part was left out' };
    expect((await contractor.admin.post(`/payments/${paymentId}/refund`, body)).status).toBe(200);
    await idle(books, contractor);
  };
  /** The newest refund fails at Stripe after its receipt is in the books. */
  const fails = async () => {
    const [made] = await books.database.query<{ refund: string }>(
      'select stripe_refund_id as refund from refunds where org_id = $1 order by id desc limit 1',
      [contractor.orgId],
    );
    await books.stripe.act('update-refund', { refund: made!.refund, status: 'failed' });
    await itemOf('refund_reversed');
  };

  it('refunds again what failed, and not all that was paid', async () => {
    await refund(100_000);
    await fails();
    const { next_step: step } = await itemOf('refund_failed');
    const [, path, body] = /POST (\S+) (\{[^}]+\})/.exec(step)!;
    expect((await contractor.admin.post(path!, JSON.parse(body!))).body).toMatchObject({
      net_cents: 275_000,
      refunded_cents: 100_000,
    });
  });

  it('has a receipt for a refund that is made again once the one of the refund that failed is deleted', async () => {
    const before = await differences();
    await refund(100_000);
    await fails();
    const [{ Id, SyncToken }] = await receipts();
    await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
    await refund(100_000);
    expect(await codes()).toEqual(['refund_failed']);
    expect(await receipts()).toMatchObject([{ TotalAmt: 1000 }]);
    expect(await differences()).toEqual(before);
  });

  it('has no second receipt for a refund that is made again while the one of the refund that failed stands', async () => {
    await refund(100_000);
    await fails();
    await refund(100_000);
    expect(await codes()).toEqual(['refund_failed']);
    expect(await receipts()).toHaveLength(1);
  });
});
