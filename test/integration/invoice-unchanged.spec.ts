import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QboClient } from '../../src/qbo-sync/api/qbo.client.js';
import type { QboCompany } from '../../src/qbo-sync/api/model/qbo-company.js';
import type { QboInvoice } from '../../src/qbo-sync/api/model/qbo-objects.js';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { InvoiceProjectorService } from '../../src/qbo-sync/pull/invoices/invoice-projector.service.js';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../support/books.js';

describe('An invoice that is compared', () => {
  let books: Books;
  let contractor: Contractor;
  let company: QboCompany;
  let proposalId: number;
  let invoice: QboInvoice;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    company = await books.app.app.get(ConnectionService).requireCompany(contractor.orgId);
  });

  beforeEach(async () => {
    const made = await anInvoicedProposal(contractor);
    proposalId = made.proposalId;
    invoice = await books.app.app.get(QboClient).getInvoice(company, made.invoiceId);
    await books.database.query(
      `update leads set qbo_last_sync_at = '2020-01-01', qbo_due_on = $2, qbo_txn_on = $3 where id = $1`,
      [proposalId, invoice.dueDate, invoice.txnDate],
    );
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const isSame = async (notified: QboInvoice): Promise<boolean> => {
    const same = await books.app.app.get(InvoiceProjectorService).markSame(company, [notified]);
    return same.has(notified.id);
  };
  const lookedAt = async (): Promise<boolean> => {
    const [row] = await books.database.query<{ at: Date }>(
      'select qbo_last_sync_at as at from leads where id = $1',
      [proposalId],
    );
    return row!.at.getUTCFullYear() > 2020;
  };

  it('is as it is held, and marked as looked at', async () => {
    expect(await isSame(invoice)).toBe(true);
    expect(await lookedAt()).toBe(true);
  });

  it('is as it is held where QuickBooks leaves its number out', async () => {
    expect(await isSame({ ...invoice, docNumber: null })).toBe(true);
  });

  it.each<[string, Partial<QboInvoice>]>([
    ['version', { syncToken: '7' }],
    ['total', { totalCents: 1 }],
    ['balance', { balanceCents: 1 }],
    ['number', { docNumber: 'X-1' }],
    ['due day', { dueDate: '2031-01-01' }],
    ['due day, which it has no more,', { dueDate: null }],
    ['customer', { customerId: '999' }],
    ['date', { txnDate: '2019-01-01' }],
  ])('is news where its %s differs, and left alone', async (_, change) => {
    expect(await isSame({ ...invoice, ...change })).toBe(false);
    expect(await lookedAt()).toBe(false);
  });

  it.each([
    ['was never seen', 'qbo_state = null, qbo_sync_token = null'],
    ['owes its payments', 'qbo_payments_owed = true'],
    ['is deleted', `qbo_state = 'deleted'`],
    ['was linked by hand and has no company yet', 'qbo_realm_id = null'],
    ['belongs to another company', `qbo_realm_id = 'another'`],
  ])('is news where it %s', async (_, facts) => {
    await books.database.query(`update leads set ${facts} where id = $1`, [proposalId]);
    expect(await isSame(invoice)).toBe(false);
    expect(await lookedAt()).toBe(false);
  });

  it('is marked once by a whole comparison, changed or not', async () => {
    await pollCompany(books, contractor);
    expect(await lookedAt()).toBe(true);
  });
});
