import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository, type NewInboxItem } from '../../../../../inbox/inbox.repository.js';
import { customerDiffers } from '../../../../../messages/reasons/books-reasons.js';
import { paymentTotalChanged } from '../../../../../messages/reasons/payment-reasons.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { Changed, QboCreditMemo, QboPayment, QboRefund } from '../../../../api/model/qbo-objects.js';
import {
  customerStanding,
  type MoneyKind,
  nameOfDocument,
  type QuestionChange,
  type ReadMoney,
  type MoneyDocument,
  sumStanding,
} from './money-document.js';
import { MoneyDocumentsRepository } from './money-documents.repository.js';

type ChangedMoney = Changed<Pick<QboPayment | QboRefund | QboCreditMemo, 'totalCents' | 'customerId'>>;
type Question = Pick<NewInboxItem, 'subject' | 'code' | 'reason'>;

/**
 * Reports payments, refund receipts and credit memos of ours that somebody moved to another customer in QuickBooks, and
 * payments that somebody made another sum: the books say another thing than what happened at Stripe, or was signed.
 * Each is asked once, and closes by itself once it is as it was sent, or gone. The sums of refund receipts and credit
 * memos are followed where those are kept. It also closes once the other customer is theirs.
 */
@Injectable()
export class ChangedDocumentMonitorService {
  constructor(
    private readonly documents: MoneyDocumentsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Answers those that are of ours, by QuickBooks' ids. Part of the caller's transaction, after it wrote which payments
   * are on which invoices.
   */
  async report(
    tx: EntityManager,
    company: QboCompany,
    kind: MoneyKind,
    changes: readonly ChangedMoney[],
  ): Promise<ReadonlySet<string>> {
    const { orgId } = company;
    const read = new Map(changes.map((change) => [change.id, readOf(change)]));
    const ours = await this.documents.list(tx, company, kind, [...read.values()]);
    for (const sent of ours) {
      const now = read.get(sent.qboId)!;
      const movedTo = await this.reportCustomer(tx, orgId, kind, sent, now);
      // Another customer can have another currency.
      if (kind === 'payment.create' && movedTo === null) await this.reportSum(tx, orgId, sent, now);
    }
    return new Set(ours.map(({ qboId }) => qboId));
  }

  /**
   * Closes what is no question any more though the document stayed as it is: its customer here was linked to the one
   * it is with, or who it was made for was merged. Part of the caller's transaction.
   */
  async review(tx: EntityManager, company: QboCompany): Promise<void> {
    const moved = await this.documents.listMoved(tx, company);
    for (const [kind, ofKind] of Map.groupBy(moved, (one) => one.kind)) {
      const known = ofKind.map(({ id, customerId }) => ({ id, customerId, totalCents: null }));
      const byId = new Map(known.map((one) => [one.id, one]));
      for (const sent of await this.documents.list(tx, company, kind, known)) {
        await this.reportCustomer(tx, company.orgId, kind, sent, byId.get(sent.qboId)!);
      }
    }
  }

  /** Answers the customer whom it was moved to; null where it is with its own. */
  private async reportCustomer(
    tx: EntityManager,
    orgId: number,
    kind: MoneyKind,
    sent: MoneyDocument,
    now: ReadMoney,
  ): Promise<string | null> {
    const { operationId, standsWith } = sent;
    const { question, keep } = customerStanding(sent, now);
    if (keep !== standsWith) await this.documents.keep(tx, { orgId, operationId }, 'standsWith', keep);
    await this.follow(tx, orgId, sent, question, movedQuestion(kind, sent));
    return keep;
  }

  private async reportSum(
    tx: EntityManager,
    orgId: number,
    sent: MoneyDocument,
    now: ReadMoney,
  ): Promise<void> {
    const { operationId, entityId } = sent;
    const { question, keep } = sumStanding(sent, now);
    if (keep !== sent.standsCents) await this.documents.keep(tx, { orgId, operationId }, 'standsCents', keep);
    // What QuickBooks made of it as it was recorded is no question beside what a person made of it since.
    if (question === 'ask' && sent.isAsked)
      await this.inbox.resolveSubject(tx, orgId, `payment.unapplied:${entityId}`);
    await this.follow(tx, orgId, sent, question, sumQuestion(sent, keep ?? 0));
  }

  private async follow(
    tx: EntityManager,
    orgId: number,
    { proposalId }: MoneyDocument,
    change: QuestionChange,
    question: Question,
  ): Promise<void> {
    if (change === 'close') await this.inbox.resolveSubject(tx, orgId, question.subject);
    if (change === 'ask') await this.inbox.open(tx, { orgId, proposalId, ...question });
  }
}

function readOf(change: ChangedMoney): ReadMoney {
  const isGone = change.deleted || change.object.totalCents === 0;
  return isGone ? { id: change.id, customerId: null, totalCents: null } : { ...change.object, id: change.id };
}

function movedQuestion(kind: MoneyKind, sent: MoneyDocument): Question {
  const reason = customerDiffers(nameOfDocument(kind, sent), sent.customer);
  return { subject: `document.customer:${sent.operationId}`, code: 'customer_differs', reason };
}

function sumQuestion(sent: MoneyDocument, cents: number): Question {
  const title = nameOfDocument('payment.create', sent);
  const reason = paymentTotalChanged(title, sent.customer, { cents, currency: sent.currency ?? '' });
  return { subject: `payment.total:${sent.operationId}`, code: 'total_differs', reason };
}
