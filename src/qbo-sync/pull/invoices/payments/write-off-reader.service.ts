import { Injectable, Logger } from '@nestjs/common';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboDocumentsClient } from '../../../api/qbo-documents.client.js';
import type { RunStats } from '../run-stats.js';
import { withWriteOffs } from './write-off.js';

/** For the journal entries, and for the chart of accounts. */
const CALLS = 2;

/**
 * Tells payments that settle an invoice by a journal entry from those that write it off: QuickBooks has the same
 * Payment for both, and only the entry's other account says which it is. Two calls where any is news, else none.
 */
@Injectable()
export class WriteOffReaderService {
  private readonly logger = new Logger(WriteOffReaderService.name);

  constructor(private readonly documents: QboDocumentsClient) {}

  /**
   * The payments with what of them is written off. Where QuickBooks does not answer, those with journal entries are
   * left out, as those of which one cannot be read: their invoices then lack payments and are asked about again. Never
   * throws for QuickBooks.
   */
  async tell(
    company: QboCompany,
    payments: readonly Changed<QboPayment>[],
    stats?: RunStats,
    options?: CallOptions,
  ): Promise<Changed<QboPayment>[]> {
    const ids = [...new Set(payments.flatMap(entryIdsOf))];
    if (ids.length === 0) return [...payments];
    if (stats) stats.calls += CALLS;
    try {
      const found = await this.documents.findDocuments(company, 'JournalEntry', ids, options);
      const accounts = await this.documents.listLedgerAccounts(company, options);
      const entries = new Map(found.read.map((entry) => [entry.id, entry]));
      const unread = new Set(found.unreadable.map(({ id }) => id));
      const unknown = new Set(accounts.unreadable.map(({ id }) => id));
      const isWhole = (change: Changed<QboPayment>): boolean =>
        entryIdsOf(change).every((id) => {
          const entry = entries.get(id);
          if (!entry) return !unread.has(id) && !unread.has('?');
          return entry.lines.every(({ accountId }) => accountId === null || !unknown.has(accountId));
        });
      return payments
        .filter(isWhole)
        .map((change) =>
          change.deleted
            ? change
            : { ...change, object: withWriteOffs(change.object, entries, accounts.read) },
        );
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      const facts = { err: error, orgId: company.orgId, entries: ids.length };
      this.logger.warn(facts, 'Journal entries of payments not read yet');
      return payments.filter((change) => entryIdsOf(change).length === 0);
    }
  }
}

function entryIdsOf(change: Changed<QboPayment>): string[] {
  return change.deleted ? [] : change.object.journalEntries.map(({ id }) => id);
}
