import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../time/clock.js';
import { QboClient } from '../client/qbo.client.js';
import type { QboCompany } from '../client/qbo-company.js';
import { QboError } from '../client/qbo-error.js';
import type { Changed, QboPayment } from '../client/qbo-objects.js';
import { CompanySweepService } from '../invoices/company-sweep.service.js';
import { InvoiceComparison } from '../invoices/invoice-comparison.service.js';
import type { InvoiceSnapshot } from '../invoices/linked-invoice.js';
import { LinkedPayments } from '../invoices/linked-payments.service.js';
import { EventLinksRepository } from './event-links.repository.js';
import { EventTurnsRepository } from './event-turns.repository.js';
import { type Fates, fatesOf, type Inquiry, inquiryOf, type Known, type PendingEvent } from './event-plan.js';

/** What events lead to, read in QuickBooks, and what becomes of them once that is applied. */
export interface EventReading {
  snapshots: InvoiceSnapshot[];
  /** The payments that explain what is paid of them. */
  payments: Changed<QboPayment>[];
  fates: Fates;
}

const NOTHING_PAID: Known['paidBy'] = new Map();
/** More deleted invoices than this are cheaper to learn of from one sweep. */
const DELETED_READS_MAX = 5;
/** One answer that cannot be used must not keep the others from being read: a sweep reads them one by one. */
const UNUSABLE: ReadonlySet<string> = new Set(['malformed', 'validation', 'not_found']);

/**
 * Reads what events lead to: the invoices they name, those that new payments pay, and by a sweep whatever else payments
 * may have touched. However many events there are, each thing is asked for once; what is no business of ours, never.
 */
@Injectable()
export class EventReadingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: EventLinksRepository,
    private readonly turns: EventTurnsRepository,
    private readonly client: QboClient,
    private readonly comparison: InvoiceComparison,
    private readonly payments: LinkedPayments,
    private readonly companySweep: CompanySweepService,
    private readonly clock: Clock,
  ) {}

  /** Throws QboError where QuickBooks fails; nothing is changed then but by a sweep. */
  async read(company: QboCompany, events: readonly PendingEvent[]): Promise<EventReading> {
    const { manager } = this.dataSource;
    const isInvoiceBeingMade = await this.links.isInvoiceBeingMade(manager, company);
    if (!isInvoiceBeingMade && !(await this.links.hasLinked(manager, company))) {
      const ignored = events.map((event) => event.eventId);
      return { snapshots: [], payments: [], fates: { done: [], held: [], ignored } };
    }
    const inquiry = inquiryOf(events);
    const direct = inquiry.needsSweep ? null : await this.directly(company, inquiry);
    if (direct === null) await this.sweep(company);
    const linkedIds = direct?.linkedIds ?? (await this.linkedAmong(company, inquiry.invoiceIds));
    const known = { linkedIds, paidBy: direct?.paidBy ?? NOTHING_PAID, isInvoiceBeingMade };
    const { snapshots, payments } = direct ?? { snapshots: [], payments: [] };
    return { snapshots, payments, fates: fatesOf(events, known, this.clock.now()) };
  }

  /** Asks for just these; null where that does not tell, or costs more than a sweep. */
  private async directly(
    company: QboCompany,
    inquiry: Inquiry,
  ): Promise<(Pick<Known, 'linkedIds' | 'paidBy'> & Pick<EventReading, 'snapshots' | 'payments'>) | null> {
    try {
      const { paymentIds } = inquiry;
      const payments =
        paymentIds.length === 0 ? [] : await this.client.findPaymentsByIds(company, paymentIds);
      if (payments.length < paymentIds.length) return null;
      const paidBy = new Map(
        payments.map(({ id, applications }) => [id, applications.map((one) => one.invoiceId)]),
      );
      const linkedIds = await this.linkedAmong(company, [
        ...inquiry.invoiceIds,
        ...[...paidBy.values()].flat(),
      ]);
      const deletedIds = inquiry.deletedIds.filter((id) => linkedIds.has(id));
      if (deletedIds.length > DELETED_READS_MAX) return null;
      const snapshots = await this.snapshots(company, linkedIds, deletedIds);
      const brought = payments.map((object) => ({ id: object.id, deleted: false as const, object }));
      return {
        linkedIds,
        paidBy,
        snapshots,
        payments: await this.payments.explain(company, snapshots, brought),
      };
    } catch (error) {
      if (error instanceof QboError && UNUSABLE.has(error.kind)) return null;
      throw error;
    }
  }

  /** Those said to be deleted, and any that the list leaves out, are asked for by themselves before they count as such. */
  private async snapshots(
    company: QboCompany,
    linkedIds: ReadonlySet<string>,
    deletedIds: readonly string[],
  ): Promise<InvoiceSnapshot[]> {
    const listed = [...linkedIds].filter((id) => !deletedIds.includes(id));
    const invoices = listed.length === 0 ? [] : await this.client.findInvoicesByIds(company, listed);
    const snapshots = invoices.map((invoice): InvoiceSnapshot => ({
      invoiceId: invoice.id,
      deleted: false,
      invoice,
    }));
    const found = new Set(invoices.map(({ id }) => id));
    for (const id of [...deletedIds, ...listed.filter((one) => !found.has(one))]) {
      snapshots.push(await this.comparison.snapshot(company, id));
    }
    return snapshots;
  }

  private async linkedAmong(company: QboCompany, invoiceIds: readonly string[]): Promise<Set<string>> {
    return new Set(await this.links.listLinked(this.dataSource.manager, company, [...new Set(invoiceIds)]));
  }

  /** A sweep that another worker is at, or that failed, tells nothing: the events wait. */
  private async sweep({ orgId }: QboCompany): Promise<void> {
    const askedAt = this.clock.now();
    await this.companySweep.sweep(orgId);
    if (await this.turns.wasSweptSince(this.dataSource.manager, orgId, askedAt)) return;
    throw new QboError('transient', 'The sweep that these events need did not succeed.', {
      operation: 'cdc',
    });
  }
}
