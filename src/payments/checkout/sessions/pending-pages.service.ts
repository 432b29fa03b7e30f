import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { TimerHandler } from '../../../jobs/handlers/timer-handler.decorator.js';
import { CheckoutSessionsRepository } from './checkout-sessions.repository.js';
import { PageElsewhereService } from './page-elsewhere.service.js';

/**
 * Looks once a day at the pages by which a bank is about to pay, so that a person hears of one that the key's account
 * does not know, and is asked no more where it does, though nobody is refused another page meanwhile.
 */
@Injectable()
export class PendingPagesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly elsewhere: PageElsewhereService,
    private readonly jobs: JobsService,
  ) {}

  @JobHandler('stripe.pages.look')
  async look({ orgId, proposalId }: QueuePayloads['stripe.pages.look']): Promise<void> {
    await this.elsewhere.reportPaying(orgId, proposalId, { isRefused: false });
  }

  /** One job for each proposal with such a page. Answers how many. */
  @TimerHandler('look-at-pages')
  async enqueueAll(): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const proposals = await this.sessions.listPendingProposals(tx);
      await this.jobs.enqueueAll(tx, 'stripe.pages.look', proposals);
      return proposals.length;
    });
  }
}
