import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contractor, eventsOf, pollCompany } from '../../support/books.js';
import { monthNow } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { askCompany, ledgerChange, ledgerOf } from '../../support/ledger.js';
import { createOrg, type Json, someEmail } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import { spoil } from '../../support/spoil.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

const SITE = { line1: '412 Aspen Way', city: 'Denver', region: 'CO', postal_code: '80202' };
/** Tax codes of a British company. */
const [STANDARD, REDUCED, NO_VAT] = ['3', '4', '6'];
/** In place of a tax code: a discount on all of the invoice. */
const DISCOUNT = 'discount';

describe('A refund or a credit of an invoice whose lines a bookkeeper has taxed otherwise', () => {
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    await books.control.patchSwitches({ salesTaxByState: { CO: 8.25 } });
  });

  afterAll(() => books?.[Symbol.asyncDispose]());

  const aCompany = async (country: 'GB' | 'US'): Promise<Contractor> => {
    const { orgId, admin } = await createOrg(books.app);
    const { realm_id: realmId } = await books.control.createCompany({ country });
    await connect(books.app, admin, { realmId });
    const codes = country === 'GB' ? { tax_code: STANDARD, exempt_tax_code: NO_VAT } : {};
    await admin.patch('/org/settings', { tax_mode: 'qbo', deposit_mode: 'liability', ...codes });
    await admin.post('/qbo/preflight');
    await admin.get('/reports/aging?scope=company'); // from now on the documents of the company are mirrored
    return { orgId, admin, realmId };
  };
  const recordsOf = async ({ realmId }: Contractor, entity: 'Invoice' | 'RefundReceipt'): Promise<Json[]> =>
    (await books.control.records(realmId, entity)) as Json[];

  /** An invoice, of progress unless it is said, whose lines are these from now on, paid by card. */
  const paidWith = async (
    contractor: Contractor,
    lines: readonly (readonly [number, string])[],
    kind: 'deposit' | 'progress' = 'progress',
  ) => {
    const { admin, realmId } = contractor;
    const customer_id = (await admin.post('/customers', { email: someEmail() })).body.id;
    const work = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const draft = { name: 'Roof', customer_id, lines: work, site_address: SITE };
    const id = (await admin.post('/proposals', draft)).body.id as number;
    await admin.post(`/proposals/${id}/approve`);
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 50 }] });
    const bill = async (entry: number): Promise<string> => {
      const billed = await admin.post(`/proposals/${id}/contract/entries/${entry}/bill`);
      return billed.body.invoice.qbo_invoice_id as string;
    };
    let invoiceId = await bill(1);
    if (kind === 'progress') {
      await books.control.receivePayment(realmId, invoiceId);
      invoiceId = await bill(2);
    }
    const { Line } = (await recordsOf(contractor, 'Invoice')).find(({ Id }) => Id === invoiceId)!;
    const { ItemRef } = (Line as Json[])[0]!.SalesItemLineDetail;
    const isVat = lines.some(([, code]) => code === STANDARD || code === REDUCED);
    await books.control.editInvoice(realmId, invoiceId, {
      ...(isVat ? { GlobalTaxCalculation: 'TaxInclusive' } : {}),
      ApplyTaxAfterDiscount: lines.some(([, code]) => code === DISCOUNT),
      Line: lines.map(([Amount, code]) =>
        code === DISCOUNT
          ? { Amount, DetailType: 'DiscountLineDetail', DiscountLineDetail: { PercentBased: false } }
          : {
              Amount,
              DetailType: 'SalesItemLineDetail',
              SalesItemLineDetail: { ItemRef, TaxCodeRef: { value: code } },
            },
      ),
    });
    await pollCompany(books, contractor);
    const { body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    await books.stripe.act('pay', { session: body.session_id });
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('payment_recorded'));
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    const [invoice] = (await admin.get(`/invoices?proposal_id=${id}&kind=${kind}`)).body.items as Json[];
    return { id, payment: payment as { id: number; amount_cents: number }, invoice, bill };
  };

  /** Gives a payment back in these parts, each with what its receipt has: gross by tax code, and its tax. */
  const refund = async (
    contractor: Contractor,
    { id, payment }: Awaited<ReturnType<typeof paidWith>>,
    amounts: readonly number[],
  ) => {
    for (const [index, amount_cents] of amounts.entries()) {
      await contractor.admin.post(`/payments/${payment.id}/refund`, { amount_cents, reason: 'Goodwill' });
      await eventually(async () => {
        const events = await eventsOf(contractor, id);
        expect(events.filter((one) => one === 'refund_recorded')).toHaveLength(index + 1);
      });
    }
    return (await recordsOf(contractor, 'RefundReceipt')).map(({ TotalAmt, TxnTaxDetail, Line }) => ({
      cents: Math.round(TotalAmt * 100),
      tax: Math.round(TxnTaxDetail.TotalTax * 100),
      codes: (Line as Json[])
        .filter(({ SalesItemLineDetail }) => SalesItemLineDetail)
        .map(({ SalesItemLineDetail }) => SalesItemLineDetail.TaxCodeRef.value as string),
    }));
  };

  /** Revenue is the income of QuickBooks, and the tax of the closing pack is what is owed there. */
  const agrees = async (contractor: Contractor): Promise<void> => {
    const { admin } = contractor;
    await pollCompany(books, contractor);
    const { items } = (await admin.post('/reports/revenue/compare', {})).body as { items: Json[] };
    expect(items[0]!.reasons).toEqual([]);
    const { figures } = (await admin.get(`/periods/${monthNow()}/pack`)).body as {
      figures: { tax: Json[] };
    };
    const nothing = { income: 0, deposits: 0, receivable: 0, cash: 0, tax: 0 };
    const { tax } = ledgerChange(nothing, await ledgerOf(books, contractor));
    expect(figures.tax.reduce((sum, { cents }) => sum + (cents as number), 0)).toBe(tax);
    expect((await openItems(admin, 'total_differs')).length).toBe(0);
  };

  it('in a company with prices with tax takes its tax off at the rates of the invoice', async () => {
    const contractor = await aCompany('GB');
    const job = await paidWith(contractor, [
      [1_000.01, STANDARD],
      [777.77, REDUCED],
      [333.33, NO_VAT],
      [4.01, STANDARD],
    ]);
    expect(job.invoice).toMatchObject({ total_cents: 211_512, tax_cents: 16_734 + 3_704 });
    const receipts = await refund(contractor, job, [12_345, 100_000, 211_512 - 112_345]);
    expect(receipts.map(({ cents }) => cents)).toEqual([12_345, 100_000, 99_167]);
    for (const { codes } of receipts) expect(codes).toEqual([STANDARD, REDUCED, NO_VAT]);
    // 58.60 at 20 % and 45.39 at 5 %, of which 9.77 and 2.16 are tax.
    expect(receipts[0]!.tax).toBe(977 + 216);
    const sum = receipts.reduce((cents, { tax }) => cents + tax, 0);
    expect(Math.abs(sum - 16_734 - 3_704)).toBeLessThanOrEqual(receipts.length);
    await agrees(contractor);
  });

  it('takes off the reduced rate where that is what the invoice was changed to', async () => {
    const contractor = await aCompany('GB');
    const job = await paidWith(contractor, [[1_050, REDUCED]]);
    expect(job.invoice).toMatchObject({ total_cents: 105_000, tax_cents: 5_000 });
    expect(await refund(contractor, job, [10_500, 94_500])).toEqual([
      { cents: 10_500, tax: 500, codes: [REDUCED] },
      { cents: 94_500, tax: 4_500, codes: [REDUCED] },
    ]);
    await agrees(contractor);
  });

  it('is over what went back where automated sales tax has a line of it exempt', async () => {
    const contractor = await aCompany('US');
    const job = await paidWith(contractor, [
      [400, 'TAX'],
      [600, 'NON'],
    ]);
    expect(job.invoice).toMatchObject({ total_cents: 103_300, tax_cents: 3_300 });
    const receipts = await refund(contractor, job, [10_330, 93_000 - 30]);
    expect(receipts).toEqual([
      { cents: 10_330, tax: 330, codes: ['TAX', 'NON'] },
      { cents: 92_970, tax: 2_970, codes: ['TAX', 'NON'] },
    ]);
    await agrees(contractor);
  });

  it('takes its tax off at the rates of the invoice where two codes have as much of it', async () => {
    const contractor = await aCompany('GB');
    const job = await paidWith(contractor, [
      [1_050, REDUCED],
      [1_200, STANDARD],
      [1_000, NO_VAT],
    ]);
    expect(job.invoice).toMatchObject({ total_cents: 325_000, tax_cents: 25_000 });
    expect(await refund(contractor, job, [32_500, 292_500])).toEqual([
      { cents: 32_500, tax: 2_500, codes: [REDUCED, STANDARD, NO_VAT] },
      { cents: 292_500, tax: 22_500, codes: [REDUCED, STANDARD, NO_VAT] },
    ]);
    await agrees(contractor);
  });

  it('is over what went back where half of it is exempt, or a discount came off before tax', async () => {
    const contractor = await aCompany('US');
    const halves = await paidWith(contractor, [
      [500, 'TAX'],
      [500, 'NON'],
    ]);
    expect(halves.invoice).toMatchObject({ total_cents: 104_125, tax_cents: 4_125 });
    expect(await refund(contractor, halves, [104_125])).toEqual([
      { cents: 104_125, tax: 4_125, codes: ['TAX', 'NON'] },
    ]);
    await agrees(contractor);
    const other = await aCompany('US');
    const discounted = await paidWith(other, [
      [1_000, 'TAX'],
      [500, 'NON'],
      [300, DISCOUNT],
    ]);
    expect(discounted.invoice).toMatchObject({ total_cents: 126_600, tax_cents: 6_600 });
    expect(await refund(other, discounted, [12_660, 113_940])).toMatchObject([
      { cents: 12_660, tax: 660 },
      { cents: 113_940, tax: 5_940 },
    ]);
    await agrees(other);
  });

  /**
   * The credit memo of a change order that takes 100.00 from a job whose final invoice has its work under these codes,
   * as much under each.
   */
  const creditedUnder = async (
    contractor: Contractor,
    codes: readonly string[],
    final: { isRead: boolean } = { isRead: true },
  ): Promise<Json[]> => {
    const { admin } = contractor;
    const { id, bill } = await paidWith(contractor, [[5_250, REDUCED]]);
    const finalId = await bill(3);
    const lines = (await recordsOf(contractor, 'Invoice')).find(({ Id }) => Id === finalId)!.Line as Json[];
    await books.control.editInvoice(contractor.realmId, finalId, {
      Line: lines
        .filter(({ SalesItemLineDetail }) => SalesItemLineDetail)
        .flatMap(({ Amount, DetailType, SalesItemLineDetail: { ItemRef, TaxCodeRef } }) =>
          (Amount > 0 ? codes : [TaxCodeRef.value as string]).map((value, _, { length }) => ({
            Amount: Amount / length,
            DetailType,
            SalesItemLineDetail: { ItemRef, TaxCodeRef: { value } },
          })),
        ),
    });
    await pollCompany(books, contractor);
    const readable = final.isRead ? undefined : spoil(books.app, 'Invoice', ({ Id }) => Id === finalId);
    const less = [{ description: 'No gutters', quantity: 1, unit_price_cents: -10_000 }];
    const order = await admin.post(`/proposals/${id}/change-orders`, { description: 'Less', lines: less });
    const approved = `/proposals/${id}/change-orders/${order.body.number}/approve`;
    await admin.post(approved, { reason: 'Agreed on site' });
    try {
      await eventually(async () => expect(await eventsOf(contractor, id)).toContain('credit_memo_created'));
    } finally {
      readable?.();
    }
    return books.control.records(contractor.realmId, 'CreditMemo');
  };

  it('credits a change order at the rate that the invoices have', async () => {
    const contractor = await aCompany('GB');
    expect(await creditedUnder(contractor, [REDUCED])).toMatchObject([
      { TotalAmt: 105, TxnTaxDetail: { TotalTax: 5 } },
    ]);
    await agrees(contractor);
  });

  it('credits a change order without tax where the work of the final invoice has none', async () => {
    const contractor = await aCompany('GB');
    expect(await creditedUnder(contractor, [NO_VAT])).toMatchObject([
      { TotalAmt: 100, TxnTaxDetail: { TotalTax: 0 } },
    ]);
    await agrees(contractor);
  });

  it('credits a change order under each code that the work of the final invoice stands under', async () => {
    const contractor = await aCompany('GB');
    expect(await creditedUnder(contractor, [REDUCED, NO_VAT])).toMatchObject([
      { TotalAmt: 102.5, TxnTaxDetail: { TotalTax: 2.5 } },
    ]);
    await agrees(contractor);
  });

  it('credits a change order at the rate of the settings where the invoice cannot be read', async () => {
    const contractor = await aCompany('GB');
    expect(await creditedUnder(contractor, [STANDARD], { isRead: false })).toMatchObject([
      { TotalAmt: 120, TxnTaxDetail: { TotalTax: 20 } },
    ]);
    await agrees(contractor);
  });

  it('is in the books at the rate of the settings where the invoice cannot be read', async () => {
    const contractor = await aCompany('GB');
    const job = await paidWith(contractor, [[6_000, STANDARD]]);
    const { qbo_invoice_id: invoiceId } = job.invoice!;
    const readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
    try {
      expect(await refund(contractor, job, [12_000])).toEqual([
        { cents: 12_000, tax: 2_000, codes: [STANDARD] },
      ]);
    } finally {
      readable();
    }
    await agrees(contractor);
  });

  it('lowers a deposit that is held, and that was taxed, by what is no tax', async () => {
    const contractor = await aCompany('GB');
    const job = await paidWith(contractor, [[3_600, STANDARD]], 'deposit');
    expect(job.invoice).toMatchObject({ total_cents: 360_000, tax_cents: 60_000 });
    expect(await refund(contractor, job, [12_000])).toEqual([
      { cents: 12_000, tax: 2_000, codes: [STANDARD] },
    ]);
    await agrees(contractor);
    const contract = async () => (await contractor.admin.get(`/proposals/${job.id}/contract`)).body;
    const held = 300_000 - 10_000;
    expect(await contract()).toMatchObject({ billed_cents: 0, deposit_held_cents: held });
    expect((await ledgerOf(books, contractor)).deposits).toBe(0 - held);
    await job.bill(2);
    const final = await job.bill(3);
    const { Line } = (await recordsOf(contractor, 'Invoice')).find(({ Id }) => Id === final)!;
    expect((Line as Json[]).map(({ Amount }) => Amount)).toContain(0 - held / 100);
    expect(await contract()).toMatchObject({ remaining_cents: 0, deposit_held_cents: 0 });
    expect((await ledgerOf(books, contractor)).deposits).toBe(0);
    await agrees(contractor);
  });

  it('counts with the tax that a bookkeeper gives its receipt', async () => {
    const contractor = await aCompany('GB');
    const job = await paidWith(contractor, [[1_200, STANDARD]]);
    const [sent] = await refund(contractor, job, [12_000]);
    expect(sent).toEqual({ cents: 12_000, tax: 2_000, codes: [STANDARD] });
    await agrees(contractor);
    const [receipt] = (await recordsOf(contractor, 'RefundReceipt')) as [Json];
    const [line] = receipt.Line as [Json];
    const { ItemRef } = line.SalesItemLineDetail;
    await askCompany(books, contractor, 'refundreceipt', {
      Id: receipt.Id,
      SyncToken: receipt.SyncToken,
      sparse: true,
      GlobalTaxCalculation: 'TaxInclusive',
      Line: [{ ...line, Amount: 120, SalesItemLineDetail: { ItemRef, TaxCodeRef: { value: NO_VAT } } }],
    });
    await agrees(contractor);
  });
});
