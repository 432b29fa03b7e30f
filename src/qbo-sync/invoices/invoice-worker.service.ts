import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DomainError } from '../../errors/domain-error.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { QboError } from '../client/qbo-error.js';
import { InvoiceCreationService } from './invoice-creation.service.js';

/** Carries on with invoices whose operation was left unfinished. The operation's row keeps the reason of each failure. */
@Injectable()
export class InvoiceWorker implements OnApplicationBootstrap {
  private readonly logger = new Logger(InvoiceWorker.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly creation: InvoiceCreationService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.invoice.create', ({ orgId, proposalId }) => this.carryOn(orgId, proposalId));
  }

  private async carryOn(orgId: number, proposalId: number): Promise<void> {
    try {
      await this.creation.create(orgId, proposalId);
    } catch (error) {
      if (!(error instanceof QboError) && !(error instanceof DomainError)) throw error;
      this.logger.warn({ err: error, orgId, proposalId }, 'The invoice is not made yet');
    }
  }
}
