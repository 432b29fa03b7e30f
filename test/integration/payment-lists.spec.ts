import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrganisation } from '../../src/platform/database/scope.js';
import { DisputesRepository } from '../../src/payments/ledger/disputes.repository.js';
import { DataSource } from 'typeorm';
import { startApp, type TestApp } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { createOrg, type Json, type TestOrg } from '../support/people.js';
import { statementsWhile } from '../support/statements.js';

const PROPOSALS = 12;

describe('The list of payments', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
    await moneyOf(org.orgId);
    await moneyOf((await createOrg(app, 'Best Gutters')).orgId);
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  /**
   * Proposals with a deposit and two parts each: some parts wait for their invoice, and some deposits have been
   * invoiced again. Some money goes back, in up to three refunds of which the later row may have been made earlier.
   */
  async function moneyOf(orgId: number): Promise<void> {
    await database.query(
      `with c as (
         insert into customers (org_id, email, full_name) values ($1, 'ann@example.com', 'Ann Ruiz') returning id),
       l as (
         insert into leads (org_id, name, customer_id, status, amount_cents, currency, approved_at)
         select $1, 'Roof ' || n, c.id, 'approved', 1000000, 'USD', now() from c, generate_series(1, $2::int) n
         returning id),
       s as (
         insert into checkout_sessions (org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                        amount_cents, total_cents, deposit_percent, currency, invoice_kind,
                                        invoice_sequence)
         select $1, l.id, kind || sequence || l.id, '{}', 'cs_' || kind || sequence || l.id, 'paid', 300000, 1000000,
                30, 'USD', kind, sequence
           from l, (values ('deposit', 1), ('progress', 1), ('progress', 2)) as v (kind, sequence)
         returning *)
       insert into payments (org_id, proposal_id, checkout_session_id, stripe_session_id, amount_cents, currency,
                             paid_at, invoice_kind, invoice_sequence)
       select $1, proposal_id, id, stripe_session_id, amount_cents, currency, now() - id * interval '7 hours',
              invoice_kind, invoice_sequence from s`,
      [orgId, PROPOSALS],
    );
    await database.query(
      `insert into invoices (org_id, proposal_id, kind, sequence, generation, currency, amount_cents)
       select $1, p.proposal_id, p.invoice_kind, p.invoice_sequence, generation, 'USD', 300000
         from payments p, (values (3), (1), (2)) as v (generation)
        where p.org_id = $1 and p.id % 5 > 0 and generation <= 1 + p.id % 3`,
      [orgId],
    );
    await database.query(
      `insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, made_at, created_at,
                            updated_at)
       select $1, p.proposal_id, p.id, 100000 + n, 'USD',
              (array['requested', 'pending', 'succeeded', 'failed', 'cancelled'])[1 + (p.id + n) % 5],
              now() - n * interval '1 day', now(), now()
         from payments p, generate_series(1, 3) n where p.org_id = $1 and n <= p.id % 4
        order by n desc, p.id desc`,
      [orgId],
    );
    await database.query(
      `insert into disputes (org_id, proposal_id, payment_id, amount_cents, currency, state, stripe_status, reason,
                             status_at, created_at, updated_at)
       select $1, p.proposal_id, p.id, 50000 + n, 'USD', (array['open', 'won', 'lost', 'closed'])[1 + (p.id + n) % 4],
              'needs_response', 'fraudulent', now(), now(), now()
         from payments p, generate_series(1, 2) n where p.org_id = $1 and n <= p.proposal_id % 3
        order by n desc, p.id`,
      [orgId],
    );
  }

  const list = async (limit: number): Promise<Json[]> =>
    (await org.admin.get(`/payments?limit=${limit}`)).body.items as Json[];

  it('shows each payment as it is shown by itself, with its refunds and disputes from the oldest on', async () => {
    const items = await list(200);
    expect(items).toHaveLength(3 * PROPOSALS);
    const rows = await database.query<{
      id: number;
      invoice: number | null;
      refunds: number[];
      disputes: number[];
    }>(
      `select p.id::int,
              (select id from invoices i where i.org_id = p.org_id and i.proposal_id = p.proposal_id
                and i.kind = p.invoice_kind and i.sequence = p.invoice_sequence
                order by generation desc limit 1) as invoice,
              array(select id::int from refunds r where r.payment_id = p.id order by id) as refunds,
              array(select id::int from disputes d where d.payment_id = p.id order by id) as disputes
         from payments p where p.org_id = $1 order by p.id desc`,
      [org.orgId],
    );
    const ids = (parts: Json[]): number[] => parts.map(({ id }) => id as number);
    expect(
      items.map(({ id, invoice_id: invoice, refunds, disputes }) => ({
        id,
        invoice,
        refunds: ids(refunds),
        disputes: ids(disputes),
      })),
    ).toEqual(rows);
    for (const item of items) expect((await org.admin.get(`/payments/${item.id}`)).body).toEqual(item);
  });

  it('asks the database as often for a long page as for a short one', async () => {
    await list(2);
    const short = await statementsWhile(org.orgId, () => list(2));
    const long = await statementsWhile(org.orgId, () => list(200));
    expect(long).toHaveLength(short.length);
    expect(long.length).toBeLessThanOrEqual(8);
  });

  it('knows with one statement whether a bank is to decide about a payment of a proposal', async () => {
    const disputes = app.app.get(DisputesRepository);
    const tx = app.app.get(DataSource).manager;
    const rows = await database.query<{ id: number; open: boolean }>(
      `select id, exists (select from disputes d where d.proposal_id = l.id and d.state = 'open') as open
         from leads l where org_id = $1`,
      [org.orgId],
    );
    expect(new Set(rows.map(({ open }) => open))).toEqual(new Set([true, false]));
    for (const { id, open } of rows) expect(await disputes.hasOpen(tx, org.orgId, id)).toBe(open);
    const asked = await statementsWhile(org.orgId, () =>
      inOrganisation(org.orgId, () => disputes.hasOpen(tx, org.orgId, rows[0]!.id)),
    );
    expect(asked).toHaveLength(1);
  });
});
