import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ResolutionsService, type ResolutionHandler } from '../../inbox/resolutions.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { isCancelled, RefundPushService } from '../push/payments/refund-push.service.js';
import { OperationTriesRepository } from '../operations/operation-tries.repository.js';

/** What a person can do about a refund that is not in the books: have it tried again. */
@Injectable()
export class RefundResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionsService,
    private readonly connections: ConnectionService,
    private readonly recording: RefundPushService,
    private readonly tries: OperationTriesRepository,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('refund.create', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.recording.push(orgId, Number(id), { insist: true });
    const steps = await this.tries.listOf('refund.create', orgId, Number(id));
    const left = steps.find((step) => step.state !== 'done' && !isCancelled(step));
    return left ? (left.errorDetail ?? 'It waits for the payment it gives back.') : null;
  }
}
