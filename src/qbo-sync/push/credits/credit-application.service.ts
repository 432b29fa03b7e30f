import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { finalFirst } from '../../../contracts/credits/credit-shares.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { creditLeft } from '../../../messages/inbox-reasons.js';
import { moneyText } from '../../../messages/format.js';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { QboCreditsClient } from '../../api/qbo-credits.client.js';
import { isUnfinished, type OutboundOperation } from '../../operations/operation.entity.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import {
  CreditMemoProjectorService,
  leftSubjectOf,
} from '../../pull/credits/credit-memo-projector.service.js';
import { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { assertNoneOfOurs } from '../payments/entered-rows.js';
import { isMadeBy, madeBy } from '../payments/payment-draft.js';
import { creditApplicationOf } from './credit-memo-draft.js';

type Application = OutboundOperation<'credit.apply'>;

/**
 * Puts what is left of a credit memo on the open invoices of its contract, the final one first. Promise: never more
 * than is left of the one or open on the other, as QuickBooks says at that moment; what no invoice takes is the
 * customer's credit, and a person hears of it.
 */
@Injectable()
export class CreditApplicationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly credits: CreditMemosRepository,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly client: QboClient,
    private readonly creditsClient: QboCreditsClient,
    private readonly rates: DocumentRatesService,
    private readonly refresh: InvoiceRefreshService,
    private readonly projector: CreditMemoProjectorService,
    private readonly settings: OrgSettingsService,
    private readonly activity: ActivityRepository,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** Goes on with the newest application, or begins the next. One that was refused waits for a person to `insist`. */
  async carry(company: QboCompany, memo: CreditMemo, { insist = false } = {}): Promise<void> {
    const newest = await this.operations.findNewest('credit.apply', memo.orgId, memo.id);
    const isStuck = newest !== null && newest.state !== 'done' && !isUnfinished(newest);
    if (isStuck && !insist) return;
    const underWay = newest && isUnfinished(newest) ? newest : null;
    // One that is under way is brought to its end whatever became of the credit memo meanwhile.
    const operation = underWay ?? (memo.state === 'open' ? await this.next(company, memo, newest) : null);
    if (!operation || !(await this.send(company, memo, operation, insist))) return;
    const now = await this.credits.find(this.dataSource.manager, memo.orgId, memo.id);
    if (now?.state === 'open') await this.carry(company, now);
  }

  /** The next application, from what credit memo and invoices are at this moment; null where none takes it. */
  private async next(
    company: QboCompany,
    memo: CreditMemo,
    before: Application | null,
  ): Promise<Application | null> {
    const creditMemoId = memo.qboCreditMemoId!;
    const read = await this.creditsClient.getCreditMemo(company, creditMemoId);
    await this.dataSource.transaction((tx) =>
      this.projector.applyIn(tx, company, [{ id: creditMemoId, deleted: false, object: read }]),
    );
    if (read.balanceCents <= 0) return null;
    const invoice = await this.openInvoice(company, memo);
    if (!invoice) return this.leave(memo, read.balanceCents);
    const { timeZone } = await this.settings.get(memo.orgId);
    const txnDate = dayInZone(this.clock.now(), timeZone);
    const rate = await this.rates.rateOn(company, memo.currency, txnDate, 'payment.create');
    const facts = { txnDate, currency: memo.currency, ...(rate === null ? {} : { exchangeRate: rate }) };
    const amountCents = Math.min(read.balanceCents, invoice.balanceCents);
    const requestId = `use-${randomUUID()}`;
    return this.operations.insertOnce(this.dataSource.manager, {
      orgId: memo.orgId,
      realmId: company.realmId,
      kind: 'credit.apply',
      entityId: memo.id,
      proposalId: memo.proposalId,
      generation: (before?.generation ?? 0) + 1,
      requestId,
      payload: creditApplicationOf(creditMemoId, invoice, amountCents, facts, requestId),
    });
  }

  /** The first invoice of the contract with something to pay, as QuickBooks has it now. */
  private async openInvoice(
    company: QboCompany,
    { orgId, proposalId }: CreditMemo,
  ): Promise<QboInvoice | null> {
    const made = await this.invoices.listMade(this.dataSource.manager, orgId, [proposalId]);
    const candidates = made.filter(
      (one) => isLive(one) && one.qboRealmId === company.realmId && (one.balanceCents ?? 0) > 0,
    );
    for (const { qboInvoiceId } of candidates.toSorted(finalFirst)) {
      const snapshot = await this.refresh.snapshot(company, qboInvoiceId!);
      await this.refresh.apply(company, [snapshot]);
      if (!snapshot.deleted && snapshot.invoice.balanceCents > 0) return snapshot.invoice;
    }
    return null;
  }

  private async leave(memo: CreditMemo, leftCents: number): Promise<null> {
    const { orgId, proposalId, number, currency } = memo;
    await this.dataSource.transaction(async (tx) => {
      const customer = await this.operations.customerName(tx, { orgId, proposalId });
      await this.inbox.open(tx, {
        orgId,
        subject: leftSubjectOf(memo),
        code: 'credit_left',
        reason: creditLeft(number, { cents: leftCents, currency }, { id: proposalId, customer }),
        proposalId,
      });
    });
    return null;
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
      subject: `${moneyText(memo.balanceCents ?? 0, memo.currency)} of credit memo ${memo.number} on an invoice`,
      find: async ({ requestId, payload: { txnDate } }) => {
        const entered = await this.client.payments.find(company, txnDate);
        const made = madeBy(requestId, entered.read);
        if (!made) assertNoneOfOurs(entered, 'payment.query', (note) => isMadeBy(requestId, note));
        return made;
      },
      execute: ({ requestId, payload }) => this.creditsClient.applyCredit(company, payload, requestId),
      onSucceeded: (tx, payment, { payload }) => this.onApplied(tx, memo, payment, payload.invoiceId),
    };
  }

  /** What is left of the credit memo is QuickBooks' word: it is read before the next step. */
  private async onApplied(
    tx: EntityManager,
    { orgId, proposalId, qboCreditMemoId }: CreditMemo,
    payment: QboPayment,
    invoiceId: string,
  ): Promise<void> {
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
  }
}
