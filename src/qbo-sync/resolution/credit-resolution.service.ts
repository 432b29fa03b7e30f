import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ResolutionsService, type ResolutionHandler } from '../../inbox/resolutions.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationsRepository } from '../operations/operations.repository.js';
import { CreditMemoPushService } from '../push/credits/credit-memo-push.service.js';

/** What a person can do about a credit memo that is not in the books, or on no invoice: have it tried again. */
@Injectable()
export class CreditResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionsService,
    private readonly connections: ConnectionService,
    private readonly credits: CreditMemoPushService,
    private readonly operations: OperationsRepository,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('credit.create', this);
    this.resolutions.register('credit.apply', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.credits.carry(orgId, Number(id), { insist: true });
    for (const kind of ['credit.create', 'credit.apply'] as const) {
      const newest = await this.operations.findNewest(kind, orgId, Number(id));
      if (newest && newest.state !== 'done') return newest.errorDetail;
    }
    return null;
  }
}
