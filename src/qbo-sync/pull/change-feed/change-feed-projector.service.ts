import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { retryOnConflict } from '../../../platform/database/retry.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { OVERLAP_MS } from '../../api/model/overlap.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboChanges } from '../../api/model/qbo-objects.js';
import { InvoiceProjectorService, type AppliedSnapshots } from '../invoices/invoice-projector.service.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { StrayReceiptsService } from '../invoices/monitors/stray-receipts.service.js';
import { ReconciliationRunsService } from '../reconciliation/reconciliation-runs.service.js';
import { reconciliationTrigger } from '../reconciliation/reconciliation-trigger.js';
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
    private readonly runs: ReconciliationRunsService,
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
    const today = dayInZone(this.clock.now(), timeZone);
    const committed = await retryOnConflict(() =>
      this.dataSource.transaction(async (tx) => {
        const applied = await this.invoices.applyIn(tx, company, changed.invoices, changed.payments);
        await this.strayReceipts.follow(tx, company, changes?.refunds ?? []);
        await this.records.markOverdue(tx, company.orgId, today);
        await this.advance(tx, company, poll, changes, changed.isWhole);
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
    isWhole: boolean,
  ): Promise<void> {
    const feed = changes === null ? 'refused' : changes.complete ? 'whole' : 'full';
    const reason = reconciliationTrigger({ ...poll, feed }, this.clock.now());
    const changesKnownUntil = changes ? after(changes.asOf, -OVERLAP_MS) : undefined;
    const feedSuffices = reason === null || reason === 'weekly';
    if (reason) await this.runs.open(tx, company, { reason, changesKnownUntil });
    if (feedSuffices && isWhole) await this.cursors.advance(tx, poll, changesKnownUntil!);
  }
}
