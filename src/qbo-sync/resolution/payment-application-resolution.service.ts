import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ResolutionsService, type ResolutionHandler } from '../../inbox/resolutions.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationsRepository } from '../operations/rows/operations.repository.js';
import { retryAnswer } from '../operations/retry-answer.js';
import { PaymentApplicationService } from '../push/payments/payment-application.service.js';
import { RetryBoundService } from './retry-bound.service.js';

/** What a person can do about a payment that is not on the new invoice: have it tried again. */
@Injectable()
export class PaymentApplicationResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionsService,
    private readonly connections: ConnectionService,
    private readonly retryBound: RetryBoundService,
    private readonly applications: PaymentApplicationService,
    private readonly operations: OperationsRepository,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('payment.apply', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    await this.applications.push(orgId, Number(id), { insist: true });
    const newest = await this.operations.findNewest('payment.apply', orgId, Number(id));
    return newest && retryAnswer([await this.operations.look(newest)], 'It waits for the new invoice.');
  }
}
