import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { retryOnConflict } from '../../../platform/database/retry.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Changed, QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ExternalEditMonitorService } from './external-edit-monitor.service.js';
import { diffInvoice, type InvoiceChange, isOutdated } from './invoice-diff.js';
import { type InvoicePayment, type KnownPayments, paymentsAfter, samePayments } from './invoice-payment.js';
import { InvoicePaymentsRepository, type PaymentsOfInvoice } from './invoice-payments.repository.js';
import type { InvoiceSnapshot, InvoiceRecord } from './invoice-record.js';
import { InvoiceRecordsRepository } from './invoice-records.repository.js';
import { paidFactsOf } from './paid-facts.js';

/** What one application of snapshots did. */
export interface Reconciliation {
  orgId: number;
  /** Linked invoices among the snapshots. */
  seenCount: number;
  changes: InvoiceChange[];
}

/** What was heard of one linked invoice, beside what is held of it. */
interface Case {
  held: InvoiceRecord;
  /** Null where only its payments were heard of. */
  snapshot: InvoiceSnapshot | null;
  heldPayments: readonly InvoicePayment[];
  known: KnownPayments;
}

/**
 * The only writer of how an invoice stands and of the payments on it. Whatever brings a snapshot (sweep, check, webhook,
 * creation), it is judged against the locked row, and each transition is logged in the same transaction: once, however
 * many bring it at once.
 */
@Injectable()
export class InvoiceProjectorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly records: InvoiceRecordsRepository,
    private readonly payments: InvoicePaymentsRepository,
    private readonly externalEdits: ExternalEditMonitorService,
    private readonly activity: ActivityRepository,
    private readonly settings: OrgSettingsService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /** Applies snapshots and payments in a transaction of its own and counts what they changed. */
  async apply(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    payments: readonly Changed<QboPayment>[] = [],
  ): Promise<Reconciliation> {
    const reconciliation = await retryOnConflict(() =>
      this.dataSource.transaction((tx) => this.applyIn(tx, company, snapshots, payments)),
    );
    this.count(reconciliation);
    return reconciliation;
  }

  /**
   * The same as part of the caller's transaction; the caller calls `count` once that is committed. An invoice with a
   * linked payment that is neither held nor given owes its payments from then on.
   */
  async applyIn(
    tx: EntityManager,
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    payments: readonly Changed<QboPayment>[] = [],
  ): Promise<Reconciliation> {
    const { orgId, realmId } = company;
    const now = this.clock.now();
    const { timeZone } = await this.settings.get(orgId, tx);
    const today = dayInZone(now, timeZone);
    const cases = await this.cases(tx, company, snapshots, payments);
    const changes = cases
      .map(({ held, snapshot, known }) => diffInvoice(held, snapshot, today, paidFactsOf(known)))
      .filter((change) => change !== null);
    const seen = cases.filter(({ snapshot }) => snapshot !== null).map(({ held }) => held.proposalId);
    const written = new Set(changes.map(({ next }) => next.proposalId));
    const asHeld = seen.filter((proposalId) => !written.has(proposalId));
    await this.records.markSeen(tx, orgId, asHeld, now);
    await this.records.save(
      tx,
      orgId,
      realmId,
      changes.map((change) => change.next),
      now,
    );
    await this.payments.replace(tx, company, cases.flatMap(newPayments), now);
    for (const change of changes) {
      await this.log(tx, orgId, change);
      await this.externalEdits.report(tx, orgId, change);
    }
    return { orgId, seenCount: seen.length, changes };
  }

  /** Every linked invoice that the news is about, locked. */
  private async cases(
    tx: EntityManager,
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    payments: readonly Changed<QboPayment>[],
  ): Promise<Case[]> {
    const byId = new Map(snapshots.map((snapshot) => [snapshot.invoiceId, snapshot]));
    const news = new Map(payments.map((change) => [change.id, change]));
    const touched = await this.payments.listInvoiceIdsOf(tx, company, [...news.keys()]);
    const ids = [...new Set([...byId.keys(), ...touched])];
    const linked = await this.records.lockByInvoiceIds(tx, company.orgId, company.realmId, ids);
    const heldPayments = await this.payments.listByInvoice(
      tx,
      company,
      linked.map((held) => held.invoiceId),
    );
    return linked.map((held) => {
      const snapshot = byId.get(held.invoiceId) ?? null;
      const current = heldPayments.get(held.invoiceId)!;
      const linkedIds = snapshot === null ? null : snapshot.deleted ? [] : snapshot.invoice.linkedPaymentIds;
      return {
        held,
        snapshot,
        heldPayments: current,
        known: paymentsAfter(held.invoiceId, current, linkedIds, news),
      };
    });
  }

  /** Marks as looked at what QuickBooks shows exactly as it is held, and answers the ids of these. Nothing else is touched. */
  async markSame(company: QboCompany, invoices: readonly QboInvoice[]): Promise<Set<string>> {
    return this.records.markSame(this.dataSource.manager, company, invoices, this.clock.now());
  }

  /** Ties a proposal to the invoice just created for it, as part of the caller's transaction. False when it has one already. */
  async link(
    tx: EntityManager,
    company: QboCompany,
    proposalId: number,
    invoice: QboInvoice,
  ): Promise<boolean> {
    return this.records.link(tx, company.orgId, proposalId, company.realmId, invoice.id);
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
    { next, event, settledMoreCents, settledBy }: InvoiceChange,
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
        // A part payment is about what arrived, anything else about what the invoice is over.
        amount_cents: event === 'invoice_partially_paid' ? settledMoreCents : next.totalCents,
        ...(event === 'invoice_paid'
          ? { settled_by: settledBy, paid_cents: next.paidCents, paid_on: next.paidOn }
          : {}),
      },
    });
  }
}

/** The payments of an invoice where they are not as they were; none where the news about it is outdated. */
function newPayments({ held, snapshot, heldPayments, known }: Case): PaymentsOfInvoice[] {
  if (isOutdated(held, snapshot) || samePayments(heldPayments, known.payments)) return [];
  return [{ proposalId: held.proposalId, invoiceId: held.invoiceId, payments: known.payments }];
}
