import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrganisation } from '../../src/platform/database/scope.js';
import { addDays } from '../../src/platform/time/calendar-day.js';
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
const STEPS = Number(process.env.REVENUE_STEPS ?? 30);

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
    for (const by of ['proposal', 'customer', 'item']) {
      const other = await report(`revenue?from=2026-01-01&to=2026-12-31&by=${by}`);
      expect(other.totals).toEqual(earned.totals);
    }
  });

  async function qboCustomerOf(invoice: Json): Promise<string> {
    return (await contractor.admin.get(`/customers/${invoice.customer_id}`)).body.qbo_customer_id as string;
  }
});

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
