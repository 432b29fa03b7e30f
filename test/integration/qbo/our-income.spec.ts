import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OurIncomeRepository } from '../../../src/revenue/compare/our-income.repository.js';
import { type BookedIncome, compareRevenue } from '../../../src/revenue/compare/revenue-comparison.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg } from '../../support/people.js';
import { SeededRandom } from '../../simulation/seeded-random.js';

const CONTRACTS = 120;
const MARCH = { from: '2026-03-01', to: '2026-03-31' } as const;

describe('What is ours of the income that QuickBooks reports', () => {
  let database: TestDatabase;
  let app: TestApp;
  let orgId: number;
  /** Every document of the company that may be ours, and some that are not. */
  let documents: Omit<BookedIncome, 'cents'>[];

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    ({ orgId } = await createOrg(app));
    await aBusiness();
    documents = await database.query(
      `select 'Invoice' as type, qbo_invoice_id as "qboId" from invoices union
       select 'CreditMemo', credit_memo_id from invoice_payments where credit_memo_id <> '' union
       select 'RefundReceipt', qbo_id from sync_operations union select 'SalesReceipt', 's1' union
       select 'Invoice', 'nobody' order by 1, 2`,
    );
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  /** Contracts with invoices, credits that are used, money paid early, and refunds with two receipts. */
  async function aBusiness(): Promise<void> {
    const statements = [
      `insert into customers (org_id, id, email) values ($1, 1, 'ann@example.com')`,
      `insert into leads (org_id, id, name, customer_id, status, amount_cents, currency, approved_at)
       select $1, n, 'Roof ' || n, 1, 'approved', 1000, 'USD', now() from generate_series(1, ${CONTRACTS}) n`,
      `insert into contracts (org_id, id, proposal_id, currency, value_cents, deposit_percent, deposit_cents,
                              terms_days, approved_at, deposit_mode, revenue_policy)
       select $1, id, id, 'USD', 1000, 30, 300, 14, now(), case id % 2 when 0 then 'income' else 'liability' end,
              case id % 3 when 0 then 'completion' else 'invoice' end from leads where org_id = $1`,
      `insert into invoices (org_id, id, proposal_id, kind, currency, amount_cents, total_cents, txn_date, state,
                             qbo_realm_id, qbo_invoice_id)
       select $1, id, id, 'final', 'USD', 1000, 1000, date '2026-01-01' + id, 'open',
              case id % 10 when 0 then 'before' else '1' end, 'i' || id from leads where org_id = $1`,
      `insert into invoice_payments (org_id, id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind,
                                     amount_cents, paid_on, credit_memo_id, sync_token, seen_at, updated_at)
       select $1, id, id, '1', 'p' || id, 'i' || id, case id % 4 when 0 then 'credit' else 'payment' end, 400,
              date '2025-12-20' + id, case id % 4 when 0 then 'm' || id else '' end, 0, now(), now()
         from leads where org_id = $1 and id % 5 > 0`,
      `insert into checkout_sessions (org_id, id, proposal_id, idempotency_key, request, status, amount_cents,
                                      total_cents, deposit_percent, currency)
       select $1, id, id, 'k' || id, '{}', 'paid', 300, 1000, 30, 'USD' from leads where org_id = $1`,
      `insert into payments (org_id, id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                             paid_at)
       select $1, id, id, id, 'cs' || id, 300, 'USD', now() from leads where org_id = $1`,
      `insert into refunds (org_id, id, proposal_id, payment_id, amount_cents, currency, state, made_at, created_at,
                            updated_at)
       select $1, id, id, id, 100, 'USD', case id % 3 when 0 then 'failed' else 'succeeded' end, now(), now(), now()
         from leads where org_id = $1`,
      `insert into sync_operations (org_id, id, realm_id, kind, entity_id, generation, request_id, payload, state,
                                    qbo_id, next_attempt_at)
       select $1, id * 2 + part, '1', 'refund.create', id, part, 'r' || id || part, '{}', 'done', 'r' || id || part,
              now() from leads, generate_series(1, 2) part where org_id = $1 and id % 2 = 0`,
      `insert into revenue_events (org_id, contract_id, proposal_id, currency, kind, item, source_kind, source_id,
                                   sequence, event_on, posted_on, cents, created_at)
       select $1, id, id, 'USD', kind, 'work', source, id::text, 1, day, day + case id % 6 when 0 then 31 else 0 end,
              case source when 'refund' then -100 else 250 end, now()
         from (select l.id, date '2026-01-10' + l.id as day from leads l where l.org_id = $1) dated,
              (values ('earned', 'invoice'), ('received', 'application'), ('earned', 'application'),
                      ('received', 'refund'), ('received', 'payment')) as v (kind, source)`,
    ];
    for (const sql of statements) await database.query(sql, [orgId]);
  }

  const list = (basis: 'accrual' | 'cash', booked: readonly Omit<BookedIncome, 'cents'>[]) =>
    app.app.get(OurIncomeRepository).list(orgId, '1', { basis, ...MARCH }, booked);

  it.each(['accrual', 'cash'] as const)(
    'is compared by %s as where all that is ours is read',
    async (basis) => {
      const random = new SeededRandom(23);
      const all = await list(basis, documents);
      const reasons = new Set<string>();
      for (let time = 0; time < 40; time += 1) {
        const booked = documents
          .filter(() => random.next() < time / 80)
          .map((one) => ({ ...one, cents: [250, 600, -100, -200, 150][random.between(0, 4)]! }));
        const options = { homeCurrency: 'USD', basis };
        const compared = compareRevenue(booked, await list(basis, booked), options);
        expect(compared).toEqual(compareRevenue(booked, all, options));
        compared.reasons.forEach(({ reason }) => reasons.add(reason));
      }
      expect(reasons.size).toBeGreaterThan(4);
    },
  );

  it('is read without the documents that neither side has in these days', async () => {
    const sources = (await list('accrual', [])).map(({ source }) => source);
    expect(sources.length).toBeGreaterThan(30);
    expect(sources).not.toContain('invoice:1');
    expect(sources.length).toBeLessThan((await list('accrual', documents)).length / 1.5);
    expect((await list('accrual', [{ type: 'Invoice', qboId: 'i1' }])).map(({ source }) => source)).toContain(
      'invoice:1',
    );
  });
});
