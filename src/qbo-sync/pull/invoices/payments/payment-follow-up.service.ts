import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import { MirrorCatchUpService } from '../../documents/mirror-catch-up.service.js';
import type { InvoicePayment } from './invoice-payment.js';
import { ChangedDocumentMonitorService } from '../monitors/changed-document-monitor.service.js';
import { RemovedPaymentMonitorService } from '../monitors/removed-payment-monitor.service.js';
import { UnappliedPaymentMonitorService } from '../monitors/unapplied-payment-monitor.service.js';

/** What follows from payments that changed in QuickBooks: questions to a person, and a mirror that lags behind. */
@Injectable()
export class PaymentFollowUpService {
  constructor(
    private readonly changed: ChangedDocumentMonitorService,
    private readonly unapplied: UnappliedPaymentMonitorService,
    private readonly removed: RemovedPaymentMonitorService,
    private readonly mirror: MirrorCatchUpService,
  ) {}

  /** Part of the transaction that wrote them, after it did. `gone`: what was on an invoice and is no more. */
  async follow(
    tx: EntityManager,
    company: QboCompany,
    payments: readonly Changed<QboPayment>[],
    gone: readonly InvoicePayment[],
  ): Promise<void> {
    const ours = await this.changed.report(tx, company, 'payment.create', payments);
    await this.unapplied.report(tx, company, payments);
    await this.removed.report(
      tx,
      company,
      payments.filter(({ id }) => ours.has(id)),
    );
    await this.mirror.follow(tx, company, payments, gone);
  }
}
