import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { PaymentRefundsService } from '../../../src/qbo-sync/push/payments/refunds/payment-refunds.service.js';
import {
  aContractorWith,
  anApprovedProposal,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { monthNow } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { askCompany, ledgerChange, ledgerOf } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { connect, endPauses } from '../../support/qbo.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

const VALUE = 1_000_000;
const DEPOSIT = 300_000;

describe('What the receipt of a refund took off', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const aCompany = async (name: string, settings: object): Promise<void> => {
    contractor = await aContractorWith(books, name, { revenue_policy: 'invoice', ...settings });
  };
  /** How often it was logged: by a statement, for it is what most waits here ask again and again. */
  const count = async (event: string): Promise<number> => {
    const logged = 'select from portal_activity where org_id = $1 and proposal_id = $2 and event = $3';
    return (await books.database.query(logged, [contractor.orgId, id, event])).length;
  };
  const refundOfPayment = async (amount_cents: number): Promise<void> => {
    const { admin } = contractor;
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    const asked = await admin.post(`/payments/${payment!.id}/refund`, { amount_cents, reason: 'Goodwill' });
    expect(asked.status).toBe(200);
  };
  const codes = () => openCodes(contractor.admin);
  const refund = async (amount_cents: number): Promise<void> => {
    const before = await count('refund_recorded');
    await refundOfPayment(amount_cents);
    await eventually(async () => expect(await count('refund_recorded')).toBe(before + 1));
  };
  /** Of money that is on account in QuickBooks: a person wants the receipt all the same. */
  const refundOnAccount = async (amount_cents: number): Promise<void> => {
    const before = await count('refund_recorded');
    await refundOfPayment(amount_cents);
    await eventually(async () => expect(await codes()).toContain('refund_on_account'));
    const [item] = await openItems(contractor.admin, 'refund_on_account');
    expect(await contractor.admin.post(`/inbox/${item!.id}/retry`)).toMatchObject({ status: 200 });
    expect(await count('refund_recorded')).toBe(before + 1);
  };
  /** A proposal whose deposit is paid by card, as the books have it. */
  const paidByCard = async (): Promise<void> => {
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await payDeposit(books, contractor.admin, id);
    await eventually(async () => expect(await count('payment_recorded')).toBe(1));
  };
  /** One whose deposit is paid by cheque, or a part of it, while the customer is on the page and pays all of it. */
  const paidByChequeThenCard = async (cheque: { amount?: number } = {}): Promise<void> => {
    const { admin, realmId } = contractor;
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await admin.post(`/qbo/invoice/${id}`);
    const [deposit] = await books.control.records(realmId, 'Invoice');
    const { body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    await books.control.receivePayment(realmId, deposit!.Id, cheque);
    await books.stripe.act('pay', { session: body.session_id });
  };
  const bill = async (entry: number): Promise<void> => {
    const path = `/proposals/${id}/contract/entries/${entry}/bill`;
    expect(await contractor.admin.post(path)).toMatchObject({ status: 200 });
  };
  const voided = async (kind: string): Promise<void> => {
    const { items } = (await contractor.admin.get(`/invoices?proposal_id=${id}&kind=${kind}`)).body;
    await books.control.voidInvoice(contractor.realmId, items[0].qbo_invoice_id as string);
    await pollCompany(books, contractor);
  };
  const held = async (): Promise<number> =>
    (await contractor.admin.get(`/proposals/${id}/contract`)).body.deposit_held_cents as number;
  const deferred = async (): Promise<number> => {
    const month = monthNow();
    const { rows } = (await contractor.admin.get(`/reports/deferred-revenue?month=${month}`)).body;
    return ((rows as Json[]).find((row) => row.proposal_id === id)?.closing_cents ?? 0) as number;
  };
  const earned = async (): Promise<number> => {
    const { rows } = (await contractor.admin.get('/reports/revenue?from=2020-01-01&to=2099-12-31')).body;
    return (rows as Json[]).reduce((sum, { earned_cents: cents }) => sum + cents, 0);
  };
  /** An expense on Accounts Receivable over what a receipt was over, from its account. */
  const payOut = async ({ CustomerRef, DepositToAccountRef, TotalAmt }: Json): Promise<void> => {
    const accounts = (await books.control.records(contractor.realmId, 'Account')) as unknown as Json[];
    const receivable = accounts.find(({ AccountType }) => AccountType === 'Accounts Receivable')!;
    const AccountBasedExpenseLineDetail = { AccountRef: { value: receivable.Id }, CustomerRef };
    await askCompany(books, contractor, 'purchase', {
      PaymentType: 'Cash',
      AccountRef: DepositToAccountRef,
      EntityRef: { ...CustomerRef, type: 'Customer' },
      Line: [
        { Amount: TotalAmt, DetailType: 'AccountBasedExpenseLineDetail', AccountBasedExpenseLineDetail },
      ],
    });
  };
  const differences = async (basis: 'accrual' | 'cash'): Promise<unknown[]> => {
    await pollCompany(books, contractor);
    const { items } = (await contractor.admin.post('/reports/revenue/compare', { basis })).body;
    return (items[0].reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
  };
  /** Has one of the refunds fail at Stripe, and its receipt taken out as the inbox asks. */
  const failed = async (amountCents: number): Promise<void> => {
    const item = await reversed(amountCents);
    const { Id, SyncToken } = (await receipts()).find(({ TotalAmt }) => TotalAmt === amountCents / 100)!;
    await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
    expect(await contractor.admin.post(`/inbox/${item.id}/resolve`)).toMatchObject({ status: 200 });
  };

  it('is nothing where QuickBooks put it off, and the refund failed before it was sent', async () => {
    await aCompany('Put off', {});
    const { orgId, realmId } = contractor;
    await paidByCard();
    await books.control.planFault({ operation: 'refundreceipt.create', realm_id: realmId, kind: '429' });
    await refundOfPayment(10_000);
    const step = async (): Promise<unknown> => {
      const [row] = await books.database.query<Json>(
        `select o.state, (o.payload ->> 'amountCents')::int as cents, r.state as refund
           from sync_operations o join refunds r on r.org_id = o.org_id and r.payment_id = o.entity_id
          where o.org_id = $1 and o.kind = 'refund.create' and o.attempts > 0`,
        [orgId],
      );
      return row;
    };
    await eventually(async () => expect(await step()).toMatchObject({ state: 'ready' }));
    const [made] = await books.database.query<{ refund: string }>(
      'select stripe_refund_id as refund from refunds where org_id = $1',
      [orgId],
    );
    await books.stripe.act('update-refund', { refund: made!.refund, status: 'failed' });
    await eventually(async () => expect(await step()).toMatchObject({ refund: 'failed' }));
    await idle(books, contractor);
    await endPauses(books.database);
    await books.database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [
      orgId,
    ]);
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await step()).not.toMatchObject({ state: 'ready' }));
    await idle(books, contractor);
    expect(await step()).toMatchObject({ state: 'refused', cents: 0 });
    expect(await books.control.records(realmId, 'RefundReceipt')).toEqual([]);
    expect(await codes()).toEqual(['refund_failed']); // of which nothing is to be taken out of the books
  });

  it('of a deposit that was released is income, also once the final invoice is voided', async () => {
    await aCompany('Released and held again', { deposit_mode: 'liability' });
    const before = await ledgerOf(books, contractor);
    const change = async () => ledgerChange(before, await ledgerOf(books, contractor));
    await paidByCard();
    await bill(2);
    await refund(100_000);
    expect(await change()).toMatchObject({ income: VALUE - 100_000, deposits: 0 });
    await voided('final');
    expect(await change()).toMatchObject({ income: -100_000, deposits: -DEPOSIT });
    expect([await held(), await deferred()]).toEqual([DEPOSIT, DEPOSIT]);
    expect(await differences('accrual')).toEqual([]);

    await refund(50_000); // of the deposit that is held again
    expect(await change()).toMatchObject({ income: -100_000, deposits: 50_000 - DEPOSIT });
    expect([await held(), await deferred()]).toEqual([DEPOSIT - 50_000, DEPOSIT - 50_000]);
    await bill(2);
    expect(await change()).toMatchObject({ income: VALUE - 100_000, deposits: 0 });
    expect([await held(), await deferred()]).toEqual([0, 0]);
    expect(await differences('accrual')).toEqual([]);
  });

  /** A company whose final invoice has released 200,000 of a deposit of 300,000; answers what its ledger shows. */
  const releasedInPart = async (name: string) => {
    await aCompany(name, { deposit_mode: 'liability' });
    const before = await ledgerOf(books, contractor);
    const change = async () => ledgerChange(before, await ledgerOf(books, contractor));
    await paidByCard();
    const orders = `/proposals/${id}/change-orders`;
    const lines = [{ description: 'Only the porch', quantity: 1, unit_price_cents: -800_000 }];
    await contractor.admin.post(orders, { description: 'Only the porch', lines });
    await contractor.admin.post(`${orders}/1/approve`, { reason: 'Agreed on site' });
    await bill(2);
    expect(await change()).toMatchObject({ income: 200_000, deposits: -100_000 });
    return change;
  };
  const receipts = () =>
    books.control.records(contractor.realmId, 'RefundReceipt') as Promise<unknown> as Promise<Json[]>;
  /** Two refunds before QuickBooks is connected again, so that one receipt stands for both. */
  const refundTogether = async (...amounts: number[]): Promise<void> => {
    const { admin, realmId } = contractor;
    await admin.post('/qbo/disconnect');
    await idle(books, contractor);
    // Both are there before either is looked at.
    const follow = holdBefore(books.app.app.get(PaymentRefundsService), 'follow');
    for (const cents of amounts) await refundOfPayment(cents);
    await follow.made;
    follow.letGo();
    await connect(books.app, admin, { realmId });
    await eventually(async () => expect(await receipts()).toHaveLength(1));
    await idle(books, contractor);
  };
  /** Has a refund fail at Stripe that is in the books; answers what the inbox asks for. */
  const reversed = async (amountCents: number): Promise<Json> => {
    const [made] = await books.database.query<{ refund: string }>(
      'select stripe_refund_id as refund from refunds where org_id = $1 and proposal_id = $2 and amount_cents = $3',
      [contractor.orgId, id, amountCents],
    );
    await books.stripe.act('update-refund', { refund: made!.refund, status: 'failed' });
    return eventually(async () => {
      const [found] = await openItems(contractor.admin, 'refund_reversed');
      expect(found).toBeDefined();
      return found!;
    });
  };
  /** Lowers the lines of the one receipt, in their order. */
  const lowerLines = async (...amounts: number[]): Promise<void> => {
    const [{ Id, SyncToken, Line }] = (await receipts()) as [Json];
    const lines = amounts.flatMap((Amount, place) => {
      const { UnitPrice: _price, Qty: _count, ...SalesItemLineDetail } = Line[place].SalesItemLineDetail;
      return Amount === 0 ? [] : [{ ...Line[place], Amount, SalesItemLineDetail }];
    });
    await askCompany(books, contractor, 'refundreceipt', { Id, SyncToken, sparse: true, Line: lines });
  };

  it('of a deposit that was released in part is off what is held, and income beyond that', async () => {
    const change = await releasedInPart('Released in part');
    await refund(150_000);
    expect(await change()).toMatchObject({ income: 150_000, deposits: 0 });
    expect([await held(), await deferred()]).toEqual([0, 0]);
    await refund(20_000);
    expect(await change()).toMatchObject({ income: 130_000, deposits: 0 });
    expect([await held(), await deferred()]).toEqual([0, 0]);
    expect(await differences('accrual')).toEqual([]);
    await voided('final');
    expect(await change()).toMatchObject({ income: -70_000, deposits: -200_000 });
    expect([await held(), await deferred()]).toEqual([200_000, 200_000]);
    expect(await differences('accrual')).toEqual([]);
  });

  it.each([
    { how: 'as is asked', lines: [1_000, 0], income: 200_000, deposits: 0 },
    {
      how: 'on the other line, so that it is held again',
      lines: [500, 500],
      income: 150_000,
      deposits: -50_000,
    },
  ])('is put back on two lines where a part of the refund failed: lowered $how', async (lowered) => {
    const change = await releasedInPart(`Failed in part, lowered ${lowered.how}`);
    await refundTogether(100_000, 50_000);
    expect(await change()).toMatchObject({ income: 150_000, deposits: 0 });
    expect([await held(), await deferred()]).toEqual([0, 0]);
    const item = await reversed(50_000);
    expect(item.next_step).toBe(
      'Lower the refund receipt over $1,500.00 by $500.00 under “Contract Work” in QuickBooks, and this closes by ' +
        'itself; where the books of its day are closed, take that back by a sales receipt of today over $500.00 ' +
        'under “Contract Work”, then resolve this.',
    );
    await lowerLines(...lowered.lines);
    await pollCompany(books, contractor);
    await eventually(async () => expect(await codes()).not.toContain('refund_reversed'));
    const { income, deposits } = lowered;
    expect(await change()).toMatchObject({ income, deposits });
    expect([await held(), await deferred()]).toEqual([0 - deposits, 0 - deposits]);
    expect(await differences('accrual')).toEqual([]);
  });

  it('is put back on two lines where all of the refund failed, as the question says', async () => {
    const change = await releasedInPart('Failed as a whole');
    await refund(150_000);
    const item = await reversed(150_000);
    expect(item.next_step).toBe(
      'Delete the refund receipt over $1,500.00 in QuickBooks, and this closes by itself; where the books of its day ' +
        'are closed, take that back by a sales receipt of today over $500.00 under “Contract Work” and $1,000.00 ' +
        'under “Customer Deposit”, then resolve this.',
    );
    const [{ Id, SyncToken }] = (await receipts()) as [Json];
    await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
    await pollCompany(books, contractor);
    await eventually(async () => expect(await codes()).not.toContain('refund_reversed'));
    expect(await change()).toMatchObject({ income: 200_000, deposits: -100_000 });
    expect([await held(), await deferred()]).toEqual([100_000, 100_000]);
    expect(await differences('accrual')).toEqual([]);
  });

  it('is what the lines of the receipt are that a bookkeeper enters in place of one they deleted', async () => {
    const change = await releasedInPart('Entered again');
    await refund(150_000);
    const [{ Id, SyncToken, CustomerRef, DepositToAccountRef, Line }] = (await receipts()) as [Json];
    await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
    await pollCompany(books, contractor);
    const [item] = await openItems(contractor.admin, 'refund_removed');
    expect(item!.reason).toContain('over $1,500.00 ($500.00 of it under “Contract Work”) for proposal');
    const lineOver = (place: number, Amount: number) => {
      const { ItemRef, TaxCodeRef } = Line[place].SalesItemLineDetail;
      return { Amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef, TaxCodeRef } };
    };
    const entered = await askCompany(books, contractor, 'refundreceipt', {
      CustomerRef,
      DepositToAccountRef,
      Line: [lineOver(0, 900), lineOver(1, 600)],
    });
    const path = `/inbox/${item!.id}/resolve`;
    const answer = await contractor.admin.post(path, { qbo_refund_id: entered.RefundReceipt.Id });
    expect(answer).toMatchObject({ status: 200 });
    expect(await change()).toMatchObject({ income: 140_000, deposits: -10_000 });
    expect([await held(), await deferred()]).toEqual([10_000, 10_000]);
    expect(await differences('accrual')).toEqual([]);
  });

  it('stays as it was sent where its answer was lost, and the deposit is held again when it is found', async () => {
    const change = await releasedInPart('Found late');
    const { admin, orgId } = contractor;
    await refund(150_000);
    // As where its answer was lost, and QuickBooks had not shown it within the hour.
    await books.database.query(
      `update sync_operations set state = 'needs_person', qbo_id = null, payload = payload - 'booked',
              error_kind = 'uncertain', error_detail = 'No answer.'
        where org_id = $1 and kind = 'refund.create'`,
      [orgId],
    );
    await voided('final');
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    await books.app.app.get(PaymentRefundsService).push(orgId, payment!.id as number, 'uncertain');
    await idle(books, contractor);
    expect(await receipts()).toHaveLength(1);
    expect(await change()).toMatchObject({ income: -50_000, deposits: -200_000 });
    expect([await held(), await deferred()]).toEqual([200_000, 200_000]);
    expect(await differences('accrual')).toEqual([]);
  });

  it('is before a person once it is another sum than went back, and each sum once', async () => {
    await aCompany('Changed', {});
    await paidByCard();
    await refund(100_000);
    const edit = async (change: object): Promise<unknown[]> => {
      const [receipt] = await books.control.records(contractor.realmId, 'RefundReceipt');
      const { Id, SyncToken } = receipt!;
      await askCompany(books, contractor, 'refundreceipt', { Id, SyncToken, sparse: true, ...change });
      await pollCompany(books, contractor);
      return openItems(contractor.admin, 'total_differs');
    };
    const [{ Line }] = (await books.control.records(contractor.realmId, 'RefundReceipt')) as unknown as [
      { Line: Json[] },
    ];
    const over = (Amount: number) => {
      const { UnitPrice: _price, Qty: _count, ...detail } = Line[0]!.SalesItemLineDetail;
      return edit({ Line: [{ ...Line[0]!, Amount, SalesItemLineDetail: detail }] });
    };
    const reason = (sum: string) =>
      `The refund of $1,000.00 for proposal ${id} was changed in QuickBooks: it is over ${sum} there.`;
    expect(await over(900)).toMatchObject([{ reason: reason('$900.00') }]);
    const [item] = await over(850);
    expect(item).toMatchObject({ reason: reason('$850.00'), proposal_id: id });
    const { id: itemId } = item as { id: number };
    const resolved = await contractor.admin.post(`/inbox/${itemId}/resolve`, {});
    expect(resolved).toMatchObject({ status: 200 });
    expect(await edit({ PrivateNote: 'Kept back 150' })).toEqual([]);
    expect(await over(900)).toHaveLength(1);
    expect(await over(1000)).toEqual([]);

    // As of a receipt from before what it was over was kept, in a company without reports.
    const forget = () =>
      books.database.query(
        `update sync_operations set payload = payload || '{"overCents": null}'
          where org_id = $1 and kind = 'refund.create'`,
        [contractor.orgId],
      );
    await books.database.query(
      `update inbox_items set closed_by = null where org_id = $1 and code = 'total_differs'`,
      [contractor.orgId],
    );
    await forget();
    expect(await over(900)).toMatchObject([{ reason: reason('$900.00') }]);
    const [unknown] = await openItems(contractor.admin, 'total_differs');
    expect(await contractor.admin.post(`/inbox/${unknown!.id}/resolve`, {})).toMatchObject({ status: 200 });
    await forget();
    expect(await edit({ PrivateNote: 'Kept back 100' })).toEqual([]);
  });

  it('is no question any more where it was lowered before anybody heard that a part of the refund failed', async () => {
    await aCompany('Lowered early', {});
    await paidByCard();
    await refundTogether(60_000, 40_000);
    expect(await receipts()).toMatchObject([{ TotalAmt: 1000 }]);
    await lowerLines(600);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual(['total_differs']);

    const item = await reversed(40_000);
    expect(await contractor.admin.post(`/inbox/${item.id}/resolve`)).toMatchObject({ status: 200 });
    await eventually(async () => expect(await codes()).not.toContain('total_differs'));
  });

  it('is that of the refund which failed, where its receipt is taken out and a later one stays', async () => {
    await aCompany('Two refunds', { deposit_mode: 'liability' });
    const before = await ledgerOf(books, contractor);
    await paidByCard();
    await refund(50_000); // off the deposit
    await bill(2);
    await refund(30_000); // off income
    await failed(50_000);
    const after = ledgerChange(before, await ledgerOf(books, contractor));
    expect(after).toMatchObject({ income: VALUE - 30_000, deposits: -50_000 });
    expect([await held(), await deferred()]).toEqual([50_000, 50_000]);
    expect(await differences('accrual')).toEqual([]);
  });

  it.each(['income', 'liability'])(
    'is nothing while there is none: an invoice is paid by cheque, then by card, which is given back (%s)',
    async (deposit_mode) => {
      await aCompany(`Paid twice, deposits are ${deposit_mode}`, { deposit_mode });
      await paidByChequeThenCard();
      await eventually(async () => expect(await codes()).toEqual(['invoice_settled_already']));
      const heldCents = deposit_mode === 'income' ? 0 : DEPOSIT;

      const figures = async () => [await held(), await deferred(), await differences('accrual')];
      await refundOfPayment(100_000);
      await eventually(async () => expect(await figures()).toEqual([heldCents, heldCents, []]));
      expect(await codes()).toEqual(['invoice_settled_already']);
      await refundOfPayment(DEPOSIT - 100_000);
      await eventually(async () => expect(await codes()).toEqual([]));
      await eventually(async () => expect(await figures()).toEqual([heldCents, heldCents, []]));
    },
  );

  it.each(['income', 'liability'])(
    'is nothing of what nobody owed, where the bookkeeper enters the payments (%s)',
    async (deposit_mode) => {
      await aCompany(`By the bookkeeper, ${deposit_mode}`, { deposit_mode, record_payments: false });
      const { admin } = contractor;
      await paidByChequeThenCard({ amount: 2_000 });
      await eventually(async () => expect(await codes()).toEqual(['payment_not_owed']));

      const heldCents = deposit_mode === 'income' ? 0 : DEPOSIT;
      const figures = async () => [await held(), await deferred(), await differences('accrual')];
      const money = async () => {
        const { rows } = (await admin.get('/reports/revenue?basis=cash')).body;
        return (rows as Json[]).map(({ earned_cents }) => earned_cents as number);
      };
      await refundOfPayment(150_000);
      expect(await figures()).toEqual([heldCents, heldCents, []]);
      await refundOfPayment(50_000);
      expect(await codes()).toEqual([]);
      expect(await figures()).toEqual([heldCents, heldCents, []]);
      expect(await money()).toEqual([200_000]);
      await refundOfPayment(10_000); // of what was owed
      expect(await differences('accrual')).toEqual(heldCents > 0 ? [] : [['not_in_books', 10_000]]);
      expect(await money()).toEqual([190_000]);
    },
  );

  it('is the tax of the invoice as well, where the bookkeeper enters the payments', async () => {
    const settings = { deposit_mode: 'income', tax_mode: 'ours', tax_percent: 8, record_payments: false };
    await aCompany('Taxed, by the bookkeeper', settings);
    const { admin, realmId } = contractor;
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    for (const entry of [1, 2]) await bill(entry);
    const [deposit, final] = await books.control.records(realmId, 'Invoice');
    await books.control.receivePayment(realmId, deposit!.Id);
    await pollCompany(books, contractor);
    const { body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    expect(body).toMatchObject({ kind: 'final', amount_cents: 780_000 });
    await books.stripe.act('pay', { session: body.session_id });
    await eventually(async () =>
      expect((await admin.get(`/payments?proposal_id=${id}`)).body.items).toHaveLength(1),
    );
    await idle(books, contractor); // it is looked at before it is entered, else nobody owed it
    await books.control.receivePayment(realmId, final!.Id);
    await pollCompany(books, contractor);
    const money = async () => {
      const { rows } = (await admin.get('/reports/revenue?basis=cash')).body;
      return (rows as Json[]).reduce((sum, { earned_cents: cents }) => sum + (cents as number), 0);
    };
    expect([await earned(), await money()]).toEqual([VALUE, VALUE]);
    await refundOfPayment(390_000);
    expect([await earned(), await money()]).toEqual([VALUE - 350_000, VALUE - 350_000]);
    await refundOfPayment(390_000);
    expect([await earned(), await money()]).toEqual([DEPOSIT, DEPOSIT]);
  });

  it('is nothing of a payment that a bookkeeper has deleted, also as the customer pays again', async () => {
    await aCompany('Deleted', { deposit_mode: 'income' });
    const { realmId } = contractor;
    await paidByCard();
    const [payment] = await books.control.records(realmId, 'Payment');
    await books.control.deletePayment(realmId, payment!.Id);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual(['payment_removed']);
    await refundOfPayment(DEPOSIT);
    await eventually(async () => expect(await differences('accrual')).toEqual([]));
    expect(await codes()).toEqual([]);
    expect(await books.control.records(realmId, 'RefundReceipt')).toEqual([]);

    // What stays out of the books is not asked for once more.
    await payDeposit(books, contractor.admin, id);
    await eventually(async () => expect(await count('payment_recorded')).toBe(2));
    await idle(books, contractor);
    expect(await codes()).toEqual([]);
    expect(await differences('accrual')).toEqual([]);
  });

  it.each(['before', 'after'])(
    'of a deposit that is owed is no income, with its invoice voided %s the refund',
    async (order) => {
      await aCompany(`Voided ${order} the refund`, { deposit_mode: 'liability' });
      const before = await ledgerOf(books, contractor);
      await paidByCard();
      if (order === 'before') await voided('deposit');
      await (order === 'before' ? refundOnAccount : refund)(DEPOSIT);
      if (order === 'after') await voided('deposit');
      const { income, deposits } = ledgerChange(before, await ledgerOf(books, contractor));
      expect([income, deposits]).toEqual([0, DEPOSIT]);
      expect([await earned(), await deferred()]).toEqual([0, -DEPOSIT]);
      expect(await differences('accrual')).toEqual([]);

      // Billed once more, nothing of it is held: its money is back with the customer.
      expect((await contractor.admin.post(`/qbo/invoice/${id}`, { again: true })).status).toBe(200);
      expect([await held(), await earned(), await deferred()]).toEqual([0, 0, 0]);
      expect(await differences('accrual')).toEqual([]);
    },
  );

  it.each(['income', 'liability'])(
    'is nothing once an expense stands in its place, as the inbox says of money on account (%s)',
    async (deposit_mode) => {
      await aCompany(`Paid out, deposits are ${deposit_mode}`, { deposit_mode });
      const { admin, realmId } = contractor;
      await paidByCard();
      await refund(DEPOSIT);
      await voided('deposit');
      await pollCompany(books, contractor);
      const [item] = await openItems(admin, 'payment_on_account');
      expect(item!.next_step).toContain(
        'settle the credit with an expense on accounts receivable that is linked to the payment, ' +
          'in place of the refund receipt where one was made',
      );
      expect(await differences('accrual')).toEqual([]);
      const [receipt] = (await books.control.records(realmId, 'RefundReceipt')) as unknown as Json[];
      const { Id, SyncToken } = receipt!;
      await askCompany(books, contractor, 'refundreceipt?operation=delete', { Id, SyncToken });
      await payOut(receipt);
      expect(await differences('accrual')).toEqual([]);
      expect([await held(), await deferred(), await earned()]).toEqual([0, 0, 0]);
      const month = monthNow();
      const { rows } = (await admin.get(`/reports/revenue?basis=cash&by=month&from=${month}-01`)).body;
      expect(rows).toEqual([]);
    },
  );

  it('is asked for, where a person has resolved the question about the payment: it may be there by hand', async () => {
    await aCompany('Resolved', { deposit_mode: 'income' });
    const { admin } = contractor;
    await paidByChequeThenCard();
    await eventually(async () => expect(await codes()).toEqual(['invoice_settled_already']));
    const [item] = await openItems(admin);
    expect((await admin.post(`/inbox/${item!.id}/resolve`)).status).toBe(200);
    await refundOfPayment(DEPOSIT);
    await eventually(async () => expect(await codes()).toEqual(['payment_missing']));
    expect(await differences('accrual')).toEqual([]);
  });

  it('is told from what stays out of the books, once a bookkeeper has deleted the payment', async () => {
    await aCompany('Deleted later', { deposit_mode: 'income' });
    const { realmId } = contractor;
    await paidByCard();
    await refund(100_000);
    const [payment] = await books.control.records(realmId, 'Payment');
    await books.control.deletePayment(realmId, payment!.Id);
    await pollCompany(books, contractor);
    await refundOfPayment(DEPOSIT - 100_000);
    await eventually(async () => expect(await codes()).toEqual([]));
    await eventually(async () => expect(await differences('accrual')).toEqual([]));
    expect(await differences('cash')).toEqual([['not_in_books', -100_000]]);
  });

  it('is of the job that was paid, where a bookkeeper has put the money on an invoice of another', async () => {
    await aCompany('Moved', { deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    await paidByCard();
    const { customer_id } = (await admin.get(`/proposals/${id}`)).body;
    const other = await anApprovedProposal(contractor, { amountCents: VALUE, customerId: customer_id });
    const { qbo_invoice_id } = (await admin.post(`/qbo/invoice/${other}`)).body;
    const money = async (): Promise<unknown> => {
      await pollCompany(books, contractor);
      const { rows } = (await admin.get('/reports/revenue?basis=cash&by=proposal')).body;
      return (rows as Json[]).map(({ key, earned_cents }) => [Number(key), earned_cents]);
    };
    expect(await money()).toEqual([[id, DEPOSIT]]);
    const [payment] = await books.control.records(realmId, 'Payment');
    await books.control.movePayment(realmId, payment!.Id, qbo_invoice_id as string);
    expect(await money()).toEqual([[other, DEPOSIT]]);
    expect(await differences('cash')).toEqual([]);
    await refund(100_000);
    expect(await money()).toEqual([
      [id, -100_000],
      [other, DEPOSIT],
    ]);
    expect([await differences('cash'), await differences('accrual')]).toEqual([[], []]);
    await books.control.unapplyPayment(realmId, payment!.Id);
    expect(await money()).toEqual([[id, DEPOSIT - 100_000]]);
  });

  it('is that of any refund, once it is agreed what was paid too much is for', async () => {
    await aCompany('Agreed', { deposit_mode: 'income', record_payments: false });
    const { admin } = contractor;
    await paidByChequeThenCard();
    await eventually(async () => expect(await codes()).toEqual(['payment_not_owed']));
    await refundOfPayment(100_000);
    const [item] = await openItems(admin);
    expect((await admin.post(`/inbox/${item!.id}/resolve`)).status).toBe(200);
    expect(await differences('accrual')).toEqual([]);
    await refundOfPayment(50_000);
    expect(await differences('accrual')).toEqual([['not_in_books', 50_000]]);
  });

  it('of a deposit that is held is off what is owed, and no income, also once its invoice is voided', async () => {
    await aCompany('Held, given back and voided', { deposit_mode: 'liability' });
    const before = await ledgerOf(books, contractor);
    const change = async () => ledgerChange(before, await ledgerOf(books, contractor));
    await paidByCard();
    await refund(20_000);
    await voided('deposit');
    expect(await change()).toMatchObject({ income: 0, deposits: 20_000 });
    expect([await held(), await deferred()]).toEqual([-20_000, -20_000]);
    expect(await differences('accrual')).toEqual([]);
    await refundOnAccount(50_000);
    expect(await change()).toMatchObject({ income: 0, deposits: 70_000 });
    expect(await differences('accrual')).toEqual([]);
    expect([await held(), await deferred()]).toEqual([-70_000, -70_000]);
  });

  it('as tax is what it took off, also once its invoice is voided or another refund has failed', async () => {
    await aCompany('Taxed', { deposit_mode: 'income', tax_mode: 'ours', tax_percent: 7.25 });
    const { admin, realmId } = contractor;
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await admin.post(`/qbo/invoice/${id}`);
    const [deposit] = await books.control.records(realmId, 'Invoice');
    await books.control.receivePayment(realmId, deposit!.Id);
    await bill(2);
    await pollCompany(books, contractor);
    const { body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    await books.stripe.act('pay', { session: body.session_id });
    await eventually(async () => expect(await count('payment_recorded')).toBe(1));
    for (const cents of [10_007, 3_341, 5_556]) await refund(cents);
    await failed(10_007);
    expect([await differences('accrual'), await differences('cash')]).toEqual([[], []]);
    await refund(10_008);
    expect([await differences('accrual'), await differences('cash')]).toEqual([[], []]);
    await voided('final');
    expect([await differences('accrual'), await differences('cash')]).toEqual([[], []]);
  });
});
