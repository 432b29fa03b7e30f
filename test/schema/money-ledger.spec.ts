import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISPUTE_STATES } from '../../src/payments/ledger/disputes/dispute-state.js';
import { balanceOf } from '../../src/payments/ledger/payment-balance.js';
import { REFUND_STATES } from '../../src/payments/ledger/refunds/refund-state.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const LEDGER = 'MoneyLedger1787184000025';

/** A paid proposal of 10,000.00 for each of these ids, with a payment of 3000.00 under the same id. */
async function paid(database: TestDatabase, ids: readonly number[]): Promise<void> {
  await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
  await database.query(
    `insert into customers (id, org_id, email, full_name) values (1, 1, 'ann@example.com', 'Ann Ruiz')`,
  );
  for (const id of ids) {
    await database.query(
      `insert into leads (id, org_id, customer_id, name, status, currency, amount_cents, approved_at,
        deposit_paid_cents)
       values ($1, 1, 1, 'Roof', 'approved', 'USD', 1000000, now(), 300000)`,
      [id],
    );
    await database.query(
      `insert into checkout_sessions (id, org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                      amount_cents, total_cents, deposit_percent, currency)
       values ($1::int, 1, $1::int, $2, '{}', $3, 'paid', 300000, 1000000, 25, 'USD')`,
      [id, `key-${id}`, `cs_${id}`],
    );
    await database.query(
      `insert into payments (id, org_id, proposal_id, customer_id, checkout_session_id, stripe_session_id,
                             stripe_payment_intent_id, amount_cents, currency, paid_at)
       values ($1::int, 1, $1::int, 1, $1::int, $2, $3, 300000, 'USD', now())`,
      [id, `cs_${id}`, `pi_${id}`],
    );
  }
}

describe('Payments from before refunds and disputes were rows', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, LEDGER);
    await paid(database, [1, 2, 3, 4]);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const dispute = (event: string, payment: number, id: string, amount: number, status: string) =>
    database.query(
      `insert into portal_activity (org_id, proposal_id, event, meta, occurrence)
       values (1, $2::int, $1, jsonb_build_object('payment_id', $2::int, 'stripe_dispute_id', $3::text,
         'amount_cents', $4::int, 'currency', 'USD', 'status', $5::text, 'reason', 'fraudulent'), $3::text)`,
      [event, payment, id, amount, status],
    );
  const old = () =>
    database.query(
      `select id::int, refunded_cents::int as refunded, lost_cents::int as lost, dispute_status as status
         from payments order by id`,
    );

  it('keep every cent, have each dispute by itself, and go back', async () => {
    // 1: a refund. 2: two disputes, the first lost, the second won, which overwrote it. 3: lost, without a log. 4:
    // nothing.
    await database.query(`update payments set refunded_cents = 100000, refunded_at = now() where id = 1`);
    await database.query(`update leads set deposit_paid_cents = 200000 where id = 1`);
    await database.query(`update payments set disputed_at = now(), dispute_status = 'won' where id = 2`);
    await dispute('payment_disputed', 2, 'du_a', 100_000, 'needs_response');
    await dispute('payment_disputed', 2, 'du_b', 50_000, 'needs_response');
    await dispute('payment_dispute_closed', 2, 'du_a', 100_000, 'lost');
    await dispute('payment_dispute_closed', 2, 'du_b', 50_000, 'won');
    await database.query(
      `update payments set disputed_at = now(), dispute_status = 'lost', lost_cents = 300000 where id = 3`,
    );
    await database.query(`update leads set deposit_paid_cents = 0 where id = 3`);
    await database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, created_at, updated_at)
       values (1, 'payment.dispute:3', 'dispute_lost', 'lost', 'look', now(), now())`,
    );
    const before = await old();

    expect(await migrate(database.ownerUrl)).toContain(LEDGER);
    expect(
      await database.query(
        `select payment_id::int as id, refunded_cents::int as refunded, lost_cents::int as lost,
                net_cents::int as net, state from payment_balances order by 1`,
      ),
    ).toEqual([
      { id: 1, refunded: 100_000, lost: 0, net: 200_000, state: 'partially_refunded' },
      { id: 2, refunded: 0, lost: 100_000, net: 200_000, state: 'partially_lost' },
      { id: 3, refunded: 0, lost: 300_000, net: 0, state: 'lost' },
      { id: 4, refunded: 0, lost: 0, net: 300_000, state: 'paid' },
    ]);
    expect(await database.query('select id, deposit_paid_cents::int as paid from leads order by id')).toEqual(
      [
        { id: 1, paid: 200_000 },
        { id: 2, paid: 200_000 }, // what the second dispute had given back by mistake
        { id: 3, paid: 0 },
        { id: 4, paid: 300_000 },
      ],
    );
    const [lost] = await database.query<{ id: string }>('select id from disputes where payment_id = 3');
    expect(await database.query('select subject from inbox_items')).toEqual([
      { subject: `dispute:${lost!.id}` },
    ]);

    await revertToBefore(database, LEDGER);
    expect(await old()).toEqual([
      before[0],
      { id: 2, refunded: 0, lost: 100_000, status: 'lost' },
      before[2],
      before[3],
    ]);
    expect(await database.query('select subject from inbox_items')).toEqual([
      { subject: 'payment.dispute:3' },
    ]);
    await migrate(database.ownerUrl);
  });

  it('have the deposit frozen that the customer was asked for', async () => {
    expect(
      await database.query(
        'select distinct deposit_percent::float as percent, deposit_cents::int as cents from leads',
      ),
    ).toEqual([{ percent: 25, cents: 300_000 }]);
  });
});

describe('What is with us of a payment', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await paid(
      database,
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('is the same in SQL as in code, whatever became of it', async () => {
    let seed = 7;
    const random = (max: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % max;
    };
    const expected: unknown[] = [];
    for (let id = 1; id <= 40; id += 1) {
      const part = <State>(states: readonly State[]) => ({
        amountCents: 1 + random(200_000),
        state: states[random(states.length)]!,
      });
      const refunds = Array.from({ length: random(4) }, () => part(REFUND_STATES));
      const disputes = Array.from({ length: random(3) }, () => part(DISPUTE_STATES));
      for (const { amountCents, state } of refunds) {
        await database.query(
          `insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, made_at,
            created_at, updated_at)
           values (1, $1::int, $1::int, $2, 'USD', $3, now(), now(), now())`,
          [id, amountCents, state],
        );
      }
      for (const { amountCents, state } of disputes) {
        await database.query(
          `insert into disputes (org_id, proposal_id, payment_id, amount_cents, currency, state, stripe_status, reason,
                                 status_at, created_at, updated_at)
           values (1, $1::int, $1::int, $2, 'USD', $3, 'x', 'x', now(), now(), now())`,
          [id, amountCents, state],
        );
      }
      const { refundedCents, lostCents, netCents, state } = balanceOf({
        amountCents: 300_000,
        refunds,
        disputes,
      });
      expected.push({ id, refunded: refundedCents, lost: lostCents, net: netCents, state });
    }
    const rows = await database.query<{ state: string }>(
      `select payment_id::int as id, refunded_cents::int as refunded, lost_cents::int as lost,
              net_cents::int as net, state from payment_balances order by 1`,
    );
    expect(rows).toEqual(expected);
    expect(new Set(rows.map(({ state }) => state)).size).toBeGreaterThan(3);
  });
});
