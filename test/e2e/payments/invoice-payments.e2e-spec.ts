import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { createOrg } from '../../support/people.js';
import { metric } from '../../support/metrics.js';

/** What every deposit invoice of these stories is over, in cents. */
const TOTAL = 375_000;

describe('The payments of an invoice', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const check = async () => (await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).body;
  const proposal = async () => (await contractor.admin.get(`/proposals/${proposalId}`)).body;
  const payments = async (query = '') =>
    (await contractor.admin.get(`/proposals/${proposalId}/payments${query}`)).body;
  const poll = () => pollCompany(books, contractor);
  const calls = async () => (await books.control.calls(contractor.realmId)).operations;
  const cashMetric = () =>
    metric(books.app, 'crm_invoice_payments_cents_total', { org_id: contractor.orgId });
  const paidMeta = async () => {
    const { body } = await contractor.admin.get(`/proposals/${proposalId}/activity`);
    return body.items.find((item: { event: string }) => item.event === 'invoice_paid')?.meta;
  };
  const customerId = async () => {
    const invoices = await books.control.records(contractor.realmId, 'Invoice');
    return (invoices.find((one) => one.Id === invoiceId)!.CustomerRef as { value: string }).value;
  };
  const credit = async (amount: number, more: object = {}) =>
    books.control.creditMemo(contractor.realmId, {
      customer_id: await customerId(),
      amount,
      apply_to: invoiceId,
      ...more,
    });
  const receive = (amount: number, date?: string) =>
    books.control.receivePayment(contractor.realmId, invoiceId, { amount, ...(date ? { date } : {}) });

  it('come in parts: open with what was paid, then paid on the day of the last', async () => {
    const first = await receive(1_125, '2026-03-04');
    expect(await check()).toMatchObject({ qbo_status: 'Open', qbo_balance_cents: 262_500 });
    expect(await proposal()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 112_500 });

    const second = await receive(2_625, '2026-03-09');
    expect(await check()).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: TOTAL });
    expect(await payments()).toEqual({
      items: [
        {
          id: expect.any(Number),
          qbo_payment_id: second.Id,
          amount_cents: 262_500,
          paid_on: '2026-03-09',
          kind: 'payment',
        },
        {
          id: expect.any(Number),
          qbo_payment_id: first.Id,
          amount_cents: 112_500,
          paid_on: '2026-03-04',
          kind: 'payment',
        },
      ],
      next_cursor: null,
    });
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_partially_paid',
      'invoice_paid',
    ]);
    expect(await paidMeta()).toMatchObject({
      amount_cents: TOTAL,
      settled_by: 'cash',
      paid_cents: TOTAL,
      paid_on: '2026-03-09',
    });
    expect(await cashMetric()).toBe(TOTAL);
    const [invoice] = await books.database.query<{ paid_on: string }>(
      'select paid_on::text as paid_on from invoices where proposal_id = $1',
      [proposalId],
    );
    expect(invoice!.paid_on).toBe('2026-03-09');
  });

  it('stand in the report of what came in, by their days, with who paid and what it comes to', async () => {
    const received = async (query: string) => (await contractor.admin.get(`/reports/received?${query}`)).body;
    const { Id: check180 } = await receive(1_125, '2026-03-04');
    await receive(625, '2026-03-05');
    await credit(500);
    await check();
    const { customer_id: whose, customer_name: customer } = await proposal();
    const report = await received('from=2026-03-04&to=2026-03-05');
    expect(report.totals).toEqual([{ currency: 'USD', rows: 2, amount_cents: 175_000 }]);
    expect(report.rows).toMatchObject([
      {
        paid_on: '2026-03-04',
        amount_cents: 112_500,
        currency: 'USD',
        customer_id: whose,
        customer_name: customer,
        proposal_id: proposalId,
        invoice_number: `CRM-${proposalId}`,
        payment_id: null,
        qbo_payment_id: check180,
        qbo_url: expect.stringContaining(`invoice?txnId=${invoiceId}`),
      },
      { paid_on: '2026-03-05', amount_cents: 62_500 },
    ]);
    const [, second] = report.rows;
    const first = await received('from=2026-03-04&to=2026-03-05&limit=1');
    const next = `&limit=1&cursor=${first.next_cursor as string}`;
    expect((await received(`from=2026-03-04&to=2026-03-05${next}`)).rows).toEqual([second]);
    expect((await received('from=2026-03-01&to=2026-03-31&amount_cents=62500')).rows).toEqual([second]);
    expect(await received('to=2026-03-06')).toMatchObject({ from: '2026-03-06', rows: [], totals: [] });
    const csv = await contractor.admin.get('/reports/received?from=2026-03-04&to=2026-03-05&format=csv');
    expect(String(csv.body).trim().split('\r\n')).toEqual([
      'paid_on,customer_id,customer_name,proposal_id,invoice_number,currency,amount_cents,payment_id,' +
        'qbo_payment_id,qbo_url',
      expect.stringMatching(/^2026-03-04,.+,USD,112500,,/),
      expect.stringMatching(/^2026-03-05,.+,USD,62500,,/),
    ]);
    const odd = Buffer.from('2026-03-04 x').toString('base64url');
    expect((await contractor.admin.get(`/reports/received?cursor=${odd}`)).status).toBe(400);
    expect((await contractor.admin.get('/reports/received?from=2026-03-05&to=2026-03-04')).status).toBe(422);
  });

  it('say in that report what is missing: without a day, on invoices not read, of a company that left', async () => {
    await receive(1_125, '2026-03-04');
    await receive(625, '2026-03-05');
    await check();
    const received = async () =>
      (await contractor.admin.get('/reports/received?from=2026-03-04&to=2026-03-05')).body;
    const fileName = async () =>
      (await contractor.admin.get('/reports/received?from=2026-03-04&to=2026-03-05&format=csv')).headers.get(
        'content-disposition',
      );
    expect(await received()).toMatchObject({ qbo_connected: true, undated: [], unread_invoices: 0 });
    expect(await fileName()).toContain('"received-2026-03-04-2026-03-05.csv"');
    await books.database.query(
      `update invoice_payments set paid_on = null where org_id = $1 and paid_on = '2026-03-05'`,
      [contractor.orgId],
    );
    await books.database.query('update invoices set payments_incomplete = true where org_id = $1', [
      contractor.orgId,
    ]);
    const other = (await contractor.admin.get('/reports/received?customer_id=999999')).body;
    expect(other).toMatchObject({ unread_invoices: 0 });
    await books.database.query(
      `update invoices set qbo_realm_id = '4620816365' || qbo_realm_id where org_id = $1`,
      [contractor.orgId],
    );
    expect(await received()).toMatchObject({
      qbo_connected: true,
      unread_invoices: 0,
      invoices_elsewhere: 1,
    });
    await books.database.query(
      `update invoices set qbo_realm_id = substr(qbo_realm_id, 11) where org_id = $1`,
      [contractor.orgId],
    );
    await books.database.query(`update qbo_tokens set state = 'disconnected' where org_id = $1`, [
      contractor.orgId,
    ]);
    expect(await received()).toMatchObject({
      rows: [{ amount_cents: 112_500 }],
      totals: [{ currency: 'USD', rows: 1, amount_cents: 112_500 }],
      qbo_connected: false,
      undated: [{ currency: 'USD', rows: 1, amount_cents: 62_500 }],
      unread_invoices: 1,
      invoices_elsewhere: 0,
    });
    expect(await fileName()).toContain('"received-2026-03-04-2026-03-05-incomplete.csv"');
  });

  it('are listed page by page', async () => {
    for (const amount of [100, 200, 300]) await receive(amount);
    await check();
    const first = await payments('?limit=2');
    expect(first.items).toHaveLength(2);
    const rest = await payments(`?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...rest.items].map((one) => one.amount_cents)).toEqual([30_000, 20_000, 10_000]);
    expect(rest.next_cursor).toBeNull();
    expect((await contractor.admin.get('/proposals/999999/payments')).status).toBe(404);
    const stranger = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.admin.get(`/proposals/${proposalId}/payments`)).status).toBe(404);
  });

  it('are no payment where a credit memo alone settles the invoice', async () => {
    await credit(3_750);
    expect(await check()).toMatchObject({ changed_to_paid: false, qbo_status: 'Paid', qbo_balance_cents: 0 });
    expect(await proposal()).toMatchObject({ qbo_state: 'settled_by_credit', qbo_paid_cents: 0 });
    expect((await payments()).items).toMatchObject([{ kind: 'credit', amount_cents: TOTAL }]);
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']);
    expect(await cashMetric()).toBe(0);
    expect(await metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId })).toBe(0);
  });

  it('are cash as far as cash came in', async () => {
    await credit(750);
    await receive(3_000);
    await check();
    expect(await proposal()).toMatchObject({
      qbo_state: 'paid',
      qbo_status: 'Paid',
      qbo_paid_cents: 300_000,
    });
    expect(await paidMeta()).toMatchObject({ settled_by: 'mixed', paid_cents: 300_000 });
    expect(await cashMetric()).toBe(300_000);
  });

  it('are both at once where one payment brings cash and uses a credit', async () => {
    const memo = await books.control.creditMemo(contractor.realmId, {
      customer_id: await customerId(),
      amount: 750,
    });
    await books.control.receivePayment(contractor.realmId, invoiceId, {
      amount: 3_000,
      Line: [
        { Amount: 3_750, LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] },
        { Amount: 750, LinkedTxn: [{ TxnId: memo.Id, TxnType: 'CreditMemo' }] },
      ],
    });
    await check();
    expect((await payments()).items.map((one: { kind: string }) => one.kind).toSorted()).toEqual([
      'credit',
      'payment',
    ]);
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: 300_000 });
  });

  it('count no more than was applied of an overpayment', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 5_000 });
    await check();
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: TOTAL });
    expect((await payments()).items).toMatchObject([{ amount_cents: TOTAL }]);
    expect(await cashMetric()).toBe(TOTAL);
  });

  it.each(['unapplied', 'voided', 'deleted'] as const)(
    'leave when they are %s, and the invoice reopens',
    async (how) => {
      const payment = await receive(3_750);
      await check();
      const undo = {
        unapplied: () => books.control.unapplyPayment(contractor.realmId, payment.Id),
        voided: () => books.control.voidPayment(contractor.realmId, payment.Id),
        deleted: () => books.control.deletePayment(contractor.realmId, payment.Id),
      };
      await undo[how]();
      await books.control.resetCalls();
      expect(await check()).toMatchObject({ qbo_status: 'Open', qbo_balance_cents: TOTAL });
      expect(await calls()).toEqual({ 'invoice.read': 1 });
      expect(await proposal()).toMatchObject({ qbo_state: 'open', qbo_paid_cents: 0 });
      expect((await payments()).items).toEqual([]);
      expect(await eventsOf(contractor, proposalId)).toContain('invoice_reopened');
    },
  );

  it.each(['voidInvoice', 'deleteInvoice'] as const)('leave with the invoice on %s', async (act) => {
    await receive(3_750);
    await check();
    await books.control[act](contractor.realmId, invoiceId);
    await check();
    expect(await proposal()).toMatchObject({
      qbo_state: act === 'voidInvoice' ? 'voided' : 'deleted',
      qbo_status: 'Unknown',
      qbo_paid_cents: 0,
    });
    expect((await payments()).items).toEqual([]);
  });

  it('are read for one call, however many are new, and not again', async () => {
    for (const amount of [100, 200, 300]) await receive(amount);
    await books.control.resetCalls();
    await check();
    expect(await calls()).toEqual({ 'invoice.read': 1, 'payment.query': 1 });
    await check();
    expect(await calls()).toEqual({ 'invoice.read': 2, 'payment.query': 1 });
  });

  it('come along with the changes of a poll, for no call of their own', async () => {
    await poll();
    await receive(1_000);
    await receive(500);
    await books.control.resetCalls();
    await poll();
    expect(await calls()).toEqual({ cdc: 1 });
    expect(await proposal()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 150_000 });
    expect((await payments()).items).toHaveLength(2);
  });

  it('show a new day when only that was edited', async () => {
    const payment = await receive(3_750, '2026-03-04');
    await poll();
    await books.control.editPayment(contractor.realmId, payment.Id, { TxnDate: '2026-03-06' });
    await poll();
    expect((await payments()).items).toMatchObject([{ paid_on: '2026-03-06' }]);
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_paid']);
  });

  it('never hold the status back: what cannot be read is owed and read by the next poll', async () => {
    await poll();
    await receive(3_750);
    await books.control.planFault({ operation: 'payment.query', kind: '500', realm_id: contractor.realmId });
    expect(await check()).toMatchObject({ ok: true, changed_to_paid: true, qbo_status: 'Paid' });
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: 0 });
    expect((await payments()).items).toEqual([]);
    expect(await paidMeta()).toMatchObject({ settled_by: null });
    expect(await cashMetric()).toBe(0);

    await poll();
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_paid_cents: TOTAL });
    expect((await payments()).items).toHaveLength(1);
    expect(await cashMetric()).toBe(TOTAL);
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_paid']);
  });

  it('are asked for by a poll where an invoice lacks them and nothing changed since', async () => {
    await receive(3_750);
    await check();
    await poll();
    await books.database.query('update invoice_payments set removed_at = now() where proposal_id = $1', [
      proposalId,
    ]);
    await books.database.query(
      'update invoices set payments_incomplete = true, paid_cents = 375000 where proposal_id = $1',
      [proposalId],
    );
    await books.database.query(
      `update qbo_sweeps set changed_since = now() + interval '1 minute' where org_id = $1`,
      [contractor.orgId],
    );
    await books.control.resetCalls();
    await poll();
    expect(await calls()).toEqual({ cdc: 1, 'invoice.query': 1, 'payment.query': 1 });
    expect((await payments()).items).toMatchObject([{ amount_cents: TOTAL }]);
    expect(await cashMetric()).toBe(TOTAL);
    await poll();
    expect(await calls()).toEqual({ cdc: 2, 'invoice.query': 1, 'payment.query': 1 });
  });
});
