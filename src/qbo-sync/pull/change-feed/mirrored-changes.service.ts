import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboChanges } from '../../api/model/qbo-objects.js';
import { CreditMemoProjectorService } from '../credits/credit-memo-projector.service.js';
import { CustomerMirrorService } from '../customers/customer-mirror.service.js';
import { DocumentMirrorService } from '../documents/document-mirror.service.js';
import { ChangedDocumentMonitorService } from '../invoices/monitors/money/changed-document-monitor.service.js';

/**
 * Writes what the change feed says of customers, credit memos and, where they are mirrored, documents. The cursor does
 * not move with it: whatever fails later is read, and written, again.
 */
@Injectable()
export class MirroredChangesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: CustomerMirrorService,
    private readonly creditMemos: CreditMemoProjectorService,
    private readonly changedDocuments: ChangedDocumentMonitorService,
    private readonly documents: DocumentMirrorService,
  ) {}

  /** `since`: from when on `changes` tells all that changed. */
  async apply(company: QboCompany, since: Date, changes: QboChanges): Promise<void> {
    const { creditMemos, refunds, payments, documents } = changes;
    // Whether a customer of theirs was merged is told by who is known.
    if (creditMemos.length + refunds.length + payments.length > 0) await this.customers.tryFilled(company);
    if (documents) await this.documents.prepare(company, documents);
    await retryOnConflict(() =>
      this.dataSource.transaction(async (tx) => {
        await this.customers.apply(tx, company, since, changes);
        await this.creditMemos.applyIn(tx, company, creditMemos);
        await this.changedDocuments.report(tx, company, 'credit.create', creditMemos);
        if (documents) await this.documents.apply(tx, company, since, documents);
      }),
    );
  }
}
