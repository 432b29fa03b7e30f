import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/migrate.js';
import { revertToBefore } from '../support/before-migration.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const OURS = 'QuestionsOfCompanies1792540800080';

describe('What the inbox asked about a document before it named the company', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
    await revertToBefore(database, OURS);
    await database.query(`insert into orgs (id, name) values (1, 'Acme Roofing')`);
    await database.query(`insert into qbo_companies (org_id, env, realm_id) values (1, 'sandbox', 'R2')`);
    await database.query(`
      insert into qbo_tokens (org_id, realm_id, env, state, connected_at)
      values (1, 'R2', 'sandbox', 'disconnected', now())`);
    await database.query(`
      insert into leads (id, org_id, name, status, currency)
      select n, 1, 'Roof', 'lead', 'USD' from generate_series(1, 3) n`);
    await database.query(`
      insert into invoices (id, org_id, proposal_id, kind, generation, currency, qbo_invoice_id, qbo_realm_id,
                            total_cents, original_cents)
      values (11, 1, 1, 'final', 1, 'USD', '145', 'R1', 500, 400), (12, 1, 2, 'final', 1, 'USD', '145', 'R2', 400, 400),
             (13, 1, 3, 'final', 1, 'USD', '146', 'R2', 500, 500)`);
    await database.query(`
      insert into portal_activity (org_id, proposal_id, event, occurrence, meta)
      values (1, 2, 'invoice_total_differs', '145', '{"amount_cents": 401, "sent_cents": 400}'),
             (1, 3, 'invoice_total_differs', '146', '{"amount_cents": 500, "sent_cents": 500}')`);
    await database.query(`
      insert into sync_operations (id, org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                                   qbo_id, next_attempt_at, created_at, updated_at)
      select 70 + n, 1, 'R1', kind, n, 1, 'r-' || n, '{"amountCents": 5}', 'done', '15' || n, now(), now(), now()
        from (values (1, 'payment.create'), (2, 'refund.create'), (3, 'refund.create')) as o (n, kind)`);
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, state, created_at, updated_at,
                               closed_at)
      select 1, subject, 'invoice_drift', 'Why.', 'What.', proposal, state, now(), now(),
             case state when 'open' then null else now() end
        from (values ('invoice.drift:145:date', 1, 'open'), ('invoice.drift:145:amount', 2, 'open'),
                     ('invoice.number:145', 2, 'resolved'), ('invoice.unwanted:146', 3, 'open'),
                     ('invoice.total:12', 2, 'open'), ('invoice.total:13', 3, 'open'),
                     ('payment.on_account:151', null, 'dismissed'), ('payment.on_account:199', null, 'open'),
                     ('refund.total:72', null, 'resolved'),
                     ('company.invoices_gone', null, 'open')) as i (subject, proposal, state)`);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const subjects = async () =>
    (
      await database.query<{ subject: string }>(
        `select subject || ' ' || state as subject from inbox_items order by id`,
      )
    ).map(({ subject }) => subject);

  it('is about that of its company, and over where an invoice is as it was sent by now', async () => {
    const before = await subjects();
    await migrate(database.ownerUrl);
    expect(await subjects()).toEqual([
      'invoice.drift:11:date open',
      'invoice.drift:12:amount resolved',
      'invoice.number:12 resolved',
      'invoice.unwanted:13 open',
      'invoice.total:12 resolved',
      'invoice.total:13 open',
      'payment.on_account:R1:151 dismissed',
      'payment.on_account:R2:199 open',
      'refund.total:72 resolved',
      'company.invoices_gone:R2 open',
    ]);
    expect(await database.query(`select event from inbox_events`)).toHaveLength(2);
    const unknown = `select id::int as id from sync_operations where payload -> 'overCents' = 'null'`;
    expect(await database.query(unknown)).toEqual([{ id: 72 }]);

    await revertToBefore(database, OURS);
    const closed = before.map((one) =>
      one.replace(/^(invoice.total:12|invoice.drift:145:amount) open/, '$1 resolved'),
    );
    expect(await subjects()).toEqual(closed);
    expect(await database.query(unknown)).toEqual([]);
    await migrate(database.ownerUrl);
  });
});
