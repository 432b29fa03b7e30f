import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { linesUnder } from '../../../invoices/work-codes.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { BlockedOperationsService } from '../../operations/questions/blocked-operations.service.js';
import { isBlocked } from '../../operations/operation-state.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { InvoiceDraftService } from '../invoices/draft/invoice-draft.service.js';
import { InvoiceTaxCodesService } from '../invoices/references/invoice-tax-codes.service.js';
import { creditMemoDraftOf } from './credit-memo-draft.js';
import { CreditQuestionsService } from './credit-questions.service.js';
import { CreditedCustomerService } from './credited-customer.service.js';

const CANCELLED = 'The proposal was cancelled before its credit memo was made.';

type Creation = OutboundOperation<'credit.create'>;

/** That a person wants it, although a refund may have given the same money back; else nothing. */
export function confirmedOf({ payload }: Creation): { confirmed?: true } {
  return payload.confirmed ? { confirmed: true } : {};
}

/** Decides whether a credit memo can go to QuickBooks now, or is a person's to decide. */
@Injectable()
export class CreditMemoPreparationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly credits: CreditMemosRepository,
    private readonly proposals: ProposalsRepository,
    private readonly operations: OperationsRepository,
    private readonly blocked: BlockedOperationsService,
    private readonly drafts: InvoiceDraftService,
    private readonly taxCodes: InvoiceTaxCodesService,
    private readonly questions: CreditQuestionsService,
    private readonly customers: CreditedCustomerService,
  ) {}

  /** The operation with its body; null while a person is asked, and where the proposal was cancelled before. */
  async prepare(
    company: QboCompany,
    memo: CreditMemo,
    operation: Creation,
    title: string,
  ): Promise<Creation | null> {
    if (isBlocked(operation) && (await this.isCancelled(memo))) {
      await this.blocked.cancel(operation, CANCELLED);
      return null;
    }
    if (await this.questions.askWhetherElsewhere(company, operation, memo, title)) return null;
    if (await this.questions.askWhetherRefunded(operation, memo, title)) return null;
    return operation.state === 'waiting' ? this.write(company, memo, operation) : operation;
  }

  private async isCancelled({ orgId, proposalId }: CreditMemo): Promise<boolean> {
    const proposal = await this.proposals.findInOrg(this.dataSource.manager, orgId, proposalId);
    return proposal?.status === 'cancelled';
  }

  private async write(company: QboCompany, memo: CreditMemo, operation: Creation): Promise<Creation> {
    const tx = this.dataSource.manager;
    const { orgId, proposalId, generation } = memo;
    const proposal = (await this.proposals.findLeadInOrg(tx, orgId, proposalId))!;
    const parts = await this.drafts.parts(company, proposal, 'progress');
    const orderNumber = await this.credits.changeOrderNumber(tx, memo);
    const lines = await this.credits.linesOf(tx, memo);
    const wanted = creditMemoDraftOf(parts, { orderNumber, generation, lines }, operation.requestId);
    const draft = { ...wanted, customerId: await this.customers.of(company, memo, wanted.customerId) };
    const isCountedThere = draft.tax?.countedBy === 'quickbooks';
    const codes = isCountedThere ? await this.taxCodes.codesOfWork(company, proposalId, draft.lines) : null;
    const taxed = codes ? { ...draft, lines: linesUnder(draft.lines, codes, memo.currency) } : draft;
    return this.operations.prepare(operation, company.realmId, { ...taxed, ...confirmedOf(operation) });
  }
}
