import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboError, type QboErrorKind } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import type { ReadRows } from '../../../api/model/unreadable.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboDocumentsClient } from '../../../api/qbo-documents.client.js';
import { InvoiceRecordsRepository } from '../invoice-records.repository.js';
import type { RunStats } from '../run-stats.js';
import type { InvoicePayment } from './invoice-payment.js';
import { InvoicePaymentsRepository } from './invoice-payments.repository.js';
import { withWriteOffs } from './write-off.js';

/** `later`: QuickBooks did not answer this time; `refused`: it does not, however often it is asked. */
type Read<T> = ReadRows<T> | 'later' | 'refused';
const REFUSALS: ReadonlySet<QboErrorKind> = new Set(['forbidden', 'not_found', 'validation']);
const NOTHING: ReadRows<never> = { read: [], unreadable: [] };

/** Documents by which payments settle, and the chart that says what their accounts are. */
interface ReadBooks {
  entries: Read<QboDocument>;
  memos: Read<QboDocument>;
  accounts: Read<QboLedgerAccount>;
}

/** By payments, the credit memos that give a debt up. */
type GivenUp = ReadonlyMap<string, ReadonlySet<string>>;

/** What is to know of the credit memos that payments use. */
interface UsedMemos {
  /** Those to read. */
  ids: readonly string[];
  /** The payments that they are read for. */
  readFor: ReadonlySet<string>;
  /** Of payments that are stored in their version, by their ids: which credit memos give a debt up. */
  stored: GivenUp;
  /** The same of those that are stored in an earlier version. */
  before: GivenUp;
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
      .filter((change) => change.deleted || isWhole(change, books))
      .filter((change) => change.deleted || !used.readFor.has(change.id) || isAnswered(books))
      .map((change) =>
        change.deleted ? change : { ...change, object: written(change.object, books, used) },
      );
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
    const givenUp = (isStored: (one: InvoicePayment, use: QboPayment) => boolean): GivenUp =>
      new Map(
        uses.flatMap((use) => {
          const own = rows.filter((one) => one.paymentId === use.id && isStored(one, use));
          const memos = own.filter(({ isWriteOff }) => isWriteOff).map(({ creditMemoId }) => creditMemoId);
          return own.length === 0 ? [] : [[use.id, new Set(memos)] as const];
        }),
      );
    const stored = givenUp((one, use) => one.syncToken === Number(use.syncToken));
    const before = givenUp((one, use) => one.syncToken < Number(use.syncToken));
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

function entryIdsOf(change: Changed<QboPayment>): string[] {
  return change.deleted ? [] : change.object.journalEntries.map(({ id }) => id);
}

/** Whether all that has to be known of its journal entries is. */
function isWhole(change: Changed<QboPayment>, { entries, accounts }: ReadBooks): boolean {
  const ids = entryIdsOf(change);
  if (ids.length === 0) return true;
  if (isUnread(entries) || isUnread(accounts)) return false;
  const unread = new Set(entries.unreadable.map(({ id }) => id));
  const unknown = new Set(accounts.unreadable.map(({ id }) => id));
  return ids.every((id) => {
    const entry = entries.read.find((one) => one.id === id);
    if (!entry) return !unread.has(id) && !unread.has('?');
    return entry.lines.every(({ accountId }) => accountId === null || !unknown.has(accountId));
  });
}

/** Whether QuickBooks has said what there is to say of credit memos, be it that it does not. */
function isAnswered({ memos, accounts }: ReadBooks): boolean {
  return memos !== 'later' && accounts !== 'later';
}

function isUnread<T>(read: Read<T>): read is 'later' | 'refused' {
  return read === 'later' || read === 'refused';
}

function written(payment: QboPayment, books: ReadBooks, used: UsedMemos): QboPayment {
  const known = { entries: byId(books.entries), memos: byId(books.memos) };
  const asRead = withWriteOffs(payment, known, rowsOf(books.accounts));
  const stored = used.stored.get(payment.id);
  const before = used.before.get(payment.id);
  const creditMemos = asRead.creditMemos.map((memo) => {
    if (stored) return { ...memo, isWriteOff: stored.has(memo.id) };
    const isKnown = known.memos.has(memo.id) && !isUnread(books.accounts);
    return isKnown || !before ? memo : { ...memo, isWriteOff: before.has(memo.id) };
  });
  return { ...asRead, creditMemos };
}

function byId(documents: Read<QboDocument>): ReadonlyMap<string, QboDocument> {
  return new Map(rowsOf(documents).map((document) => [document.id, document]));
}

function rowsOf<T>(read: Read<T>): readonly T[] {
  return isUnread(read) ? [] : read.read;
}
