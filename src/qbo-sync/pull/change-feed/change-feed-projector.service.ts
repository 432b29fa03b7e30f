import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { OVERLAP_MS } from '../../api/model/overlap.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboChanges } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InvoiceProjectorService, type AppliedSnapshots } from '../invoices/invoice-projector.service.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { OpenQuestionsService } from '../invoices/monitors/open-questions.service.js';
import { UnreadInvoiceMonitorService } from '../invoices/monitors/missing/unread-invoice-monitor.service.js';
import { StrayReceiptsService } from '../invoices/monitors/money/stray-receipts.service.js';
import { ReconciliationRunsService } from '../reconciliation/reconciliation-runs.service.js';
import {
  type ReconciliationReason,
  reconciliationTrigger,
} from '../reconciliation/reconciliation-trigger.js';
import type { ChangedInvoices } from './change-feed-reader.service.js';
import { type DuePoll, SyncCursorsRepository } from './sync-cursors.repository.js';
import { after } from '../../../platform/time/after.js';

/**
 * Writes what the change feed says of our invoices. The cursor moves only together with the effects, so whatever fails
 * is read again; where the answer does not tell everything, a full comparison is opened, and the cursor moves when that
 * has looked at all.
 */
@Injectable()
export class ChangeFeedProjectorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: SyncCursorsRepository,
    private readonly invoices: InvoiceProjectorService,
    private readonly records: InvoiceRecordsRepository,
    private readonly strayReceipts: StrayReceiptsService,
    private readonly unreadInvoices: UnreadInvoiceMonitorService,
    private readonly openQuestions: OpenQuestionsService,
    private readonly runs: ReconciliationRunsService,
    private readonly connections: ConnectionService,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /** What is new of our invoices, and the cursor with it. `changes`: null where the feed gave no answer. */
  async applyInvoices(
    company: QboCompany,
    poll: DuePoll,
    changes: QboChanges | null,
    changed: ChangedInvoices,
  ): Promise<AppliedSnapshots> {
    const { timeZone } = await this.settings.get(company.orgId);
    const now = this.clock.now();
    const today = dayInZone(now, timeZone);
    const committed = await retryOnConflict(() =>
      this.dataSource.transaction(async (tx) => {
        // Whoever connects a company waits from here on, as it changes invoices, too.
        if (reasonToCompare(poll, changes, now)) await this.connections.isStill(tx, company);
        await this.unreadInvoices.report(tx, company, changed.unread);
        const applied = await this.invoices.applyIn(tx, company, changed.invoices, changed.payments);
        await this.strayReceipts.follow(tx, company, changes?.refunds ?? []);
        await this.openQuestions.review(tx, company);
        await this.records.markOverdue(tx, company.orgId, today);
        await this.advance(tx, company, poll, changes, { isWhole: changed.isWhole, now });
        return applied;
      }),
    );
    this.invoices.count(committed);
    return committed;
  }

  /**
   * Moves the cursor to where changes are known, or has everything compared first where the answer is not enough.
   * Where something could not be read or was held back the cursor stays, and that is asked for again.
   */
  private async advance(
    tx: EntityManager,
    company: QboCompany,
    poll: DuePoll,
    changes: QboChanges | null,
    { isWhole, now }: { isWhole: boolean; now: Date },
  ): Promise<void> {
    const reason = reasonToCompare(poll, changes, now);
    const changesKnownUntil = changes ? after(changes.asOf, -OVERLAP_MS) : undefined;
    const feedSuffices = reason === null || reason === 'weekly';
    if (reason) await this.runs.open(tx, company, { reason, changesKnownUntil });
    if (feedSuffices && isWhole) await this.cursors.advance(tx, poll, changesKnownUntil!);
  }
}

/** Why everything is to be compared after this poll; null where nothing tells that it is. */
function reasonToCompare(poll: DuePoll, changes: QboChanges | null, now: Date): ReconciliationReason | null {
  const feed = changes === null ? 'refused' : changes.complete ? 'whole' : 'full';
  return reconciliationTrigger({ ...poll, feed }, now);
}
