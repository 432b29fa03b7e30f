import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractorWith,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { daysFromNow } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { ledgerOf } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

const VALUE = 1_000_001;
const DEPOSIT = 300_000;
/** 33.33 % of the value, of which a tenth is withheld. */
const PROGRESS = 333_300;
const WITHHELD = 33_330;

describe('Money that is no income in QuickBooks', () => {
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(() => books?.[Symbol.asyncDispose]());

  const aJob = async (deposit_mode: 'income' | 'liability') => {
    const contractor = await aContractorWith(books, deposit_mode, {
      deposit_mode,
      retainage_percent: 10,
      revenue_policy: 'invoice',
      tax_mode: 'ours',
      tax_percent: 7.25,
    });
    await contractor.admin.get('/reports/aging?scope=company'); // from now on the documents are mirrored
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const entries = [{ kind: 'progress', percent: 33.33 }];
    await contractor.admin.put(`/proposals/${id}/contract/schedule`, { entries });
    const bill = async (entry: number): Promise<string> => {
      const answer = await contractor.admin.post(`/proposals/${id}/contract/entries/${entry}/bill`);
      return answer.body.invoice.qbo_invoice_id as string;
    };
    return { contractor, id, bill };
  };
  const reasonsOn = async (
    { admin }: Contractor,
    basis: 'accrual' | 'cash',
  ): Promise<Record<string, number>> => {
    const { items } = (await admin.post('/reports/revenue/compare', { basis })).body as { items: Json[] };
    return Object.fromEntries((items[0]!.reasons as Json[]).map(({ reason, cents }) => [reason, cents]));
  };
  const payByHand = async (contractor: Contractor, invoiceId: string, amount?: number): Promise<void> => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount });
    await pollCompany(books, contractor);
  };
  /** Pays by card what is due, and answers the payment once it is in the books. */
  const payByCard = async ({ admin, ...contractor }: Contractor, id: number): Promise<number> => {
    const { body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    await books.stripe.act('pay', { session: body.session_id });
    await eventually(async () =>
      expect(await eventsOf({ admin, ...contractor }, id)).toContain('payment_recorded'),
    );
    const { items } = (await admin.get(`/payments?proposal_id=${id}`)).body as { items: Json[] };
    return items[0]!.id as number;
  };

  it('is told apart on cash basis: a deposit that is held, its release, and what is withheld', async () => {
    const { contractor, bill } = await aJob('liability');
    await payByHand(contractor, await bill(1));
    expect(await reasonsOn(contractor, 'cash')).toEqual({ deposit_held: -DEPOSIT });
    const progress = await bill(2);
    await payByHand(contractor, progress);
    expect(await reasonsOn(contractor, 'cash')).toEqual({ deposit_held: -DEPOSIT, retainage: WITHHELD });
    const final = await bill(3);
    await payByHand(contractor, final);
    // The final invoice releases the deposit and withholds a tenth of its work: QuickBooks has income of all of it.
    const released = VALUE - PROGRESS - (VALUE - PROGRESS - DEPOSIT - (100_000 - WITHHELD));
    expect(await reasonsOn(contractor, 'cash')).toEqual({
      deposit_held: released - DEPOSIT,
      retainage: WITHHELD,
    });
    expect(await reasonsOn(contractor, 'accrual')).toEqual({});
  });

  it('hides nothing that QuickBooks has otherwise where deposits are held', async () => {
    const { contractor, bill } = await aJob('liability');
    const progress = await bill(2);
    await payByHand(contractor, progress, 1_000);
    const [payment] = (await books.control.records(contractor.realmId, 'Payment')) as [Json];
    expect(Object.keys(await reasonsOn(contractor, 'cash'))).toEqual(['retainage']);
    // What the CRM knows of it is forgotten: QuickBooks has income that nothing here explains.
    await books.database.query(
      `update invoices set retained_cents = 0 where org_id = $1 and qbo_invoice_id = $2`,
      [contractor.orgId, progress],
    );
    await books.database.query(`delete from invoice_payments where org_id = $1 and qbo_payment_id = $2`, [
      contractor.orgId,
      payment.Id,
    ]);
    expect(await reasonsOn(contractor, 'cash')).toEqual({ unexplained: expect.any(Number) });
  });

  it.each(['income', 'liability'] as const)(
    'is none that retainage was, once it is billed and given back (deposits as %s)',
    async (mode) => {
      const { contractor, id, bill } = await aJob(mode);
      const { admin } = contractor;
      const completed_on = daysFromNow(0);
      for (const entry of [1, 2, 3]) await payByHand(contractor, await bill(entry));
      await admin.post(`/proposals/${id}/complete`, { completed_on });
      await bill(4);
      const payment = await payByCard(contractor, id);
      await admin.post(`/payments/${payment}/refund`, { amount_cents: 12_345, reason: 'Goodwill' });
      await eventually(async () => expect(await eventsOf(contractor, id)).toContain('refund_recorded'));
      await pollCompany(books, contractor);
      expect(await reasonsOn(contractor, 'accrual')).toEqual({});
      expect((await ledgerOf(books, contractor)).income).toBe(VALUE - 12_345);
      const accounts = (await books.control.records(contractor.realmId, 'Account')) as Json[];
      expect(accounts.find(({ Name }) => Name === 'Retainage Receivable')).toMatchObject({
        CurrentBalance: 0,
      });
    },
  );
});
