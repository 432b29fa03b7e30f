import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { sentElsewhereStep } from '../../../messages/next-steps.js';
import { sentElsewhere } from '../../../messages/reasons/books-reasons.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { elsewhereSubjectOf } from '../elsewhere-subject.js';
import { isMaybeDone } from '../operation-state.js';
import type { OutboundOperation } from '../rows/operation.entity.js';
import { OperationsElsewhereRepository } from '../rows/operations-elsewhere.repository.js';
import { OperationsRepository } from '../rows/operations.repository.js';
import { sentTitleOf } from './sent-title.js';

/** More than these are asked about by the polls that follow. */
const ASKED_PER_REVIEW_MAX = 100;

/**
 * Operations that were sent to another company than the one connected, and not answered. Promise: a person hears of
 * each once, as nobody looks for it before that company is connected again; then it closes by itself.
 */
@Injectable()
export class OperationsElsewhereService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly elsewhere: OperationsElsewhereRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Asks about those that no person was asked about, whatever goes on with them, and closes what is no question more.
   * Of the others it says what is to be done as things stand: whether an invoice is wanted changes.
   */
  async review(company: QboCompany): Promise<void> {
    const { manager } = this.dataSource;
    const { orgId } = company;
    const over = await this.elsewhere.listOver(manager, company);
    if (over.length > 0)
      await this.dataSource.transaction((tx) => this.inbox.resolveSubjects(tx, orgId, over));
    for (const { subject, realmId, nextStep, wanted } of await this.elsewhere.listAskedInvoices(
      manager,
      orgId,
    )) {
      const step = sentElsewhereStep(realmId, wanted);
      if (step !== nextStep) await this.inbox.advise(manager, orgId, subject, step);
    }
    for (const operation of await this.elsewhere.listUnasked(manager, company, ASKED_PER_REVIEW_MAX))
      await this.ask(company, operation);
  }

  async ask(company: QboCompany, operation: OutboundOperation): Promise<void> {
    const { orgId, proposalId, realmId, id: operationId } = operation;
    if (!isMaybeDone(operation.state) || realmId === null || realmId === company.realmId) return;
    const subject = elsewhereSubjectOf(operation);
    await this.dataSource.transaction(async (tx) => {
      // Nobody connects its own company meanwhile, and finds it before it is asked about.
      if (!(await this.connections.isStill(tx, company))) return;
      const { state, firstSentAt } = await this.operations.getForUpdate(tx, operation);
      if (!isMaybeDone(state) || (await this.inbox.hasOpen(tx, orgId, subject))) return;
      if ((await this.inbox.decisionSince(tx, orgId, subject, firstSentAt!)) !== null) return;
      await this.inbox.open(tx, {
        orgId,
        subject,
        code: 'uncertain',
        reason: sentElsewhere(sentTitleOf(operation), await this.customers.nameOf(tx, operation), realmId),
        nextStep: sentElsewhereStep(realmId, await this.elsewhere.wantedInvoice(tx, operation)),
        retry: null,
        proposalId,
        paymentId: /^(payment|refund)\./.test(operation.kind) ? operation.entityId : null,
        operationId,
      });
    });
  }
}
