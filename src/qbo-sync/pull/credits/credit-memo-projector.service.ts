import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import {
  creditLeft,
  creditMemoGone,
  creditMemoTwice,
  creditTotalChanged,
} from '../../../messages/reasons/credit-reasons.js';
import { CREDIT_OF_CANCELLED_STEP } from '../../../messages/next-steps.js';
import { Clock } from '../../../platform/time/clock.js';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed, QboCreditMemo } from '../../api/model/qbo-objects.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import { creditedBeforeTax, creditMemoAfter } from './credit-memo-state.js';

/** The inbox item about a credit memo that is gone, of whichever generation. */
function goneSubjectOf({ changeOrderId }: Pick<CreditMemo, 'changeOrderId'>): string {
  return `credit.gone:${changeOrderId}`;
}

/** The inbox item about two credit memos of one change order that stand. */
function twiceSubjectOf({ changeOrderId }: Pick<CreditMemo, 'changeOrderId'>): string {
  return `credit.twice:${changeOrderId}`;
}

/** The inbox item about what of a credit memo is on no invoice. */
export function leftSubjectOf({ id }: Pick<CreditMemo, 'id'>): string {
  return `credit.left:${id}`;
}

/** The inbox item about a credit memo that somebody made another sum. */
function totalSubjectOf({ id }: Pick<CreditMemo, 'id'>): string {
  return `credit.total:${id}`;
}

/** Writes down how credit memos of change orders stand in QuickBooks, and has a person decide where one is gone. */
@Injectable()
export class CreditMemoProjectorService {
  constructor(
    private readonly credits: CreditMemosRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly activity: ActivityRepository,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction. News of other credit memos is of no interest here. */
  async applyIn(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly Changed<QboCreditMemo>[],
  ): Promise<void> {
    const byId = new Map(changes.map((change) => [change.id, change]));
    for (const memo of await this.credits.lockByQboIds(tx, company, [...byId.keys()])) {
      const after = creditMemoAfter(memo, byId.get(memo.qboCreditMemoId!)!);
      if (!after) continue;
      await this.credits.update(tx, memo, { ...after, updatedAt: this.clock.now() });
      const now = Object.assign(new CreditMemo(), memo, after);
      if (now.balanceCents !== memo.balanceCents) await this.restateLeft(tx, now);
      if (now.state === 'open' && memo.state !== 'open') await this.askWhereCancelled(tx, now);
      await this.reportTotal(tx, now, memo);
      if (now.state === memo.state) continue;
      if (isGone(now)) await this.reportGone(tx, now, isGone(memo));
      else if (isGone(memo)) await this.reportBack(tx, now);
    }
  }

  /** What is left of it is less once it is used in part, or paid out; nothing is a matter no more. */
  private async restateLeft(tx: EntityManager, memo: CreditMemo): Promise<void> {
    const { orgId, proposalId, number, balanceCents, currency } = memo;
    const subject = leftSubjectOf(memo);
    if (!balanceCents) return this.inbox.resolveSubject(tx, orgId, subject);
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const left = { cents: balanceCents, currency };
    await this.inbox.restate(tx, orgId, subject, creditLeft(number, left, { id: proposalId, customer }));
  }

  /**
   * It came free of an invoice that was voided in QuickBooks, and its proposal was cancelled before that was known,
   * which is refused else: no invoice takes it any more.
   */
  private async askWhereCancelled(tx: EntityManager, memo: CreditMemo): Promise<void> {
    const { orgId, proposalId, number, balanceCents, currency } = memo;
    if (!(await this.credits.isOfCancelled(tx, memo))) return;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const left = { cents: balanceCents ?? 0, currency };
    await this.inbox.open(tx, {
      orgId,
      subject: leftSubjectOf(memo),
      code: 'credit_left',
      reason: creditLeft(number, left, { id: proposalId, customer }),
      nextStep: CREDIT_OF_CANCELLED_STEP,
      proposalId,
    });
  }

  /**
   * A person hears of one that was made another sum than the customer signed, once for each sum; it is no question any
   * more once it is as it was, or gone.
   */
  private async reportTotal(tx: EntityManager, memo: CreditMemo, before: CreditMemo): Promise<void> {
    const { orgId, proposalId, amountCents, number, currency, taxCents } = memo;
    const cents = creditedBeforeTax(memo);
    if (isGone(memo) === isGone(before) && cents === creditedBeforeTax(before)) return;
    if (isGone(memo) || cents === amountCents)
      return this.inbox.resolveSubject(tx, orgId, totalSubjectOf(memo));
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const inQuickBooks = { cents, currency };
    const sums = { inQuickBooks, sent: { cents: amountCents, currency }, isTaxed: taxCents !== 0 };
    await this.inbox.open(tx, {
      orgId,
      subject: totalSubjectOf(memo),
      code: 'total_differs',
      reason: creditTotalChanged(number, sums, { id: proposalId, customer }),
      proposalId,
    });
  }

  /** Its void was undone: nobody has to make it anew, and where another one was made in its place it credits twice. */
  private async reportBack(tx: EntityManager, memo: CreditMemo): Promise<void> {
    await this.inbox.resolveSubject(tx, memo.orgId, goneSubjectOf(memo));
    const other = await this.credits.findBeside(tx, memo);
    if (other) await this.reportTwice(tx, memo, other);
  }

  /** One was made in place of another: none is missing, and where the other one stands again it credits twice. */
  async reportMade(tx: EntityManager, memo: CreditMemo, number: string | null): Promise<void> {
    await this.inbox.resolveSubject(tx, memo.orgId, goneSubjectOf(memo));
    const other = await this.credits.findBeside(tx, memo);
    if (other?.state) await this.reportTwice(tx, other, { number });
  }

  private async reportTwice(
    tx: EntityManager,
    memo: CreditMemo,
    other: Pick<CreditMemo, 'number'>,
  ): Promise<void> {
    const { orgId, proposalId, totalCents, currency, number } = memo;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const total = { cents: totalCents ?? 0, currency };
    await this.inbox.open(tx, {
      orgId,
      subject: twiceSubjectOf(memo),
      code: 'credit_memo_twice',
      reason: creditMemoTwice(number, total, other.number, { id: proposalId, customer }),
      proposalId,
    });
  }

  /** Where another one stands or is wanted in its place, nothing is asked. */
  private async reportGone(tx: EntityManager, memo: CreditMemo, wasGone: boolean): Promise<void> {
    const { orgId, proposalId, amountCents, currency, number, qboCreditMemoId, state } = memo;
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: state === 'voided' ? 'credit_memo_voided' : 'credit_memo_deleted',
      occurrence: qboCreditMemoId!,
      meta: { qbo_credit_memo_id: qboCreditMemoId, number, amount_cents: amountCents },
    });
    await this.inbox.resolveSubject(tx, orgId, twiceSubjectOf(memo));
    if (wasGone || (await this.credits.hasOther(tx, memo))) return;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    await this.inbox.open(tx, {
      orgId,
      subject: goneSubjectOf(memo),
      code: 'credit_memo_gone',
      reason: creditMemoGone(number, { cents: amountCents, currency }, { id: proposalId, customer }),
      changeOrderNumber: await this.credits.changeOrderNumber(tx, memo),
      proposalId,
    });
  }
}

function isGone({ state }: Pick<CreditMemo, 'state'>): boolean {
  return state === 'voided' || state === 'deleted';
}
