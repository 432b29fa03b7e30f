import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { moneyText } from '../../../messages/format.js';
import { creditOnOtherInvoice } from '../../../messages/reasons/credit-reasons.js';
import { forCustomer } from '../../../messages/reasons/sentence-parts.js';
import { CREDIT_ON_OTHER_INVOICE_STEP } from '../../../messages/next-steps.js';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { adviceFor } from '../../operations/questions/operation-advice.js';
import { type Failure, failureOf } from '../../operations/rows/operation-failure.js';
import { isInHand } from '../../operations/operation-state.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationTriesRepository } from '../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { assertNoneOfOurs } from '../../operations/rows/unread-rows.js';
import { isMadeBy, madeBy } from '../payments/payment-draft.js';
import { CreditPlacementService } from './credit-placement.service.js';

type Application = OutboundOperation<'credit.apply'>;

/**
 * Puts what is left of a credit memo on the open invoices of its contract, the final one first, one after the other.
 */
@Injectable()
export class CreditApplicationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly credits: CreditMemosRepository,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly runner: OperationRunnerService,
    private readonly placement: CreditPlacementService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly activity: ActivityRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Goes on with the newest application, or begins the next. One that was refused waits for a person to `insist`. */
  async push(company: QboCompany, memo: CreditMemo, { insist = false } = {}): Promise<void> {
    const newest = await this.operations.findNewest('credit.apply', memo.orgId, memo.id);
    const isStuck = newest !== null && newest.state !== 'done' && !isInHand(newest);
    if (isStuck && !insist) return;
    const underWay = newest && isInHand(newest) ? newest : null;
    // One that is under way is brought to its end whatever became of the credit memo meanwhile.
    const operation =
      underWay ?? (memo.state === 'open' ? await this.next(company, memo, { before: newest, insist }) : null);
    if (!operation) return;
    const isLetGo = await this.isLetGo(operation);
    if (!isLetGo && !(await this.send(company, memo, operation, insist))) return;
    const now = await this.credits.find(this.dataSource.manager, memo.orgId, memo.id);
    if (now?.state === 'open') await this.push(company, now);
  }

  /**
   * The next application. What cannot be had for good is a person's, who hears of it once: else it would be asked for
   * as long as something is open. Whoever waits for it is answered that themselves.
   */
  private async next(
    company: QboCompany,
    memo: CreditMemo,
    { before, insist }: { before: Application | null; insist: boolean },
  ): Promise<Application | null> {
    try {
      const next = await this.placement.next(company, memo, before);
      if (!next)
        await this.dataSource.transaction((tx) =>
          this.inbox.resolveSubject(tx, memo.orgId, placeSubjectOf(memo)),
        );
      return next;
    } catch (error) {
      if (insist || !(error instanceof QboError) || error.facts.retryable || isOfConnection(error))
        throw error;
      await this.askForPlace(memo, failureOf(error));
      return null;
    }
  }

  private async askForPlace(memo: CreditMemo, { kind, code, message, intuitTid }: Failure): Promise<void> {
    const { orgId, proposalId } = memo;
    await this.dataSource.transaction(async (tx) => {
      const who = forCustomer(await this.customers.nameOf(tx, { orgId, proposalId }));
      await this.inbox.open(tx, {
        orgId,
        subject: placeSubjectOf(memo),
        code: kind,
        qboCode: code,
        reason: `${whatOf(memo)}${who}: ${message}`,
        ...adviceFor({ kind, code }, false, 'credit.apply'),
        proposalId,
        intuitTid,
      });
    });
  }

  /** True where it was never sent, and is for an invoice that somebody has taken off the contract: it is forgotten. */
  private async isLetGo({ orgId, id, proposalId, payload }: Application): Promise<boolean> {
    const made = await this.invoices.listMade(this.dataSource.manager, orgId, [proposalId!]);
    if (made.some(({ qboInvoiceId }) => qboInvoiceId === payload.invoiceId)) return false;
    return this.tries.discardUnsent({ orgId, id });
  }

  private async send(
    company: QboCompany,
    memo: CreditMemo,
    operation: Application,
    waits: boolean,
  ): Promise<boolean> {
    const outcome = await this.runner.run(operation, this.handler(company, memo), { waits });
    if (outcome.kind !== 'done') return false;
    const { made } = outcome;
    const snapshot = await this.refresh.snapshot(company, operation.payload.invoiceId);
    await this.refresh.apply(company, [snapshot], {
      brought: [{ id: made.id, deleted: false, object: made }],
    });
    return true;
  }

  private handler(company: QboCompany, memo: CreditMemo): OperationHandler<'credit.apply', QboPayment> {
    return {
      subject: whatOf(memo),
      find: async ({ requestId, payload: { txnDate } }) => {
        const entered = await this.client.payments.find(company, txnDate);
        const made = madeBy(requestId, entered.read);
        if (!made) assertNoneOfOurs(entered, 'payment.query', (note) => isMadeBy(requestId, note));
        return made;
      },
      execute: ({ requestId, payload }) => this.client.credits.apply(company, payload, requestId),
      onSucceeded: (tx, payment, operation) => this.onApplied(tx, memo, payment, operation),
    };
  }

  /** What is left of the credit memo is QuickBooks' word: it is read before the next step. */
  private async onApplied(
    tx: EntityManager,
    memo: CreditMemo,
    payment: QboPayment,
    { id, payload: { invoiceId } }: Pick<Application, 'id'> & { payload: { invoiceId: string } },
  ): Promise<void> {
    const { orgId, proposalId, qboCreditMemoId } = memo;
    const applied = payment.applications.find((one) => one.invoiceId === invoiceId)?.amountCents ?? 0;
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: 'credit_memo_applied',
      occurrence: payment.id,
      meta: {
        qbo_credit_memo_id: qboCreditMemoId,
        qbo_payment_id: payment.id,
        qbo_invoice_id: invoiceId,
        amount_cents: applied,
      },
    });
    await this.askWhereLinkMoved(tx, memo, { operationId: id, invoiceId, cents: applied });
  }

  /** It was on its way to an invoice that somebody has taken off the contract: a person says which it is for. */
  private async askWhereLinkMoved(
    tx: EntityManager,
    { orgId, proposalId, number, currency }: CreditMemo,
    { operationId, invoiceId, cents }: { operationId: string; invoiceId: string; cents: number },
  ): Promise<void> {
    const made = await this.invoices.listMade(tx, orgId, [proposalId]);
    if (made.some(({ qboInvoiceId }) => qboInvoiceId === invoiceId)) return;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    await this.inbox.open(tx, {
      orgId,
      subject: `credit.other_invoice:${operationId}`,
      code: 'payment_on_other_invoice',
      reason: creditOnOtherInvoice(number, { cents, currency }, { id: proposalId, customer }, invoiceId),
      nextStep: CREDIT_ON_OTHER_INVOICE_STEP,
      proposalId,
      operationId,
    });
  }
}

/** What is put on an invoice, for people. */
function whatOf({ balanceCents, currency, number }: CreditMemo): string {
  return `${moneyText(balanceCents ?? 0, currency)} of credit memo ${number} on an invoice`;
}

/** The item of the next application while there is none, which an application's own would be as well. */
function placeSubjectOf({ id }: CreditMemo): string {
  return `credit.apply:${id}`;
}

/** All of a company waits for its connection, and a person hears of that. */
function isOfConnection({ kind }: QboError): boolean {
  return kind === 'not_connected' || kind === 'needs_reauth';
}
