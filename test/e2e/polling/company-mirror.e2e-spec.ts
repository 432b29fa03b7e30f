import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QboDocumentsClient } from '../../../src/qbo-sync/api/qbo-documents.client.js';
import { ChangeFeedPollService } from '../../../src/qbo-sync/pull/change-feed/change-feed-poll.service.js';
import { CreditMemoProjectorService } from '../../../src/qbo-sync/pull/credits/credit-memo-projector.service.js';
import { startApp } from '../../support/app.js';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';

describe('The documents of a company, read while its bookkeeper is at work,', () => {
  let books: Books;

  beforeAll(async () => {
    books = await openBooks();
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  async function aCompanyWith(invoices: number): Promise<Contractor & { ids: string[] }> {
    const contractor = await aContractor(books);
    const { realmId } = contractor;
    const { Id: customer_id } = await books.control.createCustomer(realmId, 'Large Builder');
    const ids = await books.control.createInvoices(realmId, { customer_id, amount: 100, count: invoices });
    // The change feed counts in seconds and tells of a thousand objects: what is made in the second in which they are
    // first read would leave no room for what is deleted in it.
    await books.control.advanceClock(2_000);
    return { ...contractor, ids };
  }

  /** Has the mirror filled, and the bookkeeper at work once the first page of invoices is read. */
  async function filled({ admin }: Contractor, meanwhile: () => Promise<void>): Promise<void> {
    const page = holdNext(books.app.app.get(QboDocumentsClient), 'listDocuments');
    const asked = admin.get('/reports/aging?scope=company');
    await page.done;
    await meanwhile();
    page.letGo();
    expect([200, 409]).toContain((await asked).status);
    await eventually(async () => expect((await admin.get('/reports/aging?scope=company')).status).toBe(200));
    expect((await admin.get('/reports/mirror')).body).toMatchObject({ state: 'filled' });
  }

  async function mirrored({ orgId }: Contractor): Promise<string[]> {
    const rows = await books.database.query<{ id: string }>(
      `select qbo_id as id from qbo_documents where org_id = $1 and type = 'Invoice' and state <> 'deleted'`,
      [orgId],
    );
    return rows.map(({ id }) => id).toSorted();
  }

  const inQuickBooks = async ({ realmId }: Contractor): Promise<string[]> =>
    (await books.control.records(realmId, 'Invoice'))
      .filter(({ status }) => status !== 'Deleted')
      .map(({ Id }) => Id)
      .toSorted();

  it.each([
    { idOrder: 'numeric', count: 'one', gone: 1 },
    { idOrder: 'numeric', count: 'more than pages share', gone: 25 },
    { idOrder: 'text', count: 'one', gone: 1 },
  ] as const)(
    'are all there where $count of the first page is deleted, ids being in $idOrder order',
    async ({ idOrder, gone }) => {
      await books.control.patchSwitches({ idOrder });
      const company = await aCompanyWith(1_200);
      await filled(company, async () => {
        for (const id of company.ids.slice(0, gone)) await books.control.deleteInvoice(company.realmId, id);
      });
      const there = await inQuickBooks(company);
      expect(there.length).toBeGreaterThanOrEqual(1_200 - gone);
      expect(await mirrored(company)).toEqual(there);
      await books.control.patchSwitches({ idOrder: 'numeric' });
    },
  );

  it('are in the first report as they are: those deleted after their page gone, new ones there', async () => {
    const company = await aCompanyWith(3);
    const { realmId } = company;
    await filled(company, async () => {
      const { Id: customer_id } = await books.control.createCustomer(realmId, 'Late Buyer');
      await books.control.deleteInvoice(realmId, company.ids[1]!);
      await books.control.createInvoice(realmId, { customer_id, amount: 70 });
    });
    expect(await mirrored(company)).toEqual(await inQuickBooks(company));
  });

  it('are taken in for as many companies at once as there are connections to the database', async () => {
    const companies = await Promise.all([aCompanyWith(1), aCompanyWith(1)]);
    for (const company of companies) {
      await anInvoicedProposal(company);
      await filled(company, async () => {});
    }
    const env = { ...books.qbo.env, DB_POOL_MAX: '2' };
    await using worker = await startApp({ databaseUrl: books.database.url, env });
    const begun = companies.map(() => holdNext(worker.app.get(CreditMemoProjectorService), 'applyIn'));
    const polls = companies.map(({ orgId }) => worker.app.get(ChangeFeedPollService).poll(orgId));
    await Promise.all(begun.map(({ done }) => done)); // each has the connection of its transaction
    for (const poll of begun) poll.letGo();
    expect(await Promise.all(polls)).toEqual(['polled', 'polled']);
  });

  it('lose none that is there when all are read anew', async () => {
    const company = await aCompanyWith(1_200);
    const { orgId, realmId, ids } = company;
    await filled(company, async () => {});
    await books.database.query(
      `update qbo_document_mirrors set looked_at = null, changed_since = now() - interval '31 days' where org_id = $1`,
      [orgId],
    );
    await filled(company, async () => {
      await books.control.deleteInvoice(realmId, ids[0]!);
    });
    const there = await inQuickBooks(company);
    expect(there).not.toContain(ids[0]);
    expect(await mirrored(company)).toEqual(there);
  });
});
