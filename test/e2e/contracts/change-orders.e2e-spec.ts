import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { OperationsRepository } from '../../../src/qbo-sync/operations/rows/operations.repository.js';
import { CreditResolutionService } from '../../../src/qbo-sync/resolution/credit-resolution.service.js';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Books,
  type Contractor,
  eventsOf,
  idle,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import { connect, endPauses } from '../../support/qbo.js';
import { retriedWhileSent, ANSWERED_WHILE_SENT } from '../../support/retry-under-way.js';

interface BooksSale {
  Id: string;
  DocNumber: string;
  TotalAmt: number;
  Balance: number;
  SyncToken: string;
  CustomerRef: { value: string };
  Line: { Amount: number; DetailType: string; Description?: string; SalesItemLineDetail?: Json }[];
}

let books: Books;

beforeAll(async () => {
  books = await openBooks();
});

afterAll(() => books[Symbol.asyncDispose]());

describe.each(['income', 'liability'] as const)('A contract that is changed, its deposit as %s,', (mode) => {
  let contractor: Contractor;

  beforeAll(async () => {
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { deposit_mode: mode });
  });

  const aContract = async (percent = 40): Promise<number> => {
    const { admin } = contractor;
    const customer_id = await aCustomer(contractor);
    const lines = [{ description: 'New roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, lines });
    const id = body.id as number;
    await admin.post(`/proposals/${id}/approve`);
    await admin.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent }] });
    return id;
  };
  const change = async (id: number, description: string, cents: number): Promise<Json> => {
    const lines = [{ description, quantity: 1, unit_price_cents: cents }];
    const { body } = await contractor.admin.post(`/proposals/${id}/change-orders`, { description, lines });
    const route = `/proposals/${id}/change-orders/${body.number as number}/approve`;
    return (await contractor.admin.post(route, { reason: 'Agreed on site' })).body;
  };
  const contract = async (id: number): Promise<Json> =>
    (await contractor.admin.get(`/proposals/${id}/contract`)).body;
  const bill = (id: number, number: number) =>
    contractor.admin.post(`/proposals/${id}/contract/entries/${number}/bill`);
  /** Bills deposit, progress and final invoice. */
  const billAll = async (id: number): Promise<void> => {
    for (const number of [1, 2, 3]) expect(await bill(id, number)).toMatchObject({ status: 200 });
  };
  /** One whose deposit and final invoice are billed, with no progress between them. */
  const aBilledContract = async (): Promise<number> => {
    const id = await anApprovedProposal(contractor, { amountCents: 1_000_000 });
    for (const number of [1, 2]) expect(await bill(id, number)).toMatchObject({ status: 200 });
    return id;
  };
  const records = async (
    entity: 'Invoice' | 'CreditMemo' | 'Payment',
    proposalId: number,
  ): Promise<BooksSale[]> => {
    const all = (await books.control.records(contractor.realmId, entity)) as unknown as BooksSale[];
    return all.filter(({ DocNumber }) => new RegExp(`^CRM-${proposalId}(-|$)`).test(DocNumber ?? ''));
  };
  const credits = (id: number) => records('CreditMemo', id);
  const linesOf = ({ Line }: BooksSale): number[] =>
    Line.filter(({ DetailType }) => DetailType === 'SalesItemLineDetail').map(({ Amount }) => Amount);
  const invoicesOf = async (id: number): Promise<Json[]> =>
    (await contractor.admin.get(`/invoices?proposal_id=${id}&sort=id`)).body.items as Json[];
  const memoOf = async (id: number, place: number): Promise<Json> =>
    ((await contract(id)).change_orders as Json[])[place]!.credit_memo;
  /** What the customer still owes, as the account's last line. */
  const owed = async (id: number): Promise<unknown> => {
    const { admin } = contractor;
    const { customer_id: customerId } = (await admin.get(`/proposals/${id}`)).body;
    const { totals } = (await admin.get(`/customers/${customerId as number}/statement`)).body;
    return (totals as Json[])[0]!.closing_cents;
  };
  const page = async (id: number): Promise<string> => {
    const { html } = await openPage(books.app, (await aLink(contractor.admin, id)).path);
    return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  };
  const checkout = async (id: number): Promise<unknown> => {
    const { body } = await contractor.admin.post('/payments/checkout_session', { proposal_id: id });
    return body.amount_cents ?? body.code;
  };
  const refuseCredit = (operation = 'creditmemo.create', times = 1) =>
    books.control.planFault({
      operation,
      times,
      realm_id: contractor.realmId,
      kind: '403',
      when: 'before',
    });
  const inbox = async (code: string, id: number): Promise<Json[]> => {
    const items = await openItems(contractor.admin);
    return items.filter((item) => item.code === code && item.proposal_id === id);
  };
  /** Totals before tax of live invoices, less credits, + remaining + retained − deposit held. */
  const identity = async (id: number): Promise<number> => {
    const stands = await contract(id);
    const live = (await invoicesOf(id)).filter(({ state }) => state !== 'voided' && state !== 'deleted');
    const billed = live.reduce((sum, { total_cents: cents }) => sum + (cents as number), 0);
    const credited = (stands.change_orders as { credit_memo: Json }[])
      .flatMap(({ credit_memo: memo }) => memo ?? [])
      .filter((memo) => memo.state !== 'deleted')
      .reduce((sum, memo) => sum + (memo.amount_cents as number), 0);
    const { remaining_cents: remaining, retained_cents: retained, deposit_held_cents: held } = stands;
    return billed - credited + remaining + retained - held;
  };

  it('bills what is added before the final invoice with it, and afterwards by an entry of its own', async () => {
    const id = await aContract();
    await bill(id, 1);
    await change(id, 'Skylight', 90_000);
    expect(await identity(id)).toBe(1_090_000);
    const progress = await bill(id, 2);
    expect(progress.body).toMatchObject({ invoice: { number: `CRM-${id}-P1`, total_cents: 436_000 } });
    const final = await bill(id, 3);
    expect(final.body).toMatchObject({ invoice: { number: `CRM-${id}-F`, total_cents: 354_000 } });
    const made = await records('Invoice', id);
    expect(made.map(linesOf).map((amounts) => amounts.slice(0, 2))).toEqual([
      [3_000],
      [4_000, 360],
      [6_000, 540],
    ]);
    expect(await contract(id)).toMatchObject({
      remaining_cents: 0,
      deposit_held_cents: 0,
      billed_cents: 1_090_000,
    });

    await change(id, 'Snow guards', 50_000);
    const stands = await contract(id);
    expect(stands.remaining_cents).toBe(50_000);
    expect((stands.entries as Json[]).at(-1)).toMatchObject({
      number: 4,
      kind: 'progress',
      amount_cents: 50_000,
      state: 'ready',
    });
    expect((await bill(id, 4)).body).toMatchObject({
      invoice: { number: `CRM-${id}-P2`, total_cents: 50_000 },
    });
    expect(await identity(id)).toBe(1_140_000);
    expect(await contract(id)).toMatchObject({ remaining_cents: 0, billed_cents: 1_140_000 });
    expect((await bill(id, 4)).body.status).toBe('exists');
  });

  it('is not brought below what is billed of it before the final invoice', async () => {
    const id = await aContract(60);
    await bill(id, 1);
    await bill(id, 2);
    const over = mode === 'income' ? 900_000 : 600_000;
    const { body } = await contractor.admin.post(`/proposals/${id}/change-orders`, {
      description: 'Half of it',
      lines: [{ description: 'Half of it', quantity: 1, unit_price_cents: over - 1_000_000 - 1 }],
    });
    expect(
      await contractor.admin.post(`/proposals/${id}/change-orders/${body.number as number}/approve`, {
        reason: 'x',
      }),
    ).toMatchObject({ status: 409, body: { code: 'below_billed' } });
    await change(id, 'Less', over - 1_000_000);
    expect(await contract(id)).toMatchObject({ value_cents: over, remaining_cents: 0 });
  });

  it('is credited for what is left out after the final invoice, once, on that invoice', async () => {
    const id = await aContract();
    await billAll(id);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await contractor.admin.post(`/proposals/${id}/change-orders`, { description: 'No gutter', lines });
    const route = `/proposals/${id}/change-orders/1/approve`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => contractor.admin.post(route, { reason: 'Agreed on site' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await contract(id)).toMatchObject({
      value_cents: 940_000,
      billed_cents: 940_000,
      remaining_cents: 0,
    });
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    expect(await credits(id)).toMatchObject([
      { DocNumber: `CRM-${id}-C1`, TotalAmt: 600, Balance: 0, Line: [{ Amount: 600 }, {}] },
    ]);
    const final = (await invoicesOf(id)).at(-1)!;
    await eventually(async () =>
      expect((await invoicesOf(id)).at(-1)).toMatchObject({
        balance_cents: (final.total_cents as number) - 60_000,
      }),
    );
    expect(await contract(id)).toMatchObject({
      value_cents: 940_000,
      billed_cents: 940_000,
      remaining_cents: 0,
    });
    expect(await identity(id)).toBe(940_000);
    expect(await eventsOf(contractor, id)).toEqual(
      expect.arrayContaining(['change_order_approved', 'credit_memo_created', 'credit_memo_applied']),
    );
    const { items } = (await contractor.admin.get(`/proposals/${id}/timeline`)).body as { items: Json[] };
    expect(items.find(({ event }) => event === 'credit_memo_created')).toMatchObject({
      source: 'quickbooks',
      request_id: expect.stringMatching(/^credit-/),
      intuit_tid: expect.any(String),
    });
    await books.app.app.get(DueJobsService).enqueueDue('credit_memos');
    expect(await credits(id)).toHaveLength(1);
  });

  const held = mode === 'liability' ? [mode] : [];
  it.each(held)(
    'has a person hear of a deposit above what is left, until something takes it up',
    async () => {
      const id = await aContract();
      await bill(id, 1);
      await change(id, 'Only the porch', -800_000);
      const [item] = await inbox('deposit_exceeds_final', id);
      expect(item!.reason).toContain('$1,000.00 of the deposit');
      expect((await bill(id, 3)).body).toMatchObject({ invoice: { total_cents: 0 } });
      expect(await contract(id)).toMatchObject({ remaining_cents: 0, deposit_held_cents: 100_000 });
      expect(await identity(id)).toBe(200_000);
      await change(id, 'Porch lights', 150_000);
      expect(await inbox('deposit_exceeds_final', id)).toEqual([]);
      expect((await bill(id, 4)).body).toMatchObject({ invoice: { total_cents: 50_000 } });
      expect(await contract(id)).toMatchObject({ billed_cents: 350_000, deposit_held_cents: 0 });
      expect(await identity(id)).toBe(350_000);
    },
  );

  it.each(held)('asks nobody about a deposit above what is left once its invoice is voided', async () => {
    const id = await aContract();
    await bill(id, 1);
    await change(id, 'Only the porch', -800_000);
    expect(await inbox('deposit_exceeds_final', id)).toHaveLength(1);
    const [deposit] = await invoicesOf(id);
    expect((await contractor.admin.post(`/invoices/${deposit!.id as number}/void`)).status).toBe(200);
    expect(await contract(id)).toMatchObject({ deposit_held_cents: 0, remaining_cents: 200_000 });
    expect(await inbox('deposit_exceeds_final', id)).toEqual([]);
  });

  it.each(held)('names no item of somebody else’s that would book the deposit as income', async () => {
    const other = await aContractor(books, 'Other Roofing');
    await other.admin.patch('/org/settings', { deposit_mode: 'liability' });
    const accounts = await books.control.records(other.realmId, 'Account');
    const { Id: value } = accounts.find(({ AccountType }) => AccountType === 'Income')!;
    await books.control.createItem(other.realmId, 'Customer Deposit', { IncomeAccountRef: { value } });
    const id = await anApprovedProposal(other);
    const answer = await other.admin.post(`/qbo/invoice/${id}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.detail).toContain('is not booked to an account of the type Other Current Liability');
    const { checks } = (await other.admin.post('/qbo/preflight')).body as { checks: Json[] };
    expect(checks.find(({ code }) => code === 'deposit_item')).toMatchObject({
      ok: false,
      found: expect.stringContaining('"Customer Deposit"'),
    });
  });
  if (mode === 'liability') return;

  it('is credited without a final invoice, where deposit and progress billed all and the work is done', async () => {
    const { admin } = contractor;
    const id = await aContract(70);
    for (const number of [1, 2]) await bill(id, number);
    expect(await contract(id)).toMatchObject({ remaining_cents: 0 });
    expect(await bill(id, 3)).toMatchObject({ status: 409, body: { code: 'nothing_to_bill' } });
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'No gutter', lines });
    const approve = () =>
      admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed on site' });
    expect(await approve()).toMatchObject({
      status: 409,
      body: { code: 'below_billed', detail: expect.stringContaining(`POST /proposals/${id}/complete`) },
    });
    await admin.post(`/proposals/${id}/complete`, { completed_on: '2026-11-20' });
    expect((await approve()).status).toBe(200);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    expect(await identity(id)).toBe(940_000);
    expect(await contract(id)).toMatchObject({
      value_cents: 940_000,
      billed_cents: 940_000,
      remaining_cents: 0,
    });
    expect(await owed(id)).toBe(940_000);
  });

  it('keeps a credit that no invoice takes, uses it on the next, and says what is left until nothing is', async () => {
    const id = await aContract();
    await billAll(id);
    for (const { qbo_invoice_id: qboId } of await invoicesOf(id))
      await books.control.receivePayment(contractor.realmId, qboId as string);
    await pollCompany(books, contractor);
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await inbox('credit_left', id)).toHaveLength(1));
    expect(await memoOf(id, 0)).toMatchObject({ state: 'open', balance_cents: 60_000 });
    expect(await contract(id)).toMatchObject({ billed_cents: 940_000, remaining_cents: 0 });
    expect(await owed(id)).toBe(-60_000);
    expect(await page(id)).toContain('Paid $10,000.00 Your credit $600.00 Remaining $0.00');
    expect(await checkout(id)).toBe('invoice_paid');

    await change(id, 'Snow guards', 50_000);
    expect((await bill(id, 4)).body).toMatchObject({ invoice: { total_cents: 50_000 } });
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ balance_cents: 10_000 }));
    await eventually(async () =>
      expect((await invoicesOf(id)).at(-1)).toMatchObject({ balance_cents: 0, state: 'settled_by_credit' }),
    );
    expect(await identity(id)).toBe(990_000);
    expect(await contract(id)).toMatchObject({
      value_cents: 990_000,
      billed_cents: 990_000,
      remaining_cents: 0,
    });

    const [memo] = await credits(id);
    const use = async (Amount: number): Promise<void> => {
      const CustomerRef = memo!.CustomerRef;
      const sale = { customer_id: CustomerRef.value, amount: Amount };
      const { Id } = await books.control.createInvoice(contractor.realmId, sale);
      const line = (TxnId: string, TxnType: string) => ({ Amount, LinkedTxn: [{ TxnId, TxnType }] });
      const Line = [line(Id, 'Invoice'), line(memo!.Id, 'CreditMemo')];
      await askCompany(books, contractor, 'payment', { CustomerRef, TotalAmt: 0, Line });
      await pollCompany(books, contractor);
    };
    await use(40);
    expect(await inbox('credit_left', id)).toMatchObject([{ reason: expect.stringMatching(/^\$60.00 of/) }]);
    await use(60);
    expect(await inbox('credit_left', id)).toEqual([]);
  });

  it('is credited once where the answer of the credit memo is lost, or that of its use', async () => {
    const id = await aContract();
    await billAll(id);
    for (const [place, operation] of ['creditmemo.create', 'payment.create'].entries()) {
      const lost = { operation, realm_id: contractor.realmId, kind: 'reset', when: 'after' } as const;
      await books.control.planFault(lost);
      await change(id, 'Gutter left out', -60_000);
      await eventually(async () => expect(await memoOf(id, place)).toMatchObject({ state: 'used' }));
      const used = { TotalAmt: 600, Balance: 0 };
      expect(await credits(id)).toMatchObject(Array.from({ length: place + 1 }, () => used));
      await eventually(async () =>
        expect((await invoicesOf(id)).at(-1)).toMatchObject({ balance_cents: 240_000 - place * 60_000 }),
      );
    }
  });

  it('is credited once where people ask again for the memo or its use while that is sent', async () => {
    const id = await aBilledContract();
    const client = books.app.app.get(QboClient).credits;
    const answered = async (method: 'create' | 'apply'): Promise<Json[]> => {
      const item = await eventually(async () => {
        const items = await inbox('forbidden', id);
        expect(items).toHaveLength(1);
        return items[0]!;
      });
      return retriedWhileSent(books, contractor, item.id, [client, method]);
    };
    await refuseCredit();
    await change(id, 'Gutter left out', -60_000);
    // However many of them go on with its use once it is there.
    await refuseCredit('payment.create', 9);
    expect(await answered('create')).toMatchObject(ANSWERED_WHILE_SENT);
    await books.control.clearFaults();
    expect(await answered('apply')).toMatchObject(ANSWERED_WHILE_SENT);
    expect(await credits(id)).toMatchObject([{ TotalAmt: 600, Balance: 0 }]);
    expect(await memoOf(id, 0)).toMatchObject({ state: 'used' });
  });

  describe('whose credit was refused and is entered by hand', () => {
    let id: number;
    let item: Json;
    let byHand: string;
    const act = (deed: 'retry' | 'resolve', body?: object) =>
      contractor.admin.post(`/inbox/${item.id as number}/${deed}`, body);

    beforeEach(async () => {
      id = await aBilledContract();
      await refuseCredit();
      await change(id, 'Gutter left out', -60_000);
      item = await eventually(async () => {
        const [found] = await inbox('forbidden', id);
        if (!found) throw new Error('no item');
        return found;
      });
      const [{ CustomerRef }] = (await records('Invoice', id)) as [BooksSale];
      const memo = { customer_id: CustomerRef.value, amount: 600 };
      byHand = (await books.control.creditMemo(contractor.realmId, memo)).Id;
    });

    it('is not tied to that where another person has it tried again at that moment', async () => {
      const client = books.app.app.get(QboClient).credits;
      const read = holdNext(client, 'get');
      const tying = act('resolve', { qbo_credit_memo_id: byHand });
      await read.done;
      const made = holdNext(client, 'create');
      const retrying = act('retry');
      await made.done;
      read.letGo();
      const tied = await tying;
      made.letGo();
      expect((await retrying).body).toMatchObject({ state: 'resolved' });
      expect(tied).toMatchObject({ status: 409, body: { code: 'goes_on_by_itself' } });
      expect(await memoOf(id, 0)).toMatchObject({ number: `CRM-${id}-C1`, state: 'used' });
    });

    it('is closed by nobody who has entered it by hand, while another person has it tried again', async () => {
      const made = holdNext(books.app.app.get(QboClient).credits, 'create');
      const retrying = act('retry');
      await made.done;
      const closing = await act('resolve');
      made.letGo();
      expect((await retrying).body).toMatchObject({ state: 'resolved' });
      expect(closing).toMatchObject({ status: 409, body: { code: 'being_retried' } });
    });

    it('is not made once it was left to whoever entered that, where QuickBooks had put its retry off', async () => {
      const { realmId, orgId } = contractor;
      await books.control.planFault({ operation: 'creditmemo.create', realm_id: realmId, kind: '429' });
      expect((await act('retry')).body).toMatchObject({ state: 'open' });
      expect((await act('resolve')).status).toBe(200);
      await endPauses(books.database);
      const due = 'update sync_operations set next_attempt_at = now() where org_id = $1';
      await books.database.query(due, [orgId]);
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await idle(books, contractor);
      expect(await credits(id)).toEqual([]);
    });

    it.each([
      { how: 'tied to that', body: () => ({ qbo_credit_memo_id: byHand }) },
      { how: 'left to whoever entered that', body: () => undefined },
    ])('is not made by a retry of before it was $how', async ({ body }) => {
      const reopening = holdBefore(books.app.app.get(OperationsRepository), 'reopen');
      const retrying = act('retry');
      await reopening.made;
      const closed = await act('resolve', body());
      reopening.letGo();
      await retrying;
      expect(closed.status).toBe(200);
      await idle(books, contractor);
      expect(await credits(id)).toEqual([]);
    });
  });

  it('is credited anew where its credit memo was deleted in QuickBooks, not where it is given by hand', async () => {
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    const [memo] = await credits(id);
    await books.control.deleteCreditMemo(contractor.realmId, memo!.Id);
    await pollCompany(books, contractor);
    expect(await memoOf(id, 0)).toMatchObject({ state: 'deleted' });
    expect(await contract(id)).toMatchObject({ billed_cents: 1_000_000, remaining_cents: -60_000 });
    expect(await inbox('credit_memo_gone', id)).toHaveLength(1);
    await contractor.admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Anew' });
    await eventually(async () => {
      expect(await memoOf(id, 0)).toMatchObject({ number: `CRM-${id}-C1-2`, state: 'used' });
      expect(await inbox('credit_memo_gone', id)).toEqual([]);
    });
    expect(await contract(id)).toMatchObject({ billed_cents: 940_000, remaining_cents: 0 });
    const { items } = (await contractor.admin.get('/audit?action=change_order.credited_anew')).body;
    expect(items).toMatchObject([
      {
        actor: { id: contractor.admin.userId },
        before: { number: `CRM-${id}-C1`, state: 'deleted', generation: 1 },
        after: { generation: 2, credit_cents: 60_000, reason: 'Anew' },
      },
    ]);

    const { Id, CustomerRef } = (await credits(id)).at(-1)!;
    await books.control.deleteCreditMemo(contractor.realmId, Id);
    const final = (await invoicesOf(id)).at(-1)!;
    const byHand = { customer_id: CustomerRef.value, amount: 600, apply_to: final.qbo_invoice_id as string };
    await books.control.creditMemo(contractor.realmId, byHand);
    await pollCompany(books, contractor);
    expect(await contract(id)).toMatchObject({ billed_cents: 940_000, remaining_cents: 0 });
    const anew = { reason: 'Anew' };
    expect(await contractor.admin.post(`/proposals/${id}/change-orders/1/approve`, anew)).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_credit', detail: expect.stringContaining('credited otherwise') },
    });
    expect(await credits(id)).toHaveLength(2);
  });

  it('is not cancelled while a credit of it is on no invoice, and no credit is made afterwards', async () => {
    const { admin } = contractor;
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    await refuseCredit();
    await change(id, 'Vents left out', -20_000);
    await eventually(async () => expect(await inbox('forbidden', id)).toHaveLength(1));
    for (const { id: invoiceId } of await invoicesOf(id))
      expect((await admin.post(`/invoices/${invoiceId as number}/void`)).status).toBe(200);
    await pollCompany(books, contractor);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'open' }));
    const cancel = () => admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(await cancel()).toMatchObject({
      status: 409,
      body: { code: 'proposal_credited', detail: expect.stringContaining(`CRM-${id}-C1`) },
    });
    const [memo] = await credits(id);
    await books.control.deleteCreditMemo(contractor.realmId, memo!.Id);
    await pollCompany(books, contractor);
    expect((await cancel()).status).toBe(200);
    const [refused] = await inbox('forbidden', id);
    await admin.post(`/inbox/${refused!.id as number}/retry`);
    await eventually(async () => expect(await inbox('forbidden', id)).toEqual([]));
    expect((await credits(id)).map(({ Id }) => Id)).toEqual([memo!.Id]);
    expect((await admin.get(`/proposals/${id}/margin`)).body.revenue_cents ?? 0).toBe(0);
  });

  it('is not cancelled right after its invoices are voided, though no poll has brought the credit yet', async () => {
    const { admin } = contractor;
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    for (const { id: invoiceId } of await invoicesOf(id))
      expect((await admin.post(`/invoices/${invoiceId as number}/void`)).status).toBe(200);
    const cancel = () => admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'proposal_credited' } });
    expect(await memoOf(id, 0)).toMatchObject({ state: 'open' });
    const [memo] = await credits(id);
    await books.control.deleteCreditMemo(contractor.realmId, memo!.Id);
    await pollCompany(books, contractor);
    expect((await cancel()).status).toBe(200);
  });

  it('is cancelled in another company, whatever credit stands in the one that was connected before', async () => {
    const { admin, realmId } = contractor;
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    for (const { id: invoiceId } of await invoicesOf(id))
      expect((await admin.post(`/invoices/${invoiceId as number}/void`)).status).toBe(200);
    const cancel = () => admin.patch(`/proposals/${id}`, { status: 'cancelled' });
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'proposal_credited' } });
    const { realm_id: other } = await books.control.createCompany({ name: 'Another' });
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    const { status } = await cancel();
    // As it was for the stories behind this one.
    await connect(books.app, admin, { realmId, replaceCompany: true });
    expect(status).toBe(200);
  });

  it('leaves no credit to nobody that comes free once it is cancelled, as its invoices were voided there', async () => {
    const { admin, realmId } = contractor;
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    for (const { qbo_invoice_id } of await invoicesOf(id))
      await books.control.voidInvoice(realmId, qbo_invoice_id as string);
    expect((await admin.post(`/qbo/sync/invoice/${id}/check`)).body.ok).toBe(true);
    expect((await admin.patch(`/proposals/${id}`, { status: 'cancelled' })).status).toBe(200);
    const asked = async () => (await admin.get(`/inbox?code=credit_left&proposal_id=${id}`)).body.items;
    expect(await asked()).toEqual([]);
    await pollCompany(books, contractor);
    expect(await asked()).toMatchObject([{ reason: expect.stringContaining('$600.00') }]);
    await pollCompany(books, contractor);
    expect(await asked()).toHaveLength(1);

    const [memo] = await credits(id);
    await books.control.deleteCreditMemo(realmId, memo!.Id);
    await pollCompany(books, contractor);
    expect(await asked()).toEqual([]);
  });

  it('has its invoices voided though the credit cannot be kept then, and read by a second void', async () => {
    const { admin } = contractor;
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    const { database } = books;
    const invoices = (await invoicesOf(id)).map((one) => one.id as number);
    const voidAll = async (): Promise<number[]> => {
      const statuses = [];
      for (const one of invoices) statuses.push((await admin.post(`/invoices/${one}/void`)).status);
      return statuses;
    };
    const done = invoices.map(() => 200);
    await database.query(`alter table credit_memos add constraint held check (state <> 'open') not valid`);
    try {
      expect(await voidAll()).toEqual(done);
    } finally {
      await database.query('alter table credit_memos drop constraint held');
    }
    expect(await memoOf(id, 0)).toMatchObject({ state: 'used' });
    expect(await voidAll()).toEqual(done);
    expect(await memoOf(id, 0)).toMatchObject({ state: 'open' });
  });

  it('is before a person once its credit memo is another sum than was signed, and each sum once', async () => {
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    const edit = async (fields: object): Promise<Json[]> => {
      const [{ Id, SyncToken }] = (await credits(id)) as [BooksSale];
      await askCompany(books, contractor, 'creditmemo', { Id, SyncToken, sparse: true, ...fields });
      await pollCompany(books, contractor);
      return inbox('total_differs', id);
    };
    const [{ Line }] = (await credits(id)) as [BooksSale];
    const over = (Amount: number) => {
      const [{ SalesItemLineDetail }] = Line as [BooksSale['Line'][number]];
      const { UnitPrice: _price, Qty: _count, ...detail } = SalesItemLineDetail!;
      return edit({ Line: [{ ...Line[0]!, Amount, SalesItemLineDetail: detail }] });
    };
    expect(await over(800)).toMatchObject([
      {
        reason: expect.stringContaining(
          `of proposal ${id}, was changed in QuickBooks: it is over $800.00 there instead of $600.00.`,
        ),
      },
    ]);
    expect(await over(700)).toMatchObject([{ reason: expect.stringContaining('over $700.00 there') }]);
    const [item] = await inbox('total_differs', id);
    const resolved = await contractor.admin.post(`/inbox/${item!.id as number}/resolve`, {});
    expect(resolved).toMatchObject({ status: 200 });
    expect(await edit({ CustomerMemo: { value: 'Thank you' } })).toEqual([]);
    expect(await over(800)).toHaveLength(1);
    expect(await over(600)).toEqual([]);
    expect(await over(800)).toHaveLength(1);
    const [{ Id }] = (await credits(id)) as [BooksSale];
    await books.control.deleteCreditMemo(contractor.realmId, Id);
    await pollCompany(books, contractor);
    expect(await inbox('total_differs', id)).toEqual([]);
    expect(await inbox('credit_memo_gone', id)).toHaveLength(1);
  });

  it('is before a person once its credit memo is moved to another customer, until it is back', async () => {
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    const use = (await books.control.records(contractor.realmId, 'Payment')).at(-1)!;
    await books.control.deletePayment(contractor.realmId, use.Id);
    const [{ CustomerRef: own }] = (await credits(id)) as [BooksSale];
    const move = async (CustomerRef: unknown): Promise<Json[]> => {
      const [{ Id, SyncToken }] = (await credits(id)) as [BooksSale];
      await askCompany(books, contractor, 'creditmemo', { Id, SyncToken, sparse: true, CustomerRef });
      await pollCompany(books, contractor);
      return inbox('customer_differs', id);
    };
    const made = await askCompany(books, contractor, 'customer', { DisplayName: `Otto Krell ${id}` });
    const other = { value: (made as { Customer: { Id: string } }).Customer.Id };
    expect(await move(other)).toMatchObject([
      {
        reason: expect.stringMatching(
          /^Credit memo CRM-\S+ of a change order of proposal \d+.* was moved to another/,
        ),
      },
    ]);
    expect(await move(own)).toEqual([]);
    expect(await move(other)).toHaveLength(1);
  });

  /** A contract whose credit memo was taken off its invoice and voided, and how its lines are changed again. */
  const aVoidedCredit = async () => {
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    const use = (await books.control.records(contractor.realmId, 'Payment')).at(-1)!;
    await books.control.deletePayment(contractor.realmId, use.Id);
    const [{ Id, Line, DocNumber }] = (await credits(id)) as [BooksSale];
    const edit = async (lines: BooksSale['Line']): Promise<void> => {
      const { SyncToken } = (await credits(id)).find((one) => one.DocNumber === DocNumber)!;
      await askCompany(books, contractor, 'creditmemo', { Id, SyncToken, sparse: true, Line: lines });
      await pollCompany(books, contractor);
    };
    const voided = Line.filter(({ DetailType }) => DetailType === 'SalesItemLineDetail').map((line) => {
      const { UnitPrice: _price, Qty: _count, ...detail } = line.SalesItemLineDetail!;
      return { ...line, Amount: 0, SalesItemLineDetail: detail };
    });
    await edit(voided);
    expect(await memoOf(id, 0)).toMatchObject({ state: 'voided' });
    return { id, Id, Line, voided, edit };
  };

  it('is no matter once its void is undone or another made in its place, but while both of them stand', async () => {
    const { id, Id, voided, edit, Line } = await aVoidedCredit();
    expect(await inbox('credit_memo_gone', id)).toHaveLength(1);
    await edit(Line);
    expect(await inbox('credit_memo_gone', id)).toEqual([]);
    await edit(voided);
    expect(await inbox('credit_memo_gone', id)).toHaveLength(1);
    await refuseCredit();
    await contractor.admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Anew' });
    const [refused] = await eventually(async () => {
      const items = await inbox('forbidden', id);
      expect(items).toHaveLength(1);
      return items;
    });
    await edit(Line);
    // QuickBooks has refused the other one: it is not there, and takes nothing off what the customer owes.
    expect(await inbox('credit_memo_twice', id)).toEqual([]);
    expect(await owed(id)).toBe(940_000);
    expect((await contractor.admin.post(`/inbox/${refused!.id as number}/retry`)).status).toBe(200);
    expect(await contract(id)).toMatchObject({ billed_cents: 880_000, remaining_cents: 60_000 });
    expect(await inbox('credit_memo_twice', id)).toHaveLength(1);
    await edit(voided);
    expect(await inbox('credit_memo_twice', id)).toEqual([]);
    await edit(Line);
    expect(await inbox('credit_memo_twice', id)).toMatchObject([
      { reason: expect.stringContaining(`$600.00, beside credit memo CRM-${id}-C1-2 in its place.`) },
    ]);
    await edit(voided);
    expect(await inbox('credit_memo_twice', id)).toEqual([]);
    expect(await inbox('credit_memo_gone', id)).toEqual([]);
    expect(await contract(id)).toMatchObject({ billed_cents: 940_000, remaining_cents: 0 });

    await books.control.deleteCreditMemo(contractor.realmId, Id);
    await pollCompany(books, contractor);
    expect(await eventsOf(contractor, id)).toContain('credit_memo_deleted');
    expect(await inbox('credit_memo_gone', id)).toEqual([]);
    expect(await memoOf(id, 0)).toMatchObject({ number: `CRM-${id}-C1-2` });
  });

  it('is not cancelled while a credit stands whose void was undone, though another was wanted', async () => {
    const { admin } = contractor;
    const { id, Line, edit } = await aVoidedCredit();
    await refuseCredit();
    await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Anew' });
    await eventually(async () => expect(await inbox('forbidden', id)).toHaveLength(1));
    await edit(Line);
    for (const { id: invoiceId } of await invoicesOf(id))
      expect((await admin.post(`/invoices/${invoiceId as number}/void`)).status).toBe(200);
    await pollCompany(books, contractor);
    expect(await admin.patch(`/proposals/${id}`, { status: 'cancelled' })).toMatchObject({
      status: 409,
      body: { code: 'proposal_credited', detail: expect.stringContaining(`CRM-${id}-C1`) },
    });
  });

  it('is credited once where a person asks again for what QuickBooks has already', async () => {
    const id = await aBilledContract();
    await change(id, 'Gutter left out', -60_000);
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    // As after a backup from before the answer was put back.
    const [memo] = await books.database.query<{ id: number }>(
      `update credit_memos set state = null, qbo_credit_memo_id = null, number = null, txn_date = null
        where proposal_id = $1 returning id`,
      [id],
    );
    await books.database.query(
      `update sync_operations set state = 'needs_person', qbo_id = null,
              first_sent_at = now() - interval '1 day', payload = payload || '{"txnDate": "2026-01-01"}'
        where kind = 'credit.create' and entity_id = $1`,
      [memo!.id],
    );
    await books.control.patchSwitches({ requestIdMode: 'ignore' });
    const { orgId } = contractor;
    expect(await books.app.app.get(CreditResolutionService).retry(orgId, String(memo!.id))).toBeNull();
    expect(await credits(id)).toMatchObject([{ DocNumber: `CRM-${id}-C1`, TotalAmt: 600, Balance: 0 }]);
    expect(await memoOf(id, 0)).toMatchObject({ state: 'used', number: `CRM-${id}-C1` });
  });

  it('waits for a person where QuickBooks refuses it, and is credited anew once that is closed', async () => {
    const id = await aBilledContract();
    await refuseCredit();
    await change(id, 'Gutter left out', -60_000);
    const item = await eventually(async () => {
      const items = await inbox('forbidden', id);
      expect(items).toHaveLength(1);
      return items[0]!;
    });
    expect(item.reason).toContain('credit memo of $600.00');
    // Nobody asks for it meanwhile: of 10,000.00 billed and not paid, 600.00 is not owed.
    expect(await owed(id)).toBe(940_000);
    expect(await page(id)).toContain('Remaining $9,400.00');
    // With the question closed it does not come any more, and is owed again.
    expect((await contractor.admin.post(`/inbox/${item.id as number}/dismiss`)).status).toBe(200);
    expect(await owed(id)).toBe(1_000_000);
    await contractor.admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Anew' });
    await eventually(async () => expect(await memoOf(id, 0)).toMatchObject({ state: 'used' }));
    expect(await contract(id)).toMatchObject({ billed_cents: 940_000, remaining_cents: 0 });
  });
});
