import { Injectable } from '@nestjs/common';
import { QboClient } from '../client/qbo.client.js';
import type { QboCompany } from '../client/qbo-company.js';
import { QboError } from '../client/qbo-error.js';
import type { Changed, QboPayment } from '../client/qbo-objects.js';
import type { InvoiceSnapshot } from './linked-invoice.js';
import { LinkedPayments } from './linked-payments.service.js';
import { type Reconciliation, Reconciler } from './reconciler.service.js';
import type { Tally } from './tally.js';

/** Compares invoices with QuickBooks and applies what it shows, together with the payments that explain it. */
@Injectable()
export class InvoiceComparison {
  constructor(
    private readonly client: QboClient,
    private readonly reconciler: Reconciler,
    private readonly payments: LinkedPayments,
  ) {}

  /** Applies snapshots together with the payments that explain them; those not brought along are read first. */
  async apply(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    { brought = [], tally }: { brought?: readonly Changed<QboPayment>[]; tally?: Tally } = {},
  ): Promise<Reconciliation> {
    const payments = await this.payments.explain(company, snapshots, brought, tally);
    return this.reconciler.apply(company, snapshots, payments);
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
