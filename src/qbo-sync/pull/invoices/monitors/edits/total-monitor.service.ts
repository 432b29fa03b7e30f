import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CompanyBooksRepository } from '../../../../../currencies/company-books.repository.js';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import type { QboInvoice } from '../../../../api/model/qbo-objects.js';
import { OperationsRepository } from '../../../../operations/rows/operations.repository.js';
import { subjectOfTotal } from './external-edits.js';
import { isRated } from '../../home-values.js';
import { otherHomeTotalCents } from './home-total.js';
import type { InvoiceChange } from '../../invoice-diff.js';

/**
 * Closes the question about an invoice that QuickBooks made over another sum than was sent once it is answered there:
 * the total is as it was sent, or somebody made it a third one, about which there is a question of its own, and the
 * home value follows from the rate that was sent.
 */
@Injectable()
export class TotalMonitorService {
  constructor(
    private readonly books: CompanyBooksRepository,
    private readonly operations: OperationsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction. `read`: the invoice where it was read, and not its payments alone. */
  async report(
    tx: EntityManager,
    orgId: number,
    { next, edits }: InvoiceChange,
    read: QboInvoice | undefined,
  ): Promise<void> {
    const isEdited = edits.some(({ field }) => field === 'amount');
    if (!read || (!isEdited && !isRated(read))) return;
    const subject = subjectOfTotal(next.id);
    if (!(await this.inbox.hasOpen(tx, orgId, subject))) return;
    const isAnswered = isEdited || next.totalCents === next.originalCents;
    if (!isAnswered || (await this.differsAtHome(tx, orgId, next.id, read))) return;
    await this.inbox.resolveSubject(tx, orgId, subject);
  }

  private async differsAtHome(
    tx: EntityManager,
    orgId: number,
    invoiceId: number,
    read: QboInvoice,
  ): Promise<boolean> {
    const sent = await this.operations.findNewest('invoice.create', orgId, invoiceId, tx);
    const rate = (sent?.payload.lines && sent.payload.exchangeRate) ?? null;
    const books = rate === null ? null : await this.books.find(tx, orgId);
    return books !== null && otherHomeTotalCents(read, rate, books.homeCurrency) !== null;
  }
}
