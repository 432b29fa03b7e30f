import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/database/schema/migrate.js';
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
    await database.query(`insert into orgs (id, name) values (2, 'Never connected')`);
    await database.query(`
      insert into customers (id, org_id, email) values (8, 1, 'ann@example.com'), (9, 1, 'bob@example.com')`);
    await database.query(`
      insert into leads (id, org_id, name, status, currency, customer_id)
      select n, 1, 'Roof', 'lead', 'USD', 8 from generate_series(1, 5) n`);
    await database.query(`
      insert into invoices (id, org_id, proposal_id, kind, generation, currency, qbo_invoice_id, qbo_realm_id,
                            total_cents, original_cents)
      values (11, 1, 1, 'final', 1, 'USD', '145', 'R1', 500, 400), (12, 1, 2, 'final', 1, 'USD', '145', 'R2', 400, 400),
             (13, 1, 3, 'final', 1, 'USD', '146', 'R2', 500, 500), (146, 1, 4, 'final', 1, 'USD', '21', 'R2', 5, 5),
             (21, 1, 5, 'final', 1, 'USD', '22', 'R2', 5, 5)`);
    await database.query(`
      insert into portal_activity (org_id, proposal_id, event, occurrence, meta)
      values (1, 2, 'invoice_total_differs', '145', '{"amount_cents": 401, "sent_cents": 400}'),
             (1, 3, 'invoice_total_differs', '146', '{"amount_cents": 500, "sent_cents": 500}')`);
    await database.query(`
      insert into sync_operations (id, org_id, realm_id, kind, entity_id, proposal_id, generation, request_id, payload,
                                   state, qbo_id, next_attempt_at, created_at, updated_at)
      select 70 + n, 1, 'R1', kind, n, 1, n, 'r-' || n, '{"amountCents": 5}', state, '15' || n, now(), now(), now()
        from (values (1, 'payment.create', 'done'), (2, 'refund.create', 'done'), (3, 'refund.create', 'done'),
                     (4, 'refund.create', 'done'), (5, 'refund.create', 'done'), (6, 'refund.create', 'refused'))
             as o (n, kind, state)`);
    await database.query(`insert into qbo_document_mirrors (org_id, realm_id) values (1, 'R1')`);
    await database.query(`
      insert into qbo_documents (org_id, realm_id, type, qbo_id, sync_token, txn_on, total_cents, state, first_seen_at,
                                 seen_at)
      select 1, 'R1', 'RefundReceipt', '15' || n, 0, now(), cents, 'live', now(), now()
        from (values (3, 5), (4, 7), (5, 3)) as o (n, cents)`);
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, customer_id, state, created_at,
                               updated_at, closed_at)
      select org, subject, 'invoice_drift', 'Why.', 'What.', proposal, customer, state, now(), now(),
             case state when 'open' then null else now() end
        from (values (1, 'invoice.drift:145:date', 1, 8, 'open'), (1, 'invoice.drift:145:amount', 2, 8, 'open'),
                     (1, 'invoice.number:145', 2, 8, 'resolved'), (1, 'invoice.unwanted:146', 3, 8, 'open'),
                     (1, 'invoice.total:12', 2, 8, 'open'), (1, 'invoice.total:13', 3, 8, 'open'),
                     (1, 'payment.on_account:151', null, 9, 'open'), (1, 'payment.on_account:199', null, 8, 'open'),
                     (1, 'payment.on_account:151', null, 8, 'dismissed'), (1, 'refund.excess:5', null, 8, 'open'),
                     (1, 'invoice.unwanted:21', 4, 8, 'open'), (1, 'invoice.unwanted:22', 5, 8, 'open'),
                     (1, 'invoice.number:22', 5, 8, 'open'), (1, 'invoice.number:21', 4, 8, 'open'),
                     (1, 'invoice.number:146', 3, 8, 'open'), (1, 'invoice.number:11', null, null, 'open'),
                     (1, 'company.invoices_gone', null, null, 'open'),
                     (2, 'company.invoices_gone', null, null, 'open')) as i (org, subject, proposal, customer, state)`);
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
    const after = [
      'invoice.drift:11:date open',
      'invoice.drift:12:amount resolved',
      'invoice.number:12 resolved',
      'invoice.unwanted:13 open',
      'invoice.total:12 resolved',
      'invoice.total:13 open',
      'payment.on_account:R2:151 open',
      'payment.on_account:R2:199 open',
      'payment.on_account:R1:151 dismissed',
      'refund.excess:5 open',
      'invoice.unwanted:146 open',
      'invoice.unwanted:21 open',
      'invoice.number:21 open',
      'invoice.number:146 open',
      'invoice.number:13 open',
      'invoice.number:qbo.11.16 open',
      'company.invoices_gone:R2 open',
      'company.invoices_gone resolved',
    ];
    expect(await subjects()).toEqual(after);
    expect(await database.query(`select event from inbox_events`)).toHaveLength(3);
    const over = `select id::int as id, (payload ->> 'overCents')::int as cents from sync_operations
                   where payload ? 'overCents' order by id`;
    expect(await database.query(over)).toEqual([
      { id: 72, cents: null },
      { id: 74, cents: 2 },
      { id: 75, cents: null },
    ]);
    // Two companies have the number 145: before, both questions were one.
    await database.query(`
      insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, state, created_at, updated_at)
      select 1, subject, 'invoice_drift', 'Why.', 'What.', proposal, 'open', now(), now()
        from (values ('invoice.unwanted:12', 2), ('invoice.unwanted:11', 1)) as i (subject, proposal)`);

    await revertToBefore(database, OURS);
    const closed = before.map((one) =>
      one.replace(/^(invoice.total:12|invoice.drift:145:amount) open/, '$1 resolved'),
    );
    closed[closed.length - 1] = 'company.invoices_gone resolved';
    const both = ['invoice.unwanted:145 open', 'invoice.unwanted:ours.11.20 open'];
    expect(await subjects()).toEqual([...closed, ...both]);
    expect(await database.query(over)).toEqual([]);
    await migrate(database.ownerUrl);
    expect(await subjects()).toEqual([...after, 'invoice.unwanted:12 open', 'invoice.unwanted:11 open']);
  });
});
