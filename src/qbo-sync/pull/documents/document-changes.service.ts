import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import { isTooLongToRead, QboError } from '../../api/errors/qbo-error.js';
import { OVERLAP_MS } from '../../api/model/overlap.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboDocumentChanges } from '../../api/model/qbo-documents.js';
import { QboDocumentsClient } from '../../api/qbo-documents.client.js';
import { Refusals } from '../../api/errors/refusals.js';
import { DocumentMirrorsRepository } from './document-mirrors.repository.js';
import { QboDocumentsRepository } from './qbo-documents.repository.js';
import { after } from '../../../platform/time/after.js';

/** What a chart of accounts did not say is not asked again with each poll, but after so long: it may be mended. */
const MISSING_KEPT_MS = 3_600_000;

/** Brings the mirror of a company's documents up to date by QuickBooks' change feed. */
@Injectable()
export class DocumentChangesService {
  private readonly logger = new Logger(DocumentChangesService.name);
  /** Accounts that documents of a company name and its chart has not, or not so that they can be read. */
  private readonly missing = new Map<string, { missing: ReadonlySet<string>; until: number }>();
  /** Of charts of accounts. */
  private readonly refusals = new Refusals();

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboDocumentsClient,
    private readonly mirrors: DocumentMirrorsRepository,
    private readonly documents: QboDocumentsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Before they are taken in: an account that was opened since the chart was read is on a line of what changed, and
   * what it is decides what the line is. One more metered read, without which the company is read all the same.
   */
  async learnAccounts(company: QboCompany, { changes }: QboDocumentChanges): Promise<void> {
    const lines = changes.flatMap((change) => (change.deleted ? [] : change.document.lines));
    const ids = [...new Set(lines.flatMap(({ accountId }) => accountId ?? []))];
    const wanted = this.withoutMissing(company, ids);
    if (wanted.length === 0 || (await this.documents.knowsAccounts(company, wanted))) return;
    const read = await this.tryAccounts(company);
    if (read === null) return;
    const missing = new Set(wanted.filter((id) => !read.has(id)));
    const until = this.clock.now().getTime() + MISSING_KEPT_MS;
    if (missing.size > 0) this.missing.set(keyOf(company), { missing, until });
  }

  private withoutMissing(company: QboCompany, ids: readonly string[]): string[] {
    const known = this.missing.get(keyOf(company));
    if (known && known.until > this.clock.now().getTime()) return ids.filter((id) => !known.missing.has(id));
    this.missing.delete(keyOf(company));
    return [...ids];
  }

  /**
   * Reads the chart of accounts again; where that does not work, it keeps nothing else from being read. Answers the
   * accounts that it has; null where it was not read.
   */
  async tryAccounts(company: QboCompany): Promise<ReadonlySet<string> | null> {
    if (this.isChartRefused(company)) return null;
    try {
      const read = await this.readAccounts(company);
      this.refusals.forget(company);
      return read;
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      if (error.kind === 'forbidden') this.refusals.note(company, this.clock.now());
      this.logger.warn({ err: error, orgId: company.orgId }, 'The chart of accounts could not be read');
      return null;
    }
  }

  isChartRefused(company: QboCompany): boolean {
    return this.refusals.has(company, this.clock.now());
  }

  private async readAccounts(company: QboCompany): Promise<ReadonlySet<string>> {
    const { read } = await this.client.listLedgerAccounts(company);
    await this.documents.replaceAccounts(company, read);
    return new Set(read.map(({ id }) => id));
  }

  /** Takes in what the change feed of `since` says of documents. */
  async apply(
    tx: EntityManager,
    company: QboCompany,
    since: Date,
    { changes, asOf, complete, unreadable }: QboDocumentChanges,
  ): Promise<void> {
    const there = changes.flatMap((change) => (change.deleted ? [] : [change.document]));
    await this.documents.upsert(tx, company, there);
    await this.documents.markDeleted(
      tx,
      company,
      changes.filter((change) => change.deleted),
    );
    const until = after(asOf, -OVERLAP_MS);
    if (complete && unreadable.length === 0) await this.mirrors.advance(tx, company, since, until);
  }

  /**
   * Takes in what changed since then, by the change feed from `from` on. False where that does not tell all of it. What
   * cannot be read of it is asked for again each time, and keeps no report from being made. Throws QboError.
   */
  async read(company: QboCompany, since: Date, from = since): Promise<boolean> {
    const changes = await this.client.changesSince(company, from).catch((error: unknown) => {
      if (isTooLongToRead(error)) return null;
      if (error instanceof QboError && (error.kind === 'validation' || error.kind === 'not_found'))
        return null;
      throw error;
    });
    const documents = changes?.documents;
    if (!documents) return false;
    for (const { id, reason } of documents.unreadable) {
      this.logger.warn({ orgId: company.orgId, qboId: id, reason }, 'Could not read a document that changed');
    }
    await this.learnAccounts(company, documents);
    if (!(await this.documents.hasChart(company))) await this.tryAccounts(company);
    await this.dataSource.transaction((tx) => this.apply(tx, company, since, documents));
    if (documents.complete && documents.unreadable.length > 0) await this.mirrors.markLooked(company);
    return documents.complete;
  }
}

function keyOf({ orgId, realmId }: QboCompany): string {
  return `${orgId} ${realmId}`;
}
