import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { moneyText } from '../../../messages/format.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ConnectionService } from '../../connection/connection.service.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { BlockedOperationsService } from '../../operations/blocked-operations.service.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { CreditApplicationService } from './credit-application.service.js';
import { CreditMemoOperationHandlerService } from './credit-memo-operation-handler.service.js';
import { CreditMemoPreparationService } from './credit-memo-preparation.service.js';

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
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly preparation: CreditMemoPreparationService,
    private readonly handlers: CreditMemoOperationHandlerService,
    private readonly applications: CreditApplicationService,
  ) {}

  /** Goes as far as it gets now. `insist` says that a person wants a refused one tried again. */
  async push(orgId: number, creditMemoId: number, { insist = false } = {}): Promise<void> {
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
    if (made?.qboCreditMemoId) await this.applications.push(company, made, { insist });
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
      const prepared = await this.preparation.prepare(company, memo, operation, title);
      if (prepared) await this.runner.run(prepared, this.handlers.of(company, memo, title), { waits });
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      await this.blocked.defer(operation, title, error);
      const { orgId, id } = memo;
      this.logger.warn({ err: error, orgId, creditMemoId: id }, 'The credit memo is not in the books yet');
    }
  }
}

function titleOf({ amountCents, currency, proposalId }: CreditMemo): string {
  return `The credit memo of ${moneyText(amountCents, currency)} for proposal ${proposalId}`;
}
