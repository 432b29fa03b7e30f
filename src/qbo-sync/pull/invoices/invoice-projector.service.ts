import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isLive } from '../../../invoices/invoice-state.js';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { retryOnConflict } from '../../../platform/database/retry.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { SessionEndService } from '../../../payments/checkout/session-end.service.js';
import { DepositExcessService } from '../../../change-orders/deposit-excess.service.js';
import { ActivityRepository, type LoggedActivity } from '../../../proposals/activity.repository.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Changed, QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { MirrorCatchUpService } from '../documents/mirror-catch-up.service.js';
import { ExternalEditMonitorService } from './external-edit-monitor.service.js';
import { HomeValuesRepository } from './home-values.repository.js';
import { diffInvoice, type InvoiceChange, isOutdated } from './invoice-diff.js';
import {
  hasGonePayments,
  type InvoicePayment,
  type KnownPayments,
  paymentsAfter,
  paymentsOn,
  samePayments,
} from './invoice-payment.js';
import {
  type ArrivedMoney,
  InvoicePaymentsRepository,
  type PaymentsOfInvoice,
} from './invoice-payments.repository.js';
import type { InvoiceSnapshot, InvoiceRecord } from './invoice-record.js';
import { InvoiceRecordsRepository } from './invoice-records.repository.js';
import { NumberMonitorService } from './number-monitor.service.js';
import { OwnLinesRepository } from './own-lines.repository.js';
import { paidFactsOf } from './paid-facts.js';
import type { StoredInvoice } from './stored-invoices.js';
import { RemovedPaymentMonitorService } from './removed-payment-monitor.service.js';
import { TotalMonitorService } from './total-monitor.service.js';
import { TwinMonitorService } from './twin-monitor.service.js';
import { UnappliedPaymentMonitorService } from './unapplied-payment-monitor.service.js';

/** What one application of snapshots did. */
export interface Reconciliation {
  orgId: number;
  /** Linked invoices among the snapshots. */
  seenCount: number;
  changes: InvoiceChange[];
  /** Money that was seen on invoices for the first time: once of each payment, wherever it is moved. */
  arrived: readonly ArrivedMoney[];
}

/** What was read of one linked invoice, beside what is stored of it. */
interface Case {
  stored: InvoiceRecord;
  /** Null where only its payments were read. */
  snapshot: InvoiceSnapshot | null;
  storedPayments: readonly InvoicePayment[];
  known: KnownPayments;
}

/**
 * The only writer of how an invoice stands and of the payments on it. Whatever brings a snapshot (sweep, check,
 * webhook, creation), it is judged against the locked row, and each transition is logged in the same transaction:
 * once, however many bring it at once.
 */
@Injectable()
export class InvoiceProjectorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly records: InvoiceRecordsRepository,
    private readonly payments: InvoicePaymentsRepository,
    private readonly homeValues: HomeValuesRepository,
    private readonly ownLines: OwnLinesRepository,
    private readonly externalEdits: ExternalEditMonitorService,
    private readonly totals: TotalMonitorService,
    private readonly numbers: NumberMonitorService,
    private readonly twins: TwinMonitorService,
    private readonly sessionEnds: SessionEndService,
    private readonly depositExcess: DepositExcessService,
    private readonly unapplied: UnappliedPaymentMonitorService,
    private readonly removed: RemovedPaymentMonitorService,
    private readonly mirror: MirrorCatchUpService,
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
   * linked payment that is neither stored nor given lacks payments from then on.
   */
  async applyIn(
    tx: EntityManager,
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    payments: readonly Changed<QboPayment>[] = [],
  ): Promise<Reconciliation> {
    const { orgId } = company;
    const now = this.clock.now();
    const { timeZone } = await this.settings.get(orgId, tx);
    const today = dayInZone(now, timeZone);
    const cases = await this.cases(tx, company, snapshots, payments);
    const changes = cases
      .map(({ stored, snapshot, known }) => diffInvoice(stored, snapshot, today, paidFactsOf(known)))
      .filter((change) => change !== null);
    const seen = cases.filter(({ snapshot }) => snapshot !== null).map(({ stored }) => stored.id);
    const written = new Set(changes.map(({ next }) => next.id));
    const unchanged = seen.filter((id) => !written.has(id));
    await this.records.markSeen(tx, orgId, unchanged, now);
    const changed = changes.map((change) => change.next);
    const read = new Map(snapshots.flatMap((one) => (one.deleted ? [] : [[one.invoiceId, one.invoice]])));
    await this.records.save(tx, company, changed, read, now);
    const otherwise = await this.ownLines.follow(tx, company, changes.flatMap(standingIn(read)));
    const arrived = await this.payments.replace(tx, company, cases.flatMap(newPayments), now);
    const saved = new Set(changed.map(({ qboInvoiceId }) => qboInvoiceId));
    const asBefore = [...read.values()].filter(({ id }) => !saved.has(id));
    await this.homeValues.save(tx, company, asBefore, payments);
    await this.activity.logAll(tx, orgId, changes.flatMap(transitionOf));
    for (const change of changes) {
      await this.externalEdits.report(tx, orgId, change);
      await this.totals.report(tx, orgId, change, read.get(change.next.qboInvoiceId));
      await this.numbers.report(tx, company, change);
      await this.twins.report(tx, orgId, change);
    }
    await this.sessionEnds.review(tx, orgId, [...new Set(changed.map(({ proposalId }) => proposalId))]);
    for (const proposalId of new Set([...billedOtherwise(changes), ...otherwise]))
      await this.depositExcess.review(tx, orgId, proposalId);
    await this.unapplied.report(tx, company, payments);
    await this.removed.report(tx, company, payments);
    await this.mirror.follow(tx, company, payments, cases.flatMap(gonePayments));
    return { orgId, seenCount: seen.length, changes, arrived };
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
    const linked = await this.records.lockByQboIds(tx, company, ids);
    const storedPayments = await this.payments.listByInvoice(
      tx,
      company,
      linked.map((stored) => stored.qboInvoiceId),
    );
    return linked.map((stored) => {
      const snapshot = byId.get(stored.qboInvoiceId) ?? null;
      const current = storedPayments.get(stored.qboInvoiceId)!;
      const known =
        snapshot && !snapshot.deleted
          ? paymentsOn(snapshot.invoice, current, news)
          : paymentsAfter(stored.qboInvoiceId, current, snapshot && [], news);
      return { stored, snapshot, storedPayments: current, known };
    });
  }

  /** Marks as looked at what QuickBooks shows exactly as it is stored. Nothing else is touched. */
  async markUnchanged(company: QboCompany, invoices: readonly StoredInvoice[]): Promise<void> {
    await this.records.markUnchanged(this.dataSource.manager, company.orgId, invoices, this.clock.now());
  }

  /**
   * Ties an invoice of ours to the one just made in QuickBooks, which was to come to `sentCents`, in the caller's
   * transaction. False when it has one already.
   */
  async link(
    tx: EntityManager,
    company: QboCompany,
    id: number,
    made: { qboInvoiceId: string; sentCents: number },
  ): Promise<boolean> {
    return this.records.link(tx, company, id, made, this.clock.now());
  }

  /** Counts what was committed. */
  count({ orgId, changes, arrived }: Reconciliation): void {
    for (const { event } of changes) {
      if (event === 'invoice_paid') this.metrics.count('crm_invoices_paid_total', { org_id: orgId });
    }
    for (const { currency, cents } of arrived) {
      this.metrics.count('crm_invoice_payments_cents_total', { org_id: orgId, currency }, cents);
    }
  }
}

/** What is logged of a change; nothing where it is no transition. */
function transitionOf({ next, event, settledMoreCents, settledBy }: InvoiceChange): LoggedActivity[] {
  if (event === null) return [];
  return [
    {
      customerId: next.customerId,
      proposalId: next.proposalId,
      event,
      occurrence: `${next.qboInvoiceId}#${next.transitionCount}`,
      meta: {
        qbo_invoice_id: next.qboInvoiceId,
        qbo_invoice_number: next.number,
        // A part payment is about what arrived, anything else about what the invoice is over.
        amount_cents: event === 'invoice_partially_paid' ? settledMoreCents : next.totalCents,
        ...(event === 'invoice_paid'
          ? { settled_by: settledBy, paid_cents: next.paidCents, paid_on: next.paidOn }
          : {}),
      },
    },
  ];
}

/** What was read of an invoice that stands: its lines can be others though its total is as it was. */
function standingIn(read: ReadonlyMap<string, QboInvoice>): (change: InvoiceChange) => QboInvoice[] {
  return ({ next }) => {
    const invoice = read.get(next.qboInvoiceId);
    return invoice && isLive(next) ? [invoice] : [];
  };
}

/** The proposals of which more or less is billed now. */
function billedOtherwise(changes: readonly InvoiceChange[]): Set<number> {
  const changed = changes.filter(
    ({ event, edits }) =>
      event === 'invoice_voided' ||
      event === 'invoice_deleted' ||
      edits.some(({ field }) => field === 'amount'),
  );
  return new Set(changed.map(({ next }) => next.proposalId));
}

/** The payments of an invoice where they are not as they were; none where the news about it is outdated. */
function newPayments({ stored, snapshot, storedPayments, known }: Case): PaymentsOfInvoice[] {
  if (isOutdated(stored, snapshot) || samePayments(storedPayments, known.payments)) return [];
  const { payments } = known;
  const hasGone = hasGonePayments(storedPayments, payments);
  return [{ proposalId: stored.proposalId, invoiceId: stored.qboInvoiceId, payments, hasGone }];
}

/** What was on the invoice and is no more; none where the news about it is outdated. */
function gonePayments({ stored, snapshot, storedPayments, known }: Case): InvoicePayment[] {
  if (isOutdated(stored, snapshot)) return [];
  const there = new Set(known.payments.map(({ paymentId }) => paymentId));
  return storedPayments.filter(({ paymentId }) => !there.has(paymentId));
}
