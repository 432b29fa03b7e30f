import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { factsOf } from '../../../src/qbo-sync/api/mappers/reading/invoice-facts.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import type { QboCompany } from '../../../src/qbo-sync/api/model/qbo-company.js';
import type { QboInvoice } from '../../../src/qbo-sync/api/model/qbo-objects.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { InvoiceRecordsRepository } from '../../../src/qbo-sync/pull/invoices/invoice-records.repository.js';
import { InvoiceProjectorService } from '../../../src/qbo-sync/pull/invoices/invoice-projector.service.js';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';

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
    invoice = await books.app.app.get(QboClient).invoices.get(company, made.invoiceId);
    await books.database.query(
      `update invoices set last_sync_at = '2020-01-01', due_on = $2, txn_date = $3 where proposal_id = $1`,
      [proposalId, invoice.dueDate, invoice.txnDate],
    );
    await books.database.query(`update leads set qbo_last_sync_at = '2020-01-01' where id = $1`, [
      proposalId,
    ]);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** Whether a comparison passes over what QuickBooks answers, and marks it. */
  const isUnchanged = async (now: QboInvoice): Promise<boolean> => {
    const { app } = books.app;
    const records = app.get(InvoiceRecordsRepository);
    const stored = await records.overview(app.get(DataSource).manager, company);
    if (!stored.has(now.id) || !stored.isKnown(factsOf(now))) return false;
    await app.get(InvoiceProjectorService).markUnchanged(company, [stored.take(now.id)!]);
    return true;
  };
  const lookedAt = async (): Promise<boolean> => {
    const [shown] = await books.database.query<{ at: Date }>(
      `select qbo_last_sync_at as at from leads where id = $1`,
      [proposalId],
    );
    return shown!.at.getUTCFullYear() > 2020;
  };

  it('is as it is stored, and marked as looked at', async () => {
    expect(await isUnchanged(invoice)).toBe(true);
    expect(await lookedAt()).toBe(true);
  });

  it('is as it is stored where QuickBooks leaves its number out', async () => {
    expect(await isUnchanged({ ...invoice, docNumber: null })).toBe(true);
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
    expect(await isUnchanged({ ...invoice, ...change })).toBe(false);
    expect(await lookedAt()).toBe(false);
  });

  it.each([
    ['was never seen', 'state = null, sync_token = null'],
    ['lacks payments', 'payments_incomplete = true'],
    ['is deleted', `state = 'deleted'`],
    ['was linked by hand and has no company yet', 'qbo_realm_id = null'],
    ['belongs to another company', `qbo_realm_id = 'another'`],
  ])('is news where it %s', async (_, facts) => {
    await books.database.query(`update invoices set ${facts} where proposal_id = $1`, [proposalId]);
    expect(await isUnchanged(invoice)).toBe(false);
    expect(await lookedAt()).toBe(false);
  });

  it('is marked once by a whole comparison, changed or not', async () => {
    await pollCompany(books, contractor);
    expect(await lookedAt()).toBe(true);
  });
});
