import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import { MirrorCatchUpService } from '../../documents/mirror-catch-up.service.js';
import type { InvoicePayment } from './invoice-payment.js';
import { ChangedDocumentMonitorService } from '../monitors/money/changed-document-monitor.service.js';
import { MovedLinkMonitorService } from '../monitors/money/moved-link-monitor.service.js';
import { RemovedPaymentMonitorService } from '../monitors/money/removed-payment-monitor.service.js';
import { UnappliedPaymentMonitorService } from '../monitors/money/unapplied-payment-monitor.service.js';

/** What follows from payments that changed in QuickBooks: questions to a person, and a mirror that lags behind. */
@Injectable()
export class PaymentFollowUpService {
  constructor(
    private readonly changed: ChangedDocumentMonitorService,
    private readonly unapplied: UnappliedPaymentMonitorService,
    private readonly removed: RemovedPaymentMonitorService,
    private readonly movedLinks: MovedLinkMonitorService,
    private readonly mirror: MirrorCatchUpService,
  ) {}

  /**
   * Part of the transaction that wrote them, after it did. `gone`: what was on an invoice and is no more;
   * `proposalIds`: those of which invoices changed.
   */
  async follow(
    tx: EntityManager,
    company: QboCompany,
    payments: readonly Changed<QboPayment>[],
    { gone, proposalIds }: { gone: readonly InvoicePayment[]; proposalIds: readonly number[] },
  ): Promise<void> {
    const ours = await this.changed.report(tx, company, 'payment.create', payments);
    await this.unapplied.report(tx, company, payments);
    await this.removed.report(
      tx,
      company,
      payments.filter(({ id }) => ours.has(id)),
    );
    await this.movedLinks.review(tx, company, { proposalIds, qboPaymentIds: [...ours] });
    await this.mirror.follow(tx, company, payments, gone);
  }
}
