import { Injectable } from '@nestjs/common';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { Changed, QboPayment } from '../../api/model/qbo-objects.js';
import type { InvoiceSnapshot } from './invoice-record.js';
import { PaymentReaderService } from './payment-reader.service.js';
import { type Reconciliation, InvoiceProjectorService } from './invoice-projector.service.js';
import type { RunStats } from './run-stats.js';

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
    { brought = [], tally }: { brought?: readonly Changed<QboPayment>[]; tally?: RunStats } = {},
  ): Promise<Reconciliation> {
    const payments = await this.paymentReader.explain(company, snapshots, brought, tally);
    return this.projector.apply(company, snapshots, payments);
  }

  /** One invoice as it is; gone where QuickBooks no longer has it. */
  async snapshot(company: QboCompany, invoiceId: string): Promise<InvoiceSnapshot> {
    try {
      return { invoiceId, deleted: false, invoice: await this.client.getInvoice(company, invoiceId) };
    } catch (error) {
      if (error instanceof QboError && error.kind === 'not_found') return { invoiceId, deleted: true };
      throw error;
    }
  }
}
