import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { TokenService } from '../../src/qbo-sync/connection/token.service.js';
import { inOrganisation } from '../../src/platform/database/scope.js';
import { addDays } from '../../src/platform/time/calendar-day.js';
import { aContractor, type Books, type Contractor, openBooks } from '../support/books.js';

const SEED = Number(process.env.AGING_SEED ?? 1);
const STEPS = Number(process.env.AGING_STEPS ?? 60);
const DAYS = ['2026-02-27', '2026-05-30', '2026-08-01', '2026-12-31', '2027-06-30'];

interface Row {
  qbo_customer_id: string;
  customer_name: string;
  currency: string;
  current_cents: number;
  days_1_30_cents: number;
  days_31_60_cents: number;
  days_61_90_cents: number;
  days_91_plus_cents: number;
  total_cents: number;
}

describe('Aging', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const aging = async (query: string) => {
    const answer = await contractor.admin.get(`/reports/aging?${query}`);
    expect(answer.status).toBe(200);
    return answer.body as { rows: Row[]; credits: Row[]; totals: (Row & { net_cents: number })[] };
  };

  /** What QuickBooks' own report says is open of each customer, in cents. */
  const inQuickBooks = async (asOf: string): Promise<Record<string, number>> => {
    const { app } = books.app;
    const token = await inOrganisation(contractor.orgId, async () => {
      const company = await app.get(ConnectionService).requireCompany(contractor.orgId);
      return app.get(TokenService).accessToken(company);
    });
    const url = `${books.qbo.url}/v3/company/${contractor.realmId}/reports/AgedReceivables?report_date=${asOf}`;
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    });
    const report = (await answer.json()) as { Rows: { Row?: ReportRow[] } };
    const open: Record<string, number> = {};
    const walk = (rows: ReportRow[] = []): void => {
      for (const row of rows) {
        const [customer, ...money] = row.ColData ?? [];
        if (customer?.id) {
          const cents = Math.round(Number(money.at(-1)!.value || 0) * 100);
          if (cents !== 0) open[customer.id] = (open[customer.id] ?? 0) + cents;
        }
        walk(row.Rows?.Row);
      }
    };
    walk(report.Rows.Row);
    return open;
  };

  it(`of the whole company is, on any day, what QuickBooks says, after a random year (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const day = () => addDays('2026-01-01', Math.floor(random() * 360));
    const { control } = books;
    const { realmId } = contractor;
    const customers: string[] = [];
    for (const name of ['Ann', 'Bob', 'Cem'])
      customers.push((await control.createCustomer(realmId, name)).Id);
    const invoices: { id: string; customer: string }[] = [];
    const payments: string[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const customer = pick(customers);
      const amount = 1 + Math.floor(random() * 100_000) / 100;
      const date = day();
      const kind = random();
      try {
        if (kind < 0.4 || invoices.length === 0) {
          const DueDate = addDays(date, Math.floor(random() * 60));
          const { Id } = await control.createInvoice(realmId, {
            customer_id: customer,
            amount,
            TxnDate: date,
            DueDate,
          });
          invoices.push({ id: Id, customer });
        } else if (kind < 0.65) {
          const part = { amount, TxnDate: date, unapplied: random() < 0.2 };
          payments.push((await control.receivePayment(realmId, pick(invoices).id, part)).Id);
        } else if (kind < 0.75) {
          const target = pick(invoices);
          const applied = random() < 0.5 ? { apply_to: target.id } : {};
          await control.creditMemo(realmId, {
            customer_id: target.customer,
            amount,
            TxnDate: date,
            ...applied,
          });
        } else if (kind < 0.82) {
          await control.journalEntry(realmId, { customer_id: customer, amount, TxnDate: date });
        } else if (kind < 0.88) {
          await control.bankFeedDeposit(realmId, { customer_id: customer, amount, TxnDate: date });
        } else if (kind < 0.92) {
          await control.voidInvoice(realmId, pick(invoices).id);
        } else if (kind < 0.96 && payments.length > 0) {
          await control.deletePayment(realmId, pick(payments));
        } else {
          await control.deleteInvoice(realmId, pick(invoices).id);
        }
      } catch {
        // what QuickBooks refuses did not happen
      }
      if (step === Math.floor(STEPS / 2)) await aging('scope=company'); // the rest comes by the change feed
    }
    await books.database.query(`update qbo_document_mirrors set looked_at = now() - interval '2 minutes'`);
    for (const asOf of DAYS) {
      const { rows, credits, totals } = await aging(`scope=company&as_of=${asOf}`);
      const ours: Record<string, number> = {};
      for (const { qbo_customer_id: id, total_cents } of [...rows, ...credits]) {
        ours[id] = (ours[id] ?? 0) + total_cents;
      }
      const open = Object.fromEntries(Object.entries(ours).filter(([, cents]) => cents !== 0));
      const theirs = await inQuickBooks(asOf);
      expect({ asOf, open }).toEqual({ asOf, open: theirs });
      const sum = Object.values(theirs).reduce((total, cents) => total + cents, 0);
      expect(totals.reduce((total, { net_cents }) => total + net_cents, 0)).toBe(sum);
    }
  });
});

interface ReportRow {
  ColData?: { id?: string; value: string }[];
  Rows?: { Row?: ReportRow[] };
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
