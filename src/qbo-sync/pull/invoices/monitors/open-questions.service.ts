import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { ChangedDocumentMonitorService } from './money/changed-document-monitor.service.js';
import { ExternalEditMonitorService } from './edits/external-edit-monitor.service.js';
import { UnreadInvoiceMonitorService } from './missing/unread-invoice-monitor.service.js';

/**
 * What a person is asked about single invoices and payments, and is told by all of them together: whether a customer
 * was merged into another is known once each of their invoices was read, or cannot be.
 */
@Injectable()
export class OpenQuestionsService {
  constructor(
    private readonly unreadInvoices: UnreadInvoiceMonitorService,
    private readonly changedDocuments: ChangedDocumentMonitorService,
    private readonly externalEdits: ExternalEditMonitorService,
  ) {}

  /** Closes what is no question any more. Part of the caller's transaction, after all was written that was read. */
  async review(tx: EntityManager, company: QboCompany): Promise<void> {
    await this.unreadInvoices.review(tx, company);
    await this.changedDocuments.review(tx, company);
    await this.externalEdits.review(tx, company);
  }
}
