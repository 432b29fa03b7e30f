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

/** Home units of one foreign unit, all year: every document below comes to whole cents by them. */
const RATES = { USD: 1, EUR: 1.08, JPY: 0.01 } as const;
type Currency = keyof typeof RATES;
const CURRENCIES = Object.keys(RATES) as Currency[];
const STEP_CENTS = 2_500;

describe.each([
  ['income', 'America/New_York'],
  ['liability', 'Pacific/Auckland'],
] as const)('Revenue by policy invoice, deposits as %s, in %s,', (mode, timeZone) => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { deposit_mode: mode, time_zone: timeZone });
    await books.control.setPreferences(contractor.realmId, { MultiCurrencyEnabled: true });
    for (const code of ['EUR', 'JPY'] as const) {
      await books.control.listCurrency(contractor.realmId, code);
      for (const on of ['2025-12-01', new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)])
        await books.control.rateCurrency(contractor.realmId, code, RATES[code], on);
    }
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
        const unit_price_cents = 100_000 * random.between(2, 200);
        const lines = [
          { description: 'Roof', quantity: 1, unit_price_cents },
          { description: 'Discount', quantity: 1, unit_price_cents: -25_000 * random.between(1, 4) },
        ];
        const currency = pick(CURRENCIES);
        const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, currency, lines });
        await admin.post(`/proposals/${body.id}/approve`);
        const entries = [{ kind: 'progress', percent: 40 }];
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
        const part = STEP_CENTS * random.between(1, invoice.balance_cents / STEP_CENTS);
        if (kind < 0.75) {
          const payment = { amount: part / 100, TxnDate: day() };
          await control.receivePayment(realmId, invoice.qbo_invoice_id, payment);
        } else if (isCredit) {
          const customer_id = await qboCustomerOf(invoice);
          const rate = RATES[invoice.currency as Currency];
          const memo = { customer_id, amount: part / 100, apply_to: invoice.qbo_invoice_id, TxnDate: day() };
          await control.creditMemo(realmId, rate === 1 ? memo : { ...memo, ExchangeRate: rate });
        } else if (invoice.balance_cents === invoice.total_cents) {
          await control.voidInvoice(realmId, invoice.qbo_invoice_id);
        }
      }
      if (step === Math.floor(STEPS / 2)) await report('aging?scope=company');
    }
    await pollCompany(books, contractor);

    const earned = await report('revenue?from=2026-01-01&to=2026-12-31&by=month');
    expect(byMonth(earned)).toEqual(difference(await incomeInBooks('Accrual'), before.accrual));
    expect(new Set((earned.rows as Json[]).map(({ currency }) => currency)).size).toBeGreaterThan(1);
    const deferred = await report('deferred-revenue?month=2026-12');
    const closing = (deferred.totals as Json[]).reduce((sum, one) => sum + atHome(one, one.closing_cents), 0);
    expect(closing).toBe(mode === 'income' ? 0 : await liability());
    // What pays a deposit that is owed is money to us, and no income to QuickBooks: the two differ by design.
    const received = byMonth(await report('revenue?basis=cash&from=2026-01-01&to=2026-12-31&by=month'));
    const inBooks = difference(await incomeInBooks('Cash'), before.cash);
    expect(received).toEqual(mode === 'income' ? inBooks : received);
    const compared = (await admin.post('/reports/revenue/compare', { from: '2026-01-01', to: '2026-12-31' }))
      .body;
    const dollars = (earned.totals as Json[]).find(({ currency }) => currency === 'USD')?.earned_cents ?? 0;
    const all = (earned.totals as Json[]).reduce((sum, one) => sum + atHome(one, one.earned_cents), 0);
    const theirs = Object.values(before.accrual).reduce((sum, cents) => sum + cents, 0);
    expect(compared.items).toMatchObject([
      {
        currency: 'USD',
        ours_cents: dollars,
        difference_cents: theirs + all - dollars,
        unexplained_cents: 0,
      },
    ]);
    expect(causes(compared).foreign_currency ?? 0).toBe(all - dollars);
    await plant();
    const again = (await admin.post('/reports/revenue/compare', { from: '2026-01-01', to: '2026-12-31' }))
      .body;
    expect(difference(causes(again), causes(compared))).toEqual({ not_ours: 10_000, credit_memo: -5_000 });
    expect(again.items[0].unexplained_cents).toBe(0);
    await byCompletion(again.items[0].quickbooks_cents as number);
    for (const by of ['proposal', 'customer', 'item']) {
      const other = await report(`revenue?from=2026-01-01&to=2026-12-31&by=${by}`);
      expect(other.totals).toEqual(earned.totals);
    }
  });

  /**
   * Every other contract earns its value less its credits on the day it is completed, worked out from its tables; and
   * every cent between that and QuickBooks' income has its reason.
   */
  async function byCompletion(quickbooksCents: number): Promise<void> {
    const policy = (set: string) =>
      books.database.query(`update contracts set ${set} where org_id = $1 and id % 2 = 0`, [
        contractor.orgId,
      ]);
    await policy(`revenue_policy = 'completion', completed_on = '2026-06-15'`);
    const expected = await books.database.query<{ key: string; cents: number }>(
      `select k.proposal_id::text as key, (k.value_cents - coalesce(sum(p.amount_cents), 0))::float8 as cents
         from contracts k
         left join invoice_payments p on p.org_id = k.org_id and p.proposal_id = k.proposal_id and p.kind = 'credit'
                                     and p.removed_at is null
        where k.org_id = $1 and k.id % 2 = 0 group by k.id, k.proposal_id, k.value_cents`,
      [contractor.orgId],
    );
    expect(expected.length).toBeGreaterThan(0);
    const { rows } = await report('revenue?from=2026-06-15&to=2026-06-15&by=proposal');
    const earned = new Map((rows as Json[]).map((row) => [row.key as string, row.earned_cents as number]));
    for (const { key, cents } of expected) expect([key, earned.get(key)]).toEqual([key, cents]);
    const year = { from: '2026-01-01', to: '2026-12-31' };
    const [item] = (await contractor.admin.post('/reports/revenue/compare', year)).body.items as Json[];
    expect(item).toMatchObject({ quickbooks_cents: quickbooksCents, unexplained_cents: 0 });
    const sum = (item!.reasons as Json[]).reduce((total, { cents }) => total + (cents as number), 0);
    expect(sum).toBe(quickbooksCents - item!.ours_cents);
    await policy(`revenue_policy = 'invoice'`);
  }

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
      const change = index === 0 ? { amount: 123 } : { TxnDate: '2026-11-03' };
      await books.control.editInvoice(realmId, invoice.qbo_invoice_id, change);
    }
    const open = late.find(({ balance_cents }) => balance_cents > 0);
    if (open) {
      const payment = { amount: 1, TxnDate: `${last}-02` };
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

  /** That of its currency. */
  async function qboCustomerOf({ qbo_invoice_id }: Json): Promise<string> {
    const invoices = await books.control.records(contractor.realmId, 'Invoice');
    const { CustomerRef } = invoices.find(({ Id }) => Id === qbo_invoice_id)!;
    return (CustomerRef as { value: string }).value;
  }
});

function causes({ items }: Json): Record<string, number> {
  return Object.fromEntries(
    (items[0].reasons as Json[]).map(({ reason, cents }) => [reason as string, cents as number]),
  );
}

/** By month, in the company's own currency. */
function byMonth({ rows }: Json): Record<string, number> {
  const months: Record<string, number> = {};
  for (const row of rows as Json[]) months[row.key] = (months[row.key] ?? 0) + atHome(row, row.earned_cents);
  return months;
}

function atHome({ currency }: Json, cents: number): number {
  return Math.round(cents * RATES[currency as Currency]);
}

function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after)
      .map(([month, cents]) => [month, cents - (before[month] ?? 0)] as const)
      .filter(([, cents]) => cents !== 0),
  );
}
