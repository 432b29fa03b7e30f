import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DepositExcessService } from '../../../change-orders/deposit-excess.service.js';
import { SessionEndService } from '../../../payments/checkout/session-end.service.js';
import { ActivityRepository, type LoggedActivity } from '../../../proposals/activity/activity.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { AskedPaymentMonitorService } from './monitors/money/asked-payment-monitor.service.js';
import { CurrencyMonitorService } from './monitors/edits/currency-monitor.service.js';
import { ExternalEditMonitorService } from './monitors/edits/external-edit-monitor.service.js';
import type { InvoiceChange } from './invoice-diff.js';
import { NumberMonitorService } from './monitors/edits/number-monitor.service.js';
import { TotalMonitorService } from './monitors/edits/total-monitor.service.js';
import { TwinMonitorService } from './monitors/edits/twin-monitor.service.js';

/** Invoices as they were read, by their id in QuickBooks. */
export type ReadInvoices = ReadonlyMap<string, QboInvoice>;

/**
 * What follows from invoices that changed in QuickBooks: the log of their proposals, questions to a person that open
 * or close, payment pages that ask for what is not owed any more, deposits of which too much is held.
 */
@Injectable()
export class InvoiceFollowUpService {
  constructor(
    private readonly activity: ActivityRepository,
    private readonly externalEdits: ExternalEditMonitorService,
    private readonly totals: TotalMonitorService,
    private readonly currencies: CurrencyMonitorService,
    private readonly numbers: NumberMonitorService,
    private readonly twins: TwinMonitorService,
    private readonly askedPayments: AskedPaymentMonitorService,
    private readonly sessionEnds: SessionEndService,
    private readonly depositExcess: DepositExcessService,
  ) {}

  /**
   * Part of the transaction that wrote the changes, after it did. `rebilled`: proposals of which other lines are billed
   * than before, though the total of their invoice may be as it was.
   */
  async follow(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly InvoiceChange[],
    { read, rebilled }: { read: ReadInvoices; rebilled: readonly number[] },
  ): Promise<void> {
    const { orgId } = company;
    await this.activity.logAll(tx, orgId, changes.flatMap(transitionOf));
    for (const change of changes) {
      await this.externalEdits.report(tx, company, change);
      await this.totals.report(tx, orgId, change, read.get(change.next.qboInvoiceId));
      await this.numbers.report(tx, company, change);
      await this.twins.report(tx, orgId, change);
    }
    await this.currencies.review(tx, orgId, changes, read);
    await this.askedPayments.review(tx, orgId, changes);
    const proposalIds = new Set(changes.map(({ next }) => next.proposalId));
    await this.sessionEnds.review(tx, orgId, [...proposalIds]);
    for (const proposalId of new Set([...changes.flatMap(billedOtherwise), ...rebilled]))
      await this.depositExcess.review(tx, orgId, proposalId);
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

/** The proposal where more or less of it is billed now. */
function billedOtherwise({ next, event, edits }: InvoiceChange): number[] {
  const isGone = event === 'invoice_voided' || event === 'invoice_deleted';
  return isGone || edits.some(({ field }) => field === 'amount') ? [next.proposalId] : [];
}
