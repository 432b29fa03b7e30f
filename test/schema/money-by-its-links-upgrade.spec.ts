import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const OURS = 'MoneyByItsLinks1793404800090';

describe('Money on an invoice whose link was moved before an upgrade', () => {
  let database: TestDatabase;
  const subjects = () => database.query(`select subject, state from inbox_items order by id`);
  const payments = () =>
    database.query(`select qbo_payment_id as id, proposal_id as proposal from invoice_payments order by 1`);
  const balance = () => database.query(`select invoice_id::int as invoice, state from payment_balances`);

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, OURS);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`
      insert into leads (id, org_id, name, status, currency)
      select n, 1, 'Roof', 'lead', 'USD' from generate_series(1, 2) n`);
    await database.query(`
      insert into invoices (id, org_id, proposal_id, kind, generation, currency, qbo_invoice_id, qbo_realm_id, state)
      values (11, 1, 1, 'deposit', 1, 'USD', '145', 'R1', 'open'),
             (12, 1, 1, 'deposit', 2, 'USD', '146', 'R1', 'voided'),
             (21, 1, 2, 'deposit', 1, 'USD', '147', 'R1', 'open')`);
    await database.query(`
      insert into checkout_sessions (org_id, id, proposal_id, idempotency_key, request, status, amount_cents,
                                     total_cents, deposit_percent, currency)
      values (1, 1, 1, 'k1', '{}', 'paid', 300, 1000, 30, 'USD')`);
    await database.query(`
      insert into payments (org_id, id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                            paid_at)
      values (1, 1, 1, 1, 'cs_1', 300, 'USD', now())`);
    await database.query(`
      insert into disputes (org_id, proposal_id, payment_id, stripe_dispute_id, amount_cents, currency, state,
                            stripe_status, reason, status_at, created_at, updated_at)
      values (1, 1, 1, 'du_1', 100, 'USD', 'lost', 'lost', 'fraudulent', now(), now(), now())`);
    await database.query(`
      insert into invoice_payments (org_id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind, amount_cents,
                                    sync_token, seen_at, updated_at, removed_at)
      select 1, 1, realm, id, invoice, 'payment', 50, 0, now(), now(), removed
        from (values ('R1', '180', '145', null), ('R1', '181', '147', null), ('R2', '182', '147', null),
                     ('R1', '183', '147', now()), ('R1', '184', '199', null)) as p (realm, id, invoice, removed)`);
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, state, created_at, updated_at, closed_at)
      select 1, subject, 'payment_on_other_invoice', 'It is on another.', 'Move it.', state, now(), now(),
             case when state <> 'open' then now() end
        from (values ('payment.other_invoice:1', 'dismissed'), ('payment.other_invoice:1', 'open'),
                     ('payment.other_invoice:1:144', 'resolved'), ('payment.other_invoice:9', 'open'))
             as i (subject, state)`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it('is of the proposal that it is linked to, and what was asked is about the invoice that stands', async () => {
    expect(await balance()).toEqual([{ invoice: 12, state: 'paid' }]);
    expect(await migrate(database.ownerUrl)).toContain(OURS);
    expect(await payments()).toEqual([
      { id: '180', proposal: 1 },
      { id: '181', proposal: 2 },
      { id: '182', proposal: 1 },
      { id: '183', proposal: 1 },
      { id: '184', proposal: 1 },
    ]);
    expect(await subjects()).toEqual([
      { subject: 'payment.other_invoice:1:145', state: 'dismissed' },
      { subject: 'payment.other_invoice:1:145', state: 'open' },
      { subject: 'payment.other_invoice:1:144', state: 'resolved' },
      { subject: 'payment.other_invoice:9', state: 'open' },
    ]);
    expect(await balance()).toEqual([{ invoice: 11, state: 'partially_lost' }]);

    await revertToBefore(database, OURS);
    expect(await balance()).toEqual([{ invoice: 12, state: 'paid' }]);
  });

  it('leaves one question open where it is asked under both its old words and its new ones', async () => {
    await database.query('delete from inbox_items');
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, state, created_at, updated_at)
      select 1, subject, 'payment_on_other_invoice', 'It is on another.', 'Move it.', 'open', now(), now()
        from (values ('payment.other_invoice:1'), ('payment.other_invoice:1:145')) as i (subject)`);
    expect(await migrate(database.ownerUrl)).toContain(OURS);
    expect(await subjects()).toEqual([
      { subject: 'payment.other_invoice:1:145', state: 'resolved' },
      { subject: 'payment.other_invoice:1:145', state: 'open' },
    ]);
    expect(await database.query('select event from inbox_events')).toEqual([{ event: 'resolved' }]);
  });
});
