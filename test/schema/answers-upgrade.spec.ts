import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { untilBlocked } from '../support/blocked.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const BEFORE = 'AnswersAndPayments1794096000098';
const DUE = Date.UTC(2026, 11, 9, 23, 59, 59) / 1000;

/** A dispute, and what Stripe said of the day, as it came, and when by Stripe. */
const DISPUTES: readonly { id: string; state: 'open' | 'lost'; dueBy: unknown[]; created?: unknown[] }[] = [
  { id: 'du_moved', state: 'open', dueBy: [DUE - 86_400, DUE] },
  { id: 'du_overtaken', state: 'open', dueBy: [DUE, DUE - 86_400], created: [200, 100] },
  { id: 'du_together', state: 'open', dueBy: [DUE - 86_400, DUE], created: [100, 100] },
  { id: 'du_timeless', state: 'open', dueBy: [DUE - 86_400, DUE], created: [100, 'late'] },
  { id: 'du_none', state: 'open', dueBy: [0] },
  { id: 'du_odd', state: 'open', dueBy: ['soon', null, 9e15] },
  { id: 'du_lost', state: 'lost', dueBy: [DUE] },
  { id: 'du_emptied', state: 'open', dueBy: [] },
];

describe('Disputes and refunds of before', () => {
  let database: TestDatabase;
  let written: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, BEFORE);
    await database.query(`
      insert into orgs (id, name) values (1, 'Acme Roofing');
      insert into customers (id, org_id, email, is_active, erased_at)
        values (11, 1, 'erased-11@erased.invalid', false, now());
      insert into leads (id, org_id, name, status, currency, customer_id) values (1, 1, 'Roof', 'lead', 'USD', 11);
      insert into checkout_sessions (org_id, id, proposal_id, idempotency_key, request, status, amount_cents,
                                     total_cents, deposit_percent, currency)
        values (1, 1, 1, 'k1', '{}', 'paid', 300, 1000, 30, 'USD');
      insert into payments (org_id, id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                            paid_at)
        values (1, 1, 1, 1, 'cs_1', 300, 'USD', now())`);
    await database.query(`
      insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, reason, requested_by,
                           made_at, created_at, updated_at)
      values (1, 1, 1, 50, 'USD', 'succeeded', 'Ann Ruiz moved away', 'user:1', now(), now(), now()),
             (1, 1, 1, 50, 'USD', 'succeeded', 'requested_by_customer', null, now(), now(), now())`);
    for (const { id, state, dueBy, created = [] } of DISPUTES) {
      await database.query(
        `insert into disputes (org_id, proposal_id, payment_id, stripe_dispute_id, amount_cents, currency, state,
                               stripe_status, reason, status_at, created_at, updated_at)
         values (1, 1, 1, $1, 300, 'USD', $2, 'needs_response', 'fraudulent', now(), now(), now())`,
        [id, state],
      );
      for (const [position, due_by] of dueBy.entries()) {
        const event = `evt_${id}_${position}`;
        const object = { id, evidence_details: { due_by } };
        const body = { id: event, created: created[position], data: { object } };
        await database.query(
          `insert into stripe_events (event_id, type, received_at, body, content_hash, state, wake_at, processed_at)
           values ($1, 'charge.dispute.updated', now() + make_interval(mins => $3), $2, $1, 'processed', now(), now())`,
          [event, JSON.stringify(body), position],
        );
      }
    }
    written = await upgradedBesideAPayment(database);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('are written by processes of the version before, while payments are still to be indexed', () => {
    expect(written).toBe('written');
  });

  it('say no more of a customer who was erased why something was refunded', async () => {
    const rows = await database.query('select reason from refunds order by id');
    expect(rows).toEqual([{ reason: 'Erased' }, { reason: 'requested_by_customer' }]);
  });

  it('have the newest day that Stripe said of them, and none where it said none', async () => {
    const rows = await database.query(
      `select stripe_dispute_id as id, respond_by as "respondBy", takes_answer as "takesAnswer" from disputes`,
    );
    const nothing = { respondBy: null, takesAnswer: true };
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: 'du_moved', respondBy: new Date(DUE * 1000), takesAnswer: true },
        { id: 'du_overtaken', respondBy: new Date(DUE * 1000), takesAnswer: true },
        { id: 'du_together', respondBy: new Date(DUE * 1000), takesAnswer: true },
        { id: 'du_timeless', respondBy: new Date(DUE * 1000), takesAnswer: true },
        { id: 'du_none', respondBy: null, takesAnswer: false },
        { id: 'du_odd', ...nothing },
        { id: 'du_lost', ...nothing },
        { id: 'du_emptied', ...nothing },
      ]),
    );
  });
});

/** Migrates while a payment is being written, and answers what becomes of a dispute that is written meanwhile. */
async function upgradedBesideAPayment(database: TestDatabase): Promise<string> {
  const payer = new Client(database.ownerUrl);
  const bank = new Client(database.ownerUrl);
  await payer.connect();
  await bank.connect();
  try {
    await payer.query('begin; update payments set updated_at = now()');
    const upgrade = migrate(database.ownerUrl);
    await untilBlocked(database, upgrade);
    const written = await bank
      .query(`set lock_timeout = '3s'; update disputes set updated_at = now()`)
      .then(() => 'written', String);
    await payer.query('commit');
    await upgrade;
    return written;
  } finally {
    await payer.end();
    await bank.end();
  }
}
