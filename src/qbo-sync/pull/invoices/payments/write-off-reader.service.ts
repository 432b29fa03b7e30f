import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import type { ReadRows } from '../../../api/model/unreadable.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboDocumentsClient } from '../../../api/qbo-documents.client.js';
import { InvoiceRecordsRepository } from '../invoice-records.repository.js';
import type { RunStats } from '../run-stats.js';
import { InvoicePaymentsRepository } from './invoice-payments.repository.js';
import { withWriteOffs } from './write-off.js';

type Read<T> = ReadRows<T> | null;
const NOTHING: ReadRows<never> = { read: [], unreadable: [] };

/** Documents by which payments settle, and the chart that says what their accounts are; null: not read. */
interface ReadBooks {
  entries: Read<QboDocument>;
  memos: Read<QboDocument>;
  accounts: Read<QboLedgerAccount>;
}

/** What is to know of the credit memos that payments use. */
interface UsedMemos {
  /** Those to read. */
  ids: readonly string[];
  /** Of payments that are stored in their version, by their ids: which credit memos give a debt up. */
  stored: ReadonlyMap<string, ReadonlySet<string>>;
}

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
   * left out, as those of which one cannot be read: their invoices then lack payments and are asked about again. A
   * credit memo that is not read is a credit, until the mirror knows it. Never throws for QuickBooks.
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
        ? NOTHING
        : this.read(company, stats, () => this.documents.findDocuments(company, type, ids, options));
    const books: ReadBooks = {
      entries: await find('JournalEntry', entryIds),
      memos: await find('CreditMemo', used.ids),
      accounts:
        entryIds.length + used.ids.length === 0
          ? NOTHING
          : await this.read(company, stats, () => this.documents.listLedgerAccounts(company, options)),
    };
    return payments
      .filter((change) => isWhole(change, books))
      .map((change) =>
        change.deleted ? change : { ...change, object: written(change.object, books, used) },
      );
  }

  /** A feed brings what it told already, and payments on invoices of others: neither is read for. */
  private async usedMemos(company: QboCompany, payments: readonly Changed<QboPayment>[]): Promise<UsedMemos> {
    const uses = payments.flatMap((change) =>
      change.deleted || change.object.creditMemos.length === 0 ? [] : [change.object],
    );
    if (uses.length === 0) return { ids: [], stored: new Map() };
    const tx = this.dataSource.manager;
    const paid = uses.flatMap(({ applications }) => applications.map(({ invoiceId }) => invoiceId));
    const linked = await this.records.listLinked(tx, company, [...new Set(paid)]);
    const rows = [...(await this.payments.listByInvoice(tx, company, linked)).values()].flat();
    const stored = new Map(
      uses.flatMap(({ id, syncToken }) => {
        const own = rows.filter((one) => one.paymentId === id && one.syncToken === Number(syncToken));
        const givenUp = own.filter(({ isWriteOff }) => isWriteOff).map(({ creditMemoId }) => creditMemoId);
        return own.length === 0 ? [] : [[id, new Set(givenUp)] as const];
      }),
    );
    const isOurs = ({ applications }: QboPayment): boolean =>
      applications.some(({ invoiceId }) => linked.includes(invoiceId));
    const memos = uses
      .filter((use) => !stored.has(use.id) && isOurs(use))
      .flatMap(({ creditMemos }) => creditMemos.map(({ id }) => id));
    return { ids: await this.payments.listOthersMemos(tx, company, [...new Set(memos)]), stored };
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
      return null;
    }
  }
}

function entryIdsOf(change: Changed<QboPayment>): string[] {
  return change.deleted ? [] : change.object.journalEntries.map(({ id }) => id);
}

/** Whether all that has to be known of its journal entries is. */
function isWhole(change: Changed<QboPayment>, { entries, accounts }: ReadBooks): boolean {
  const ids = entryIdsOf(change);
  if (ids.length === 0) return true;
  if (entries === null || accounts === null) return false;
  const unread = new Set(entries.unreadable.map(({ id }) => id));
  const unknown = new Set(accounts.unreadable.map(({ id }) => id));
  return ids.every((id) => {
    const entry = entries.read.find((one) => one.id === id);
    if (!entry) return !unread.has(id) && !unread.has('?');
    return entry.lines.every(({ accountId }) => accountId === null || !unknown.has(accountId));
  });
}

function written(payment: QboPayment, { entries, memos, accounts }: ReadBooks, used: UsedMemos): QboPayment {
  const known = { entries: byId(entries), memos: byId(memos) };
  const asRead = withWriteOffs(payment, known, accounts?.read ?? []);
  const stored = used.stored.get(payment.id);
  if (!stored) return asRead;
  const creditMemos = asRead.creditMemos.map((memo) => ({ ...memo, isWriteOff: stored.has(memo.id) }));
  return { ...asRead, creditMemos };
}

function byId(documents: Read<QboDocument>): ReadonlyMap<string, QboDocument> {
  return new Map((documents?.read ?? []).map((document) => [document.id, document]));
}
