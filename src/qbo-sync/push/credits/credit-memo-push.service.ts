import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangeOrdersRepository } from '../../../contracts/change-orders.repository.js';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { moneyText } from '../../../messages/format.js';
import { Clock } from '../../../platform/time/clock.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboCreditMemo } from '../../api/model/qbo-objects.js';
import { QboCreditsClient } from '../../api/qbo-credits.client.js';
import { ConnectionService } from '../../connection/connection.service.js';
import type { OutboundOperation, PreparedOperation } from '../../operations/operation.entity.js';
import { ForgottenDocumentsService } from '../../operations/forgotten-documents.service.js';
import { BlockedOperationsService } from '../../operations/blocked-operations.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { creditMemoFacts } from '../../pull/credits/credit-memo-state.js';
import { CreditMemoProjectorService } from '../../pull/credits/credit-memo-projector.service.js';
import { InvoiceDraftService } from '../invoices/invoice-draft.service.js';
import { InvoiceTaxCodesService } from '../invoices/invoice-tax-codes.service.js';
import { madeBy } from '../payments/payment-draft.js';
import { creditMemoDraftOf } from './credit-memo-draft.js';
import { CreditApplicationService } from './credit-application.service.js';
import { CreditQuestionsService } from './credit-questions.service.js';

type Creation = OutboundOperation<'credit.create'>;

/**
 * Makes the credit memo of a change order in QuickBooks, and has it put on what is open of its contract. Promise: once,
 * whatever is repeated, raced or killed.
 */
@Injectable()
export class CreditMemoPushService {
  private readonly logger = new Logger(CreditMemoPushService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly credits: CreditMemosRepository,
    private readonly orders: ChangeOrdersRepository,
    private readonly proposals: ProposalsRepository,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly client: QboCreditsClient,
    private readonly drafts: InvoiceDraftService,
    private readonly taxCodes: InvoiceTaxCodesService,
    private readonly questions: CreditQuestionsService,
    private readonly applications: CreditApplicationService,
    private readonly projector: CreditMemoProjectorService,
    private readonly activity: ActivityRepository,
    private readonly clock: Clock,
  ) {}

  /** Goes as far as it gets now. `insist` says that a person wants a refused one tried again. */
  async carry(orgId: number, creditMemoId: number, { insist = false } = {}): Promise<void> {
    const memo = await this.credits.find(this.dataSource.manager, orgId, creditMemoId);
    if (!memo) return;
    const operation = await this.operationOf(memo);
    const company = await this.connections.companyOfParked(orgId);
    if (!company || (operation.realmId ?? company.realmId) !== company.realmId) return;
    if (operation.state !== 'done') {
      if (insist) await this.operations.reopen(operation);
      await this.make(company, memo, operation, insist);
    }
    const made = await this.credits.find(this.dataSource.manager, orgId, creditMemoId);
    if (made?.qboCreditMemoId) await this.applications.carry(company, made, { insist });
  }

  private async operationOf({ orgId, id, proposalId }: CreditMemo): Promise<Creation> {
    const known = await this.operations.findNewest('credit.create', orgId, id);
    return (
      known ??
      this.operations.insertOnce(this.dataSource.manager, {
        orgId,
        realmId: null,
        kind: 'credit.create',
        entityId: id,
        proposalId,
        generation: 1,
        requestId: `credit-${randomUUID()}`,
        payload: {},
        state: 'waiting',
      })
    );
  }

  private async make(
    company: QboCompany,
    memo: CreditMemo,
    operation: Creation,
    waits: boolean,
  ): Promise<void> {
    const title = titleOf(memo);
    try {
      if (await this.questions.askWhetherElsewhere(company, operation, memo, title)) return;
      if (await this.questions.askWhetherRefunded(operation, memo, title)) return;
      const ready = operation.state === 'waiting' ? await this.prepare(company, memo, operation) : operation;
      await this.runner.run(ready, this.handler(company, memo, title), { waits });
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      await this.blocked.defer(operation, title, error);
      const { orgId, id } = memo;
      this.logger.warn({ err: error, orgId, creditMemoId: id }, 'The credit memo is not in the books yet');
    }
  }

  private async prepare(company: QboCompany, memo: CreditMemo, operation: Creation): Promise<Creation> {
    const tx = this.dataSource.manager;
    const { orgId, proposalId, changeOrderId, generation } = memo;
    const proposal = (await this.proposals.findLeadInOrg(tx, orgId, proposalId))!;
    const parts = await this.drafts.parts(company, proposal, 'progress');
    const { number: orderNumber } = await this.orders.getById(tx, orgId, changeOrderId);
    const lines = await this.credits.linesOf(tx, memo);
    const draft = creditMemoDraftOf(parts, { orderNumber, generation, lines }, operation.requestId);
    const isCountedThere = draft.tax?.countedBy === 'quickbooks';
    const taxCode = isCountedThere ? await this.taxCodes.codeOfWork(company, proposalId) : null;
    const taxed =
      taxCode === null ? draft : { ...draft, lines: draft.lines.map((one) => ({ ...one, taxCode })) };
    return this.operations.prepare(operation, company.realmId, taxed);
  }

  private handler(
    company: QboCompany,
    memo: CreditMemo,
    subject: string,
  ): OperationHandler<'credit.create', QboCreditMemo> {
    return {
      subject,
      // A person may have asked for it again after it was made and its answer lost, on another day than the first.
      looksFirst: true,
      find: (sent) => this.find(company, memo, sent),
      execute: ({ requestId, payload }) => this.client.createCreditMemo(company, payload, requestId),
      onSucceeded: (tx, made) => this.onMade(tx, company, memo, made),
    };
  }

  /** The credit memo of this operation, or the one with its number that was made after the backup that is restored. */
  private async find(
    company: QboCompany,
    { orgId, proposalId }: CreditMemo,
    { requestId, payload: { docNumber, customerId } }: PreparedOperation<'credit.create'>,
  ): Promise<QboCreditMemo | null> {
    const bearers = await this.client.findByDocNumber(company, docNumber);
    const made = madeBy(requestId, bearers);
    if (made || !(await this.forgotten.mayExist(orgId, proposalId))) return made;
    const standing = bearers.filter(({ totalCents }) => totalCents > 0);
    return this.forgotten.ofCustomer(company, customerId, standing, {
      kind: 'credit.create',
      operation: 'credit.query',
    });
  }

  /** Writes down what came of it, in the transaction that closes the operation. */
  async onMade(tx: EntityManager, company: QboCompany, memo: CreditMemo, made: QboCreditMemo): Promise<void> {
    const { orgId, proposalId } = memo;
    await this.credits.update(tx, memo, {
      ...creditMemoFacts(made),
      qboRealmId: company.realmId,
      qboCreditMemoId: made.id,
      updatedAt: this.clock.now(),
    });
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: 'credit_memo_created',
      occurrence: made.id,
      meta: { qbo_credit_memo_id: made.id, number: made.docNumber, amount_cents: made.totalCents },
    });
    await this.projector.reportMade(tx, memo, made.docNumber);
  }
}

function titleOf({ amountCents, currency, proposalId }: CreditMemo): string {
  return `The credit memo of ${moneyText(amountCents, currency)} for proposal ${proposalId}`;
}
