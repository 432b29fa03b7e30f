import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Contractor,
  idle,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../../support/stripe.js';

describe('An invoice that is linked by SQL and is in another currency than its proposal', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  /** Of 12,500.00 in dollars, with a deposit of 3,750.00. */
  let id: number;

  beforeAll(async () => {
    books = await startBooksWithStripe();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    await books.control.setPreferences(contractor.realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(contractor.realmId, 'EUR');
    id = await anApprovedProposal(contractor);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const made = async (code: 'EUR' | 'USD', Amount: number): Promise<string> => {
    const CurrencyRef = { value: code };
    const name = { DisplayName: `Ann in ${code}`, CurrencyRef };
    const { Customer } = await askCompany(books, contractor, 'customer', name);
    const SalesItemLineDetail = { ItemRef: { value: '1' }, TaxCodeRef: { value: 'NON' } };
    const { Invoice } = await askCompany(books, contractor, 'invoice', {
      CustomerRef: { value: Customer.Id },
      CurrencyRef,
      Line: [{ Amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail }],
    });
    return Invoice.Id as string;
  };
  const link = (invoiceId: string) =>
    books.database.query('update leads set qbo_invoice_id = $3 where org_id = $1 and id = $2', [
      contractor.orgId,
      id,
      invoiceId,
    ]);
  const read = async () =>
    expect((await contractor.admin.post(`/qbo/sync/invoice/${id}/check`)).body).toMatchObject({ ok: true });
  const inbox = async () => (await openItems(contractor.admin)).map(({ code }) => code);
  const payments = async () => {
    const all = await books.control.records(contractor.realmId, 'Payment');
    return all.filter(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'));
  };
  /** What is due to be looked at again is, as after an hour. */
  const later = async () => {
    await idle(books, contractor);
    await books.database.query(
      `update payments set invoice_check_at = now() - interval '1 minute'
        where org_id = $1 and invoice_check_at is not null`,
      [contractor.orgId],
    );
    await books.database.query(
      `update sync_operations set next_attempt_at = now() where org_id = $1 and state = 'waiting'`,
      [contractor.orgId],
    );
    for (const table of ['payments', 'sync_operations'] as const)
      await books.app.app.get(DueJobsService).enqueueDue(table);
    await idle(books, contractor);
  };

  it('is a question while it stands: not once it is voided, and anew where its void is undone', async () => {
    const invoiceId = await made('EUR', 3_750);
    await link(invoiceId);
    await read();
    expect(await inbox()).toEqual(['total_differs']);
    const records = await books.control.records(contractor.realmId, 'Invoice');
    const { Line } = records.find(({ Id }) => Id === invoiceId)!;
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);
    await books.control.editInvoice(contractor.realmId, invoiceId, { Line, PrivateNote: '' });
    await pollCompany(books, contractor);
    expect(await inbox()).toContain('total_differs');
    const [asked] = await openItems(contractor.admin, 'total_differs');
    expect(asked!.reason).toContain('is in EUR in QuickBooks');

    // What a person has decided holds.
    for (const { id: itemId } of await openItems(contractor.admin))
      await contractor.admin.post(`/inbox/${itemId}/resolve`);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    await books.control.editInvoice(contractor.realmId, invoiceId, { Line, PrivateNote: '' });
    await pollCompany(books, contractor);
    expect((await openItems(contractor.admin, 'total_differs')).map(({ reason }) => reason)).toEqual([]);
  });

  it('is no question where it is voided before anybody was ever asked', async () => {
    const invoiceId = await made('EUR', 3_750);
    await link(invoiceId);
    await read();
    await books.database.query(
      `update inbox_items set subject = 'of before', state = 'resolved', closed_at = now() where org_id = $1`,
      [contractor.orgId],
    );
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await inbox()).toEqual([]);
  });

  it.each([true, false])(
    'says nothing about what was owed as its customer pays: payments are recorded %s',
    async (record_payments) => {
      const { admin } = contractor;
      await admin.patch('/org/settings', { record_payments });
      const { session_id: session } = await openCheckout(admin, id);
      await books.stripe.act('pause', {});
      await books.stripe.act('pay', { session });
      await link(await made('EUR', 100));
      await read();
      await books.stripe.act('resume', {});
      await eventually(async () =>
        expect((await admin.get(`/payments?proposal_id=${id}`)).body.items).toHaveLength(1),
      );
      await later();
      expect(await inbox()).toEqual(['total_differs']);
      expect(await payments()).toEqual([]);

      await link(await made('USD', 3_750));
      await read();
      await later();
      await eventually(async () => expect(await payments()).toHaveLength(record_payments ? 1 : 0));
      await eventually(async () => expect(await inbox()).toEqual([]));
      const unread = 'select from payments where org_id = $1 and invoice_check_at is not null';
      expect(await books.database.query(unread, [contractor.orgId])).toEqual([]);
    },
  );
});
