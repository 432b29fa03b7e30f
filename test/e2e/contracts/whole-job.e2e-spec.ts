import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, aCustomer, type Contractor, eventsOf, pollCompany } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import type { Json } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

const LINES = [
  { description: 'Tear-off', quantity: 1, unit_price_cents: 600_000 },
  { description: 'Shingles', quantity: 2, unit_price_cents: 250_000 },
  { description: 'Spring discount', quantity: 1, unit_price_cents: -100_000 },
];

describe('A customer who pays a whole job online', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const anApproved = async (): Promise<number> => {
    const { admin } = contractor;
    const customer_id = await aCustomer(contractor);
    const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, lines: LINES });
    await admin.post(`/proposals/${body.id}/approve`);
    await admin.put(`/proposals/${body.id}/contract/schedule`, {
      entries: [{ kind: 'progress', percent: 40 }],
    });
    return body.id as number;
  };
  const bill = async (id: number, number: number): Promise<Json> =>
    (await contractor.admin.post(`/proposals/${id}/contract/entries/${number}/bill`)).body.invoice;
  const checkout = (id: number) => contractor.admin.post('/payments/checkout_session', { proposal_id: id });
  const pay = (session: string) => books.stripe.act('pay', { session });
  const payments = async (id: number): Promise<Json[]> =>
    (await contractor.admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
  const invoiceOf = async (id: number): Promise<Json> => (await contractor.admin.get(`/invoices/${id}`)).body;
  const becomes = (invoiceId: unknown, facts: Json) =>
    eventually(async () => expect(await invoiceOf(invoiceId as number)).toMatchObject(facts));
  /** Of what was paid so many payments are in the books. */
  const recorded = (id: number, count: number) =>
    eventually(async () => {
      const events = await eventsOf(contractor, id);
      expect(events.filter((event) => event === 'payment_recorded')).toHaveLength(count);
    });

  it('is asked for each invoice in its turn, by its number, and each payment is on its own invoice', async () => {
    const id = await anApproved();
    const first = await checkout(id);
    expect(first.body).toMatchObject({
      kind: 'deposit',
      amount_cents: 300_000,
      deposit_cents: 300_000,
      invoice_id: null,
      total_cents: 1_000_000,
    });
    const progress = await bill(id, 2);
    expect((await checkout(id)).body.session_id).toBe(first.body.session_id);
    await pay(first.body.session_id);
    await recorded(id, 1);
    const [deposit] = (await payments(id)) as [Json];
    await becomes(deposit.invoice_id, { kind: 'deposit', state: 'paid' });

    const second = await checkout(id);
    expect(second.body).toMatchObject({
      kind: 'progress',
      amount_cents: 400_000,
      deposit_cents: 400_000,
      invoice_id: progress.id,
    });
    const session = await books.stripe.show(`checkout/sessions/${second.body.session_id}`);
    expect(session.metadata).toMatchObject({
      kind: 'progress',
      invoice_id: `${progress.id}`,
      invoice_number: `CRM-${id}-P1`,
    });
    expect((await contractor.admin.get(`/proposals/${id}/why`)).body.facts).toMatchObject({
      invoice_number: `CRM-${id}-P1`,
      deposit_paid_cents: 300_000,
    });
    await pay(second.body.session_id);
    await recorded(id, 2);
    const final = await bill(id, 3);
    const third = await checkout(id);
    expect(third.body).toMatchObject({ kind: 'final', amount_cents: 300_000, invoice_id: final.id });
    await pay(third.body.session_id);
    await recorded(id, 3);

    const all = await payments(id);
    expect(all.map(({ invoice_id }) => invoice_id)).toEqual([final.id, progress.id, deposit.invoice_id]);
    for (const { invoice_id, amount_cents } of all) {
      await becomes(invoice_id, {
        state: 'paid',
        balance_cents: 0,
        paid_cents: amount_cents,
      });
    }
    const events = await eventsOf(contractor, id);
    expect(events.filter((event) => event === 'invoice_paid')).toHaveLength(3);
    expect(await checkout(id)).toMatchObject({ status: 409, body: { code: 'invoice_paid' } });
    expect((await contractor.admin.get(`/proposals/${id}`)).body).toMatchObject({
      deposit_paid_cents: 300_000,
    });
    const refund = await contractor.admin.post(`/payments/${all[1]!.id as number}/refund`, {
      amount_cents: 50_000,
      reason: 'Goodwill',
    });
    expect(refund.status).toBe(200);
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('refund_recorded'));
    const receipts = await books.control.records(contractor.realmId, 'RefundReceipt');
    const receipt = receipts.at(-1) as unknown as { TotalAmt: number; Line: Json[] };
    expect(receipt.TotalAmt).toBe(500);
    expect(receipt.Line[0]).toMatchObject({
      Description: `Refund of progress payment 1 for proposal ${id}`,
      SalesItemLineDetail: { ItemRef: { name: 'Contract Work' }, TaxCodeRef: { value: 'NON' } },
    });
    expect((await contractor.admin.get(`/proposals/${id}`)).body).toMatchObject({
      deposit_paid_cents: 300_000,
    });
  });

  it('has money with us where a paid invoice is voided in QuickBooks, which why names', async () => {
    const { admin, realmId } = contractor;
    const id = await anApproved();
    const why = async () => (await admin.get(`/proposals/${id}/why`)).body;
    const payNext = async (count: number): Promise<void> => {
      await pay((await checkout(id)).body.session_id);
      await recorded(id, count);
    };
    await payNext(1);
    const progress = await bill(id, 2);
    const final = await bill(id, 3);
    await payNext(2);
    await payNext(3);
    await becomes(final.id, { state: 'paid' });
    await books.control.voidInvoice(realmId, final.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    await becomes(final.id, { state: 'voided' });
    const asked = await why();
    expect(asked.answer).toMatch(/^Invoice .+ was paid in full/);
    expect(asked.answer).toContain(
      `; invoice CRM-${id}-F was voided in QuickBooks, while $3,000.00 of the customer's final payment is with us`,
    );
    expect(asked.next_step).toBe(
      `Make the invoice anew by POST /invoices/${final.id as number}/remake, or refund the final payment.`,
    );
    expect(asked.facts.gone_cents).toBe(300_000);

    await books.control.deleteInvoice(realmId, progress.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    await becomes(progress.id, { state: 'deleted' });
    expect((await why()).answer).toContain(
      `; invoice CRM-${id}-P1 was deleted in QuickBooks, while $4,000.00 of the customer's progress payment 1 is`,
    );

    for (const one of [progress, final]) {
      const remade = await admin.post(`/invoices/${one.id as number}/remake`);
      expect(remade.status).toBe(200);
      await becomes(remade.body.id, { state: 'paid' });
    }
    expect(await why()).toMatchObject({ next_step: 'Nothing to do.', facts: { gone_cents: 0 } });
  });

  it('has no money with us without a place once the bookkeeper put it on another invoice', async () => {
    const { admin, realmId } = contractor;
    const id = await anApproved();
    await pay((await checkout(id)).body.session_id);
    await recorded(id, 1);
    const [{ invoice_id: depositId }] = (await payments(id)) as [Json];
    const progress = await bill(id, 2);
    const { qbo_invoice_id: gone } = await invoiceOf(depositId as number);
    const payment = (await books.control.records(realmId, 'Payment')).at(-1)!;
    await books.control.voidInvoice(realmId, gone as string);
    await pollCompany(books, contractor);
    const why = async () => (await admin.get(`/proposals/${id}/why`)).body;
    expect(await why()).toMatchObject({
      answer: expect.stringContaining(`$3,000.00 of the customer's deposit is with us`),
      next_step: `Make the invoice anew by POST /qbo/invoice/${id} with {"again": true}, or refund the deposit.`,
      facts: { invoice_number: `CRM-${id}-P1`, gone_cents: 300_000 },
    });
    await books.control.movePayment(realmId, payment.Id, progress.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    await becomes(progress.id, { paid_cents: 300_000 });
    expect((await why()).facts.gone_cents).toBe(0);
  });

  it('is not asked for a deposit of which nothing is left to bill, until the contract comes to more', async () => {
    const { admin } = contractor;
    const id = await anApproved();
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 70 }] });
    await bill(id, 2);
    const change = async (cents: number): Promise<void> => {
      const lines = [{ description: 'Skylights', quantity: 1, unit_price_cents: cents }];
      const { body } = await admin.post(`/proposals/${id}/change-orders`, {
        description: 'Skylights',
        lines,
      });
      const route = `/proposals/${id}/change-orders/${body.number as number}/approve`;
      expect((await admin.post(route, { reason: 'Agreed on site' })).status).toBe(200);
    };
    const deposit = async (): Promise<Json> => {
      const { entries } = (await admin.get(`/proposals/${id}/contract`)).body as { entries: [Json] };
      return entries[0];
    };
    expect(await deposit()).toMatchObject({ kind: 'deposit', state: 'ready', amount_cents: 300_000 });

    await change(-300_000);
    expect(await deposit()).toMatchObject({ state: 'pending', amount_cents: 0 });
    expect((await checkout(id)).body).toMatchObject({ kind: 'progress', amount_cents: 700_000 });

    await change(100_000);
    expect(await deposit()).toMatchObject({ state: 'ready', amount_cents: 100_000 });
    expect((await checkout(id)).body).toMatchObject({ kind: 'deposit', amount_cents: 100_000 });
  });

  it('pays no more than is open, whatever was paid in QuickBooks, and a page that asks for more is ended', async () => {
    const id = await anApproved();
    const deposit = await contractor.admin.post(`/qbo/invoice/${id}`);
    await books.control.receivePayment(contractor.realmId, deposit.body.qbo_invoice_id as string);
    const progress = await bill(id, 2);
    await pollCompany(books, contractor);
    const asked = await checkout(id);
    expect(asked.body).toMatchObject({ kind: 'progress', amount_cents: 400_000 });
    await books.control.receivePayment(contractor.realmId, progress.qbo_invoice_id as string, {
      amount: 1_500,
    });
    await pollCompany(books, contractor);
    await eventually(async () => {
      const session = await books.stripe.show(`checkout/sessions/${asked.body.session_id}`);
      expect(session.status).toBe('expired');
    });
    const rest = await checkout(id);
    expect(rest.body).toMatchObject({ kind: 'progress', amount_cents: 250_000 });
    await pay(rest.body.session_id);
    await recorded(id, 1);
    await becomes(progress.id, { state: 'paid', paid_cents: 400_000 });
    expect(await checkout(id)).toMatchObject({ status: 409, body: { code: 'invoice_paid' } });
  });

  it('is asked for a change after the final invoice by the name of that change, wherever it is shown', async () => {
    const { admin, realmId } = contractor;
    const id = await anApproved();
    for (const number of [1, 2, 3]) {
      const { qbo_invoice_id: qboId } = await bill(id, number);
      await books.control.receivePayment(realmId, qboId as string);
    }
    const lines = [{ description: 'Guards', quantity: 1, unit_price_cents: 50_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'Snow guards', lines });
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed on site' });
    const { id: invoiceId } = await bill(id, 4);
    await pollCompany(books, contractor);
    const { entries } = (await admin.get(`/proposals/${id}/contract`)).body as { entries: Json[] };
    expect(entries.map(({ change_order }) => change_order)).toEqual([null, null, null, 1]);

    const { path } = await aLink(admin, id);
    const page = async (): Promise<string> =>
      (await openPage(books.app, path)).html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(await page()).toMatch(/Pay change order 1 .*Change order 1: Snow guards Invoice CRM-\d+-P2/);
    const asked = await checkout(id);
    const session = await books.stripe.show(`checkout/sessions/${asked.body.session_id}/line_items`);
    expect(JSON.stringify(session)).toContain(`Change order 1: Snow guards for Roof (invoice CRM-${id}-P2)`);
    await pay(asked.body.session_id);
    await recorded(id, 1);
    const [payment] = (await payments(id)) as [Json];
    expect(payment.invoice_id).toBe(invoiceId);
    expect(await page()).toMatch(/Change order 1: Snow guards, /);
    expect(await page()).not.toContain('rogress payment 2');

    await admin.post(`/payments/${payment.id as number}/refund`, { amount_cents: 10_000, reason: 'Dented' });
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('refund_recorded'));
    expect(JSON.stringify(await books.control.records(realmId, 'RefundReceipt'))).toContain(
      `Refund of change order 1 for proposal ${id}`,
    );
    await eventually(async () =>
      expect((await admin.get(`/proposals/${id}/why`)).body.answer).toContain(
        'of change order 1 was given back',
      ),
    );
  });

  it('whose invoice is made anew has the payment on the new one', async () => {
    const id = await anApproved();
    const progress = await bill(id, 2);
    const deposit = await checkout(id);
    await pay(deposit.body.session_id);
    await recorded(id, 1);
    const { body } = await checkout(id);
    await pay(body.session_id);
    await recorded(id, 2);
    await books.control.deleteInvoice(contractor.realmId, progress.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    const again = await bill(id, 2);
    expect(again).toMatchObject({ generation: 2 });
    await becomes(again.id, { state: 'paid', paid_cents: 400_000 });
    expect((await payments(id)).map(({ invoice_id }) => invoice_id)).toContain(again.id);
  });

  it('is not asked again for what the bookkeeper enters later, and the invoice is kept meanwhile', async () => {
    const { admin, realmId } = contractor;
    await admin.patch('/org/settings', { record_payments: false });
    const id = await anApproved();
    const progress = await bill(id, 2);
    for (const paidSoFar of [1, 2]) {
      await pay((await checkout(id)).body.session_id);
      await eventually(async () => expect(await payments(id)).toHaveLength(paidSoFar));
    }
    await eventually(async () => {
      const undecided = 'select from payments where org_id = $1 and recorded_here is null';
      expect(await books.database.query(undecided, [contractor.orgId])).toEqual([]);
    });
    await admin.patch('/org/settings', { record_payments: true });
    expect(await checkout(id)).toMatchObject({ status: 409, body: { code: 'invoice_paid' } });
    expect(await admin.post(`/invoices/${progress.id as number}/void`)).toMatchObject({
      status: 409,
      body: { code: 'invoice_has_payments' },
    });
    await books.control.receivePayment(realmId, progress.qbo_invoice_id as string, { amount: 1_000 });
    await pollCompany(books, contractor);
    expect(await checkout(id)).toMatchObject({ status: 409, body: { code: 'invoice_paid' } });
    await books.control.receivePayment(realmId, progress.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    expect(await invoiceOf(progress.id as number)).toMatchObject({ state: 'paid' });
  });
});
