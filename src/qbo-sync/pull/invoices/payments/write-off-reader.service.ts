import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboError, type QboErrorKind } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboDocument } from '../../../api/model/qbo-documents.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import type { ReadRows } from '../../../api/model/unreadable.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboDocumentsClient } from '../../../api/qbo-documents.client.js';
import { InvoiceRecordsRepository } from '../invoice-records.repository.js';
import type { RunStats } from '../run-stats.js';
import { InvoicePaymentsRepository } from './invoice-payments.repository.js';
import {
  entryIdsOf,
  givenUpBy,
  NOTHING_READ,
  type Read,
  type ReadBooks,
  paymentsAsRead,
  type UsedMemos,
} from './settling-reads.js';

const REFUSALS: ReadonlySet<QboErrorKind> = new Set(['forbidden', 'not_found', 'validation']);

/**
 * Tells what payments settle by journal entries and credit memos from what those write off: QuickBooks has the same
 * Payment for both, and only the other account of an entry, or the account of a memo's products, says which it is. Two
 * calls where entries are news, or memos on invoices of ours that are no change order's, three where both are, else
 * none.
 */
@Injectable()
export class WriteOffReaderService {
  private readonly logger = new Logger(WriteOffReaderService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly documents: QboDocumentsClient,
    private readonly records: InvoiceRecordsRepository,
    private readonly payments: InvoicePaymentsRepository,
  ) {}

  /**
   * The payments with what of them is written off. Where QuickBooks does not answer, those with journal entries are
   * left out, as those of which one cannot be read: their invoices then lack payments and are asked about again. So are
   * those with credit memos, but where it refuses to answer: those are what they were before, or else credits, until
   * the mirror knows them. Never throws for QuickBooks.
   */
  async tell(
    company: QboCompany,
    payments: readonly Changed<QboPayment>[],
    stats?: RunStats,
    options?: CallOptions,
  ): Promise<Changed<QboPayment>[]> {
    const entryIds = [...new Set(payments.flatMap(entryIdsOf))];
    const used = await this.usedMemos(company, payments);
    const find = async (
      type: 'JournalEntry' | 'CreditMemo',
      ids: readonly string[],
    ): Promise<Read<QboDocument>> =>
      ids.length === 0
        ? NOTHING_READ
        : this.read(company, stats, () => this.documents.findDocuments(company, type, ids, options));
    const books: ReadBooks = {
      entries: await find('JournalEntry', entryIds),
      memos: await find('CreditMemo', used.ids),
      accounts:
        entryIds.length + used.ids.length === 0
          ? NOTHING_READ
          : await this.read(company, stats, () => this.documents.listLedgerAccounts(company, options)),
    };
    return paymentsAsRead(payments, books, used);
  }

  /** A feed brings what it told already, and payments on invoices of others: neither is read for. */
  private async usedMemos(company: QboCompany, payments: readonly Changed<QboPayment>[]): Promise<UsedMemos> {
    const uses = payments.flatMap((change) =>
      change.deleted || change.object.creditMemos.length === 0 ? [] : [change.object],
    );
    if (uses.length === 0) return { ids: [], readFor: new Set(), stored: new Map(), before: new Map() };
    const tx = this.dataSource.manager;
    const paid = uses.flatMap(({ applications }) => applications.map(({ invoiceId }) => invoiceId));
    const linked = await this.records.listLinked(tx, company, [...new Set(paid)]);
    const rows = [...(await this.payments.listByInvoice(tx, company, linked)).values()].flat();
    const stored = givenUpBy(uses, rows, (one, use) => one.syncToken === Number(use.syncToken));
    const before = givenUpBy(uses, rows, (one, use) => one.syncToken < Number(use.syncToken));
    const isOurs = ({ applications }: QboPayment): boolean =>
      applications.some(({ invoiceId }) => linked.includes(invoiceId));
    const fresh = uses.filter((use) => !stored.has(use.id) && isOurs(use));
    const memos = [...new Set(fresh.flatMap(({ creditMemos }) => creditMemos.map(({ id }) => id)))];
    const ids = await this.payments.listOthersMemos(tx, company, memos);
    const isRead = ({ creditMemos }: QboPayment): boolean => creditMemos.some(({ id }) => ids.includes(id));
    return { ids, readFor: new Set(fresh.filter(isRead).map(({ id }) => id)), stored, before };
  }

  private async read<T>(
    company: QboCompany,
    stats: RunStats | undefined,
    ask: () => Promise<ReadRows<T>>,
  ): Promise<Read<T>> {
    if (stats) stats.calls += 1;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId: company.orgId }, 'What payments settle by is not read yet');
      return REFUSALS.has(error.kind) ? 'refused' : 'later';
    }
  }
}
