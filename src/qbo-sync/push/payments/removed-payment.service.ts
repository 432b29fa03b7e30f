import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../operations/rows/operation-tries.repository.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { RemovedPaymentsRepository } from '../../pull/invoices/monitors/money/removed-payments.repository.js';
import { StrayReceiptsService } from '../../pull/invoices/monitors/money/stray-receipts.service.js';

type Recorded = OutboundOperation<'payment.create'>;

/** What is known of a payment that was recorded and then deleted or voided in QuickBooks. */
@Injectable()
export class RemovedPaymentService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tries: OperationTriesRepository,
    private readonly refresh: InvoiceRefreshService,
    private readonly removed: RemovedPaymentsRepository,
    private readonly strayReceipts: StrayReceiptsService,
  ) {}

  /** Keeps that it is gone from QuickBooks, which no poll may have said yet. */
  async keep(company: QboCompany, { orgId, entityId, qboId }: Recorded): Promise<void> {
    const gone = [{ id: qboId!, isGone: true, isDeleted: false, version: null }];
    await this.dataSource.transaction(async (tx) => {
      await this.removed.keep(tx, company, 'payment.create', gone);
      await this.strayReceipts.review(tx, orgId, entityId);
    });
  }

  /** True where no money that we did not record is on its invoice, or that is gone too. */
  async wasOursAlone(company: QboCompany, { payload: { draft } }: Recorded): Promise<boolean> {
    const snapshot = draft && (await this.refresh.snapshot(company, draft.invoiceId));
    return !snapshot || snapshot.deleted || this.hasOurMoneyAlone(company, snapshot.invoice);
  }

  /** True where nothing is on an invoice but payments that were recorded from here, if any. */
  private async hasOurMoneyAlone(company: QboCompany, invoice: QboInvoice): Promise<boolean> {
    const { balanceCents, totalCents, linkedPaymentIds } = invoice;
    if (balanceCents === totalCents) return true;
    for (const id of linkedPaymentIds)
      if (!(await this.tries.isTaken(this.dataSource.manager, company, 'payment.create', id))) return false;
    return linkedPaymentIds.length > 0;
  }
}
