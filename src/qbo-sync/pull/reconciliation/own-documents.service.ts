import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { chunk } from '../../../platform/concurrency/for-each-concurrent.js';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import { foundOrNull, QboError } from '../../api/errors/qbo-error.js';
import { IDS_PER_QUERY_MAX } from '../../api/mappers/queries/query.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed } from '../../api/model/qbo-objects.js';
import type { ReadRows } from '../../api/model/unreadable.js';
import { pagesOf } from '../../api/page-walk.js';
import { RETRY_READS } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import { CreditMemoProjectorService } from '../credits/credit-memo-projector.service.js';
import { CustomerMirrorService } from '../customers/customer-mirror.service.js';
import { InvoiceProjectorService } from '../invoices/invoice-projector.service.js';
import { ChangedDocumentMonitorService } from '../invoices/monitors/money/changed-document-monitor.service.js';
import { StrayReceiptsService } from '../invoices/monitors/money/stray-receipts.service.js';
import type { RunStats } from '../invoices/run-stats.js';
import { OwnDocumentsRepository } from './own-documents.repository.js';
import { isCutOff, type ReconciliationReason } from './reconciliation-trigger.js';

interface Run {
  company: QboCompany;
  stats: RunStats;
  report: () => Promise<void>;
}

/** What is asked of one kind of document, and what is done with the answer. */
interface KindOfDocument<T> {
  kind: string;
  ids: readonly string[];
  list: (ids: readonly string[]) => Promise<ReadRows<T>>;
  get: (id: string) => Promise<T>;
  apply: (changes: readonly Changed<T>[]) => Promise<unknown>;
}

/**
 * Compares with QuickBooks what no invoice tells of: payments that are on none, refund receipts and credit memos. Where
 * the change feed cannot tell any more what became of them, nothing else does. Promise: for one call to a hundred of a
 * kind, and one for each that is left out, before that counts as deleted; no call for a kind of which there is none.
 * Where the feed was cut off, also payments that were entered or changed meanwhile, for a call to a thousand.
 */
@Injectable()
export class OwnDocumentsService {
  private readonly logger = new Logger(OwnDocumentsService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboClient,
    private readonly documents: OwnDocumentsRepository,
    private readonly customers: CustomerMirrorService,
    private readonly invoices: InvoiceProjectorService,
    private readonly strayReceipts: StrayReceiptsService,
    private readonly creditMemos: CreditMemoProjectorService,
    private readonly changed: ChangedDocumentMonitorService,
  ) {}

  /**
   * `report` is called after each answer and may throw to end it. Throws QboError where QuickBooks may answer soon, or
   * will not answer the rest either; a kind that it refuses does not keep the others from being compared.
   */
  async compare(reason: ReconciliationReason, run: Run): Promise<void> {
    const { company } = run;
    const { manager } = this.dataSource;
    const { payments, refunds, credits } = this.client;
    const paymentIds = await this.documents.listPaymentsOnNone(manager, company);
    const receiptIds = await this.documents.listReceipts(manager, company);
    const memoIds = await this.documents.listCreditMemos(manager, company);
    // Whether a customer of theirs was merged is told by who is known.
    if (paymentIds.length + receiptIds.length + memoIds.length > 0) await this.customers.tryFilled(company);
    if (isCutOff(reason)) await this.ofItsKind(run, 'changed payments', () => this.readChangedPayments(run));
    await this.compareKind(run, {
      kind: 'payments',
      ids: paymentIds,
      list: (ids) => payments.findByIds(company, ids, RETRY_READS),
      get: (id) => payments.get(company, id, RETRY_READS),
      apply: (changes) => this.invoices.apply(company, [], changes),
    });
    await this.compareKind(run, {
      kind: 'refund receipts',
      ids: receiptIds,
      list: (ids) => refunds.findByIds(company, ids, RETRY_READS),
      get: (id) => refunds.get(company, id, RETRY_READS),
      apply: (changes) => this.inTransaction((tx) => this.strayReceipts.follow(tx, company, changes)),
    });
    await this.compareKind(run, {
      kind: 'credit memos',
      ids: memoIds,
      list: (ids) => credits.findByIds(company, ids, RETRY_READS),
      get: (id) => credits.get(company, id, RETRY_READS),
      apply: (changes) =>
        this.inTransaction(async (tx) => {
          await this.creditMemos.applyIn(tx, company, changes);
          await this.changed.report(tx, company, 'credit.create', changes);
        }),
    });
  }

  /**
   * Has it known which customers were merged while the feed was cut off, before their invoices are compared: else each
   * of those would be a question.
   */
  async learnCustomers(reason: ReconciliationReason, { company, stats }: Run): Promise<void> {
    if (!isCutOff(reason)) return;
    const since = await this.documents.changesKnownUntil(this.dataSource.manager, company);
    if (since === null) return;
    stats.calls += 1;
    await this.customers.tryRefreshed(company, RETRY_READS);
  }

  /**
   * What was entered or changed since changes are known: money on account, whosever it is, and payments of ours. That
   * another is on an invoice of ours is told by the invoice.
   */
  private async readChangedPayments({ company, stats, report }: Run): Promise<void> {
    const { manager } = this.dataSource;
    const since = await this.documents.changesKnownUntil(manager, company);
    if (since === null) return;
    const { read } = await this.client.payments.findChanged(company, since, RETRY_READS);
    stats.calls += pagesOf(read.length);
    const ids = read.map(({ id }) => id);
    const ours = new Set(await this.documents.listRecordedAmong(manager, company, ids));
    const changed = read.filter(({ id, unappliedCents }) => unappliedCents > 0 || ours.has(id));
    if (changed.length > 0) await this.customers.tryFilled(company);
    for (const some of chunk(changed, IDS_PER_QUERY_MAX)) {
      await report();
      await this.invoices.apply(
        company,
        [],
        some.map((object) => ({ id: object.id, deleted: false, object })),
      );
    }
  }

  private compareKind<T extends { id: string }>(run: Run, parts: KindOfDocument<T>): Promise<void> {
    return this.ofItsKind(run, parts.kind, () => this.compareEach(run, parts));
  }

  private async compareEach<T extends { id: string }>(
    { stats, report }: Run,
    { ids, list, get, apply }: KindOfDocument<T>,
  ): Promise<void> {
    for (const some of chunk(ids, IDS_PER_QUERY_MAX)) {
      stats.calls += 1;
      const { read, unreadable } = await list(some);
      const changes = read.map((object): Changed<T> => ({ id: object.id, deleted: false, object }));
      const isThere = new Set([...read, ...unreadable].map(({ id }) => id));
      for (const id of isThere.has('?') ? [] : some.filter((one) => !isThere.has(one))) {
        stats.calls += 1;
        const object = await foundOrNull(get(id));
        changes.push(object ? { id, deleted: false, object } : { id, deleted: true });
      }
      await report();
      await apply(changes);
    }
  }

  /** A kind that is refused, or cannot be read, does not keep the others from being compared. */
  private async ofItsKind({ company }: Run, kind: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof QboError) || !isOfTheKind(error)) throw error;
      this.logger.warn({ err: error, orgId: company.orgId }, `The ${kind} of ours were not compared`);
    }
  }

  private inTransaction(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    return retryOnConflict(() => this.dataSource.transaction(work));
  }
}

/** True where it is this kind that is refused or cannot be read: the next may be answered. */
function isOfTheKind({ kind }: QboError): boolean {
  return ['forbidden', 'validation', 'malformed', 'not_found'].includes(kind);
}
