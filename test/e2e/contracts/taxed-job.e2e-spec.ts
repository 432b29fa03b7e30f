import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, type Contractor, pollCompany } from '../../support/books.js';
import { monthNow } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { type InboxItem, openItems } from '../../support/inbox.js';
import { askCompany, ledgerChange, ledgerOf } from '../../support/ledger.js';
import { type Json, someEmail } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

const SITE = { line1: '412 Aspen Way', city: 'Denver', region: 'CO', postal_code: '80202' };
const BILLING = { line1: '1 Elm Street', city: 'Boulder', region: 'CO', postal_code: '80301' };
const LINES = [
  { description: 'Tear-off', quantity: 1, unit_price_cents: 333_333 },
  { description: 'Shingles', quantity: 3, unit_price_cents: 244_447 },
  { description: 'Spring discount', quantity: 1, unit_price_cents: -12_345 },
];
const VALUE = 333_333 + 3 * 244_447 - 12_345;

interface Sale {
  Id: string;
  SyncToken: string;
  TotalAmt: number;
  CustomerRef: { value: string };
  DueDate: string;
  TxnDate: string;
  SalesTermRef?: { value: string };
  BillAddr?: { Line1: string };
  ShipAddr?: { Line1: string };
  DepartmentRef?: { value: string };
  GlobalTaxCalculation?: string;
  TxnTaxDetail: { TotalTax: number };
  Line: {
    Amount: number;
    DetailType: string;
    SalesItemLineDetail?: { ItemRef?: Json; TaxCodeRef?: { value: string }; ClassRef?: { value: string } };
  }[];
}

const COMPANIES = [
  {
    name: 'a British company',
    country: 'GB',
    settings: { tax_mode: 'qbo', tax_code: '3', exempt_tax_code: '6' },
  },
  { name: 'automated sales tax', country: 'US', settings: { tax_mode: 'qbo' } },
  {
    name: 'a tax of our own',
    country: 'US',
    settings: { tax_mode: 'ours', tax_percent: 7.75 },
  },
] as const;

let books: BooksWithStripe;

beforeAll(async () => {
  books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  await books.control.patchSwitches({ salesTaxByState: { CO: 8.25 } });
});

afterAll(() => books[Symbol.asyncDispose]());

describe.each(['income', 'liability'] as const)('A taxed job, its deposit as %s,', (mode) => {
  /** For what a refund or a credit memo does, however deposits are kept. */
  const once = mode === 'income' ? [mode] : [];

  const aCompany = async ({ name, country, settings }: (typeof COMPANIES)[number]): Promise<Contractor> => {
    const contractor = await aContractor(books, name, country);
    const { admin, realmId } = contractor;
    if (settings.tax_mode === 'ours') {
      await books.control.setPreferences(realmId, { PartnerTaxEnabled: false });
    }
    const class_id = await made(contractor, 'Class');
    const location_id = await made(contractor, 'Department');
    const papers = { deposit_mode: mode, terms_days: 15, class_id, location_id };
    expect((await admin.patch('/org/settings', { ...papers, ...settings })).status).toBe(200);
    await admin.post('/qbo/preflight');
    return contractor;
  };
  const made = async (contractor: Contractor, entity: 'Class' | 'Department'): Promise<string> => {
    const answer = await askCompany(books, contractor, entity.toLowerCase(), { Name: 'Roofs' });
    return (answer[entity] as { Id: string }).Id;
  };
  const recordsOf = async (contractor: Contractor, entity: 'Invoice' | 'RefundReceipt'): Promise<Sale[]> =>
    (await books.control.records(contractor.realmId, entity)) as unknown as Sale[];
  /** How often it was logged: by a statement, for it is what all waits here ask again and again. */
  const count = async ({ orgId }: Contractor, id: number, event: string): Promise<number> => {
    const logged = 'select from portal_activity where org_id = $1 and proposal_id = $2 and event = $3';
    return (await books.database.query(logged, [orgId, id, event])).length;
  };

  /** The payment by a page, once it is in QuickBooks: this one, whatever else is recorded meanwhile. */
  const recordedPayment = async (
    { orgId }: Contractor,
    session: string,
  ): Promise<{ id: string; cents: string }> =>
    eventually(async () => {
      const [payment] = await books.database.query<{ id: string; cents: string }>(
        `select p.id, p.amount_cents as cents
           from payments p
           join portal_activity a
             on a.org_id = $1 and a.event = 'payment_recorded' and a.meta ->> 'payment_id' = p.id::text
          where p.org_id = $1 and p.stripe_session_id = $2`,
        [orgId, session],
      );
      if (!payment) throw new Error(`The payment by ${session} is not recorded`);
      return payment;
    });

  /** Pays what is due, waits until it is in the books, and gives parts of it back, one after the other. */
  const payAndRefund = async (contractor: Contractor, id: number, parts: number[]): Promise<number> => {
    const { admin } = contractor;
    const { body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    const refunded = await count(contractor, id, 'refund_recorded');
    await books.stripe.act('pay', { session: body.session_id });
    const payment = await recordedPayment(contractor, body.session_id as string);
    const paidCents = Number(payment.cents);
    for (const index of parts.keys()) {
      const upTo = (end: number) =>
        Math.round(paidCents * parts.slice(0, end).reduce((sum, one) => sum + one, 0));
      const amount_cents = upTo(index + 1) - upTo(index);
      await admin.post(`/payments/${payment.id}/refund`, { amount_cents, reason: 'Goodwill' });
      await eventually(async () =>
        expect(await count(contractor, id, 'refund_recorded')).toBe(refunded + index + 1),
      );
    }
    return paidCents;
  };

  /** Why revenue and QuickBooks' income differ, beside the documents that the company had before. */
  const reasonsIn = async ({ admin }: Contractor): Promise<unknown[]> => {
    const { items } = (await admin.post('/reports/revenue/compare', {})).body as { items: Json[] };
    return (items[0]!.reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
  };

  it.each(COMPANIES)(
    'at $name, is to the cent in the books, and takes its tax off with refunds',
    async (company) => {
      const contractor = await aCompany(company);
      const { admin } = contractor;
      const settings = (await admin.get('/org/settings')).body;
      const before = await ledgerOf(books, contractor);
      const customer = await admin.post('/customers', { email: someEmail(), billing_address: BILLING });
      const draft = { name: 'Roof', customer_id: customer.body.id, lines: LINES, site_address: SITE };
      const id = (await admin.post('/proposals', draft)).body.id as number;
      expect((await admin.post(`/proposals/${id}/approve`)).status).toBe(200);
      await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
      const bill = (number: number) => admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
      let paid = await payAndRefund(contractor, id, [0.1]);
      expect(await bill(2)).toMatchObject({ status: 200 });
      // All of the progress payment goes back, in three parts.
      paid += await payAndRefund(contractor, id, [0.25, 0.5, 0.25]);
      expect(await bill(3)).toMatchObject({ status: 200 });
      paid += await payAndRefund(contractor, id, [0.3]);

      const invoices = (await admin.get(`/invoices?proposal_id=${id}&sort=id`)).body.items as Json[];
      const [deposit, progress, final] = await recordsOf(contractor, 'Invoice').then((all) => all.slice(-3));
      expect(invoices.map(({ total_cents: total, tax_cents: tax }) => [total, tax])).toEqual(
        [deposit!, progress!, final!].map(({ TotalAmt, TxnTaxDetail }) => [
          Math.round(TotalAmt * 100),
          Math.round(TxnTaxDetail.TotalTax * 100),
        ]),
      );
      expect(deposit!.TxnTaxDetail.TotalTax).toBe(0);
      for (const sale of [deposit!, progress!, final!]) {
        expect(sale).toMatchObject({
          SalesTermRef: { value: '2' },
          BillAddr: { Line1: '1 Elm Street' },
          ShipAddr: { Line1: '412 Aspen Way' },
        });
        expect(Date.parse(sale.DueDate) - Date.parse(sale.TxnDate)).toBe(15 * 86_400_000);
        const lines = sale.Line.filter(({ DetailType }) => DetailType === 'SalesItemLineDetail');
        for (const { SalesItemLineDetail } of lines) {
          expect(SalesItemLineDetail).toMatchObject({
            TaxCodeRef: { value: expect.any(String) },
            ClassRef: { value: settings.class_id },
          });
        }
        expect(sale.DepartmentRef).toMatchObject({ value: settings.location_id });
        expect(sale.GlobalTaxCalculation).toBe(company.country === 'GB' ? 'TaxExcluded' : undefined);
      }
      const refunds = await recordsOf(contractor, 'RefundReceipt').then((all) => all.slice(-5));
      const inCents = (amount: number): number => Math.round(amount * 100);
      const sum = (amounts: number[]): number => amounts.reduce((total, one) => total + one, 0);
      const refundedCents = sum(refunds.map(({ TotalAmt }) => inCents(TotalAmt)));
      const refundedTax = refunds.map(({ TxnTaxDetail }) => inCents(TxnTaxDetail.TotalTax));
      expect(refundedTax[0]).toBe(0);
      // QuickBooks rounds the tax that it counts receipt by receipt.
      const roundedCents = company.settings.tax_mode === 'ours' ? 0 : 1;
      const leftCents = inCents(progress!.TxnTaxDetail.TotalTax) - sum(refundedTax.slice(1, 4));
      expect(Math.abs(leftCents)).toBeLessThanOrEqual(roundedCents);
      expect(refundedTax[4]).toBeCloseTo(inCents(final!.TxnTaxDetail.TotalTax) * 0.3, -0.5);
      const paidBack = ((await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[]).map(
        ({ refunded_cents: cents }) => cents as number,
      );
      expect(refundedCents).toBe(sum(paidBack));

      const taxCents = sum(invoices.map(({ tax_cents: tax }) => (tax as number | null) ?? 0));
      const ofDeposit = mode === 'liability' ? inCents(refunds[0]!.TotalAmt) : 0;
      expect(ledgerChange(before, await ledgerOf(books, contractor))).toEqual({
        income: VALUE - (refundedCents - sum(refundedTax) - ofDeposit),
        deposits: 0,
        receivable: 0,
        cash: paid - refundedCents,
        tax: taxCents - sum(refundedTax),
      });
      const items = await openItems(admin);
      expect(items.map(({ code }) => code)).not.toContain('total_differs');
    },
  );

  it.each([
    { deposit_percent: 30, entries: [{ kind: 'progress', percent: 70 }], lines: [1_000_000] },
    { deposit_percent: 100, entries: [], lines: [600_000, 400_000] },
  ])('that is billed by $deposit_percent % of deposit and by progress is taxed as a whole', async (story) => {
    const { deposit_percent, entries, lines } = story;
    const contractor = await aCompany(COMPANIES[2]);
    const { admin } = contractor;
    await admin.patch('/org/settings', { deposit_percent });
    const before = await ledgerOf(books, contractor);
    const reasons = await reasonsIn(contractor);
    const customer = await admin.post('/customers', { email: someEmail(), billing_address: BILLING });
    const parts = lines.map((cents) => ({ description: 'Roof', quantity: 1, unit_price_cents: cents }));
    const draft = { name: 'Roof', customer_id: customer.body.id, lines: parts };
    const id = (await admin.post('/proposals', draft)).body.id as number;
    await admin.post(`/proposals/${id}/approve`);
    await admin.put(`/proposals/${id}/contract/schedule`, { entries });
    const contract = async (): Promise<Json> => (await admin.get(`/proposals/${id}/contract`)).body;
    const bill = (number: number) => admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
    const last = entries.length + 2;
    for (let number = 1; number < last; number += 1)
      expect(await bill(number)).toMatchObject({ status: 200 });
    await admin.post(`/proposals/${id}/complete`, { completed_on: '2026-03-02' });
    expect(((await contract()).entries as Json[]).at(-1)).toMatchObject({ kind: 'final', state: 'ready' });
    expect(await bill(last)).toMatchObject({ status: 200 });

    const invoices = (await admin.get(`/invoices?proposal_id=${id}`)).body.items as Json[];
    const taxes = invoices.map(({ tax_cents }) => (tax_cents as number | null) ?? 0);
    expect(taxes.reduce((sum, cents) => sum + cents, 0)).toBe(77_500);
    expect(await contract()).toMatchObject({
      billed_cents: 1_000_000,
      remaining_cents: 0,
      deposit_held_cents: 0,
      entries: expect.arrayContaining([expect.objectContaining({ kind: 'final', state: 'invoiced' })]),
    });
    expect(ledgerChange(before, await ledgerOf(books, contractor))).toEqual({
      income: 1_000_000,
      deposits: 0,
      receivable: 1_077_500,
      cash: 0,
      tax: 77_500,
    });
    const { rows } = (await admin.get('/reports/revenue?from=2020-01-01&to=2099-12-31')).body;
    expect((rows as Json[]).reduce((sum, { earned_cents: cents }) => sum + (cents as number), 0)).toBe(
      1_000_000,
    );
    expect(await reasonsIn(contractor)).toEqual(reasons);
  });

  const there = [
    { region: 'CO', state: 'ready', tells: 'with its tax' },
    { region: 'MT', state: 'pending', tells: 'Nothing to do' },
  ];
  it.each(once.flatMap(() => there))(
    'of which nothing but tax is left to bill is $state in $region',
    async (story) => {
      const { region, state, tells } = story;
      const contractor = await aCompany(COMPANIES[1]);
      const { admin } = contractor;
      await admin.patch('/org/settings', { deposit_percent: 30, deposit_mode: 'income' });
      const customer = await admin.post('/customers', { email: someEmail(), billing_address: BILLING });
      const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
      const draft = { name: 'Roof', customer_id: customer.body.id, lines, site_address: { ...SITE, region } };
      const id = (await admin.post('/proposals', draft)).body.id as number;
      await admin.post(`/proposals/${id}/approve`);
      const entries = [{ kind: 'progress', percent: 70 }];
      await admin.put(`/proposals/${id}/contract/schedule`, { entries });
      await payAndRefund(contractor, id, []);
      const bill = (number: number) => admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
      expect(await bill(2)).toMatchObject({ status: 200 });
      await payAndRefund(contractor, id, []);
      await eventually(async () => expect(await count(contractor, id, 'payment_recorded')).toBe(2));
      await pollCompany(books, contractor);
      await admin.post(`/proposals/${id}/complete`, { completed_on: '2026-03-02' });
      const contract = (await admin.get(`/proposals/${id}/contract`)).body;
      expect((contract.entries as Json[]).at(-1)).toMatchObject({ kind: 'final', state });
      expect((await admin.get(`/proposals/${id}/why`)).body.next_step).toContain(tells);
      const isTaxed = state === 'ready';
      const { path } = await aLink(admin, id);
      const { html } = await openPage(books.app, path);
      expect(html.includes('Nothing more is due')).toBe(!isTaxed);
      expect((await bill(3)).status).toBe(isTaxed ? 200 : 409);
    },
  );

  it.each(once)('in yen gives back whole yen, of the work and of its tax', async () => {
    const contractor = await aCompany(COMPANIES[2]);
    const { admin, realmId } = contractor;
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'JPY');
    await books.control.rateCurrency(realmId, 'JPY', 0.0067, yesterday);
    const customer = await admin.post('/customers', { email: someEmail(), billing_address: BILLING });
    const lines = [{ description: 'Shingles', quantity: 1, unit_price_cents: 123_457_00 }];
    const draft = { name: 'Roof', customer_id: customer.body.id, currency: 'JPY', lines };
    const id = (await admin.post('/proposals', draft)).body.id as number;
    expect((await admin.post(`/proposals/${id}/approve`)).status).toBe(200);
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
    await payAndRefund(contractor, id, [1_000 / 37_037]);
    expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
    // The progress payment is 49,383 yen and 3,827 of tax.
    await payAndRefund(contractor, id, [1_000 / 53_210]);
    const receipt = (await recordsOf(contractor, 'RefundReceipt')).at(-1)!;
    // 7.75 % of 928 yen are 71.92.
    expect([receipt.TotalAmt, receipt.TxnTaxDetail.TotalTax]).toEqual([1_000, 72]);
    expect(receipt.Line.filter(({ SalesItemLineDetail }) => SalesItemLineDetail)).toMatchObject([
      { Amount: 928 },
    ]);
  });

  it.each(once)(
    'credited by hand without tax keeps its tax owed, and has a person hear of a refund over another sum, once',
    async () => {
      const contractor = await aCompany(COMPANIES[1]);
      const { admin, realmId } = contractor;
      const customer = await admin.post('/customers', { email: someEmail(), billing_address: BILLING });
      const draft = { name: 'Roof', customer_id: customer.body.id, lines: LINES, site_address: SITE };
      const id = (await admin.post('/proposals', draft)).body.id as number;
      await admin.post(`/proposals/${id}/approve`);
      const differs = async (): Promise<unknown[]> =>
        (await openItems(admin))
          .filter(({ code, proposal_id }) => code === 'total_differs' && proposal_id === id)
          .map(({ reason }) => reason);
      await payAndRefund(contractor, id, [0.1]);
      expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
      expect(await differs()).toEqual([]);
      const final = (await recordsOf(contractor, 'Invoice')).at(-1)!;
      await admin.get('/reports/aging?scope=company'); // from now on the documents of the company are mirrored
      const before = await reasonsIn(contractor);
      const remaining = async (): Promise<number> =>
        (await admin.get(`/proposals/${id}/contract`)).body.remaining_cents as number;
      expect(await remaining()).toBe(0);
      const apply_to = final.Id;
      await books.control.creditMemo(realmId, {
        customer_id: final.CustomerRef.value,
        amount: 100,
        apply_to,
      });
      await pollCompany(books, contractor);
      // All of the credit is lost as income.
      expect(await reasonsIn(contractor)).toEqual(before);
      expect(await remaining()).toBe(10_000);

      await books.control.patchSwitches({ salesTaxByState: { CO: 16.5 } });
      await payAndRefund(contractor, id, [0.3]);
      await books.control.patchSwitches({ salesTaxByState: { CO: 8.25 } });
      expect(await differs()).toEqual([
        expect.stringMatching(new RegExp(`^The refund of .* for proposal ${id} `)),
      ]);
      const [{ reason }] = (await openItems(admin, 'total_differs')) as [InboxItem];
      const [, sent] = /refund of \$([\d,.]+) /.exec(reason)!;
      const receipt = (await recordsOf(contractor, 'RefundReceipt')).at(-1)!;
      const [line] = receipt.Line;
      const correct = async (Amount: number): Promise<unknown[]> => {
        const { SyncToken } = (await recordsOf(contractor, 'RefundReceipt')).at(-1)!;
        const { ItemRef } = line!.SalesItemLineDetail!;
        const Line = [{ ...line, Amount, SalesItemLineDetail: { ItemRef, TaxCodeRef: { value: 'NON' } } }];
        await askCompany(books, contractor, 'refundreceipt', {
          Id: receipt.Id,
          SyncToken,
          sparse: true,
          Line,
        });
        await pollCompany(books, contractor);
        return differs();
      };
      expect(await correct(1)).toEqual([
        expect.stringContaining('was changed in QuickBooks: it is over $1.00 there'),
      ]);
      expect(await correct(Number(sent!.replace(',', '')))).toEqual([]);
    },
  );

  it.each(once)(
    'credited by hand with less tax than it has loses what the credit memo has, of income and of tax',
    async () => {
      const contractor = await aCompany(COMPANIES[2]);
      const { admin, realmId } = contractor;
      const before = await ledgerOf(books, contractor);
      const customer = await admin.post('/customers', { email: someEmail(), billing_address: BILLING });
      const draft = { name: 'Roof', customer_id: customer.body.id, lines: LINES, site_address: SITE };
      const id = (await admin.post('/proposals', draft)).body.id as number;
      await admin.post(`/proposals/${id}/approve`);
      await payAndRefund(contractor, id, []);
      expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
      const final = (await recordsOf(contractor, 'Invoice')).at(-1)!;
      const line = (Amount: number, value: string) => ({
        Amount,
        DetailType: 'SalesItemLineDetail',
        SalesItemLineDetail: { ItemRef: { value: '1' }, TaxCodeRef: { value } },
      });
      await admin.get('/reports/aging?scope=company'); // from now on the documents of the company are mirrored
      const reasons = await reasonsIn(contractor);
      await books.control.creditMemo(realmId, {
        customer_id: final.CustomerRef.value,
        amount: 315.5,
        Line: [line(100, 'NON'), line(200, 'TAX')],
        TxnTaxDetail: { TotalTax: 15.5 },
        apply_to: final.Id,
      });
      await pollCompany(books, contractor);
      expect(await reasonsIn(contractor)).toEqual(reasons);
      const { remaining_cents } = (await admin.get(`/proposals/${id}/contract`)).body;
      expect(remaining_cents).toBe(30_000);
      const month = monthNow();
      const { figures } = (await admin.get(`/periods/${month}/pack`)).body as { figures: { tax: Json[] } };
      const taxCents = figures.tax.reduce((sum, { cents }) => sum + (cents as number), 0);
      expect(taxCents).toBe(ledgerChange(before, await ledgerOf(books, contractor)).tax);
      // Without a line that is known it says nothing of its tax: that is the share of the invoice.
      await books.database.query(
        `delete from qbo_document_lines where realm_id = $1 and type = 'CreditMemo' and org_id = $2`,
        [realmId, contractor.orgId],
      );
      expect((await admin.get(`/proposals/${id}/contract`)).body.remaining_cents).toBe(28_405);
    },
  );
});
