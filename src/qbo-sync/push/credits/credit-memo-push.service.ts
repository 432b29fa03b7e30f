import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { moneyText } from '../../../messages/format.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { OperationPushService } from '../../operations/operation-push.service.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { CreditApplicationService } from './credit-application.service.js';
import { CreditMemoOperationHandlerService } from './credit-memo-operation-handler.service.js';
import { CreditMemoPreparationService, confirmedOf } from './credit-memo-preparation.service.js';

type Creation = OutboundOperation<'credit.create'>;

/**
 * Makes the credit memo of a change order in QuickBooks, and has it put on what is open of its contract. Promise: once,
 * whatever is repeated, raced or killed.
 */
@Injectable()
export class CreditMemoPushService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly credits: CreditMemosRepository,
    private readonly operations: OperationsRepository,
    private readonly pushes: OperationPushService,
    private readonly preparation: CreditMemoPreparationService,
    private readonly handlers: CreditMemoOperationHandlerService,
    private readonly applications: CreditApplicationService,
  ) {}

  /** Goes as far as it gets now. `insist` says that a person wants a refused one tried again. */
  async push(orgId: number, creditMemoId: number, { insist = false } = {}): Promise<void> {
    const memo = await this.credits.find(this.dataSource.manager, orgId, creditMemoId);
    if (!memo) return;
    const known = await this.operationOf(memo);
    const taken = await this.pushes.takeUp(known, confirmedOf(known));
    if (!taken) return;
    const { company, operation } = taken;
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
    await this.pushes.push(operation, {
      title,
      prepare: () => this.preparation.prepare(company, memo, operation, title),
      handler: () => this.handlers.of(company, memo, title),
      waits,
      unfinished: 'The credit memo is not in the books yet',
      about: { creditMemoId: memo.id },
    });
  }
}

function titleOf({ amountCents, currency, proposalId }: CreditMemo): string {
  return `The credit memo of ${moneyText(amountCents, currency)} for proposal ${proposalId}`;
}
