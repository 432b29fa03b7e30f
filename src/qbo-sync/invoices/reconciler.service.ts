import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../auth/org-settings.service.js';
import { retryOnConflict } from '../../database/retry.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { ActivityRepository } from '../../proposals/activity.repository.js';
import { dayInZone } from '../../time/calendar-day.js';
import { Clock } from '../../time/clock.js';
import type { QboInvoice } from '../client/qbo-objects.js';
import type { QboCompany } from '../client/qbo-company.js';
import { changeBy, type InvoiceChange, type InvoiceSnapshot, type LinkedInvoice } from './invoice-change.js';
import { LinkedInvoicesRepository } from './linked-invoices.repository.js';

/** What one application of snapshots did. */
export interface Reconciliation {
  orgId: number;
  /** Linked invoices among the snapshots. */
  seenCount: number;
  changes: InvoiceChange[];
}

/**
 * The only writer of how an invoice stands. Whatever brings a snapshot (sweep, check, webhook, creation), it is judged
 * against the locked row, and each transition is logged in the same transaction: once, however many bring it at once.
 */
@Injectable()
export class Reconciler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly linked: LinkedInvoicesRepository,
    private readonly activity: ActivityRepository,
    private readonly settings: OrgSettingsService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /** Applies snapshots in a transaction of its own and counts what they changed. */
  async apply(company: QboCompany, snapshots: readonly InvoiceSnapshot[]): Promise<Reconciliation> {
    const reconciliation = await retryOnConflict(() =>
      this.dataSource.transaction((tx) => this.applyIn(tx, company, snapshots)),
    );
    this.count(reconciliation);
    return reconciliation;
  }

  /** Applies snapshots as part of the caller's transaction; the caller calls `count` once that is committed. */
  async applyIn(
    tx: EntityManager,
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
  ): Promise<Reconciliation> {
    const { orgId, realmId } = company;
    const now = this.clock.now();
    const { timeZone } = await this.settings.get(orgId, tx);
    const today = dayInZone(now, timeZone);
    const byId = new Map(snapshots.map((snapshot) => [snapshot.invoiceId, snapshot]));
    const current = await this.linked.lockByInvoiceIds(tx, orgId, realmId, [...byId.keys()]);
    const changes = current
      .map((invoice) => changeBy(invoice, byId.get(invoice.invoiceId)!, today))
      .filter((change) => change !== null);
    const seen = current.map((invoice) => invoice.proposalId);
    await this.linked.markSeen(tx, orgId, seen, now);
    await this.linked.save(
      tx,
      orgId,
      realmId,
      changes.map((change) => change.next),
      now,
    );
    for (const change of changes) await this.log(tx, orgId, change);
    return { orgId, seenCount: current.length, changes };
  }

  /** Ties a proposal to the invoice just created for it, as part of the caller's transaction. False when it has one already. */
  async link(
    tx: EntityManager,
    company: QboCompany,
    proposalId: number,
    invoice: QboInvoice,
  ): Promise<boolean> {
    return this.linked.link(tx, company.orgId, proposalId, company.realmId, invoice.id);
  }

  /** Counts what was committed. */
  count({ orgId, changes }: Reconciliation): void {
    for (const { event, arrivedCents } of changes) {
      if (event === 'invoice_paid') this.metrics.count('crm_invoices_paid_total', { org_id: orgId });
      if (arrivedCents > 0) {
        this.metrics.count('crm_invoice_payments_cents_total', { org_id: orgId }, arrivedCents);
      }
    }
  }

  private async log(
    tx: EntityManager,
    orgId: number,
    { next, event, arrivedCents }: InvoiceChange,
  ): Promise<void> {
    if (event === null) return;
    await this.activity.log(tx, {
      orgId,
      customerId: next.customerId,
      proposalId: next.proposalId,
      event,
      occurrence: `${next.invoiceId}#${next.transitionCount}`,
      meta: {
        qbo_invoice_id: next.invoiceId,
        qbo_invoice_number: next.number,
        amount_cents: amountOf(event, next, arrivedCents),
      },
    });
  }
}

/** The amount an event is about: what arrived for a part payment, else what the invoice is over. */
function amountOf(
  event: InvoiceChange['event'],
  invoice: LinkedInvoice,
  arrivedCents: number,
): number | null {
  return event === 'invoice_partially_paid' ? arrivedCents : invoice.totalCents;
}
