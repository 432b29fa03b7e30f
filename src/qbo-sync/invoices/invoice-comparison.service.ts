import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../metrics/metrics.service.js';
import { QboClient } from '../client/qbo.client.js';
import type { QboCompany } from '../client/qbo-company.js';
import { QboError } from '../client/qbo-error.js';
import type { InvoiceSnapshot } from './invoice-change.js';
import { Reconciler } from './reconciler.service.js';
import { syncErrorStage } from './sync-error-stage.js';
import type { Tally } from './tally.js';

const IDS_PER_CALL = 100;

/** Compares every linked invoice with QuickBooks: slower than asking what changed, but misses nothing. */
@Injectable()
export class InvoiceComparison {
  private readonly logger = new Logger(InvoiceComparison.name);

  constructor(
    private readonly client: QboClient,
    private readonly reconciler: Reconciler,
    private readonly metrics: MetricsService,
  ) {}

  /** A page that fails is counted and the next one goes on. Answers whether every page was compared. */
  async compare(company: QboCompany, invoiceIds: readonly string[], tally: Tally): Promise<boolean> {
    let whole = true;
    for (let start = 0; start < invoiceIds.length; start += IDS_PER_CALL) {
      const page = invoiceIds.slice(start, start + IDS_PER_CALL);
      try {
        tally.add(await this.reconciler.apply(company, await this.snapshots(company, page, tally)));
      } catch (error) {
        whole = false;
        tally.failed += page.length;
        this.metrics.count('crm_invoice_sync_errors_total', {
          org_id: company.orgId,
          stage: syncErrorStage(error),
        });
        this.logger.warn(
          { err: error, orgId: company.orgId, invoices: page.length },
          'poll_invoice_status failed',
        );
      }
    }
    return whole;
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

  /** An id that the list leaves out is asked for by itself before it counts as deleted. */
  private async snapshots(
    company: QboCompany,
    ids: readonly string[],
    tally: Tally,
  ): Promise<InvoiceSnapshot[]> {
    tally.calls += 1;
    const invoices = await this.client.findInvoicesByIds(company, ids);
    const found = invoices.map((invoice): InvoiceSnapshot => ({
      invoiceId: invoice.id,
      deleted: false,
      invoice,
    }));
    const foundIds = new Set(found.map((snapshot) => snapshot.invoiceId));
    for (const id of ids.filter((one) => !foundIds.has(one))) {
      tally.calls += 1;
      found.push(await this.snapshot(company, id));
    }
    return found;
  }
}
