import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../metrics/metrics.service.js';
import { QboClient } from '../client/qbo.client.js';
import type { QboCompany } from '../client/qbo-company.js';
import { QboError } from '../client/qbo-error.js';
import type { Changed, QboPayment } from '../client/qbo-objects.js';
import type { InvoiceSnapshot } from './linked-invoice.js';
import { LinkedPayments } from './linked-payments.service.js';
import { isMassVanishing } from './mass-vanishing.js';
import { type Reconciliation, Reconciler } from './reconciler.service.js';
import { syncErrorStage } from './sync-error-stage.js';
import type { Tally } from './tally.js';
import { Vanishing } from './vanishing.service.js';

const IDS_PER_CALL = 100;

/** Compares every linked invoice with QuickBooks: slower than asking what changed, but misses nothing. */
@Injectable()
export class InvoiceComparison {
  private readonly logger = new Logger(InvoiceComparison.name);

  constructor(
    private readonly client: QboClient,
    private readonly reconciler: Reconciler,
    private readonly payments: LinkedPayments,
    private readonly vanishing: Vanishing,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * A page that fails is counted and the next one goes on. What is gone is marked last, and not at all where too much is.
   * Payments that were brought along need not be read. Answers whether every page was compared and applied.
   */
  async compare(
    company: QboCompany,
    invoiceIds: readonly string[],
    tally: Tally,
    brought: readonly Changed<QboPayment>[] = [],
  ): Promise<boolean> {
    let whole = true;
    const gone: InvoiceSnapshot[] = [];
    for (let start = 0; start < invoiceIds.length; start += IDS_PER_CALL) {
      const page = invoiceIds.slice(start, start + IDS_PER_CALL);
      try {
        const { found, missing } = await this.look(company, page, tally);
        tally.add(await this.apply(company, found, brought, tally));
        for (const id of missing) {
          if (isMassVanishing(gone.length, invoiceIds.length)) break;
          tally.calls += 1;
          const snapshot = await this.snapshot(company, id);
          if (snapshot.deleted) gone.push(snapshot);
          else tally.add(await this.apply(company, [snapshot], brought, tally));
        }
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
    if (!(await this.vanishing.admits(company, gone.length, invoiceIds.length))) return false;
    if (gone.length > 0) tally.add(await this.reconciler.apply(company, gone));
    return whole;
  }

  /** Applies snapshots together with the payments that explain them; those not brought along are read first. */
  async apply(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    brought: readonly Changed<QboPayment>[] = [],
    tally?: Tally,
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

  /** What the list answers of these ids, and which it leaves out: each of those is asked for by itself before it counts as gone. */
  private async look(
    company: QboCompany,
    ids: readonly string[],
    tally: Tally,
  ): Promise<{ found: InvoiceSnapshot[]; missing: string[] }> {
    tally.calls += 1;
    const invoices = await this.client.findInvoicesByIds(company, ids);
    const foundIds = new Set(invoices.map((invoice) => invoice.id));
    return {
      found: invoices.map((invoice) => ({ invoiceId: invoice.id, deleted: false, invoice })),
      missing: ids.filter((id) => !foundIds.has(id)),
    };
  }
}
