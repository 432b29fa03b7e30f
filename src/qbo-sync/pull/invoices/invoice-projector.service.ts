import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isLive } from '../../../invoices/invoice-state.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { type CalendarDay, dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Changed, QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { HomeValuesRepository } from './home-values.repository.js';
import { diffInvoice, type InvoiceChange, isOutdated } from './invoice-diff.js';
import { InvoiceFollowUpService, type ReadInvoices } from './invoice-follow-up.service.js';
import {
  hasGonePayments,
  type InvoicePayment,
  type KnownPayments,
  paymentsAfter,
  paymentsOn,
  samePayments,
} from './payments/invoice-payment.js';
import {
  type ArrivedMoney,
  InvoicePaymentsRepository,
  type LinkedInvoice,
  type PaymentsOfInvoice,
} from './payments/invoice-payments.repository.js';
import type { InvoiceSnapshot, InvoiceRecord } from './invoice-record.js';
import { InvoiceRecordsRepository, type MadeInvoice } from './invoice-records.repository.js';
import { UnreadInvoiceMonitorService } from './monitors/missing/unread-invoice-monitor.service.js';
import { OwnLinesRepository } from './own-lines.repository.js';
import { paidFactsOf } from './payments/paid-facts.js';
import { PaymentFollowUpService } from './payments/payment-follow-up.service.js';
import type { StoredInvoice } from './stored-invoices.js';

/** What one application of snapshots did. */
export interface AppliedSnapshots {
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
 * The only writer of how an invoice stands and of the payments on it. Whatever brings a snapshot (poll, check,
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
    private readonly invoiceFollowUp: InvoiceFollowUpService,
    private readonly paymentFollowUp: PaymentFollowUpService,
    private readonly unreadInvoices: UnreadInvoiceMonitorService,
    private readonly settings: OrgSettingsService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /** Applies snapshots and payments in a transaction of its own and counts what they changed. */
  async apply(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    payments: readonly Changed<QboPayment>[] = [],
  ): Promise<AppliedSnapshots> {
    const applied = await retryOnConflict(() =>
      this.dataSource.transaction((tx) => this.applyIn(tx, company, snapshots, payments)),
    );
    this.count(applied);
    return applied;
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
  ): Promise<AppliedSnapshots> {
    const { orgId } = company;
    if (snapshots.length + payments.length === 0) return { orgId, seenCount: 0, changes: [], arrived: [] };
    const now = this.clock.now();
    const { timeZone } = await this.settings.get(orgId, tx);
    const cases = await this.cases(tx, company, snapshots, payments);
    const changes = changesIn(cases, dayInZone(now, timeZone));
    const seen = cases.filter(({ snapshot }) => snapshot !== null).map(({ stored }) => stored.id);
    const read = new Map(snapshots.flatMap((one) => (one.deleted ? [] : [[one.invoiceId, one.invoice]])));
    await this.saveInvoices(tx, company, { changes, seen, read }, now);
    const rebilled = await this.ownLines.follow(tx, company, changes.flatMap(standingIn(read)));
    await this.payments.follow(tx, company, cases.filter(isLinkedAnew).map(linkOf), now);
    await this.payments.replace(tx, company, cases.filter(wasKnownPaid).flatMap(newPayments), now);
    const others = cases.filter((one) => !wasKnownPaid(one));
    const arrived = await this.payments.replace(tx, company, others.flatMap(newPayments), now);
    const saved = new Set(changes.map(({ next }) => next.qboInvoiceId));
    const asBefore = [...read.values()].filter(({ id }) => !saved.has(id));
    await this.homeValues.save(tx, company, asBefore, payments);
    await this.invoiceFollowUp.follow(tx, company, changes, { read, rebilled });
    await this.unreadInvoices.noteReadIn(
      tx,
      company,
      snapshots.map(({ invoiceId }) => invoiceId),
    );
    const proposalIds = [...new Set(changes.map(({ next }) => next.proposalId))];
    await this.paymentFollowUp.follow(tx, company, payments, {
      gone: cases.flatMap(gonePayments),
      proposalIds,
    });
    return { orgId, seenCount: seen.length, changes, arrived };
  }

  /** Writes what changed; of an invoice that was read and is as it was, only that it was looked at. */
  private async saveInvoices(
    tx: EntityManager,
    company: QboCompany,
    { changes, seen, read }: { changes: readonly InvoiceChange[]; seen: number[]; read: ReadInvoices },
    now: Date,
  ): Promise<void> {
    const changed = changes.map(({ next }) => next);
    const written = new Set(changed.map(({ id }) => id));
    await this.records.markSeen(
      tx,
      company.orgId,
      seen.filter((id) => !written.has(id)),
      now,
    );
    await this.records.save(tx, company, changed, read, now);
  }

  /** Every linked invoice that the news is about, locked. */
  private async cases(
    tx: EntityManager,
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    payments: readonly Changed<QboPayment>[],
  ): Promise<Case[]> {
    const byId = new Map(snapshots.map((snapshot) => [snapshot.invoiceId, snapshot]));
    const changed = new Map(payments.map((change) => [change.id, change]));
    const touched = await this.payments.listInvoiceIdsOf(tx, company, [...changed.keys()]);
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
          ? paymentsOn(snapshot.invoice, current, changed)
          : paymentsAfter(stored.qboInvoiceId, current, snapshot && [], changed);
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
  async link(tx: EntityManager, company: QboCompany, id: number, made: MadeInvoice): Promise<boolean> {
    return this.records.link(tx, company, id, made, this.clock.now());
  }

  /** Counts what was committed. */
  count({ orgId, changes, arrived }: AppliedSnapshots): void {
    for (const { event } of changes) {
      if (event === 'invoice_paid') this.metrics.count('crm_invoices_paid_total', { org_id: orgId });
    }
    for (const { currency, cents } of arrived) {
      this.metrics.count('crm_invoice_payments_cents_total', { org_id: orgId, currency }, cents);
    }
  }
}

function changesIn(cases: readonly Case[], today: CalendarDay): InvoiceChange[] {
  return cases
    .map(({ stored, snapshot, known }) => diffInvoice(stored, snapshot, today, paidFactsOf(known)))
    .filter((change) => change !== null);
}

/** What was read of an invoice that stands: its lines can be others though its total is as it was. */
function standingIn(read: ReadInvoices): (change: InvoiceChange) => QboInvoice[] {
  return ({ next }) => {
    const invoice = read.get(next.qboInvoiceId);
    return invoice && isLive(next) ? [invoice] : [];
  };
}

/** Whoever linked it by SQL wrote along that it was paid: what is on it did not arrive since. */
function wasKnownPaid({ stored: { status, state } }: Case): boolean {
  return status === 'Paid' && state === null;
}

/** Its payments are known and it is not: somebody has taken it off another proposal, or put it back. */
function isLinkedAnew({ stored, storedPayments }: Case): boolean {
  return stored.syncToken === null && storedPayments.length > 0;
}

function linkOf({ stored: { proposalId, qboInvoiceId } }: Case): LinkedInvoice {
  return { proposalId, qboInvoiceId };
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
