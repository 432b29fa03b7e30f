import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, aCustomer, type Contractor, eventsOf, pollCompany } from '../../support/books.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { EntryBillingService } from '../../../src/qbo-sync/push/invoices/entry-billing.service.js';
import { daysFromNow } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../../support/stripe.js';
import type { Json } from '../../support/people.js';

const LINES = [
  { description: 'Tear-off', quantity: 1, unit_price_cents: 600_000 },
  { description: 'Shingles', quantity: 2, unit_price_cents: 250_000 },
  { description: 'Spring discount', quantity: 1, unit_price_cents: -100_000 },
];

interface BooksInvoice {
  Id: string;
  DocNumber: string;
  TotalAmt: number;
  DueDate: string;
  Line: { Amount: number; DetailType: string; Description?: string }[];
}

let books: BooksWithStripe;

beforeAll(async () => {
  books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
});

afterAll(() => books[Symbol.asyncDispose]());

describe.each(['income', 'liability'] as const)('A whole contract, its deposit as %s,', (mode) => {
  let contractor: Contractor;
  /** For what holds of an entry, however deposits are kept. */
  const once = mode === 'income' ? [mode] : [];

  beforeAll(async () => {
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { deposit_mode: mode });
  });

  const aContract = async (entries: object[] = [{ kind: 'progress', percent: 40 }]): Promise<number> => {
    const { admin } = contractor;
    const customer_id = await aCustomer(contractor);
    const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, lines: LINES });
    const id = body.id as number;
    await admin.post(`/proposals/${id}/approve`);
    await admin.put(`/proposals/${id}/contract/schedule`, { entries });
    return id;
  };
  const contract = async (id: number) => (await contractor.admin.get(`/proposals/${id}/contract`)).body;
  const bill = (id: number, number: number) =>
    contractor.admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
  const inBooks = async (qboId: string): Promise<BooksInvoice> => {
    const all = (await books.control.records(contractor.realmId, 'Invoice')) as unknown as BooksInvoice[];
    return all.find(({ Id }) => Id === qboId)!;
  };
  const linesOf = (invoice: BooksInvoice): number[] =>
    invoice.Line.filter(({ DetailType }) => DetailType === 'SalesItemLineDetail').map(({ Amount }) => Amount);
  /** What an account holds by the ledger behind the books, in cents; 0 where there is none. */
  const balanceOf = async (name: string): Promise<number> => {
    const accounts = await books.control.records(contractor.realmId, 'Account');
    return Math.round(Number(accounts.find(({ Name }) => Name === name)?.CurrentBalance ?? 0) * 100);
  };
  const invoicesOf = async (id: number): Promise<Json[]> =>
    (await contractor.admin.get(`/invoices?proposal_id=${id}&sort=id`)).body.items as Json[];

  /** Totals before tax of live invoices + remaining + retained − deposit held. */
  const identity = async (id: number): Promise<number> => {
    const live = (await invoicesOf(id)).filter(({ state }) => state !== 'voided' && state !== 'deleted');
    const total = live.reduce((sum, { total_cents }) => sum + (total_cents as number), 0);
    const stands = await contract(id);
    const held = stands.deposit_held_cents as number;
    return total + (stands.remaining_cents as number) + (stands.retained_cents as number) - held;
  };

  it('is billed by deposit, progress and final invoice, with its own lines, to the cent', async () => {
    const held = await balanceOf('Customer Deposits');
    const owed = await balanceOf('Accounts Receivable (A/R)');
    const id = await aContract();
    const deposit = await contractor.admin.post(`/qbo/invoice/${id}`);
    expect(deposit.body).toMatchObject({
      status: 'created',
      qbo_invoice_number: `CRM-${id}`,
      amount_cents: 300_000,
    });
    expect(await contract(id)).toMatchObject({
      billed_cents: mode === 'income' ? 300_000 : 0,
      deposit_held_cents: mode === 'income' ? 0 : 300_000,
    });
    expect(await identity(id)).toBe(1_000_000);
    expect((await balanceOf('Customer Deposits')) - held).toBe(mode === 'income' ? 0 : -300_000);

    const progress = await bill(id, 2);
    expect(progress).toMatchObject({
      status: 200,
      body: {
        status: 'created',
        invoice: { kind: 'progress', number: `CRM-${id}-P1`, total_cents: 400_000 },
      },
    });
    const first = await inBooks(progress.body.invoice.qbo_invoice_id);
    expect(linesOf(first)).toEqual([2_400, 2_000, -400]);
    expect(await identity(id)).toBe(1_000_000);

    const final = await bill(id, 3);
    expect(final.body).toMatchObject({ invoice: { number: `CRM-${id}-F`, total_cents: 300_000 } });
    const last = await inBooks(final.body.invoice.qbo_invoice_id);
    expect(linesOf(last)).toEqual([3_600, 3_000, -600, -3_000]);
    expect(await contract(id)).toMatchObject({
      billed_cents: 1_000_000,
      remaining_cents: 0,
      deposit_held_cents: 0,
    });
    expect(await identity(id)).toBe(1_000_000);
    expect((await balanceOf('Customer Deposits')) - held).toBe(0);
    expect((await balanceOf('Accounts Receivable (A/R)')) - owed).toBe(1_000_000);
    expect((await contract(id)).invoices).toEqual(await invoicesOf(id));
    expect(await bill(id, 3)).toMatchObject({ status: 200, body: { status: 'exists' } });
    expect((await contractor.admin.post(`/qbo/invoice/${id}`)).body.status).toBe('exists');
  });

  it.each(once)(
    'makes one invoice of an entry, however many ask at once, and never bills above its value',
    async () => {
      const id = await aContract([{ kind: 'progress', percent: 70 }]);
      await contractor.admin.post(`/qbo/invoice/${id}`);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, ask) => bill(id, ask % 2 === 0 ? 2 : 3)),
      );
      expect(
        answers.map(({ status }) => status).filter((status) => ![200, 202, 409].includes(status)),
      ).toEqual([]);
      const made = (await invoicesOf(id)).filter(({ kind }) => kind !== 'deposit');
      const created = answers.filter(({ body }) => body.status === 'created');
      expect(created.length).toBeLessThanOrEqual(made.length);
      expect(new Set(made.map(({ kind }) => kind)).size).toBe(made.length);
      expect(await identity(id)).toBe(1_000_000);
      expect((await contract(id)).remaining_cents).toBeGreaterThanOrEqual(0);
    },
  );

  it('gives the amount of a voided or deleted invoice back, and bills it again under the next number', async () => {
    const id = await aContract();
    const { invoice: deleted } = (await bill(id, 2)).body as { invoice: Json };
    await books.control.deleteInvoice(contractor.realmId, deleted.qbo_invoice_id as string);
    await pollCompany(books, contractor);
    expect((await contract(id)).remaining_cents).toBe(1_000_000);
    const { invoice, status } = (await bill(id, 2)).body as { invoice: Json; status: string };
    expect([status, invoice.generation]).toEqual(['created', 2]);
    expect(await identity(id)).toBe(1_000_000);

    await contractor.admin.post(`/qbo/invoice/${id}`);
    const remaining = (await contract(id)).remaining_cents as number;
    expect(await contractor.admin.post(`/invoices/${invoice.id as number}/remake`)).toMatchObject({
      status: 409,
      body: { code: 'invoice_stands' },
    });
    expect(await contractor.admin.post(`/invoices/${invoice.id as number}/void`)).toMatchObject({
      status: 200,
      body: { id: invoice.id, state: 'voided' },
    });
    const given = await contract(id);
    expect(given.remaining_cents).toBe(remaining + 400_000);
    expect((given.entries as Json[])[1]).toMatchObject({
      state: 'ready',
      amount_cents: 400_000,
      invoice_id: null,
    });
    const again = await contractor.admin.post(`/invoices/${invoice.id as number}/remake`);
    expect(again).toMatchObject({
      status: 200,
      body: { number: `CRM-${id}-P1-3`, generation: 3, state: 'open' },
    });
    expect((await contract(id)).remaining_cents).toBe(remaining);
    expect(await identity(id)).toBe(1_000_000);
  });

  it.each(once)(
    'keeps its schedule where it is invoiced, and bills an entry by itself when its day has come, once',
    async () => {
      const id = await aContract([
        { kind: 'progress', percent: 20 },
        { kind: 'progress', percent: 20 },
      ]);
      await bill(id, 2);
      const put = (entries: object[]) =>
        contractor.admin.put(`/proposals/${id}/contract/schedule`, { entries });
      expect(await put([{ kind: 'progress', percent: 30 }])).toMatchObject({
        status: 409,
        body: { code: 'entry_invoiced' },
      });
      expect(await put([])).toMatchObject({ status: 409 });
      expect(
        await put([
          { kind: 'progress', percent: 20 },
          { kind: 'progress', percent: 50 },
        ]),
      ).toMatchObject({
        status: 200,
      });

      // Once, and not again after a void.
      expect(
        await put([
          { kind: 'progress', percent: 20 },
          { kind: 'progress', percent: 10, trigger_on: '2026-01-31' },
          { kind: 'progress', percent: 10, trigger_on: '2199-01-31' },
        ]),
      ).toMatchObject({ status: 200 });
      const due = books.app.app.get(DueJobsService);
      await due.enqueueDue('contract_entries');
      await eventually(async () => {
        expect((await invoicesOf(id)).slice(1)).toMatchObject([
          { number: `CRM-${id}-P2`, total_cents: 100_000 },
        ]);
      });
      expect(await due.enqueueDue('contract_entries')).toBe(0);
      const [, { id: invoiceId }] = (await invoicesOf(id)) as [Json, Json];
      expect((await contractor.admin.post(`/invoices/${invoiceId}/void`)).status).toBe(200);
      expect(await due.enqueueDue('contract_entries')).toBe(0);
    },
  );

  it.each(once)(
    'bills an entry by itself on its day, where one that was voided stood in its place before',
    async () => {
      const id = await aContract([{ kind: 'progress', percent: 20 }]);
      const { invoice } = (await bill(id, 2)).body as { invoice: Json };
      const route = `/invoices/${invoice.id as number}/void`;
      expect((await contractor.admin.post(route)).status).toBe(200);
      const entries = [{ kind: 'progress', percent: 30, trigger_on: daysFromNow(2) }];
      await contractor.admin.put(`/proposals/${id}/contract/schedule`, { entries });
      const due = books.app.app.get(DueJobsService);
      expect(await due.enqueueDue('contract_entries')).toBe(0);
      // Three days later.
      await books.database.query(
        `update invoices set created_at = created_at - interval '3 days', updated_at = updated_at - interval '3 days'
          where org_id = $1 and proposal_id = $2`,
        [contractor.orgId, id],
      );
      await books.database.query(
        `update contract_entries set trigger_on = trigger_on - 3 where org_id = $1 and trigger_on = $2`,
        [contractor.orgId, daysFromNow(2)],
      );
      expect(await due.enqueueDue('contract_entries')).toBe(1);
      await eventually(async () => {
        expect((await invoicesOf(id)).map(({ state, total_cents }) => [state, total_cents])).toEqual([
          ['voided', expect.anything()],
          ['open', 300_000],
        ]);
      });
      const [, made] = (await invoicesOf(id)) as [Json, Json];
      expect((await contractor.admin.post(`/invoices/${made.id as number}/void`)).status).toBe(200);
      expect(await due.enqueueDue('contract_entries')).toBe(0);
    },
  );

  it.each(once)(
    'is billed by no job of before its schedule was changed, or of before that invoice was voided',
    async () => {
      const progress = { kind: 'progress', percent: 20 };
      const id = await aContract([{ ...progress, trigger_on: '2026-01-31' }]);
      const { orgId, admin } = contractor;
      // It waits in the queue, or for its next try.
      const found = () =>
        inOrganisation(orgId, () =>
          books.app.app.get(EntryBillingService).billDue({ orgId, proposalId: id, number: 2 }),
        );
      await found();
      expect(await invoicesOf(id)).toMatchObject([{ number: `CRM-${id}-P1`, state: 'open' }]);
      const [made] = (await invoicesOf(id)) as [Json];
      expect((await admin.post(`/invoices/${made.id as number}/void`)).status).toBe(200);
      await found();
      expect(await invoicesOf(id)).toMatchObject([{ state: 'voided' }]);

      const later = await aContract([{ ...progress, trigger_on: '2199-01-31' }]);
      await inOrganisation(orgId, () =>
        books.app.app.get(EntryBillingService).billDue({ orgId, proposalId: later, number: 2 }),
      );
      expect(await invoicesOf(later)).toEqual([]);
    },
  );

  it('leaves an entry alone for an hour whose day has come, while nothing is left to bill by it', async () => {
    const progress = { kind: 'progress', percent: 40 };
    const id = await aContract([progress, { kind: 'progress', percent: 20, trigger_on: '2199-01-31' }]);
    await contractor.admin.post(`/qbo/invoice/${id}`);
    await bill(id, 2);
    const change = async (cents: number): Promise<void> => {
      const lines = [{ description: 'Porch', quantity: 1, unit_price_cents: cents }];
      const order = await contractor.admin.post(`/proposals/${id}/change-orders`, {
        description: 'Porch',
        lines,
      });
      const route = `/proposals/${id}/change-orders/${order.body.number as number}/approve`;
      expect((await contractor.admin.post(route, { reason: 'Agreed on site' })).status).toBe(200);
    };
    await change(mode === 'income' ? -300_000 : -600_000);
    const isBilled = await invoicesOf(id);
    const itsDayComes = `update contract_entries e set trigger_on = '2026-01-31' from contracts c
      where c.org_id = e.org_id and c.id = e.contract_id and c.proposal_id = $1 and e.number = 3`;
    await books.database.query(itsDayComes, [id]);
    const due = books.app.app.get(DueJobsService);
    await due.enqueueDue('contract_entries');
    await eventually(async () => expect(await due.enqueueDue('contract_entries')).toBe(0));
    expect(await invoicesOf(id)).toEqual(isBilled);

    await change(400_000);
    const moved = `update contract_entries set bill_again_at = bill_again_at - interval '1 hour' where org_id = $1`;
    await books.database.query(moved, [contractor.orgId]);
    await due.enqueueDue('contract_entries');
    await eventually(async () => expect(await invoicesOf(id)).toHaveLength(isBilled.length + 1));
  });

  it('refunds a deposit by the item it was billed by; the final invoice takes off what is left', async () => {
    const id = await aContract();
    const { admin } = contractor;
    const held = await balanceOf('Customer Deposits');
    await admin.post(`/qbo/invoice/${id}`);
    const { session_id: session } = await openCheckout(admin, id);
    await books.stripe.act('pay', { session });
    const payment = await eventually(async () => {
      const { items } = (await admin.get(`/payments?proposal_id=${id}`)).body as { items: Json[] };
      expect(items).toHaveLength(1);
      return items[0];
    });
    await admin.post(`/payments/${payment.id}/refund`, { amount_cents: 100_000, reason: 'Goodwill' });
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('refund_recorded'));
    const isHeld = mode === 'liability';
    expect(await contract(id)).toMatchObject({
      deposit_held_cents: isHeld ? 200_000 : 0,
      remaining_cents: isHeld ? 1_000_000 : 700_000,
    });
    expect((await balanceOf('Customer Deposits')) - held).toBe(isHeld ? -200_000 : 0);
    expect((await identity(id)) - (isHeld ? 100_000 : 0)).toBe(1_000_000);

    await bill(id, 2);
    expect((await bill(id, 3)).body).toMatchObject({ invoice: { total_cents: isHeld ? 400_000 : 300_000 } });
    expect((await balanceOf('Customer Deposits')) - held).toBe(0);
    expect(await contract(id)).toMatchObject({ remaining_cents: 0, deposit_held_cents: 0 });
  });

  it.each(mode === 'liability' ? [mode] : [])(
    'has a person hear of a deposit above what is left, until it is refunded by hand, in parts',
    async () => {
      const { admin } = contractor;
      const id = await aContract();
      await admin.post(`/qbo/invoice/${id}`);
      const { session_id: session } = await openCheckout(admin, id);
      await books.stripe.act('pay', { session });
      const payment = await eventually(async () => {
        const { items } = (await admin.get(`/payments?proposal_id=${id}`)).body as { items: Json[] };
        expect(items).toHaveLength(1);
        return items[0]!;
      });
      const less = [{ description: 'Only the porch', quantity: 1, unit_price_cents: -800_000 }];
      await admin.post(`/proposals/${id}/change-orders`, { description: 'Porch', lines: less });
      await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed on site' });
      const asked = async (): Promise<unknown[]> =>
        (await openItems(admin))
          .filter(({ code, proposal_id }) => code === 'deposit_exceeds_final' && proposal_id === id)
          .map(({ reason }) => reason);
      expect(await asked()).toEqual([expect.stringContaining('$1,000.00 of the deposit')]);
      const refund = (amount_cents: number) =>
        admin.post(`/payments/${payment.id as number}/refund`, { amount_cents, reason: 'Only the porch' });
      await refund(40_000);
      await eventually(async () =>
        expect(await asked()).toEqual([expect.stringContaining('$600.00 of the deposit')]),
      );
      await refund(60_000);
      await eventually(async () => expect(await asked()).toEqual([]));
      expect(await contract(id)).toMatchObject({ deposit_held_cents: 200_000, remaining_cents: 200_000 });
      expect((await bill(id, 3)).body).toMatchObject({ invoice: { total_cents: 0 } });
      expect(await contract(id)).toMatchObject({ deposit_held_cents: 0, remaining_cents: 0 });

      // What was released is income: its refund comes off that, and not off what is owed.
      const givenBack = async (): Promise<number> => {
        const receipts = await books.control.records(contractor.realmId, 'RefundReceipt');
        const ofThis = receipts.filter((one) => JSON.stringify(one).includes(`for proposal ${id}"`));
        return ofThis.reduce((sum, { TotalAmt }) => sum + Number(TotalAmt), 0);
      };
      await eventually(async () => expect(await givenBack()).toBe(1_000));
      const owed = await balanceOf('Customer Deposits');
      await refund(50_000);
      await eventually(async () => {
        const receipts = await books.control.records(contractor.realmId, 'RefundReceipt');
        expect(receipts.at(-1)).toMatchObject({
          TotalAmt: 500,
          Line: [
            { SalesItemLineDetail: { ItemRef: { name: 'Contract Work' } } },
            { DetailType: 'SubTotalLineDetail' },
          ],
        });
      });
      expect(await balanceOf('Customer Deposits')).toBe(owed);
      expect(await contract(id)).toMatchObject({ deposit_held_cents: 0, remaining_cents: 0 });
      expect((await admin.get(`/proposals/${id}/why`)).body.answer).not.toContain('not billed yet');
    },
  );

  it('withholds retainage, and bills it once the work is complete', async () => {
    await contractor.admin.patch('/org/settings', { retainage_percent: 10 });
    const id = await aContract();
    await contractor.admin.patch('/org/settings', { retainage_percent: 0 });
    await contractor.admin.post(`/qbo/invoice/${id}`);
    expect((await bill(id, 2)).body).toMatchObject({ invoice: { total_cents: 360_000 } });
    expect(await identity(id)).toBe(1_000_000);
    expect((await bill(id, 3)).body).toMatchObject({ invoice: { total_cents: 240_000 } });
    expect(await contract(id)).toMatchObject({ remaining_cents: 0, retained_cents: 100_000 });
    expect(await bill(id, 4)).toMatchObject({ status: 409, body: { code: 'contract_not_completed' } });
    await contractor.admin.post(`/proposals/${id}/complete`, { completed_on: '2026-11-20' });
    expect((await bill(id, 4)).body).toMatchObject({
      invoice: { number: `CRM-${id}-R`, total_cents: 100_000 },
    });
    expect(await contract(id)).toMatchObject({ retained_cents: 0, billed_cents: 1_000_000 });
    expect(await identity(id)).toBe(1_000_000);
  });

  it.each(once)(
    'stays complete while its retainage is billed: that is voided first, and the job goes on with retainage',
    async () => {
      await contractor.admin.patch('/org/settings', { retainage_percent: 10 });
      const id = await aContract();
      await contractor.admin.patch('/org/settings', { retainage_percent: 0 });
      const complete = (completed_on: string | null) =>
        contractor.admin.post(`/proposals/${id}/complete`, { completed_on });
      await bill(id, 2);
      await complete('2026-11-20');
      const { invoice } = (await bill(id, 4)).body as { invoice: Json };
      const route = `/invoices/${invoice.id as number}/void`;
      for (const day of [null, daysFromNow(30)]) {
        expect(await complete(day)).toMatchObject({
          status: 409,
          body: { code: 'entry_invoiced', detail: expect.stringContaining(`POST ${route}`) },
        });
      }
      expect((await complete('2026-11-21')).body).toMatchObject({ completed_on: '2026-11-21' });
      expect((await contractor.admin.post(route)).status).toBe(200);
      expect((await complete(null)).body).toMatchObject({ completed_on: null, state: 'active' });
      await contractor.admin.put(`/proposals/${id}/contract/schedule`, {
        entries: [
          { kind: 'progress', percent: 40 },
          { kind: 'progress', percent: 10 },
        ],
      });
      expect((await bill(id, 3)).body).toMatchObject({ invoice: { total_cents: 90_000 } });
    },
  );

  it('is billed as it was approved, whatever settings are changed later; the next approval takes them', async () => {
    const { admin } = contractor;
    const classOf = async (Name: string): Promise<string> =>
      String((await askCompany(books, contractor, 'class', { Name })).Class.Id);
    const [steep, flat] = [await classOf(`Steep ${mode}`), await classOf(`Flat ${mode}`)];
    const before = (await admin.get('/org/settings')).body;
    const agreed = {
      deposit_percent: 25,
      item_name: 'Deposit of a roof',
      tax_mode: 'ours',
      tax_percent: 10,
      terms_days: 7,
      retainage_percent: 5,
      class_id: steep,
    };
    await admin.patch('/org/settings', agreed);
    const [first, second] = [await aContract(), await aContract()];
    const asBilled = async (id: number): Promise<unknown[]> => {
      await admin.post(`/qbo/invoice/${id}`);
      for (const number of [2, 3]) expect((await bill(id, number)).status).toBe(200);
      const made = await Promise.all(
        (await invoicesOf(id)).map((one) => inBooks(one.qbo_invoice_id as string)),
      );
      return made.map((invoice) => frozenPartsOf(invoice, id));
    };
    const wanted = await asBilled(first);
    expect(wanted).toHaveLength(3);
    await admin.patch('/org/settings', {
      deposit_mode: mode === 'income' ? 'liability' : 'income',
      deposit_percent: 60,
      item_name: 'Another deposit',
      tax_mode: 'none',
      tax_percent: 20,
      tax_code: '2',
      exempt_tax_code: '3',
      terms_days: 60,
      retainage_percent: 50,
      class_id: flat,
      company_terms: 'Other words.',
    });
    expect(await asBilled(second)).toEqual(wanted);
    expect(await contract(second)).toMatchObject({
      deposit_mode: mode,
      deposit_percent: 25,
      retainage_percent: 5,
      tax_mode: 'ours',
      tax_percent: 10,
      terms_days: 7,
    });

    await admin.patch('/org/settings', { tax_code: null, exempt_tax_code: null });
    const third = await aContract([]);
    await admin.post(`/qbo/invoice/${third}`);
    const [deposit] = await invoicesOf(third);
    expect(frozenPartsOf(await inBooks(deposit!.qbo_invoice_id as string), third)).not.toEqual(wanted[0]);
    await admin.patch(
      '/org/settings',
      Object.fromEntries(Object.keys({ ...agreed, deposit_mode: mode }).map((name) => [name, before[name]])),
    );
    await admin.patch('/org/settings', { deposit_mode: mode, company_terms: null });
  });
});

/** Everything of an invoice that an approval decides, with the proposal's own number taken out. */
function frozenPartsOf({ DocNumber, TotalAmt, Line, DueDate, ...invoice }: BooksInvoice, id: number): Json {
  const { TxnTaxDetail, SalesTermRef } = invoice as Json;
  const text = JSON.stringify({ DocNumber, TotalAmt, Line, DueDate, TxnTaxDetail, SalesTermRef });
  return JSON.parse(text.replaceAll(new RegExp(`(?<!\\d-)\\b${id}\\b`, 'g'), 'N'));
}
