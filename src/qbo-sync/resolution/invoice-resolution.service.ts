import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { OperationTriesRepository } from '../operations/rows/operation-tries.repository.js';
import { InvoiceCreationService } from '../push/invoices/create/invoice-creation.service.js';
import { InvoiceMatchService } from './invoice-match.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { RetryBoundService } from './retry-bound.service.js';

/**
 * What a person can do about an invoice that could not be made: have it tried again, or name the one they found or
 * typed in.
 */
@Injectable()
export class InvoiceResolutionService implements ResolutionHandler, OnModuleInit {
  readonly isClosedAfterRetry = true;

  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly invoices: InvoicesRepository,
    private readonly retryBound: RetryBoundService,
    private readonly creation: InvoiceCreationService,
    private readonly tries: OperationTriesRepository,
    private readonly manualMatch: ManualMatchService,
    private readonly match: InvoiceMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('invoice.create', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.retryBound.take(orgId);
    const { manager } = this.dataSource;
    const { proposalId, kind, sequence } = await this.invoices.getInOrg(manager, orgId, Number(id));
    const key = { kind, sequence };
    const creation = await this.creation.create(orgId, proposalId, { again: true, key });
    return creation.status === 'pending' ? creation.reason : null;
  }

  /** Who closes the question has made it by hand, or wants none: what is not sent yet is not sent. */
  async closed(tx: EntityManager, orgId: number, id: string): Promise<void> {
    await this.manualMatch.assertAtRest(tx, 'invoice.create', orgId, Number(id));
    await this.tries.giveUpUnsent(tx, 'invoice.create', orgId, Number(id));
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.match.adopt(orgId, Number(id), found, also);
  }
}
