import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COSTS_AT_ONCE } from '../../../src/bills/bills.repository.js';
import { aContractor, anApprovedProposal, aCustomer, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

/** More than are read at a time, of two types. */
const EACH = COSTS_AT_ONCE + 250;

describe('The margin of a contractor with more costs than are read at a time', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let proposalId: number;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    contractor = await aContractor(books);
    proposalId = await anApprovedProposal(contractor, { customerId: await aCustomer(contractor) });
    // The books are read for the first time: what is not in them then is taken for gone.
    await eventually(async () => {
      const { status } = await contractor.admin.get('/bills');
      if (status !== 200) throw new Error(`The books are not read: ${status}`);
    });
    const company = [contractor.orgId, contractor.realmId];
    await books.database.query(
      `insert into qbo_documents (org_id, realm_id, type, qbo_id, sync_token, txn_on, party_kind, party_id, party_name,
                                  currency, total_cents, balance_cents, state, first_seen_at, seen_at)
       select $1, $2, type, n::text, 0, date '2026-03-01' + (n * 7 % 90), 'vendor', '56', 'Norton', 'USD', n, 0, 'live',
              now(), now()
         from generate_series(1, ${EACH}) n, unnest(array['Bill', 'VendorCredit']) type`,
      company,
    );
    await books.database.query(
      `insert into qbo_document_lines (org_id, realm_id, type, qbo_id, line, description, cents, billable)
       select org_id, realm_id, type, qbo_id, part,
              case when part = 2 and type = 'Bill' then 'CRM-' || $3::int end, total_cents, false
         from qbo_documents, generate_series(1, 2) part
        where org_id = $1 and realm_id = $2 and type in ('Bill', 'VendorCredit')`,
      [...company, proposalId],
    );
    await books.database.query(
      `insert into cost_allocations (org_id, realm_id, type, qbo_id, line, proposal_id, cents, state, decided_at)
       select org_id, realm_id, type, qbo_id, 1, $3, 1, 'accepted', now() from qbo_documents
        where org_id = $1 and realm_id = $2 and type = 'Bill'`,
      [...company, proposalId],
    );
    await books.database.query('analyze'); // as PostgreSQL does by itself within a minute
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  it('counts each of them once, and lists the newest that no job bears', async () => {
    await books.database.query('update qbo_document_mirrors set looked_at = now()');
    const report = (await contractor.admin.get('/reports/margin')).body;
    const sum = (EACH * (EACH + 1)) / 2;
    expect(report.rows).toMatchObject([
      { proposal_id: proposalId, cost_cents: EACH, proposed_cents: sum, unallocated_cents: 0 },
    ]);
    // Bills of which a cent is borne, less credits; of the first bill nothing is left on its first line.
    expect(report.totals).toMatchObject([{ currency: 'USD', cost_cents: EACH, unallocated_cents: -EACH }]);
    expect(report.unallocated_count).toBe(4 * EACH - 1);
    const listed = await books.database.query<{ bill: string }>(
      `select lower(l.type) || '-' || l.qbo_id || ' ' || l.line as bill
         from qbo_document_lines l join qbo_documents d using (org_id, realm_id, type, qbo_id)
        where l.org_id = $1 and l.type in ('Bill', 'VendorCredit') and (l.type, l.qbo_id, l.line) <> ('Bill', '1', 1)
        order by d.txn_on desc, lower(l.type) || '-' || l.qbo_id collate "C" desc, l.line limit 1000`,
      [contractor.orgId],
    );
    expect(
      report.unallocated.map((one: { bill_id: string; line: number }) => `${one.bill_id} ${one.line}`),
    ).toEqual(listed.map(({ bill }) => bill));
    const own = (await contractor.admin.get(`/proposals/${proposalId}/margin`)).body;
    expect(own).toMatchObject({ cost_cents: EACH, proposed_cents: sum, unallocated: [] });
    const march = (await contractor.admin.get('/reports/margin?from=2026-03-01&to=2026-03-31')).body;
    const days = Array.from({ length: EACH }, (_, at) => at + 1).filter((n) => (n * 7) % 90 < 31);
    expect(march.rows).toMatchObject([{ cost_cents: days.length }]);
  });
});
