import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  idle,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { throughDoor } from '../../../src/platform/database/scope/scope.js';
import { dayInZone } from '../../../src/platform/time/calendar-day.js';
import { BooksFiguresRepository } from '../../../src/qbo-sync/diagnostics/books-figures.repository.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';

const DAYS = ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-12-31'];

describe("A customer's statement beside receivables by age", () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const read = async (path: string): Promise<Json> => (await contractor.admin.get(path)).body;

  /** What a customer owes less what is on no invoice, on each of the days. */
  const netByAge = async (customerId: number): Promise<number[]> => {
    const reports = await Promise.all(DAYS.map((day) => read(`/reports/aging?as_of=${day}`)));
    return reports.map(({ rows, credits }) =>
      ([...rows, ...credits] as Json[])
        .filter(({ customer_id: id }) => id === customerId)
        .reduce((sum, { total_cents }) => sum + total_cents, 0),
    );
  };

  const closings = async (customerId: number): Promise<number[]> => {
    const statements = await Promise.all(
      DAYS.map((day) => read(`/customers/${customerId}/statement?to=${day}`)),
    );
    return statements.map(({ totals }) => ((totals as Json[])[0]?.closing_cents ?? 0) as number);
  };

  it('counts money that is on no invoice, and money and credits until an invoice takes them', async () => {
    const { control } = books;
    const { realmId } = contractor;
    const customerId = await aCustomer(contractor);
    const early = await anInvoicedProposal(contractor, { customerId });
    const late = await anInvoicedProposal(contractor, { customerId });
    const { total_cents: TOTAL } = (await read(`/invoices?proposal_id=${early.proposalId}`)).items[0];
    await control.editInvoice(realmId, early.invoiceId, { TxnDate: '2026-02-10', DueDate: '2026-02-20' });
    await control.editInvoice(realmId, late.invoiceId, { TxnDate: '2026-03-10', DueDate: '2026-03-20' });
    // Paid before it was invoiced, and ten too much.
    await control.receivePayment(realmId, early.invoiceId, {
      amount: TOTAL / 100 + 10,
      TxnDate: '2026-01-20',
    });
    const { qbo_customer_id: qboCustomerId } = await read(`/customers/${customerId}`);
    const memo = { customer_id: qboCustomerId as string, amount: 30, apply_to: late.invoiceId };
    await control.creditMemo(realmId, { ...memo, TxnDate: '2026-03-15' });
    const use = (await control.records(realmId, 'Payment')).findLast(({ TotalAmt }) => TotalAmt === 0)!;
    await control.editPayment(realmId, use.Id, { TxnDate: '2026-04-15' });
    await pollCompany(books, contractor);
    await read('/reports/aging?scope=company');

    const owed = await closings(customerId);
    expect(owed).toEqual([-TOTAL - 1_000, -1_000, TOTAL - 4_000, TOTAL - 4_000, TOTAL - 4_000]);
    expect(owed).toEqual(await netByAge(customerId));
    const { rows } = await read(`/customers/${customerId}/statement`);
    expect(
      (rows as Json[]).map(({ on, kind, invoice_id: id, amount_cents }) => [
        on,
        kind,
        id === null,
        amount_cents,
      ]),
    ).toEqual([
      ['2026-01-20', 'payment', true, -TOTAL - 1_000],
      ['2026-02-10', 'invoice', false, TOTAL],
      ['2026-02-10', 'payment', true, TOTAL],
      ['2026-02-10', 'payment', false, -TOTAL],
      ['2026-03-10', 'invoice', false, TOTAL],
      ['2026-03-15', 'credit', true, -3_000],
      ['2026-04-15', 'credit', true, 3_000],
      ['2026-04-15', 'credit', false, -3_000],
    ]);
    expect(rows[0].qbo_url).toContain('recvpayment?txnId=');
  });

  it('counts a credit that is used before the day of its invoice as a credit until then', async () => {
    const { control } = books;
    const { realmId } = contractor;
    const customerId = await aCustomer(contractor);
    const { invoiceId, proposalId } = await anInvoicedProposal(contractor, { customerId });
    const { total_cents: TOTAL } = (await read(`/invoices?proposal_id=${proposalId}`)).items[0];
    await control.editInvoice(realmId, invoiceId, { TxnDate: '2026-03-10', DueDate: '2026-03-20' });
    const { qbo_customer_id: qboCustomerId } = await read(`/customers/${customerId}`);
    const memo = { customer_id: qboCustomerId as string, amount: 30, apply_to: invoiceId };
    await control.creditMemo(realmId, { ...memo, TxnDate: '2026-01-15' });
    const use = (await control.records(realmId, 'Payment')).findLast(({ TotalAmt }) => TotalAmt === 0)!;
    await control.editPayment(realmId, use.Id, { TxnDate: '2026-02-15' });
    await pollCompany(books, contractor);
    await read('/reports/aging?scope=company');

    const owed = await closings(customerId);
    expect(owed).toEqual([-3_000, -3_000, TOTAL - 3_000, TOTAL - 3_000, TOTAL - 3_000]);
    expect(owed).toEqual(await netByAge(customerId));
  });

  it('has money that a bookkeeper dates on a day to come from that day on, as QuickBooks has it', async () => {
    contractor = await aContractor(books, 'Paid by a cheque of later');
    const { admin, realmId, orgId } = contractor;
    const inDays = (days: number): string =>
      dayInZone(new Date(Date.now() + days * 86_400_000), 'America/Denver');
    const [today, dayBefore, day] = [inDays(0), inDays(9), inDays(10)] as const;
    const customerId = await aCustomer(contractor);
    const { invoiceId } = await anInvoicedProposal(contractor, { customerId, amountCents: 1_000_000 });
    await books.control.receivePayment(realmId, invoiceId, { amount: 1_000, TxnDate: day });
    await pollCompany(books, contractor);
    const owedOn = async (asOf: string): Promise<number[]> => {
      const [ours, company] = await Promise.all(
        ['ours', 'company'].map((scope) => read(`/reports/aging?scope=${scope}&as_of=${asOf}`)),
      );
      const mine = (company.rows as Json[]).find(({ customer_id: id }) => id === customerId);
      const { totals } = await read(`/customers/${customerId}/statement?to=${asOf}`);
      return [ours.totals[0].total_cents, mine.total_cents, totals[0].closing_cents];
    };
    expect(await owedOn(today)).toEqual([300_000, 300_000, 300_000]);
    expect(await owedOn(dayBefore)).toEqual([300_000, 300_000, 300_000]);
    expect(await owedOn(day)).toEqual([200_000, 200_000, 200_000]);
    const { body: compared } = await admin.post('/reports/aging/compare', { as_of: today });
    const reasons = compared.items[0].reasons as Json[];
    expect(reasons.map(({ reason }) => reason)).not.toContain('not_yet_seen');
    expect((await read('/reports/dso')).rows[0].receivable_cents).toBe(300_000);
    const expected = (await read('/reports/cash-forecast')).weeks as Json[];
    expect(expected.reduce((sum, { expected_cents }) => sum + expected_cents, 0)).toBe(300_000);
    const { app } = books.app;
    const facts = await throughDoor('overview', () =>
      app.get(BooksFiguresRepository).read(app.get(DataSource).manager, new Date()),
    );
    const shown = facts.filter(
      ({ labels }) => labels.org_id === String(orgId) && labels.bucket === 'current',
    );
    expect(shown).toMatchObject([{ gauge: 'crm_receivables_cents', value: 300_000 }]);
  });

  it('adjusts an invoice of a day to come on that day, and not before', async () => {
    const day = dayInZone(new Date(Date.now() + 20 * 86_400_000), 'America/Denver');
    const customerId = await aCustomer(contractor);
    const { invoiceId, proposalId } = await anInvoicedProposal(contractor, { customerId });
    const { total_cents: TOTAL } = (await read(`/invoices?proposal_id=${proposalId}`)).items[0];
    await books.control.editInvoice(contractor.realmId, invoiceId, { TxnDate: day, DueDate: day });
    await pollCompany(books, contractor);
    // QuickBooks says that less is open, and no payment accounts for it.
    await books.database.query(
      'update invoices set balance_cents = balance_cents - 500 where org_id = $1 and proposal_id = $2',
      [contractor.orgId, proposalId],
    );
    expect((await read(`/customers/${customerId}/statement`)).totals).toEqual([]);
    const { rows } = await read(`/customers/${customerId}/statement?to=${day}`);
    expect((rows as Json[]).map(({ on, kind, amount_cents }) => [on, kind, amount_cents])).toEqual([
      [day, 'invoice', TOTAL],
      [day, 'adjustment', -500],
    ]);
  });

  it('is adjusted from the day QuickBooks was last asked, in receivables of a past day as well', async () => {
    const customerId = await aCustomer(contractor);
    const { invoiceId, proposalId } = await anInvoicedProposal(contractor, { customerId });
    const { total_cents: TOTAL } = (await read(`/invoices?proposal_id=${proposalId}`)).items[0];
    const day = { TxnDate: '2026-01-10', DueDate: '2026-01-20' };
    await books.control.editInvoice(contractor.realmId, invoiceId, day);
    await pollCompany(books, contractor);
    expect(await netByAge(customerId)).toEqual(DAYS.map(() => TOTAL));
    await books.database.query(
      `update invoices set balance_cents = balance_cents - 500, last_sync_at = '2026-02-10T18:00:00Z'
        where org_id = $1 and proposal_id = $2`,
      [contractor.orgId, proposalId],
    );
    const owed = await closings(customerId);
    expect(owed).toEqual([TOTAL, ...DAYS.slice(1).map(() => TOTAL - 500)]);
    expect(await netByAge(customerId)).toEqual(owed);
  });

  it('has money once that a check finds on an invoice, or off it, before the next poll', async () => {
    const { control } = books;
    const { realmId, admin } = contractor;
    const customerId = await aCustomer(contractor);
    const { invoiceId, proposalId } = await anInvoicedProposal(contractor, { customerId });
    const { total_cents: TOTAL } = (await read(`/invoices?proposal_id=${proposalId}`)).items[0];
    const onAccount = async (): Promise<number[]> =>
      ((await read('/reports/aging')).credits as Json[])
        .filter(({ customer_id: id }) => id === customerId)
        .map(({ total_cents }) => total_cents);
    const check = async (): Promise<void> => {
      expect((await admin.post(`/qbo/sync/invoice/${proposalId}/check`)).status).toBe(200);
    };
    const payment = await control.receivePayment(realmId, invoiceId, { amount: 40, unapplied: true });
    await pollCompany(books, contractor);
    await read('/reports/aging?scope=company');
    expect(await onAccount()).toEqual([-4_000]);

    await control.movePayment(realmId, payment.Id, invoiceId);
    await check();
    await eventually(async () => expect(await onAccount()).toEqual([]));
    expect((await closings(customerId)).at(-1)).toBe(TOTAL - 4_000);

    await control.unapplyPayment(realmId, payment.Id);
    await check();
    await eventually(async () => expect(await onAccount()).toEqual([-4_000]));

    await control.receivePayment(realmId, invoiceId, { amount: TOTAL / 100 + 5 });
    await check();
    await eventually(async () => expect(await onAccount()).toEqual([-4_500]));
    expect((await closings(customerId)).at(-1)).toBe(-4_500);
  });

  it("has a change order's credit also while no document is mirrored, or those of another company are", async () => {
    contractor = await aContractor(books, 'Moved to another company');
    const { admin, realmId } = contractor;
    const customerId = await aCustomer(contractor);
    const id = await anApprovedProposal(contractor, { amountCents: 1_000_000, customerId });
    for (const entry of [1, 2]) {
      const billed = await admin.post(`/proposals/${id}/contract/entries/${entry}/bill`);
      const { qbo_invoice_id: invoiceId } = billed.body.invoice ?? billed.body;
      await books.control.receivePayment(realmId, invoiceId as string);
    }
    await pollCompany(books, contractor);
    const lines = [{ description: 'No garage', quantity: 1, unit_price_cents: -60_000 }];
    const changes = `/proposals/${id}/change-orders`;
    const { body } = await admin.post(changes, { description: 'No garage', lines });
    await admin.post(`${changes}/${body.number as number}/approve`, { reason: 'Agreed on site' });
    await idle(books, contractor);
    const same = async (): Promise<void> => {
      expect(await closings(customerId)).toEqual([0, 0, 0, 0, -60_000]);
      expect(await netByAge(customerId)).toEqual([0, 0, 0, 0, -60_000]);
    };
    await same();
    expect(await read('/reports/aging?scope=company')).toMatchObject({ credits: [{ total_cents: -60_000 }] });
    await same();

    const { realm_id: other } = await books.control.createCompany({ name: 'Another company' });
    await connect(books.app, admin, { realmId: other, replaceCompany: true });
    await read('/reports/aging?scope=company');
    await same();
  });

  it("has a change order's credit until the day on which an invoice took it, mirrored or not", async () => {
    contractor = await aContractor(books, 'Credits that are used later');
    const { admin, realmId } = contractor;
    const customerId = await aCustomer(contractor);
    const id = await anApprovedProposal(contractor, { amountCents: 1_000_000, customerId });
    const bill = async (entry: number): Promise<string> => {
      const { body } = await admin.post(`/proposals/${id}/contract/entries/${entry}/bill`);
      return (body.invoice ?? body).qbo_invoice_id as string;
    };
    const change = async (unit_price_cents: number): Promise<void> => {
      const lines = [{ description: 'A change', quantity: 1, unit_price_cents }];
      const path = `/proposals/${id}/change-orders`;
      const { body } = await admin.post(path, { description: 'A change', lines });
      await admin.post(`${path}/${body.number as number}/approve`, { reason: 'Agreed on site' });
      await idle(books, contractor);
    };
    const dated = async (path: string, { Id, SyncToken }: Json, TxnDate: string): Promise<void> => {
      const edit = { Id, SyncToken, sparse: true, TxnDate };
      const answer = await askCompany(books, contractor, `${path}?operation=update`, edit);
      expect(JSON.stringify(answer)).toContain(TxnDate);
    };
    const records = async (entity: 'Invoice' | 'CreditMemo' | 'Payment', isIt: (one: Json) => boolean) =>
      ((await books.control.records(realmId, entity)) as Json[]).filter(isIt);
    for (const entry of [1, 2]) {
      const invoiceId = await bill(entry);
      await books.control.receivePayment(realmId, invoiceId, { date: '2026-01-20' });
      await books.control.editInvoice(realmId, invoiceId, { TxnDate: '2026-01-20' });
    }
    await pollCompany(books, contractor);
    await change(-60_000);
    const [memo] = await records('CreditMemo', ({ DocNumber }) => String(DocNumber).startsWith('CRM-'));
    await dated('creditmemo', memo, '2026-02-10');
    await pollCompany(books, contractor);
    await change(50_000);
    const later = await bill(3);
    await idle(books, contractor);
    await books.control.editInvoice(realmId, later, { TxnDate: '2026-03-05' });
    const [use] = await records('Payment', ({ PrivateNote, TotalAmt }) => TotalAmt === 0 && PrivateNote);
    await dated('payment', use, '2026-04-10');
    await pollCompany(books, contractor);

    const same = async (): Promise<void> => {
      const days = [0, -60_000, -10_000, -10_000, -10_000];
      expect([await netByAge(customerId), await closings(customerId)]).toEqual([days, days]);
      const { credits } = await read('/reports/aging?as_of=2026-03-31');
      expect(credits).toMatchObject([{ total_cents: -60_000 }]);
    };
    await same();
    await read('/reports/aging?scope=company');
    await same();
  });
});
