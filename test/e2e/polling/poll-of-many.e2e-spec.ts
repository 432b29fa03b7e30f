import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { InvoiceRecordsRepository } from '../../../src/qbo-sync/pull/invoices/invoice-records.repository.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { rowsReadWhile } from '../../support/statements.js';

const MANY = 2_000;

let books: Books;
let contractor: Contractor;

beforeAll(async () => {
  books = await openBooks();
  contractor = await aContractor(books);
});

afterAll(() => books[Symbol.asyncDispose]());

/** Invoices of years of work, a tenth of them deleted in QuickBooks, and a tenth of another company or of none. */
async function earlierInvoices(proposalId: number): Promise<void> {
  await books.database.query(
    `insert into invoices (org_id, proposal_id, kind, sequence, currency, amount_cents, qbo_realm_id, qbo_invoice_id,
                           state)
     select $1, $2, 'progress', n, 'USD', 100000, case n % 10 when 1 then 'another' when 2 then null else $3 end,
            case when n % 10 <> 3 then (9000000 + n)::text end, case n % 10 when 4 then 'deleted' when 5 then 'paid' end
       from generate_series(1, $4::int) n`,
    [contractor.orgId, proposalId, contractor.realmId, MANY],
  );
}

it('reads of all that was ever invoiced only what changed', async () => {
  const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
  await pollCompany(books, contractor);
  await earlierInvoices(await anApprovedProposal(contractor));
  await books.control.receivePayment(contractor.realmId, invoiceId);
  const rows = await rowsReadWhile(contractor.orgId, () => pollCompany(books, contractor));
  expect((await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_status).toBe('Paid');
  expect(rows).toBeLessThan(200);
});

it('knows which of some invoices are ours, and how many are, as a look at each of them tells', async () => {
  const records = books.app.app.get(InvoiceRecordsRepository);
  const tx = books.app.app.get(DataSource).manager;
  const company = { orgId: contractor.orgId, realmId: contractor.realmId } as Parameters<
    typeof records.countLinked
  >[1];
  const linked = (
    await books.database.query<{ id: string }>(
      `select qbo_invoice_id as id from invoices
        where org_id = $1 and qbo_invoice_id is not null and (qbo_realm_id is null or qbo_realm_id = $2)
          and (state is null or state <> 'deleted')`,
      [company.orgId, company.realmId],
    )
  ).map(({ id }) => id);
  expect(linked).toHaveLength((MANY * 7) / 10 + 1);
  expect(await records.countLinked(tx, company)).toBe(linked.length);
  expect(await records.hasStake(tx, company)).toBe(true);
  const asked = Array.from({ length: MANY / 2 }, (_, n) => String(9_000_000 + n * 3));
  const found = await records.listLinked(tx, company, [...asked, linked[0]!, linked[0]!]);
  expect(new Set(found)).toEqual(new Set(linked.filter((id) => asked.includes(id) || id === linked[0])));
  expect(await records.listLinked(tx, company, [])).toEqual([]);
  const stranger = { ...company, realmId: 'nobody' };
  expect(await records.listLinked(tx, stranger, ['9000001'])).toEqual([]);
});
