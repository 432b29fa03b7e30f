import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { linkMovedSince } from '../../../../../messages/reasons/payment-reasons.js';
import { otherInvoiceSubjectOf } from '../../../../../payments/ledger/payment-subjects.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { nameOfDocument } from './money-document.js';
import { type LinkedPayment, MovedLinksRepository } from './moved-links.repository.js';

/**
 * Asks about payments that were recorded on an invoice in whose place somebody linked another one since, while that is
 * owed: what the customer has paid is on neither for the CRM. A question closes by itself once the payment is on an
 * invoice of its proposal, is gone, went back to the customer, or was recorded on the one that is linked again; what a
 * person has decided holds until yet another one is linked.
 */
@Injectable()
export class MovedLinkMonitorService {
  constructor(
    private readonly links: MovedLinksRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction, after it wrote how invoices and payments stand. */
  async review(
    tx: EntityManager,
    company: QboCompany,
    touched: { proposalIds: readonly number[]; qboPaymentIds: readonly string[] },
  ): Promise<void> {
    await this.reviewPayments(tx, company, touched);
    const answered = await this.links.listAnsweredCredits(tx, company, touched.proposalIds);
    await this.close(tx, company, answered);
  }

  /** The same of one payment, as some of it went back to the customer, or came back from there. */
  async reviewOne(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const found = await this.links.findRecorded(tx, orgId, paymentId);
    if (!found) return;
    const { realmId, qboPaymentId } = found;
    await this.reviewPayments(tx, { orgId, realmId }, { proposalIds: [], qboPaymentIds: [qboPaymentId] });
  }

  private async reviewPayments(
    tx: EntityManager,
    company: Pick<QboCompany, 'orgId' | 'realmId'>,
    touched: { proposalIds: readonly number[]; qboPaymentIds: readonly string[] },
  ): Promise<void> {
    for (const payment of await this.links.list(tx, company, touched)) {
      if (payment.isRight || !payment.isWithUs) await this.close(tx, company, payment.asked);
      else if (payment.linkedId !== null) await this.ask(tx, company, payment, payment.linkedId);
    }
  }

  private async ask(
    tx: EntityManager,
    company: Pick<QboCompany, 'orgId'>,
    payment: LinkedPayment,
    linkedId: string,
  ): Promise<void> {
    const { orgId } = company;
    const { paymentId, proposalId, customer, recordedOn, amountCents, currency, asked } = payment;
    const subject = otherInvoiceSubjectOf(paymentId, linkedId);
    // Of one that was under way as nothing was linked any more: that is so until something is, and is owed.
    const subjectOfNone = otherInvoiceSubjectOf(paymentId);
    const isOpen = (one: string): boolean => one === subject || (one === subjectOfNone && !payment.isOwing);
    await this.close(
      tx,
      company,
      asked.filter((one) => !isOpen(one)),
    );
    if (asked.includes(subject) || !payment.isOwing) return;
    if ((await this.inbox.lastDecision(tx, orgId, subject)) !== null) return;
    const title = nameOfDocument('payment.create', {
      sentCents: amountCents,
      currency,
      number: null,
      proposalId,
    });
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'payment_on_other_invoice',
      reason: linkMovedSince(title, customer, { recordedOn, linkedId }),
      proposalId,
      paymentId,
    });
  }

  private async close(
    tx: EntityManager,
    { orgId }: Pick<QboCompany, 'orgId'>,
    subjects: readonly string[],
  ): Promise<void> {
    for (const subject of subjects) await this.inbox.resolveSubject(tx, orgId, subject);
  }
}
