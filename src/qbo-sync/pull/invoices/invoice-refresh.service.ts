import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { Changed, QboPayment } from '../../api/model/qbo-objects.js';
import type { InvoiceSnapshot } from './invoice-record.js';
import { PaymentReaderService } from './payments/payment-reader.service.js';
import { type AppliedSnapshots, InvoiceProjectorService } from './invoice-projector.service.js';
import type { RunStats } from './run-stats.js';

export interface RefreshOptions extends CallOptions {
  /** Payments that came along with the invoices, so that they are not read again. */
  brought?: readonly Changed<QboPayment>[];
  stats?: RunStats;
}

/** Compares invoices with QuickBooks and applies what it shows, together with the payments that explain it. */
@Injectable()
export class InvoiceRefreshService {
  constructor(
    private readonly client: QboClient,
    private readonly projector: InvoiceProjectorService,
    private readonly paymentReader: PaymentReaderService,
  ) {}

  /** Applies snapshots together with the payments that explain them; those not brought along are read first. */
  async apply(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    { brought = [], stats, ...options }: RefreshOptions = {},
  ): Promise<AppliedSnapshots> {
    const payments = await this.paymentReader.explain(company, snapshots, brought, stats, options);
    return this.projector.apply(company, snapshots, payments);
  }

  /** One invoice as it is; gone where QuickBooks no longer has it. */
  async snapshot(company: QboCompany, invoiceId: string, options?: CallOptions): Promise<InvoiceSnapshot> {
    try {
      const invoice = await this.client.invoices.get(company, invoiceId, options);
      return { invoiceId, deleted: false, invoice };
    } catch (error) {
      if (error instanceof QboError && error.kind === 'not_found') return { invoiceId, deleted: true };
      throw error;
    }
  }
}
