import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { dayInZone } from '../../../src/platform/time/calendar-day.js';
import {
  aContractorWith,
  aCustomer,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { askCompany, ledgerChange, ledgerOf } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
} from '../../support/stripe.js';

const VALUE = 1_000_000;
const DEPOSIT = 300_000;

describe('What was agreed and booked before a setting is changed', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const aCompany = async (name: string, settings: object): Promise<void> => {
    contractor = await aContractorWith(books, name, settings);
  };
  const settle = async (settings: object): Promise<void> => {
    expect((await contractor.admin.patch('/org/settings', settings)).status).toBe(200);
  };
  const bill = (id: number, entry: number) =>
    contractor.admin.post(`/proposals/${id}/contract/entries/${entry}/bill`);
  const differences = async (basis: 'accrual' | 'cash', days: object = {}): Promise<unknown[]> => {
    await pollCompany(books, contractor);
    const { items } = (await contractor.admin.post('/reports/revenue/compare', { basis, ...days })).body;
    return (items[0].reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
  };

  it.each([
    { first: 'income', second: 'liability', type: 'Other Current Liability' },
    { first: 'liability', second: 'income', type: 'Income' },
  ] as const)(
    'keeps its account: a deposit that is $second names no product of the same name that is $first',
    async ({ first, second, type }) => {
      await aCompany(`First ${first}`, { item_name: 'Customer Deposit', deposit_mode: first });
      const { admin, realmId } = contractor;
      const before = await ledgerOf(books, contractor);
      const booked = async () => {
        const { income, deposits } = ledgerChange(before, await ledgerOf(books, contractor));
        return { income, liability: 0 - deposits };
      };
      const one = await anApprovedProposal(contractor, { amountCents: VALUE });
      expect((await admin.post(`/qbo/invoice/${one}`)).status).toBe(200);
      expect(await booked()).toEqual({ income: 0, liability: 0, [first]: DEPOSIT });

      await settle({ deposit_mode: second });
      const other = await anApprovedProposal(contractor, { amountCents: VALUE });
      const refused = await admin.post(`/qbo/invoice/${other}`);
      expect(refused).toMatchObject({ status: 409, body: { code: 'qbo_validation' } });
      expect(refused.body.detail).toContain(`is not booked to an account of the type ${type}`);
      expect(await booked()).toEqual({ income: 0, liability: 0, [first]: DEPOSIT });

      const items = (await books.control.records(realmId, 'Item')) as unknown as Json[];
      const { Id, SyncToken } = items.find(({ Name }) => Name === 'Customer Deposit')!;
      await askCompany(books, contractor, 'item', { sparse: true, Id, SyncToken, Name: 'Former deposit' });
      expect((await admin.post(`/qbo/invoice/${other}`)).body).toMatchObject({ status: 'created' });
      expect(await booked()).toEqual({ income: DEPOSIT, liability: DEPOSIT });
      for (const id of [one, other]) expect((await bill(id, 2)).status).toBe(200);
      expect(await booked()).toEqual({ income: 2 * VALUE, liability: 0 });
      expect(await differences('accrual')).toEqual([]);
    },
  );

  it('keeps its day: another time zone moves nothing of before, and counts from then on', async () => {
    await aCompany('From island to island', { time_zone: 'Pacific/Honolulu', deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const happened = (event: string, times = 1) =>
      eventually(async () =>
        expect((await eventsOf(contractor, id)).filter((one) => one === event)).toHaveLength(times),
      );
    await payDeposit(books, admin, id);
    await happened('payment_recorded');
    const [payment] = (await admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
    const refund = async (amount_cents: number): Promise<void> => {
      const asked = await admin.post(`/payments/${payment!.id}/refund`, { amount_cents, reason: 'Goodwill' });
      expect(asked.status).toBe(200);
    };
    await refund(20_000);
    await happened('refund_recorded');
    const daysOf = async (): Promise<string[]> =>
      ((await books.control.records(realmId, 'RefundReceipt')) as unknown as Json[]).map(
        ({ TxnDate }) => TxnDate,
      );
    const [day] = await daysOf();
    const figures = async (): Promise<unknown[]> => {
      const days = { from: day, to: day };
      const earned = await Promise.all(
        ['accrual', 'cash'].map((basis) =>
          admin.get(`/reports/revenue?by=proposal&basis=${basis}&from=${day}&to=${day}`),
        ),
      );
      return [
        earned.map(({ body }) => (body.rows as Json[]).map(({ earned_cents }) => earned_cents)),
        await differences('accrual', days),
        await differences('cash', days),
      ];
    };
    const before = await figures();
    expect(before).toEqual([[[DEPOSIT - 20_000], [DEPOSIT - 20_000]], [], []]);

    await settle({ time_zone: 'Pacific/Kiritimati' }); // a day ahead
    expect(await figures()).toEqual(before);
    await refund(30_000);
    await happened('refund_recorded', 2);
    expect(await figures()).toEqual(before);
    expect(new Set(await daysOf()).size).toBe(2);
    expect([await differences('accrual'), await differences('cash')]).toEqual([[], []]);

    await settle({ time_zone: 'Pacific/Honolulu' });
    expect(await figures()).toEqual(before);
  });

  it('keeps its day in the books where it is heard of after the time zone was changed', async () => {
    const [behind, ahead] = ['Pacific/Honolulu', 'Pacific/Kiritimati'] as const; // always a day apart
    await aCompany('Heard of late', { time_zone: behind, deposit_mode: 'income' });
    const { admin, realmId } = contractor;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const heardLate = async (event: string, zone: string, happens: () => Promise<unknown>): Promise<void> => {
      const since = Date.now();
      const wholeSeconds = () => Math.floor(Date.now() / 1_000) * 1_000;
      await eventually(async () => expect(wholeSeconds()).toBeGreaterThan(since)); // as Stripe's times are
      await books.stripe.act('pause');
      await happens();
      await settle({ time_zone: zone });
      await books.stripe.act('resume');
      await eventually(async () => expect(await eventsOf(contractor, id)).toContain(event));
    };
    const dayOf = async (type: 'Payment' | 'RefundReceipt') =>
      (await books.control.records(realmId, type)).at(-1)!.TxnDate;
    const paidOn = dayInZone(new Date(), behind);
    const { session_id: session } = await openCheckout(admin, id);
    let paid: Json;
    await heardLate('payment_recorded', ahead, async () => {
      paid = await books.stripe.act('pay', { session });
    });
    expect(await dayOf('Payment')).toBe(paidOn);
    const path = `/reports/revenue?by=proposal&basis=cash&from=${paidOn}&to=${paidOn}`;
    expect((await admin.get(path)).body.rows).toMatchObject([{ earned_cents: DEPOSIT }]);

    const refundedOn = dayInZone(new Date(), ahead);
    await heardLate('refund_recorded', behind, () =>
      books.stripe.act('refund', { payment_intent: paid.payment_intent, amount: 20_000 }),
    );
    expect(await dayOf('RefundReceipt')).toBe(refundedOn);
  });

  it('has its day in the time zone of now where it was before the organisation had any here', async () => {
    await aCompany('Brought from elsewhere', { time_zone: 'Pacific/Honolulu' });
    const { admin, orgId } = contractor;
    await payDeposit(books, admin, await anApprovedProposal(contractor, { amountCents: VALUE }));
    await books.database.query(
      `update payments set paid_at = '2020-02-29 12:00:00+00', created_at = '2020-02-29 12:00:00+00' where org_id = $1`,
      [orgId],
    );
    const paidOn = async (day: string): Promise<number> =>
      ((await admin.get(`/payments?from=${day}&to=${day}`)).body.items as Json[]).length;
    expect([await paidOn('2020-02-29'), await paidOn('2020-03-01')]).toEqual([1, 0]);
    await settle({ time_zone: 'Pacific/Kiritimati' });
    expect([await paidOn('2020-02-29'), await paidOn('2020-03-01')]).toEqual([0, 1]);
  });

  it('is billed once: a paid deposit which is held back is invoiced before the final invoice', async () => {
    await aCompany('Held back', { invoices_from: '2099-01-01' });
    const { admin } = contractor;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await payDeposit(books, admin, id);
    await idle(books, contractor);
    expect((await bill(id, 2)).body).toMatchObject({ invoice: { total_cents: VALUE - DEPOSIT } });
    expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({
      status: 'exists',
      amount_cents: DEPOSIT,
    });
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('payment_recorded'));
    expect(await openItems(admin)).toEqual([]);
    expect([await differences('accrual'), await differences('cash')]).toEqual([[], []]);
  });

  it('is billed once: the final invoice waits as long as nobody knows of that of a paid deposit', async () => {
    await aCompany('Lost on its way', { invoices_from: '2099-01-01' });
    const { admin, realmId } = contractor;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await payDeposit(books, admin, id);
    await idle(books, contractor);
    const fault = { kind: 'reset', realm_id: realmId } as const;
    await books.control.planFault({ ...fault, operation: 'invoice.create', when: 'after' });
    await books.control.planFault({ ...fault, operation: 'invoice.query', times: 5 });
    expect(await bill(id, 2)).toMatchObject({ status: 409, body: { code: 'deposit_not_invoiced' } });
    await books.control.clearFaults();
  });

  it('is billed once: the refused invoice of a paid deposit is not tried again with each final one', async () => {
    await aCompany('In closed books', { invoices_from: '2099-01-01' });
    const { admin, orgId, realmId } = contractor;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await payDeposit(books, admin, id);
    await books.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    expect((await admin.post(`/qbo/invoice/${id}`)).status).toBe(409);
    const tries = async (): Promise<unknown[]> =>
      books.database.query(
        `select state from sync_operations where org_id = $1 and kind = 'invoice.create' and state = 'refused'`,
        [orgId],
      );
    const before = await tries();
    expect(before).not.toEqual([]);
    for (const _time of [1, 2]) {
      const { status, body } = await bill(id, 2);
      expect([status, body.code]).toEqual([409, 'deposit_not_invoiced']);
      expect(body.detail).toContain(`Make that first by POST /qbo/invoice/${id}.`);
    }
    expect(await tries()).toEqual(before);
  });

  it('gets no invoice by itself where it was approved before a first day that is set later', async () => {
    await aCompany('Not before', { invoices_from: null });
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const entries = [{ kind: 'progress', percent: 40, trigger_on: '2026-01-31' }];
    expect((await contractor.admin.put(`/proposals/${id}/contract/schedule`, { entries })).status).toBe(200);
    const due = books.app.app.get(DueJobsService);
    await settle({ invoices_from: '2099-01-01' });
    expect(await due.enqueueDue('contract_entries')).toBe(0);
    await settle({ invoices_from: null });
    expect(await due.enqueueDue('contract_entries')).toBe(1);
    await eventually(async () => {
      const { items } = (await contractor.admin.get(`/invoices?proposal_id=${id}`)).body;
      expect(items).toMatchObject([{ kind: 'progress', total_cents: 400_000 }]);
    });
  });

  it('is made once: an invoice whose answer was lost is not made in another company, but found', async () => {
    await aCompany('Of lost answers', {});
    const { admin, orgId, realmId } = contractor;
    const { app, control, database } = books;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const fault = { kind: 'reset', realm_id: realmId } as const;
    await control.planFault({ ...fault, operation: 'invoice.create', when: 'after' });
    await control.planFault({ ...fault, operation: 'invoice.query', times: 5 });
    expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'pending' });

    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    expect(await admin.post(`/qbo/invoice/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'invoice_needs_person' },
    });
    await database.query(
      `update sync_operations set first_sent_at = first_sent_at - interval '3 minutes', next_attempt_at = now()
        where org_id = $1 and state = 'uncertain'`,
      [orgId],
    );
    const [invoice] = await database.query<{ id: number }>('select id from invoices where org_id = $1', [
      orgId,
    ]);
    const { status, body } = await admin.post(`/invoices/${invoice!.id}/void`);
    expect([status, body.code]).toEqual([409, 'invoice_in_other_company']);
    expect(body.detail).toContain('Connect that one again and void it then.');
    await payDeposit(books, admin, id);
    await idle(books, contractor);
    expect(await control.records(other, 'Invoice')).toEqual([]);

    await control.clearFaults();
    await connect(app, admin, { realmId, replaceCompany: true });
    await app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('payment_recorded'));
    expect(await control.records(realmId, 'Invoice')).toHaveLength(1);
    expect(await openItems(admin)).toEqual([]);
  });

  it('stays in its books: a deposit that is taken off in another company is moved there by a person', async () => {
    await aCompany('Of held deposits', { deposit_mode: 'liability' });
    const { admin } = contractor;
    const { app, control } = books;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    expect((await admin.post(`/qbo/invoice/${id}`)).status).toBe(200);
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    const { invoice } = (await bill(id, 2)).body;
    const items = () => openItems(admin);
    const [asked, ...rest] = await items();
    expect([asked!.code, rest]).toEqual(['held_elsewhere', []]);
    expect(asked!.reason).toContain('takes $3,000.00 off a deposit in the books of another company');
    const voided = async (qboId: unknown): Promise<void> => {
      await control.voidInvoice(other, qboId as string);
      await pollCompany(books, contractor);
    };
    await voided(invoice.qbo_invoice_id);
    expect(await items()).toEqual([]);
    // Who has moved it for one invoice is not asked about the one that is made in its place.
    const { qbo_invoice_id: second } = (await bill(id, 2)).body.invoice;
    await admin.post(`/inbox/${(await items())[0]!.id}/resolve`, {});
    await voided(second);
    expect((await bill(id, 2)).status).toBe(200);
    expect(await items()).toEqual([]);
  });

  it('is asked about once: what was made anew in another company is not due for ever in its own', async () => {
    await aCompany('Of two tries', {});
    const { admin, orgId, realmId } = contractor;
    const { app, control, database } = books;
    const id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const fault = { kind: 'reset', realm_id: realmId, times: 5 } as const;
    await control.planFault({ ...fault, operation: 'invoice.create', when: 'before' });
    await control.planFault({ ...fault, operation: 'invoice.query' });
    expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'pending' });
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    await connect(app, admin, { realmId: other, replaceCompany: true });
    expect((await admin.post(`/qbo/invoice/${id}`, { again: true })).body).toMatchObject({
      status: 'created',
    });

    await control.clearFaults();
    await connect(app, admin, { realmId, replaceCompany: true });
    await database.query(
      `update sync_operations set next_attempt_at = now() where org_id = $1 and state = 'uncertain'`,
      [orgId],
    );
    const due = app.app.get(DueJobsService);
    await eventually(async () => expect(await due.enqueueDue('sync_operations')).toBe(0));
    await idle(books, contractor);
    expect(await control.records(realmId, 'Invoice')).toEqual([]);
    const tries = await database.query(
      `select state, error_kind from sync_operations where org_id = $1 and kind = 'invoice.create' order by id`,
      [orgId],
    );
    expect(tries).toEqual([
      { state: 'refused', error_kind: 'uncertain' },
      { state: 'done', error_kind: null },
    ]);
  });

  it('waits for no answer any more: customers are made at once whom nobody is to be asked about since', async () => {
    await aCompany('Asked too often', { customer_match: 'ask' });
    const { admin, realmId } = contractor;
    await books.control.createCustomer(realmId, 'Bob Miller', {
      PrimaryPhone: { FreeFormNumber: '555-0177' },
    });
    await pollCompany(books, contractor);
    const customerId = await aCustomer(contractor, { full_name: 'Bob Miller', phone: '555-0177' });
    const id = await anApprovedProposal(contractor, { amountCents: VALUE, customerId });
    expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'pending' });
    const codes = () => openCodes(admin);
    expect(await codes()).toEqual(['customer_match']);

    await settle({ customer_match: 'create' });
    await eventually(async () => expect(await eventsOf(contractor, id)).toContain('invoice_created'));
    expect(await codes()).toEqual([]);
    expect(await books.control.records(realmId, 'Customer')).toHaveLength(2);
  });

  it('stays with its company: ids of classes and tax codes are none in another, and come back', async () => {
    await aCompany('Of two companies', {});
    const { admin } = contractor;
    const { app, control } = books;
    const { realm_id: other } = await control.createCompany({ name: 'Another' });
    const there = { ...contractor, realmId: other };
    const classOf = async (company: Contractor, Name: string): Promise<string> =>
      String((await askCompany(books, company, 'class', { Name })).Class.Id);
    const chosen = async (): Promise<unknown[]> => {
      const { class_id, tax_code } = (await admin.get('/org/settings')).body;
      return [class_id, tax_code];
    };
    const change = async (company: Contractor): Promise<void> =>
      connect(app, admin, { realmId: company.realmId, replaceCompany: true });
    const classesOf = async (company: Contractor, id: number): Promise<unknown[]> => {
      expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'created' });
      const { Line } = (await control.records(company.realmId, 'Invoice')).at(-1) as unknown as Json;
      return (Line as Json[]).flatMap((line) => line.SalesItemLineDetail?.ClassRef?.value ?? []);
    };
    const steep = await classOf(contractor, 'Steep');
    await control.setPreferences(contractor.realmId, {
      AccountingInfoPrefs: { ClassTrackingPerTxnLine: true },
    });
    const { checks } = (await admin.post('/qbo/preflight')).body;
    expect((checks as Json[]).find(({ code }) => code === 'classes')!.next_step).toContain(
      `${steep} "Steep"`,
    );
    await settle({ class_id: steep, tax_code: '2' });
    const here = await anApprovedProposal(contractor, { amountCents: VALUE });

    await change(there);
    expect(await chosen()).toEqual([null, null]);
    await classOf(there, 'Of something else'); // under the same id
    expect(await classesOf(there, await anApprovedProposal(there, { amountCents: VALUE }))).toEqual([]);
    const flat = await classOf(there, 'Flat');
    await settle({ class_id: flat });
    expect(await classesOf(there, await anApprovedProposal(there, { amountCents: VALUE }))).toEqual([flat]);

    await change(contractor);
    expect(await chosen()).toEqual([steep, '2']);
    expect(await classesOf(contractor, here)).toEqual([steep]);
    await change(there);
    expect(await chosen()).toEqual([flat, null]);
  });

  it('keeps its class, also where its product was inactive for a while', async () => {
    await aCompany('Of classes', {});
    const { admin, realmId } = contractor;
    const { control } = books;
    const classOf = async (Name: string): Promise<Json> =>
      (await askCompany(books, contractor, 'class', { Name })).Class;
    const [steep, flat] = [await classOf('Steep'), await classOf('Flat')];
    await settle({ class_id: String(steep.Id) });
    const approved = () => anApprovedProposal(contractor, { amountCents: VALUE });
    const [first, second, third] = [await approved(), await approved(), await approved()];
    await settle({ class_id: String(flat.Id) });
    const billed = async (id: number) => (await admin.post(`/qbo/invoice/${id}`)).status;
    const newestClass = async (): Promise<unknown> => {
      const { Line } = (await control.records(realmId, 'Invoice')).at(-1) as unknown as Json;
      return Line[0].SalesItemLineDetail.ClassRef.value;
    };
    expect(await billed(first)).toBe(200);
    const items = (await control.records(realmId, 'Item')) as unknown as Json[];
    const product = items.find(({ Name }) => Name === 'Roof Deposit')!.Id as string;
    await control.inactivateItem(realmId, product);
    expect(await billed(second)).toBe(409);
    await control.reactivateItem(realmId, product);
    expect(await billed(second)).toBe(200);
    expect(await newestClass()).toBe(steep.Id);

    const { Id, SyncToken } = steep;
    await askCompany(books, contractor, 'class', { sparse: true, Id, SyncToken, Active: false });
    expect([await billed(third), await billed(third), await billed(third)]).toEqual([409, 409, 200]);
    expect(await newestClass()).toBe(flat.Id);
  });
});
