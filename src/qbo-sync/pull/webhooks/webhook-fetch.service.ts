import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import { RETRY_READS } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { Changed, QboCreditMemo, QboPayment } from '../../api/model/qbo-objects.js';
import { ChangeFeedPollService } from '../change-feed/change-feed-poll.service.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { InvoiceRefreshService } from '../invoices/invoice-refresh.service.js';
import type { InvoiceSnapshot } from '../invoices/invoice-record.js';
import { PaymentReaderService } from '../invoices/payments/payment-reader.service.js';
import { EventLinksRepository } from './event-links.repository.js';
import {
  type Dispositions,
  dispositionsOf,
  type FetchPlan,
  fetchPlanOf,
  type KnownEntities,
  type PendingEvent,
} from './fetch-plan.js';

/** What events lead to, read in QuickBooks, and what becomes of them once that is applied. */
export interface WebhookFetchResult {
  snapshots: InvoiceSnapshot[];
  payments: Changed<QboPayment>[];
  /** Of change orders. */
  creditMemos: Changed<QboCreditMemo>[];
  dispositions: Dispositions;
  /** Why those wait that are held. */
  heldBecause: string;
}

/** What was read without a poll. */
type DirectReading = Pick<WebhookFetchResult, 'snapshots' | 'payments' | 'creditMemos'> &
  Pick<KnownEntities, 'linkedIds' | 'ownMemoIds' | 'paidBy'>;

const NOTHING = { snapshots: [], payments: [], creditMemos: [] };

const BEING_MADE = 'An invoice is being made, and this may be about it.';
const BEING_POLLED = 'Another worker polls the company. What this is about is looked for after it.';

/** More invoices that are gone at once are a matter for a poll, which tells a deletion from a disaster. */
const GONE_MAX = 4;
/** One answer that cannot be used must not keep the others from being read: a poll reads them one by one. */
const UNUSABLE: ReadonlySet<string> = new Set(['malformed', 'validation', 'not_found']);

/**
 * Reads what events lead to: the invoices they name, those that payments pay or paid before, and credit memos of
 * change orders. However many events there are, each thing is asked for once; what is no business of ours, never. Where
 * it cannot be told what a payment has touched, a poll tells.
 */
@Injectable()
export class WebhookFetchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: EventLinksRepository,
    private readonly records: InvoiceRecordsRepository,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly paymentReader: PaymentReaderService,
    private readonly poll: ChangeFeedPollService,
    private readonly clock: Clock,
  ) {}

  /** Throws QboError where QuickBooks fails; nothing is changed then but by a poll. */
  async read(company: QboCompany, events: readonly PendingEvent[]): Promise<WebhookFetchResult> {
    const { manager } = this.dataSource;
    const { isInvoiceBeingMade, hasStake } = await this.links.findStake(manager, company);
    if (!isInvoiceBeingMade && !hasStake) {
      const ignored = events.map((event) => event.eventId);
      const dispositions = { done: [], held: [], ignored };
      return { ...NOTHING, dispositions, heldBecause: BEING_MADE };
    }
    const plan = fetchPlanOf(events);
    const reading = (await this.directly(company, plan)) ?? (await this.byPoll(company, plan));
    if (!reading) {
      const dispositions = { done: [], held: events.map((event) => event.eventId), ignored: [] };
      return { ...NOTHING, dispositions, heldBecause: BEING_POLLED };
    }
    const { snapshots, payments, creditMemos, ...found } = reading;
    const dispositions = dispositionsOf(events, { ...found, isInvoiceBeingMade }, this.clock.now());
    return { snapshots, payments, creditMemos, dispositions, heldBecause: BEING_MADE };
  }

  /** Asks for just these; null where that does not tell. */
  private async directly(company: QboCompany, plan: FetchPlan): Promise<DirectReading | null> {
    try {
      const paidBy = await this.links.listPaidByIds(this.dataSource.manager, company, plan.olderPaymentIds);
      if (paidBy.size < plan.olderPaymentIds.length) return null;
      const brought = await this.payments(company, plan, paidBy);
      if (!brought) return null;
      const invoiceIds = [...plan.invoiceIds, ...[...paidBy.values()].flat()];
      const linkedIds = await this.linkedAmong(company, invoiceIds);
      const snapshots = await this.snapshots(company, linkedIds, plan.deletedIds);
      if (!snapshots) return null;
      const payments = await this.paymentReader.explain(company, snapshots, brought, undefined, RETRY_READS);
      const ownMemoIds = await this.ownMemosAmong(company, plan);
      const creditMemos = await this.creditMemos(company, ownMemoIds);
      return { linkedIds, ownMemoIds, paidBy, snapshots, payments, creditMemos };
    } catch (error) {
      if (error instanceof QboError && UNUSABLE.has(error.kind)) return null;
      throw error;
    }
  }

  /** Reads the payments and adds to `paidBy` what they pay now; null where one is gone of which no event told. */
  private async payments(
    company: QboCompany,
    { paymentIds, deletedPaymentIds }: FetchPlan,
    paidBy: Map<string, string[]>,
  ): Promise<Changed<QboPayment>[] | null> {
    const { read: payments } = await this.client.payments.findByIds(company, paymentIds, RETRY_READS);
    if (payments.length < paymentIds.length) return null;
    for (const { id, applications } of payments) {
      paidBy.set(id, [...(paidBy.get(id) ?? []), ...applications.map((one) => one.invoiceId)]);
    }
    return [
      ...payments.map((object): Changed<QboPayment> => ({ id: object.id, deleted: false, object })),
      ...deletedPaymentIds.map((id): Changed<QboPayment> => ({ id, deleted: true })),
    ];
  }

  /**
   * Those said to be deleted, and any that the list leaves out, are asked for by themselves before they count as such;
   * null where that would be too many.
   */
  private async snapshots(
    company: QboCompany,
    linkedIds: ReadonlySet<string>,
    deletedIds: readonly string[],
  ): Promise<InvoiceSnapshot[] | null> {
    const listed = [...linkedIds].filter((id) => !deletedIds.includes(id));
    const { read: invoices, unreadable } = await this.client.invoices.findByIds(company, listed, RETRY_READS);
    if (unreadable.length > 0) return null;
    const found = new Set(invoices.map(({ id }) => id));
    const unlisted = [...linkedIds].filter((id) => !found.has(id));
    if (unlisted.length > GONE_MAX) return null;
    const snapshots = invoices.map((invoice): InvoiceSnapshot => ({
      invoiceId: invoice.id,
      deleted: false,
      invoice,
    }));
    for (const id of unlisted) snapshots.push(await this.refresh.snapshot(company, id, RETRY_READS));
    return snapshots;
  }

  /** Each as it is; gone where QuickBooks no longer has it. A change of them is rare. */
  private async creditMemos(
    company: QboCompany,
    ids: ReadonlySet<string>,
  ): Promise<Changed<QboCreditMemo>[]> {
    const changes: Changed<QboCreditMemo>[] = [];
    for (const id of ids) {
      try {
        const object = await this.client.credits.get(company, id, RETRY_READS);
        changes.push({ id, deleted: false, object });
      } catch (error) {
        if (!(error instanceof QboError) || error.kind !== 'not_found') throw error;
        changes.push({ id, deleted: true });
      }
    }
    return changes;
  }

  private async ownMemosAmong(company: QboCompany, { creditMemoIds }: FetchPlan): Promise<Set<string>> {
    return new Set(await this.links.listOwnMemos(this.dataSource.manager, company, creditMemoIds));
  }

  private async linkedAmong(company: QboCompany, invoiceIds: readonly string[]): Promise<Set<string>> {
    return new Set(await this.records.listLinked(this.dataSource.manager, company, [...new Set(invoiceIds)]));
  }

  /**
   * A poll applies what it finds; one that failed tells nothing. Null where another worker is at one: it may have
   * begun before the events came, so it tells nothing either, and is no failure.
   */
  private async byPoll(company: QboCompany, plan: FetchPlan): Promise<DirectReading | null> {
    const outcome = await this.poll.poll(company.orgId);
    if (outcome === 'busy') return null;
    if (outcome === 'failed') {
      throw new QboError('transient', 'What QuickBooks tells of changes could not be read.', {
        operation: 'cdc',
      });
    }
    const linkedIds = await this.linkedAmong(company, plan.invoiceIds);
    const ownMemoIds = await this.ownMemosAmong(company, plan);
    return { ...NOTHING, linkedIds, ownMemoIds, paidBy: new Map() };
  }
}
