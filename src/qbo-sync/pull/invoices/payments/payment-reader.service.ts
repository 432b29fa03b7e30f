import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../../api/qbo.client.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { Changed, QboInvoice, QboPayment } from '../../../api/model/qbo-objects.js';
import { isOutdated } from '../invoice-diff.js';
import { paymentsToRead } from './invoice-payment.js';
import { InvoicePaymentsRepository } from './invoice-payments.repository.js';
import type { InvoiceSnapshot } from '../invoice-record.js';
import { InvoiceRecordsRepository } from '../invoice-records.repository.js';
import type { RunStats } from '../run-stats.js';
import { WriteOffReaderService } from './write-off-reader.service.js';

const PAYMENTS_PER_CALL = 100;

/**
 * Brings together the payments that explain what is paid of invoices. Promise: no call where what is stored or was
 * brought along explains it, else one for all of them (a hundred payments to a call); and where QuickBooks does not
 * answer, what there is: the invoice then lacks payments and is asked about again.
 */
@Injectable()
export class PaymentReaderService {
  private readonly logger = new Logger(PaymentReaderService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly records: InvoiceRecordsRepository,
    private readonly payments: InvoicePaymentsRepository,
    private readonly client: QboClient,
    private readonly writeOffs: WriteOffReaderService,
  ) {}

  /** The payments brought along and those read beside them. Never throws for QuickBooks. */
  async explain(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    brought: readonly Changed<QboPayment>[],
    stats?: RunStats,
    options?: CallOptions,
  ): Promise<Changed<QboPayment>[]> {
    const missing = await this.missing(company, snapshots, brought);
    const read = missing.length === 0 ? [] : await this.read(company, missing, stats, options);
    return this.writeOffs.tell(company, [...brought, ...read], stats, options);
  }

  /**
   * The payments that settle by journal entries which changed, but for those brought along: what an entry writes off
   * can be another sum now, and neither payment nor invoice is news. No call where there are none.
   */
  async ofEntries(
    company: QboCompany,
    entryIds: readonly string[],
    brought: readonly Changed<QboPayment>[],
    stats?: RunStats,
    options?: CallOptions,
  ): Promise<Changed<QboPayment>[]> {
    if (entryIds.length === 0) return [];
    const known = new Set(brought.map(({ id }) => id));
    const ids = await this.payments.listIdsByEntry(this.dataSource.manager, company, entryIds);
    const unknown = ids.filter((id) => !known.has(id));
    return unknown.length === 0 ? [] : this.read(company, unknown, stats, options);
  }

  private async missing(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    brought: readonly Changed<QboPayment>[],
  ): Promise<string[]> {
    const read = new Map(brought.map((change) => [change.id, change]));
    const paid = new Map<string, QboInvoice>();
    for (const snapshot of snapshots) {
      if (snapshot.deleted || snapshot.invoice.linkedPaymentIds.every((id) => read.has(id))) continue;
      paid.set(snapshot.invoiceId, snapshot.invoice);
    }
    if (paid.size === 0) return [];
    const tx = this.dataSource.manager;
    const ours = (await this.records.listByQboIds(tx, company, [...paid.keys()])).filter((stored) => {
      const invoice = paid.get(stored.qboInvoiceId)!;
      const isNewer = stored.paymentsIncomplete || stored.syncToken !== Number(invoice.syncToken);
      return isNewer && !isOutdated(stored, { invoiceId: stored.qboInvoiceId, deleted: false, invoice });
    });
    const storedPayments = await this.payments.listByInvoice(
      tx,
      company,
      ours.map((stored) => stored.qboInvoiceId),
    );
    return ours.flatMap(({ qboInvoiceId }) => {
      const invoice = paid.get(qboInvoiceId)!;
      return paymentsToRead(invoice, storedPayments.get(qboInvoiceId)!, read);
    });
  }

  /** One that QuickBooks no longer lists was deleted meanwhile; one that cannot be read is left out. */
  private async read(
    company: QboCompany,
    ids: readonly string[],
    stats?: RunStats,
    options?: CallOptions,
  ): Promise<Changed<QboPayment>[]> {
    const distinct = [...new Set(ids)];
    if (stats) stats.calls += Math.ceil(distinct.length / PAYMENTS_PER_CALL);
    try {
      const { read, unreadable } = await this.client.payments.findByIds(company, distinct, options);
      const found = new Map(read.map((payment) => [payment.id, payment]));
      const mayBeThere = (id: string): boolean => unreadable.some((row) => row.id === id || row.id === '?');
      return distinct.flatMap((id): Changed<QboPayment>[] => {
        const object = found.get(id);
        if (object) return [{ id, deleted: false, object }];
        return mayBeThere(id) ? [] : [{ id, deleted: true, isGuessed: true }];
      });
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn(
        { err: error, orgId: company.orgId, payments: distinct.length },
        'Payments not read yet',
      );
      return [];
    }
  }
}
