import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QboRecord } from '../../../sandbox/control-client.ts';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import { type Json, someEmail } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';
import { cloudEvent, deliver, VERIFIER } from '../../support/webhooks.js';

const VALUE = 1_000_000;

/** Payments that came by Stripe and were entered from here, once a bookkeeper has had their hands on them. */
describe('A payment by card that a bookkeeper changes in QuickBooks', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;

  beforeAll(async () => {
    books = await startBooksWithStripe({
      QBO_RECORD_PAYMENTS: 'true',
      QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER,
    });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await payDeposit(books, contractor.admin, id);
    await recorded(1);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const recorded = (count: number) =>
    eventually(async () => {
      const there = await books.database.query(
        `select from sync_operations o join invoice_payments m
            on m.org_id = o.org_id and m.realm_id = o.realm_id and m.qbo_payment_id = o.qbo_id
          where o.org_id = $1 and o.kind = 'payment.create' and o.state = 'done' and m.removed_at is null`,
        [contractor.orgId],
      );
      expect(there).toHaveLength(count);
    });
  const inbox = (code: string) => openItems(contractor.admin, code);
  const settle = async (code: string): Promise<void> => {
    const [item] = await inbox(code);
    expect(await contractor.admin.post(`/inbox/${item!.id}/resolve`, {})).toMatchObject({ status: 200 });
  };
  const ours = async (entity: 'Payment' | 'RefundReceipt'): Promise<QboRecord> => {
    const all = await books.control.records(contractor.realmId, entity);
    return all.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:')).at(-1)!;
  };
  const edit = async (change: { amount?: number; [field: string]: unknown }): Promise<void> => {
    await books.control.editPayment(contractor.realmId, (await ours('Payment')).Id, change);
    await pollCompany(books, contractor);
  };
  /** Over this, all of it on the invoice it was on, as far as there is so much. */
  const over = async (amount: number): Promise<Json[]> => {
    const [line] = (await ours('Payment')).Line as [Json];
    await edit({ amount, Line: [{ ...line, Amount: Math.min(amount, 3000) }] });
    return inbox('total_differs');
  };
  /** One of QuickBooks who is a customer of ours as well, and owes nothing here. */
  const anotherCustomer = async (): Promise<{ value: string }> => {
    const made = await askCompany(books, contractor, 'customer', { DisplayName: `Otto Krell ${id}` });
    const value = made.Customer.Id as string;
    const email = someEmail('otto');
    expect(await contractor.admin.post('/customers', { email, full_name: 'Otto' })).toMatchObject({
      status: 201,
    });
    await books.database.query(
      'update customers set qbo_customer_id = $2, qbo_realm_id = $3 where org_id = $1 and email = $4',
      [contractor.orgId, value, contractor.realmId, email],
    );
    return { value };
  };
  const why = async (): Promise<string> =>
    (await contractor.admin.get(`/proposals/${id}/why`)).body.answer as string;
  const refusal = async () => {
    const { status, body } = await contractor.admin.post('/payments/checkout_session', { proposal_id: id });
    return [status, body.code];
  };

  it('is before a person once it is over another sum than was paid, and each sum once', async () => {
    const reason = (sum: string) =>
      expect.stringMatching(
        new RegExp(
          `^The payment of \\$3,000\\.00 for proposal ${id} for .+ was changed in QuickBooks: .+ over \\${sum} there`,
        ),
      );
    expect(await over(2500)).toMatchObject([{ reason: reason('$2,500.00'), proposal_id: id }]);
    expect(await why()).toContain('is over $2,500.00 there');
    expect(await over(2000)).toMatchObject([{ reason: reason('$2,000.00') }]);
    await settle('total_differs');
    await edit({ PrivateNote: (await ours('Payment')).PrivateNote, PaymentRefNum: 'Kept' });
    expect(await inbox('total_differs')).toEqual([]);
    expect(await over(3500)).toMatchObject([{ reason: reason('$3,500.00') }]);
    expect(await over(3000)).toEqual([]);
    expect(await inbox('payment_on_account')).toEqual([]);
    expect(await over(2500)).toHaveLength(1);
    await books.control.voidPayment(contractor.realmId, (await ours('Payment')).Id);
    await pollCompany(books, contractor);
    expect(await inbox('total_differs')).toEqual([]);
    expect(await inbox('payment_removed')).toHaveLength(1);
  });

  it('and lowers is not asked for once more: what was paid here is paid', async () => {
    await contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`);
    const { session_id } = await openCheckout(contractor.admin, id);
    await books.stripe.act('pay', { session: session_id });
    await recorded(2);
    const [line] = (await ours('Payment')).Line as [Json];
    await edit({ amount: 6500, Line: [{ ...line, Amount: 6500 }] });
    expect(await refusal()).toEqual([409, 'invoice_paid']);
    expect(await inbox('total_differs')).toHaveLength(1);
    const { path } = await aLink(contractor.admin, id);
    expect((await openPage(books.app, path)).html).not.toContain('$500.00');
  });

  it('is before a person once it is moved to another customer, and until it is back', async () => {
    const payment = await ours('Payment');
    const CustomerRef = await anotherCustomer();
    await edit({ CustomerRef, Line: [] });
    expect(await inbox('customer_differs')).toMatchObject([
      {
        reason: expect.stringMatching(
          new RegExp(
            `^The payment of \\$3,000\\.00 for proposal ${id} for .+ was moved to another customer in QuickBooks`,
          ),
        ),
        proposal_id: id,
      },
    ]);
    expect(await inbox('payment_on_account')).toEqual([]);
    expect(await why()).toContain('was moved to another customer in QuickBooks');
    expect(await refusal()).toEqual([409, 'proposal_paid']);
    await settle('customer_differs');
    await edit({ PaymentRefNum: 'Theirs' });
    expect(await inbox('customer_differs')).toEqual([]);
    await edit({ CustomerRef: payment.CustomerRef, Line: payment.Line });
    await edit({ CustomerRef, Line: [] });
    expect(await inbox('customer_differs')).toHaveLength(1);
    await edit({ CustomerRef: payment.CustomerRef, Line: payment.Line });
    expect(await inbox('customer_differs')).toEqual([]);
    expect(await inbox('payment_on_account')).toEqual([]);
  });

  it('is before a person also where no poll has told yet of the customer that it was made for', async () => {
    const { Id } = await ours('Payment');
    const CustomerRef = await anotherCustomer();
    await books.control.editPayment(contractor.realmId, Id, { CustomerRef, Line: [] });
    const event = cloudEvent(contractor.realmId, { type: 'qbo.payment.updated.v1', entityId: Id });
    expect(await deliver(books.app, [event])).toMatchObject({ status: 200 });
    await eventually(async () => expect(await inbox('customer_differs')).toHaveLength(1));
  });

  it('and deletes is before a person also where no invoice of ours is left in the company', async () => {
    const { Id } = await ours('Payment');
    const { qbo_invoice_id: invoiceId } = (await contractor.admin.get(`/proposals/${id}`)).body;
    await books.control.deleteInvoice(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await inbox('payment_on_account')).toHaveLength(1);
    await books.control.deletePayment(contractor.realmId, Id);
    await pollCompany(books, contractor);
    expect(await inbox('payment_removed')).toHaveLength(1);
    expect(await inbox('payment_on_account')).toEqual([]);
  });

  it('and takes off its invoice is before a person of its proposal, who is not charged again', async () => {
    await books.control.unapplyPayment(contractor.realmId, (await ours('Payment')).Id);
    await pollCompany(books, contractor);
    expect(await inbox('payment_on_account')).toHaveLength(1);
    expect(await why()).toContain('is on account in QuickBooks and on no invoice');
    expect(await refusal()).toEqual([409, 'proposal_paid']);
  });

  const thePayment = async (): Promise<{ id: number; paymentIntentId: string }> => {
    const [row] = await books.database.query<{ id: number; pi: string }>(
      `select id::int, stripe_payment_intent_id as pi from payments where org_id = $1 order by id limit 1`,
      [contractor.orgId],
    );
    return { id: row!.id, paymentIntentId: row!.pi };
  };

  /** A part of it is given back, and its receipt is in the books. */
  const refunded = async (): Promise<QboRecord> => {
    const [payment] = (await contractor.admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    await contractor.admin.post(`/payments/${payment!.id}/refund`, {
      amount_cents: 100_000,
      reason: 'Goodwill',
    });
    return eventually(async () => {
      const made = await ours('RefundReceipt');
      expect(made).toBeDefined();
      const { items } = (await contractor.admin.get(`/proposals/${id}/activity`)).body;
      expect((items as Json[]).map(({ event }) => event)).toContain('refund_recorded');
      return made;
    });
  };
  const move = async (CustomerRef: unknown): Promise<Json[]> => {
    const { Id, SyncToken } = await ours('RefundReceipt');
    await askCompany(books, contractor, 'refundreceipt', { Id, SyncToken, sparse: true, CustomerRef });
    await pollCompany(books, contractor);
    return inbox('customer_differs');
  };
  const customerOf = async (name: string, fields: object = {}): Promise<{ value: string }> => {
    const made = await askCompany(books, contractor, 'customer', { DisplayName: `${name} ${id}`, ...fields });
    return { value: made.Customer.Id as string };
  };

  it('is before a person once the receipt of its refund is with another customer, until it is back', async () => {
    const receipt = await refunded();
    const other = await anotherCustomer();
    expect(await move(other)).toMatchObject([
      {
        reason: expect.stringMatching(
          new RegExp(`^The refund of \\$1,000\\.00 for proposal ${id} for .+ was moved to another customer`),
        ),
        proposal_id: id,
      },
    ]);
    expect(await move(receipt.CustomerRef)).toEqual([]);
    expect(await move(other)).toHaveLength(1);
    await askCompany(books, contractor, 'refundreceipt?operation=delete', {
      Id: receipt.Id,
      SyncToken: (await ours('RefundReceipt')).SyncToken,
    });
    await pollCompany(books, contractor);
    expect(await inbox('customer_differs')).toEqual([]);
    expect(await inbox('refund_removed')).toHaveLength(1);
  });

  const page = async (): Promise<string> => {
    const { path } = await aLink(contractor.admin, id);
    return (await openPage(books.app, path)).html;
  };

  it('is no question where the receipt of its refund is put on a project of its customer', async () => {
    const receipt = await refunded();
    const kitchen = await customerOf('Kitchen', { ParentRef: receipt.CustomerRef, Job: true });
    const phase = await customerOf('Second phase', { ParentRef: kitchen, Job: true });
    expect(await move(kitchen)).toEqual([]);
    expect(await move(phase)).toEqual([]);
    const other = await anotherCustomer();
    expect(await move(await customerOf('Garage', { ParentRef: other, Job: true }))).toHaveLength(1);
  });

  it('is no question any more once its customer is linked to the one whom its receipt is with', async () => {
    await refunded();
    const trust = await customerOf('Elm Street Trust');
    expect(await move(trust)).toHaveLength(1);
    await books.database.query(
      `update customers set qbo_customer_id = $2
        where org_id = $1 and id = (select customer_id from leads where org_id = $1 and id = $3)`,
      [contractor.orgId, trust.value, id],
    );
    // Past the move, which no poll reads again.
    await books.database.query(
      `update qbo_sweeps set changed_since = now() + interval '1 minute' where org_id = $1`,
      [contractor.orgId],
    );
    await pollCompany(books, contractor);
    expect(await inbox('customer_differs')).toEqual([]);
  });

  it('and puts on two invoices leaves what is open of each: both are asked for, nothing twice', async () => {
    await contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`);
    const all = await books.control.records(contractor.realmId, 'Invoice');
    const final = all.find(({ DocNumber }) => DocNumber === `CRM-${id}-F`)!;
    const [line] = (await ours('Payment')).Line as [Json];
    const to = (TxnId: string, Amount: number) => ({ Amount, LinkedTxn: [{ TxnId, TxnType: 'Invoice' }] });
    await edit({ Line: [to(line.LinkedTxn[0].TxnId as string, 2000), to(final.Id, 1000)] });
    expect(await inbox('total_differs')).toEqual([]);
    expect(await page()).toContain('Pay the remaining $1,000.00');
    for (const [amount_cents, kind, count] of [
      [100_000, 'deposit', 3],
      [600_000, 'final', 4],
    ] as const) {
      const rest = await openCheckout(contractor.admin, id);
      expect(rest).toMatchObject({ amount_cents, kind });
      await books.stripe.act('pay', { session: rest.session_id });
      await recorded(count);
    }
    expect((await refusal())[0]).toBe(409);
    expect(await page()).toContain('Nothing more is due');
    expect(await openCodes(contractor.admin)).toEqual([]);
  });

  it('and voids and enters again is no money that was paid too much, and a person says which it is', async () => {
    const [line] = (await ours('Payment')).Line as [Json];
    await books.control.voidPayment(contractor.realmId, (await ours('Payment')).Id);
    await pollCompany(books, contractor);
    expect(await refusal()).toEqual([409, 'proposal_paid']);
    const { Id } = await books.control.receivePayment(
      contractor.realmId,
      line.LinkedTxn[0].TxnId as string,
      {},
    );
    await pollCompany(books, contractor);
    expect(await page()).not.toContain('You have paid');
    const [item] = await inbox('payment_removed');
    const found = { qbo_payment_id: Id };
    expect(await contractor.admin.post(`/inbox/${item!.id}/resolve`, found)).toMatchObject({ status: 200 });
    expect(await page()).not.toContain('You have paid');
    expect(await refusal()).toEqual([409, 'proposal_paid']);
  });

  it('and deletes and enters again in parts came in once, as soon as a person has closed the question', async () => {
    const { admin, realmId } = contractor;
    const money = async (): Promise<unknown> => {
      const { rows } = (await admin.get('/reports/revenue?basis=cash')).body;
      return (rows as Json[]).map(({ earned_cents }) => earned_cents);
    };
    const { Id, Line: lines } = await ours('Payment');
    const [line] = lines as [Json];
    await books.control.deletePayment(realmId, Id);
    await pollCompany(books, contractor);
    for (const amount of [1000, 2000])
      await books.control.receivePayment(realmId, line.LinkedTxn[0].TxnId as string, { amount });
    await pollCompany(books, contractor);
    // Until then nothing says that it is no cheque of the customer's beside it.
    expect(await money()).toEqual([600_000]);
    await settle('payment_removed');
    expect(await money()).toEqual([300_000]);
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    await admin.post(`/payments/${payment!.id}/refund`, { amount_cents: 100_000, reason: 'Goodwill' });
    expect(await money()).toEqual([200_000]);
    // Negative control: a cheque beyond what was deleted is money of its own.
    await raise(`CRM-${id}`, 4000, 1000);
    expect(await money()).toEqual([300_000]);
  });

  const cash = async (): Promise<unknown> => {
    const { rows } = (await contractor.admin.get('/reports/revenue?basis=cash')).body;
    return (rows as Json[]).map(({ earned_cents }) => earned_cents);
  };
  const entered = async (...amounts: number[]): Promise<void> => {
    const all = await books.control.records(contractor.realmId, 'Invoice');
    const { Id } = all.find(({ DocNumber }) => DocNumber === `CRM-${id}`)!;
    for (const amount of amounts) await books.control.receivePayment(contractor.realmId, Id, { amount });
    await pollCompany(books, contractor);
  };
  const removed = async (act: 'voidPayment' | 'deletePayment', Id: string): Promise<void> => {
    await books.control[act](contractor.realmId, Id);
    await pollCompany(books, contractor);
  };

  it('and voids and enters again in parts came in once, also once the voided one is deleted', async () => {
    const { Id } = await ours('Payment');
    await removed('voidPayment', Id);
    await entered(1000, 2000);
    await settle('payment_removed');
    expect(await cash()).toEqual([300_000]);
    await removed('deletePayment', Id);
    expect(await inbox('payment_removed')).toEqual([]);
    expect(await cash()).toEqual([300_000]);
  });

  it('and deletes, of which a bank took a part, is entered again without that part', async () => {
    const { paymentIntentId } = await thePayment();
    const { id: dispute } = await books.stripe.act('dispute', {
      payment_intent: paymentIntentId,
      amount: 100_000,
    });
    await books.stripe.act('close-dispute', { dispute, status: 'lost' });
    await eventually(async () => expect(await inbox('dispute_lost')).toHaveLength(1));
    await removed('deletePayment', (await ours('Payment')).Id);
    await entered(2000);
    await settle('payment_removed');
    expect(await cash()).toEqual([200_000]);
    // A cheque over what the bank took is money of its own.
    await entered(1000);
    expect(await cash()).toEqual([300_000]);
  });

  it('and deletes with another of its invoice is entered again without what had gone back of it', async () => {
    await raise(`CRM-${id}`, 6000, 0);
    const first = await ours('Payment');
    const rest = await openCheckout(contractor.admin, id);
    await books.stripe.act('pay', { session: rest.session_id });
    await recorded(2);
    const second = await ours('Payment');
    const { id: paymentId } = await thePayment();
    const part = { amount_cents: 100_000, reason: 'Goodwill' };
    expect((await contractor.admin.post(`/payments/${paymentId}/refund`, part)).status).toBe(200);
    await eventually(async () => expect(await ours('RefundReceipt')).toBeDefined());
    expect(await cash()).toEqual([500_000]);
    await removed('deletePayment', first.Id);
    await removed('deletePayment', second.Id);
    await entered(2000, 3000);
    for (const _ of [1, 2]) await settle('payment_removed');
    expect(await cash()).toEqual([500_000]);
  });

  it('and deletes, and that is refunded whole, leaves the cheque that came in its place', async () => {
    const { id: paymentId } = await thePayment();
    await removed('deletePayment', (await ours('Payment')).Id);
    await entered(3000);
    await contractor.admin.post(`/payments/${paymentId}/refund`, { reason: 'Paid by cheque' });
    expect(await inbox('payment_removed')).toEqual([]);
    expect(await cash()).toEqual([300_000]);
  });

  /** The invoice of this number made over another sum, and a cheque for all of it that was added. */
  const raise = async (number: string, amount: number, cheque: number): Promise<void> => {
    const all = await books.control.records(contractor.realmId, 'Invoice');
    const { Id } = all.find(({ DocNumber }) => DocNumber === number)!;
    await books.control.editInvoice(contractor.realmId, Id, { amount });
    if (cheque > 0) await books.control.receivePayment(contractor.realmId, Id, { amount: cheque });
    await pollCompany(books, contractor);
  };

  it.each([
    { kind: 'deposit', refused: 'proposal_paid' },
    { kind: 'final', refused: 'invoice_paid' },
  ])('and voids is not asked for of the $kind again, whatever else came on it', async ({ kind, refused }) => {
    const [number, paid] = kind === 'final' ? [`CRM-${id}-F`, 7000] : [`CRM-${id}`, 3000];
    if (kind === 'final') {
      await contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`);
      await books.stripe.act('pay', { session: (await openCheckout(contractor.admin, id)).session_id });
      await recorded(2);
    }
    await raise(number, 2 * paid, paid);
    const { Id: voided } = await ours('Payment');
    await books.control.voidPayment(contractor.realmId, voided);
    await pollCompany(books, contractor);
    expect(await inbox('payment_removed')).toHaveLength(1);
    expect(await refusal()).toEqual([409, refused]);
    expect(await page()).not.toContain('Pay the remaining');
    expect(await page()).not.toContain('You have paid');

    await raise(number, 2 * paid, paid);
    expect(await page()).not.toContain('You have paid');
    const [item] = await inbox('payment_removed');
    const others = (await books.control.records(contractor.realmId, 'Payment')).filter(
      ({ PrivateNote }) => !beginsWith(PrivateNote, 'crm:'),
    );
    const found = { qbo_payment_id: others.at(-1)!.Id };
    expect(await contractor.admin.post(`/inbox/${item!.id}/resolve`, found)).toMatchObject({ status: 200 });
    await raise(number, 2 * paid + 1000, 0);
    expect(await openCheckout(contractor.admin, id)).toMatchObject({ amount_cents: 100_000, kind });
  });

  it('and voids is not asked for, either, once a person says that it is no matter', async () => {
    await raise(`CRM-${id}`, 6000, 3000);
    await books.database.query(
      `update invoice_payments set seen_at = seen_at - interval '2 hours' where org_id = $1`,
      [contractor.orgId],
    );
    await books.database.query(
      `update payments set created_at = created_at - interval '3 hours' where org_id = $1`,
      [contractor.orgId],
    );
    await books.control.voidPayment(contractor.realmId, (await ours('Payment')).Id);
    await pollCompany(books, contractor);
    await settle('payment_removed');
    expect(await refusal()).toEqual([409, 'proposal_paid']);
    await raise(`CRM-${id}`, 6000, 3000);
    expect(await inbox('payment_removed')).toEqual([]);
    await raise(`CRM-${id}`, 7000, 0);
    expect(await openCheckout(contractor.admin, id)).toMatchObject({ amount_cents: 100_000 });
  });

  it('and puts on an invoice of others is asked for what its own was raised by, and no more', async () => {
    const { CustomerRef, Line: lines } = await ours('Payment');
    const [line] = lines as [Json];
    const all = await books.control.records(contractor.realmId, 'Invoice');
    const [sample] = all as [QboRecord];
    const { Invoice: other } = await askCompany(books, contractor, 'invoice', {
      CustomerRef,
      Line: [{ ...(sample.Line as Json[])[0], Id: undefined, Amount: 500, SalesItemLineDetail: undefined }],
    });
    const to = (TxnId: string, Amount: number) => ({ Amount, LinkedTxn: [{ TxnId, TxnType: 'Invoice' }] });
    await edit({ Line: [to(line.LinkedTxn[0].TxnId as string, 2500), to(other.Id as string, 500)] });
    expect(await refusal()).toEqual([409, 'proposal_paid']);
    await raise(`CRM-${id}`, 4000, 0);
    expect(await page()).toContain('Pay the remaining $1,000.00');
    const rest = await openCheckout(contractor.admin, id);
    expect(rest).toMatchObject({ amount_cents: 100_000, kind: 'deposit' });
    await books.stripe.act('pay', { session: rest.session_id });
    await recorded(2);
    expect(await refusal()).toEqual([409, 'proposal_paid']);
  });
});
