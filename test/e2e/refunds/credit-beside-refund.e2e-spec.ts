import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItem, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import { connect, endPauses } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const POLICIES = ['invoice', 'completion'] as const;
const DAYS = 'from=2020-01-01&to=2099-12-31';

/** A job of 10,000.00 that is paid, of which 600.00 goes back to the customer, and a change order over as much. */
describe('A refund and a credit over the same money', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let proposalId: number;
  let pi: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const records = (entity: 'Invoice' | 'CreditMemo' | 'RefundReceipt') =>
    books.control.records(contractor.realmId, entity);
  const ourMemos = async () =>
    (await records('CreditMemo')).filter((one) => beginsWith(one.DocNumber, `CRM-${proposalId}-`));
  const inbox = () => openItems(contractor.admin);
  const itemOf = (code: string) => openItem(contractor.admin, code);
  const page = async (): Promise<string> => {
    const { html } = await openPage(books.app, (await aLink(contractor.admin, proposalId)).path);
    return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  };
  const earned = async (): Promise<number> => {
    const { body } = await contractor.admin.get(`/reports/revenue?${DAYS}&by=proposal`);
    return (body.rows as Json[]).reduce((sum, { earned_cents: cents }) => sum + (cents as number), 0);
  };
  /** Why QuickBooks' income of this job differs from ours. */
  const reasons = async (): Promise<string[]> => {
    const compared = await eventually(async () => {
      const answer = await contractor.admin.post('/reports/revenue/compare', {});
      expect(answer.status).toBe(200);
      return answer.body.items[0];
    });
    const ofJob = (compared.reasons as Json[]).filter((one) =>
      (one.documents as Json[]).some((of) => of.proposal_id === proposalId),
    );
    return ofJob.map(({ reason }) => reason as string);
  };

  async function aPaidDeposit(): Promise<void> {
    const { admin } = contractor;
    proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    ({ paymentIntentId: pi } = await payDeposit(books, admin, proposalId));
    await eventually(async () => {
      const { body } = await admin.get(`/proposals/${proposalId}`);
      expect(body.qbo_status).toBe('Paid');
    });
  }

  async function aPaidJob(policy: (typeof POLICIES)[number]): Promise<void> {
    const { admin, realmId } = contractor;
    await admin.patch('/org/settings', { revenue_policy: policy });
    await aPaidDeposit();
    await admin.post(`/proposals/${proposalId}/complete`, { completed_on: '2026-11-20' });
    await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const final = (await records('Invoice')).find(({ DocNumber }) => DocNumber === `CRM-${proposalId}-F`);
    await books.control.receivePayment(realmId, final!.Id);
    await pollCompany(books, contractor);
  }

  const refund = () => books.stripe.act('refund', { payment_intent: pi, amount: 60_000 });

  async function takeGutterOut(): Promise<void> {
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    const path = `/proposals/${proposalId}/change-orders`;
    await contractor.admin.post(path, { description: 'No gutter', lines });
    await contractor.admin.post(`${path}/1/approve`, { reason: 'Agreed on site' });
  }

  /** The bank sends a refund of this amount back to us. */
  const fail = async (amountCents: number): Promise<void> => {
    const [made] = await books.database.query<{ refund: string }>(
      'select stripe_refund_id as refund from refunds where org_id = $1 and amount_cents = $2',
      [contractor.orgId, amountCents],
    );
    await books.stripe.act('update-refund', { refund: made!.refund, status: 'failed' });
  };
  const deferred = async (): Promise<unknown> => {
    const today = new Date().toLocaleDateString('en-CA', { timeZone: 'America/Denver' });
    const { body } = await contractor.admin.get(`/reports/deferred-revenue?month=${today.slice(0, 7)}`);
    return (body.rows as Json[])[0]!.closing_cents;
  };
  /** As a bookkeeper changes the amount of the one line of our credit memo. */
  const editMemo = async (Amount: number): Promise<void> => {
    const [{ Id, SyncToken, Line }] = (await ourMemos()) as unknown as [Json];
    const { UnitPrice: _price, Qty: _quantity, ...item } = (Line as Json[])[0]!.SalesItemLineDetail;
    const line = { ...(Line as Json[])[0], Amount, SalesItemLineDetail: item };
    const edit = { Id, SyncToken, sparse: true, Line: [line] };
    await askCompany(books, contractor, 'creditmemo?operation=update', edit);
    expect(await ourMemos()).toMatchObject([{ TotalAmt: Amount }]);
    await pollCompany(books, contractor);
  };
  /** What the job comes to once, be it that the refund gave its 600.00 back or the credit memo. */
  const isCountedOnce = async (): Promise<void> => {
    await idle(books, contractor);
    expect(await earned()).toBe(940_000);
    const { body } = await contractor.admin.get(`/proposals/${proposalId}/contract`);
    expect(body).toMatchObject({ value_cents: 940_000, billed_cents: 940_000, remaining_cents: 0 });
    expect(await page()).toContain('Contract $9,400.00 Paid $9,400.00 Remaining $0.00');
    expect(await ourMemos()).toEqual([]);
  };
  const isCreditedAfterAll = async (codes: string[]): Promise<void> => {
    await itemOf('credit_left');
    expect((await inbox()).map(({ code }) => code as string).toSorted()).toEqual(codes);
    expect(await ourMemos()).toMatchObject([{ TotalAmt: 600, Balance: 600 }]);
    expect([await earned(), await deferred()]).toEqual([940_000, 0]);
    expect(await page()).toContain('Contract $9,400.00 Paid $10,000.00 Your credit $600.00 Remaining $0.00');
  };

  it('is given back once where a person says that the refund from before was it', async () => {
    await aPaidJob('invoice');
    await refund();
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    expect(await earned()).toBe(940_000);
    await takeGutterOut();
    const item = await itemOf('credit_beside_refund');
    expect(item.reason).toContain('$600.00 of the payments was refunded');
    await isCountedOnce();
    expect((await contractor.admin.post(`/inbox/${item.id}/resolve`, {})).status).toBe(200);
    await isCountedOnce();
    expect(await inbox()).toEqual([]);
    expect(await reasons()).toEqual([]);
  });

  it('is given back once while a person is asked, and credited after all where the refund fails then', async () => {
    await aPaidJob('completion');
    await refund();
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    expect(await earned()).toBe(940_000);
    await takeGutterOut();
    await itemOf('credit_beside_refund');
    await isCountedOnce();
    expect((await inbox()).map(({ code }) => code)).toEqual(['credit_beside_refund']);
    await fail(60_000);
    await isCreditedAfterAll(['credit_left', 'refund_failed', 'refund_reversed']);
  });

  it('is with the customer for what no refund gave back, while a person is asked about the whole', async () => {
    await aPaidJob('completion');
    await books.stripe.act('refund', { payment_intent: pi, amount: 10_000 });
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    await takeGutterOut();
    const { id } = await itemOf('credit_beside_refund');
    expect(await page()).toContain('Contract $9,400.00 Paid $9,900.00 Your credit $500.00 Remaining $0.00');
    await contractor.admin.post(`/inbox/${id}/resolve`, {});
    expect(await page()).toContain('Contract $9,400.00 Paid $9,400.00 Remaining $0.00');
  });

  it('stays given back where another refund fails, and is credited after all where its own does', async () => {
    await aPaidJob('completion');
    for (const [index, amount] of [60_000, 10_000].entries()) {
      await books.stripe.act('refund', { payment_intent: pi, amount });
      await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(index + 1));
    }
    await takeGutterOut();
    const { id } = await itemOf('credit_beside_refund');
    await contractor.admin.post(`/inbox/${id}/resolve`, {});
    expect(await inbox()).toEqual([]);
    await fail(10_000);
    await itemOf('refund_failed');
    await isCountedOnce();
    expect((await inbox()).map(({ code }) => code)).not.toContain('credit_beside_refund');
    await fail(60_000);
    await isCreditedAfterAll(['credit_left', 'refund_failed', 'refund_failed', 'refund_reversed']);
  });

  it('is given back twice where a person says so, and is no credit on the statement until then', async () => {
    await aPaidJob('invoice');
    await refund();
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    await takeGutterOut();
    const item = await itemOf('credit_beside_refund');
    const { customer_id: customerId } = (await contractor.admin.get(`/proposals/${proposalId}`)).body;
    const owed = async (): Promise<number[]> => {
      const { totals } = (await contractor.admin.get(`/customers/${customerId}/statement`)).body;
      return (totals as Json[]).map(({ closing_cents: cents }) => cents as number);
    };
    expect(await owed()).toEqual([0]);
    expect((await contractor.admin.post(`/inbox/${item.id}/retry`)).status).toBe(200);
    await itemOf('credit_left');
    expect(await owed()).toEqual([-60_000]);
    expect(await ourMemos()).toMatchObject([{ TotalAmt: 600 }]);
    expect(await earned()).toBe(880_000);
    expect(await page()).toContain(
      'Contract $9,400.00 Paid, less refunds $9,400.00 Refunded $600.00 Your credit $600.00 Remaining $0.00',
    );
  });

  it('is given back twice as a person said, who is not asked again where another company came between', async () => {
    const { admin, realmId, orgId } = contractor;
    const { control, app, database } = books;
    await aPaidJob('invoice');
    await refund();
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    await takeGutterOut();
    const item = await itemOf('credit_beside_refund');
    await control.planFault({ operation: 'creditmemo.create', realm_id: realmId, kind: '429' });
    expect((await admin.post(`/inbox/${item.id}/retry`)).body).toMatchObject({ state: 'open' });
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    const due = () =>
      database.query(
        `update sync_operations set next_attempt_at = now() where org_id = $1 and kind = 'credit.create'`,
        [orgId],
      );
    await due();
    await eventually(async () => {
      await app.app.get(DueJobsService).enqueueDue('sync_operations');
      expect((await inbox()).map(({ code }) => code)).toContain('credit_elsewhere');
    });
    await endPauses(database);
    await connect(app, admin, { realmId, replaceCompany: true });
    await due();
    await eventually(async () => {
      await app.app.get(DueJobsService).enqueueDue('sync_operations');
      expect(await ourMemos()).toMatchObject([{ TotalAmt: 600 }]);
    });
  });

  it('is asked about on account by itself, where a person has said that the refund is not the credit', async () => {
    await aPaidJob('invoice');
    await takeGutterOut();
    await eventually(async () => expect(await ourMemos()).toHaveLength(1));
    const deposit = (await records('Invoice')).find(({ DocNumber }) => DocNumber === `CRM-${proposalId}`);
    await books.control.voidInvoice(contractor.realmId, deposit!.Id);
    await pollCompany(books, contractor);
    await refund();
    const item = await itemOf('refund_beside_credit');
    expect((await contractor.admin.post(`/inbox/${item.id}/retry`)).status).toBe(200);
    await itemOf('refund_on_account');
    expect(await records('RefundReceipt')).toEqual([]);
  });

  it.each(POLICIES)(
    'is given back once where a refund from before gave a part, by which the credit memo is lowered (%s)',
    async (policy) => {
      await aPaidJob(policy);
      await books.stripe.act('refund', { payment_intent: pi, amount: 20_000 });
      await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
      await takeGutterOut();
      const { id } = await itemOf('credit_beside_refund');
      expect((await contractor.admin.post(`/inbox/${id}/retry`)).status).toBe(200);
      await itemOf('credit_left');
      expect([await earned(), await deferred()]).toEqual([920_000, 0]);
      await editMemo(800);
      expect([await earned(), await deferred()]).toEqual([900_000, 0]);
      await editMemo(400);
      expect([await earned(), await deferred()]).toEqual([940_000, 0]);
      const path = `/proposals/${proposalId}`;
      const standing = async () => (await contractor.admin.get(`${path}/contract`)).body;
      expect(await standing()).toMatchObject({ billed_cents: 940_000, remaining_cents: 0 });
      expect(await reasons()).toEqual(policy === 'invoice' ? [] : ['policy']);

      const lines = [{ description: 'Snow guards', quantity: 1, unit_price_cents: 20_000 }];
      await contractor.admin.post(`${path}/change-orders`, { description: 'Snow guards', lines });
      await contractor.admin.post(`${path}/change-orders/2/approve`, { reason: 'Agreed on site' });
      const billed = await contractor.admin.post(`${path}/contract/entries/3/bill`);
      expect(billed).toMatchObject({ status: 200, body: { invoice: { total_cents: 20_000 } } });
      expect([await earned(), await deferred()]).toEqual([960_000, 0]);
      expect(await standing()).toMatchObject({ billed_cents: 960_000, remaining_cents: 0 });
    },
  );

  it("is nobody's question while the final invoice is open: the credit lowers what is to be paid", async () => {
    await aPaidDeposit();
    await refund();
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    await contractor.admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    await takeGutterOut();
    await eventually(async () => expect(await ourMemos()).toMatchObject([{ TotalAmt: 600, Balance: 0 }]));
    expect(await inbox()).toEqual([]);
  });

  it('is lost with what its memo is raised by, and not promised again while a person decides on a refund', async () => {
    await aPaidJob('invoice');
    await takeGutterOut();
    await itemOf('credit_left');
    expect([await earned(), await deferred()]).toEqual([940_000, 0]);
    await editMemo(800);
    expect([await earned(), await deferred()]).toEqual([920_000, 0]);
    await editMemo(600);
    expect([await earned(), await deferred()]).toEqual([940_000, 0]);
    expect(await page()).toContain('Contract $9,400.00 Paid $10,000.00 Your credit $600.00 Remaining $0.00');
    await refund();
    const item = await itemOf('refund_beside_credit');
    expect(await page()).toContain('Contract $9,400.00 Paid $9,400.00 Remaining $0.00');
    expect(await inbox()).toHaveLength(2);
    const away = { operation: 'payment.read', realm_id: contractor.realmId, kind: '500', times: 20 } as const;
    await books.control.planFault(away);
    await contractor.admin.post(`/inbox/${item.id}/retry`);
    // What a person has said is not asked again, though QuickBooks was away when it was to be done.
    await books.control.clearFaults();
    await books.database.query(
      `update sync_operations set next_attempt_at = now() where org_id = $1 and kind = 'refund.create'`,
      [contractor.orgId],
    );
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
    expect(await page()).toContain(
      'Contract $9,400.00 Paid, less refunds $9,400.00 Refunded $600.00 Your credit $600.00 Remaining $0.00',
    );
  });
});
