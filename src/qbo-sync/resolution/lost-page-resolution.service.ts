import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { ResolutionsService, type ResolutionHandler } from '../../inbox/resolutions.service.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { unreadAfterLostPage } from '../../messages/reasons/stripe-reasons.js';
import { UNREAD_AFTER_LOST_PAGE_STEP } from '../../messages/next-steps.js';
import {
  LOST_PAGE_SUBJECT,
  LostPagesRepository,
  type UnreadInvoice,
} from '../../payments/checkout/sessions/lost-pages.repository.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { QboError } from '../api/errors/qbo-error.js';
import { ConnectionService } from '../connection/connection.service.js';
import { InvoiceRefreshService } from '../pull/invoices/invoice-refresh.service.js';

/**
 * What follows when a person has seen to money that came by a payment page of before a restore: its invoice is read, as
 * they may have entered the money there. Until it is, the customer is not asked for it.
 */
@Injectable()
export class LostPageResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly lostPages: LostPagesRepository,
    private readonly connections: ConnectionService,
    private readonly refresh: InvoiceRefreshService,
    private readonly proposals: ProposalsRepository,
    private readonly inbox: InboxRepository,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register(LOST_PAGE_SUBJECT, this);
    this.connections.onConnected(this, async (tx, { orgId }) => {
      const unread = await this.lostPages.listUnread(tx, orgId);
      for (const proposalId of new Set(unread.map((one) => one.proposalId)))
        await this.jobs.enqueue(tx, 'qbo.invoice.read', { orgId, proposalId });
    });
  }

  async closed(tx: EntityManager, orgId: number, id: string, state: 'resolved' | 'dismissed'): Promise<void> {
    if (state === 'dismissed') return;
    const proposalId = await this.lostPages.proposalOf(tx, orgId, `${LOST_PAGE_SUBJECT}:${id}`);
    if (proposalId !== null) await this.jobs.enqueue(tx, 'qbo.invoice.read', { orgId, proposalId });
  }

  /**
   * Throws QboError where QuickBooks does not answer. A connection that is made later asks again; one that cannot be
   * read is before a person once more.
   */
  @JobHandler('qbo.invoice.read')
  async read({ orgId, proposalId }: QueuePayloads['qbo.invoice.read']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    const unread = await this.lostPages.listUnread(this.dataSource.manager, orgId);
    for (const invoice of unread.filter((one) => one.proposalId === proposalId)) {
      try {
        await this.refresh.apply(company, [await this.refresh.snapshot(company, invoice.qboInvoiceId)]);
      } catch (error) {
        if (!(error instanceof QboError) || error.kind !== 'malformed') throw error;
        await this.dataSource.transaction((tx) => this.askAgain(tx, orgId, invoice));
      }
    }
  }

  /** What cannot be read is not asked for without an end: a person mends it, or decides without it. */
  private async askAgain(
    tx: EntityManager,
    orgId: number,
    { proposalId, qboInvoiceId, subject, reason }: UnreadInvoice,
  ): Promise<void> {
    const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
    const { customerId } = proposal;
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'payment_unknown',
      reason: unreadAfterLostPage(reason, qboInvoiceId),
      nextStep: UNREAD_AFTER_LOST_PAGE_STEP,
      proposalId,
      customerId,
    });
  }
}
