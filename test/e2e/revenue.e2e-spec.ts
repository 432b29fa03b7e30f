import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrganisation } from '../../src/platform/database/scope.js';
import { addDays, lastDayOf } from '../../src/platform/time/calendar-day.js';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { TokenService } from '../../src/qbo-sync/connection/token.service.js';
import { SeededRandom } from '../simulation/seeded-random.js';
import {
  aContractor,
  aCustomer,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../support/books.js';
import type { Json } from '../support/people.js';

const SEED = Number(process.env.REVENUE_SEED ?? 1);
const STEPS = Number(process.env.REVENUE_STEPS ?? 22);

interface ReportRow {
  ColData?: { id?: string; value: string }[];
  Rows?: { Row?: ReportRow[] };
  Summary?: { ColData: { value: string }[] };
  group?: string;
}

describe.each(['income', 'liability'] as const)('Revenue by policy invoice, deposits as %s,', (mode) => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { deposit_mode: mode });
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const report = async (path: string): Promise<Json> => {
    const answer = await contractor.admin.get(`/reports/${path}`);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  /** Income of QuickBooks' own profit and loss in 2026, by month, in cents. */
  const incomeInBooks = async (method: 'Accrual' | 'Cash'): Promise<Record<string, number>> => {
    const { app } = books.app;
    const token = await inOrganisation(contractor.orgId, async () =>
      app.get(TokenService).accessToken(await app.get(ConnectionService).requireCompany(contractor.orgId)),
    );
    const query = `start_date=2026-01-01&end_date=2026-12-31&accounting_method=${method}&summarize_column_by=Month`;
    const answer = await fetch(
      `${books.qbo.url}/v3/company/${contractor.realmId}/reports/ProfitAndLoss?${query}`,
      { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } },
    );
    const { Rows } = (await answer.json()) as { Rows: { Row?: ReportRow[] } };
    const values = Rows.Row?.find(({ group }) => group === 'Income')?.Summary?.ColData.slice(1, 13) ?? [];
    return Object.fromEntries(
      values.map(({ value }, index) => [
        `2026-${String(index + 1).padStart(2, '0')}`,
        Math.round(Number(value || 0) * 100),
      ]),
    );
  };

  const liability = async (): Promise<number> => {
    const accounts = await books.control.records(contractor.realmId, 'Account');
    const account = accounts.find(({ Name }) => Name === 'Customer Deposits');
    return -Math.round(Number(account?.CurrentBalance ?? 0) * 100);
  };

  it(`is the income of QuickBooks' ledger in every month of a random year (seed ${SEED})`, async () => {
    const before = { accrual: await incomeInBooks('Accrual'), cash: await incomeInBooks('Cash') };
    const random = new SeededRandom(SEED);
    const pick = <T>(of: readonly T[]): T => of[random.between(0, of.length - 1)]!;
    const day = (): string => addDays('2026-01-01', random.between(0, 329));
    const { admin, realmId } = contractor;
    const { control } = books;
    const contracts: number[] = [];
    const openInvoices = async () =>
      ((await admin.get('/invoices?limit=200')).body.items as Json[]).filter(
        ({ state, balance_cents }) => state !== 'voided' && balance_cents > 0,
      );
    const dated = async (invoice: Json): Promise<void> => {
      if (invoice?.qbo_invoice_id) {
        await control.editInvoice(realmId, invoice.qbo_invoice_id, { TxnDate: day() });
      }
    };
    for (let step = 0; step < STEPS; step += 1) {
      const kind = random.next();
      if (kind < 0.2 || contracts.length < 2) {
        const customer_id = await aCustomer(contractor);
        const unit_price_cents = random.between(10_000, 2_000_000);
        const lines = [
          { description: 'Roof', quantity: 1, unit_price_cents },
          { description: 'Discount', quantity: 1, unit_price_cents: -Math.floor(unit_price_cents / 7) },
        ];
        const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, lines });
        await admin.post(`/proposals/${body.id}/approve`);
        const entries = [{ kind: 'progress', percent: 33.33 }];
        await admin.put(`/proposals/${body.id}/contract/schedule`, { entries });
        contracts.push(body.id);
        await admin.post(`/qbo/invoice/${body.id}`);
        await dated((await admin.get(`/invoices?proposal_id=${body.id}`)).body.items[0]);
      } else if (kind < 0.5) {
        const entry = pick([2, 3]);
        const billed = await admin.post(`/proposals/${pick(contracts)}/contract/entries/${entry}/bill`);
        if (billed.body.status === 'created') await dated(billed.body.invoice);
      } else {
        await pollCompany(books, contractor);
        // A credit memo over work lowers income, so the bookkeeper puts none on a deposit that is none.
        const isCredit = kind >= 0.75 && kind < 0.87;
        const open = (await openInvoices()).filter(
          (one) => !(isCredit && mode === 'liability' && one.kind === 'deposit'),
        );
        if (open.length === 0) continue;
        const invoice = pick(open);
        const part = random.between(1, invoice.balance_cents);
        if (kind < 0.75) {
          const payment = { amount: part / 100, TxnDate: day() };
          await control.receivePayment(realmId, invoice.qbo_invoice_id, payment);
        } else if (isCredit) {
          const customer_id = invoice.qbo_customer_id ?? (await qboCustomerOf(invoice));
          const memo = { customer_id, amount: part / 100, apply_to: invoice.qbo_invoice_id, TxnDate: day() };
          await control.creditMemo(realmId, memo);
        } else if (invoice.balance_cents === invoice.total_cents) {
          await control.voidInvoice(realmId, invoice.qbo_invoice_id);
        }
      }
      if (step === Math.floor(STEPS / 2)) await report('aging?scope=company');
    }
    await pollCompany(books, contractor);

    const earned = await report('revenue?from=2026-01-01&to=2026-12-31&by=month');
    expect(byMonth(earned)).toEqual(difference(await incomeInBooks('Accrual'), before.accrual));
    const deferred = await report('deferred-revenue?month=2026-12');
    const closing = deferred.totals[0]?.closing_cents ?? 0;
    expect(closing).toBe(mode === 'income' ? 0 : await liability());
    // What pays a deposit that is owed is money to us, and no income to QuickBooks: the two differ by design.
    const received = byMonth(await report('revenue?basis=cash&from=2026-01-01&to=2026-12-31&by=month'));
    const inBooks = difference(await incomeInBooks('Cash'), before.cash);
    expect(received).toEqual(mode === 'income' ? inBooks : received);
    const compared = (await admin.post('/reports/revenue/compare', { from: '2026-01-01', to: '2026-12-31' }))
      .body;
    const earnedCents = (earned.totals[0]?.earned_cents as number | undefined) ?? 0;
    const theirs = Object.values(before.accrual).reduce((sum, cents) => sum + cents, 0);
    expect(compared.items).toMatchObject([
      { currency: 'USD', ours_cents: earnedCents, difference_cents: theirs, unexplained_cents: 0 },
    ]);
    await plant();
    const again = (await admin.post('/reports/revenue/compare', { from: '2026-01-01', to: '2026-12-31' }))
      .body;
    expect(difference(causes(again), causes(compared))).toEqual({ not_ours: 10_000, credit_memo: -5_000 });
    expect(again.items[0].unexplained_cents).toBe(0);
    for (const by of ['proposal', 'customer', 'item']) {
      const other = await report(`revenue?from=2026-01-01&to=2026-12-31&by=${by}`);
      expect(other.totals).toEqual(earned.totals);
    }
  });

  /** What a bookkeeper enters that is not ours, or not only. */
  async function plant(): Promise<void> {
    const { control } = books;
    const { Id: customer_id } = await control.createCustomer(contractor.realmId, 'Walk-in');
    const day = { customer_id, TxnDate: '2026-04-01' };
    await control.createInvoice(contractor.realmId, { ...day, amount: 100 });
    await control.creditMemo(contractor.realmId, { ...day, amount: 50 });
  }

  it('stays as it was in closed months, whatever becomes known of them later', async () => {
    const { admin, realmId } = contractor;
    const close = (month: string, body: object = {}) => admin.post(`/periods/${month}/close`, body);
    const pack = async (month: string): Promise<Json> => (await admin.get(`/periods/${month}/pack`)).body;
    const listed = (await admin.get('/periods')).body.items as Json[];
    const months = listed.map(({ month }) => month as string).toReversed();
    expect(listed.every(({ state, pack_hash }) => state === 'open' && pack_hash === null)).toBe(true);
    expect((await close(months.at(-1)!)).body).toMatchObject({ status: 409, code: 'month_not_over' });
    expect((await close(months[2]!)).body).toMatchObject({ status: 409, code: 'earlier_month_open' });

    const closed = months.slice(0, 5);
    const [last] = closed.slice(-1) as [string];
    const firstOpen = months[5]!;
    const hashes: string[] = [];
    for (const month of closed) {
      const answer = await close(month, { force: true, reason: 'the first year' });
      expect(answer).toMatchObject({ status: 200, body: { month, state: 'closed' } });
      expect(answer.body.previous_hash).toBe(hashes.at(-1) ?? null);
      hashes.push(answer.body.pack_hash as string);
    }
    expect((await close(last)).body.pack_hash).toBe(hashes.at(-1));
    const upTo = `to=${firstOpen}-01&from=2026-01-01`;
    const before = await report(`revenue?by=month&${upTo}`);
    const packs = await Promise.all(closed.map(pack));

    const invoices = (await admin.get('/invoices?limit=200')).body.items as Json[];
    const late = invoices.filter(({ txn_on, state }) => txn_on <= `${last}-28` && state !== 'voided');
    expect(late.length).toBeGreaterThan(0);
    for (const [index, invoice] of late.slice(0, 3).entries()) {
      const change = index === 0 ? { amount: 123.45 } : { TxnDate: '2026-11-03' };
      await books.control.editInvoice(realmId, invoice.qbo_invoice_id, change);
    }
    const open = late.find(({ balance_cents }) => balance_cents > 0);
    if (open) {
      const payment = { amount: 0.01, TxnDate: `${last}-02` };
      await books.control.receivePayment(realmId, open.qbo_invoice_id, payment);
    }
    await pollCompany(books, contractor);

    const rows = (answer: Json): Json[] => answer.rows.filter(({ key }: Json) => key < firstOpen);
    expect(rows(await report(`revenue?by=month&${upTo}`))).toEqual(rows(before));
    const again = await Promise.all(closed.map(pack));
    expect(again).toEqual(packs);
    expect(again.map(({ pack_hash, verified }) => [pack_hash, verified])).toEqual(
      hashes.map((hash) => [hash, true]),
    );
    const { adjustments } = (await pack(firstOpen)).figures as { adjustments: Json[] };
    expect(adjustments.length).toBeGreaterThan(0);
    expect(adjustments.every(({ event_on }) => event_on < `${firstOpen}-01`)).toBe(true);
    for (const [index, month] of months.slice(1).entries()) {
      const [one, next] = await Promise.all(
        [months[index]!, month].map((of) => report(`deferred-revenue?month=${of}`)),
      );
      const balances = (answer: Json, field: string) =>
        (answer.rows as Json[])
          .filter((row) => row[field] !== 0)
          .map((row) => [row.proposal_id as number, row[field] as number]);
      expect({ month, opening: balances(next, 'opening_cents') }).toEqual({
        month,
        opening: balances(one, 'closing_cents'),
      });
    }

    const reopen = (month: string) => admin.post(`/periods/${month}/reopen`, { reason: 'found a mistake' });
    expect((await reopen(closed[0]!)).body).toMatchObject({ status: 409, code: 'later_month_closed' });
    await books.control.setPreferences(realmId, { BookCloseDate: lastDayOf(last) });
    await books.database.query(`update company_books set read_at = read_at - interval '5 minutes'`);
    expect((await admin.get('/periods')).body.items[0].qbo_closing_date).toBe(lastDayOf(last));
    expect((await reopen(last)).body).toMatchObject({ status: 409, code: 'closed_in_quickbooks' });
    await books.control.setPreferences(realmId, { BookCloseDate: null });
    await books.database.query(`update company_books set read_at = read_at - interval '5 minutes'`);
    expect((await reopen(last)).body).toMatchObject({ month: last, state: 'open', pack_hash: null });
    expect((await reopen(last)).body).toMatchObject({ status: 409, code: 'period_open' });
    const log = (await admin.get('/audit?action=period')).body.items as Json[];
    expect(log.map(({ action }) => action).slice(0, 2)).toEqual(['period.reopened', 'period.closed']);
  });

  async function qboCustomerOf(invoice: Json): Promise<string> {
    return (await contractor.admin.get(`/customers/${invoice.customer_id}`)).body.qbo_customer_id as string;
  }
});

function causes({ items }: Json): Record<string, number> {
  return Object.fromEntries(
    (items[0].reasons as Json[]).map(({ reason, cents }) => [reason as string, cents as number]),
  );
}

function byMonth({ rows }: Json): Record<string, number> {
  return Object.fromEntries(
    (rows as Json[]).map(({ key, earned_cents }) => [key as string, earned_cents as number]),
  );
}

function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after)
      .map(([month, cents]) => [month, cents - (before[month] ?? 0)] as const)
      .filter(([, cents]) => cents !== 0),
  );
}
