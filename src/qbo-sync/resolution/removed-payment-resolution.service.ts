import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationTriesRepository } from '../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../operations/rows/operations.repository.js';
import { RemovedPaymentsRepository } from '../pull/invoices/monitors/money/removed-payments.repository.js';
import { PrerequisitesService } from '../push/payments/prerequisites.service.js';
import { goesOnByItself } from './manual-match.service.js';
import { PaymentMatchService } from './payment-match.service.js';

/**
 * What a person can do about a payment that somebody removed from the books: name the one that was entered in its
 * place, or take out the receipts of its refunds.
 */
@Injectable()
export class RemovedPaymentResolutionService implements ResolutionHandler, OnModuleInit {
  readonly takes = 'payment';

  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly removed: RemovedPaymentsRepository,
    private readonly prerequisites: PrerequisitesService,
    private readonly activity: ActivityRepository,
    private readonly match: PaymentMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('payment.removed', this);
    this.resolutions.register('refund.without_payment', {
      takes: this.takes,
      adopt: (orgId, id, found, also) => this.adopt(orgId, id, found, also),
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.removed.takeReceiptsOut(tx, orgId, Number(id));
      },
    });
  }

  /** The payment that a person entered in place of one that was deleted or voided in QuickBooks. */
  async adopt(
    orgId: number,
    id: string,
    document: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const removed = await this.operations.findNewest('payment.create', orgId, Number(id));
    if (removed?.state !== 'done' || removed.realmId !== company.realmId) throw goesOnByItself();
    const { fact } = removed.payload;
    const found = await this.match.read(company, fact, document);
    const { payment } = found;
    await this.dataSource.transaction(async (tx) => {
      await this.match.take(tx, company, fact, found);
      await this.tries.replaceDocument(tx, removed, payment.id);
      await this.activity.log(tx, {
        orgId,
        proposalId: fact.proposalId,
        event: 'payment_recorded',
        occurrence: `${id}#${payment.id}`,
        meta: { qbo_payment_id: payment.id, payment_id: fact.paymentId, amount_cents: payment.totalCents },
      });
      await this.prerequisites.met(tx, orgId, fact.proposalId, fact.paymentId);
      await also(tx);
    });
    await this.match.apply(company, found);
  }
}
