import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const CLOSED = '2026-09';
const NEXT = '2026-10';
const DAYS = 'from=2026-01-01&to=2099-12-31';

/** A taxed job of 10,000.00 that was billed and paid in September, of which 1,000.00 and its tax went back then. */
describe('What becomes known of a month after it was closed', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    await books.control.patchSwitches({ salesTaxByState: { CO: 8.25 } });
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const inbox = () => openCodes(contractor.admin);
  /** By month, what was earned and what the tax authority gets, after everything is posted. */
  const journal = async (): Promise<Record<string, Record<string, number>>> => {
    await contractor.admin.get(`/reports/revenue?${DAYS}&by=month`);
    const rows = await books.database.query<{ month: string; kind: string; cents: number }>(
      `select to_char(posted_on, 'YYYY-MM') as month, kind, sum(cents)::int as cents
         from revenue_events where org_id = $1 and kind in ('earned', 'tax') group by 1, 2 having sum(cents) <> 0`,
      [contractor.orgId],
    );
    const months: Record<string, Record<string, number>> = {};
    for (const { month, kind, cents } of rows) (months[month] ??= {})[kind] = cents;
    return months;
  };
  /** Reason and QuickBooks' income less ours, of the job's documents. */
  const differences = async (): Promise<[string, number][]> => {
    const compared = await eventually(async () => {
      const answer = await contractor.admin.post('/reports/revenue/compare', {});
      expect(answer.status).toBe(200);
      return answer.body.items[0];
    });
    return (compared.reasons as Json[]).flatMap(({ reason, documents }) =>
      (documents as Json[])
        .filter((one) => one.proposal_id !== null)
        .map((one): [string, number] => [reason, one.quickbooks_cents - one.ours_cents]),
    );
  };
  const isVerified = async (): Promise<boolean> =>
    (await contractor.admin.get(`/periods/${CLOSED}/pack`)).body.verified;
  const costOfMonth = async (): Promise<number> => {
    const { body } = await contractor.admin.get(`/reports/margin?from=${CLOSED}-01&to=${CLOSED}-30`);
    return (body.totals as Json[])[0]?.cost_cents ?? 0;
  };

  /** As if it had been in September: here and, by its newest document, in QuickBooks. */
  async function backDate(
    [table, column]: readonly [string, string],
    [entity, record]: readonly [string, 'Payment' | 'RefundReceipt'],
    day: string,
  ): Promise<void> {
    await books.database.query(
      `update ${table} set ${column} = ($1::date + time '12:00') at time zone 'America/Denver' where org_id = $2`,
      [day, contractor.orgId],
    );
    const { Id, SyncToken } = (await books.control.records(contractor.realmId, record)).at(-1)!;
    const changed = { Id, SyncToken, sparse: true, TxnDate: day };
    await askCompany(books, contractor, `${entity}?operation=update`, changed);
  }

  beforeEach(async () => {
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { tax_mode: 'qbo', time_zone: 'America/Denver' });
    await contractor.admin.post('/qbo/preflight');
  });

  async function aJobOfSeptember(): Promise<{ proposalId: number; invoice: Json; refundId: string }> {
    const { admin, realmId } = contractor;
    const lines = [{ description: 'New roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const site_address = { line1: '412 Aspen Way', city: 'Denver', region: 'CO', postal_code: '80202' };
    const draft = { name: 'Roof', customer_id: await aCustomer(contractor), lines, site_address };
    const proposalId = (await admin.post('/proposals', draft)).body.id as number;
    await admin.post(`/proposals/${proposalId}/approve`);
    const { entries } = (await admin.get(`/proposals/${proposalId}/contract`)).body;
    const final = (entries as Json[]).find(({ kind }) => kind === 'final');
    await admin.post(`/proposals/${proposalId}/complete`, { completed_on: `${CLOSED}-10` });
    await admin.post(`/proposals/${proposalId}/contract/entries/${final.number}/bill`);
    const { body: checkout } = await admin.post('/payments/checkout_session', { proposal_id: proposalId });
    const { payment_intent } = await books.stripe.act('pay', { session: checkout.session_id });
    const happened = (event: string) =>
      eventually(async () => expect(await eventsOf(contractor, proposalId)).toContain(event));
    await happened('payment_recorded');
    const refund = await books.stripe.act('refund', { payment_intent, amount: 108_250 });
    await happened('refund_recorded');
    await backDate(['payments', 'paid_at'], ['payment', 'Payment'], `${CLOSED}-15`);
    await backDate(['refunds', 'made_at'], ['refundreceipt', 'RefundReceipt'], `${CLOSED}-20`);
    const [invoice] = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body.items as Json[];
    await books.control.editInvoice(realmId, invoice.qbo_invoice_id, { TxnDate: `${CLOSED}-12` });
    await pollCompany(books, contractor);
    return { proposalId, invoice, refundId: refund.id as string };
  }

  /** Closes every month up to September, here and in QuickBooks. */
  async function close(): Promise<void> {
    const { admin, realmId } = contractor;
    const { items } = (await admin.get('/periods')).body;
    const months = (items as Json[]).map(({ month }) => month as string).filter((month) => month <= CLOSED);
    for (const month of months.toSorted()) {
      const closed = await admin.post(`/periods/${month}/close`, { force: true, reason: 'the year' });
      expect(closed.status).toBe(200);
    }
    await books.control.setPreferences(realmId, { BookCloseDate: `${CLOSED}-30` });
  }

  it('a bill is a cost of its day; a refund that fails is income with its tax from the first open month', async () => {
    const { invoice, refundId } = await aJobOfSeptember();
    const september = { earned: 900_000, tax: 74_250 };
    expect(await journal()).toEqual({ [CLOSED]: september });
    await close();
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: null });
    expect(await costOfMonth()).toBe(0);
    const { CustomerRef } = (await books.control.records(contractor.realmId, 'Invoice')).find(
      ({ Id }) => Id === invoice.qbo_invoice_id,
    )! as Json;
    const { Vendor } = await askCompany(books, contractor, 'vendor', { DisplayName: 'Norton Lumber' });
    const account = (await books.control.records(contractor.realmId, 'Account')).find(
      ({ AccountType }) => AccountType === 'Expense',
    )!;
    const AccountBasedExpenseLineDetail = { AccountRef: { value: account.Id }, CustomerRef };
    await askCompany(books, contractor, 'bill', {
      VendorRef: { value: Vendor.Id },
      TxnDate: `${CLOSED}-25`,
      Line: [{ Amount: 200, DetailType: 'AccountBasedExpenseLineDetail', AccountBasedExpenseLineDetail }],
    });
    await pollCompany(books, contractor);
    await eventually(async () => expect(await costOfMonth()).toBe(20_000));
    expect(await isVerified()).toBe(true);
    // What was frozen is left as it was.
    expect(await journal()).toEqual({ [CLOSED]: september });

    await books.stripe.act('update-refund', { refund: refundId, status: 'failed' });
    await eventually(async () =>
      expect(await inbox()).toEqual(expect.arrayContaining(['refund_failed', 'refund_reversed'])),
    );
    expect(await journal()).toEqual({ [CLOSED]: september, [NEXT]: { earned: 100_000, tax: 8_250 } });
    expect(await differences()).toEqual([['refund_failed', -100_000]]);
    expect(await isVerified()).toBe(true);
  });

  it('a refund that failed is no reason for another receipt, once its own is taken out', async () => {
    const { admin, realmId, orgId } = contractor;
    await admin.patch('/org/settings', { tax_mode: 'none', revenue_policy: 'completion' });
    const proposalId = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    const { paymentIntentId: payment_intent } = await payDeposit(books, admin, proposalId);
    const receipts = () => books.control.records(realmId, 'RefundReceipt');
    const before = (await receipts()).length;
    const failing = await books.stripe.act('refund', { payment_intent, amount: 5_000 });
    await eventually(async () => expect(await receipts()).toHaveLength(before + 1));
    await books.stripe.act('refund', { payment_intent, amount: 3_000 });
    await eventually(async () => expect(await receipts()).toHaveLength(before + 2));
    await books.stripe.act('update-refund', { refund: failing.id, status: 'failed' });
    await eventually(async () => expect(await inbox()).toContain('refund_reversed'));
    const { Id, SyncToken } = (await receipts())[before] as unknown as Json;
    await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
    const items = await books.database.query<{ id: string }>(
      `select id from inbox_items where org_id = $1 and code = 'refund_reversed' and state = 'open'`,
      [orgId],
    );
    expect((await admin.post(`/inbox/${items[0]!.id}/resolve`)).status).toBe(200);
    expect(await differences()).toEqual([
      ['policy', 300_000],
      ['policy', -3_000],
    ]);
  });

  it('an invoice that is voided is taken back in the first open month, and its refund stands', async () => {
    const { invoice } = await aJobOfSeptember();
    await close();
    const { realmId } = contractor;
    await books.control.setPreferences(realmId, { BookCloseDate: null });
    await books.control.voidPayment(realmId, (await books.control.records(realmId, 'Payment')).at(-1)!.Id);
    await books.control.voidInvoice(realmId, invoice.qbo_invoice_id);
    await pollCompany(books, contractor);
    expect(await journal()).toEqual({
      [CLOSED]: { earned: 900_000, tax: 74_250 },
      [NEXT]: { earned: -1_000_000, tax: -82_500 },
    });
    expect(await differences()).toEqual([]);
    expect(await isVerified()).toBe(true);
  });

  it('an invoice moved into a month without entries that was left open counts after the closed ones', async () => {
    const { invoice } = await aJobOfSeptember();
    const { admin, realmId } = contractor;
    for (const month of ['2026-07', CLOSED]) {
      const closed = await admin.post(`/periods/${month}/close`, { force: true, reason: 'the quarter' });
      expect(closed.status).toBe(200);
    }
    await books.control.editInvoice(realmId, invoice.qbo_invoice_id, { TxnDate: '2026-08-20' });
    await pollCompany(books, contractor);
    expect(await journal()).toEqual({ [CLOSED]: { earned: 900_000, tax: 74_250 } });
    const [row] = (await admin.get(`/periods/${NEXT}/pack`)).body.figures.adjustments.filter(
      (one: Json) => one.kind === 'earned' && one.event_on === '2026-08-20',
    );
    expect(row).toMatchObject({ cents: 1_000_000 });
    expect(await isVerified()).toBe(true);
  });
});
