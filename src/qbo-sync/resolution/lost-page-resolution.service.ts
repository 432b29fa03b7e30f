import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ResolutionsService, type ResolutionHandler } from '../../inbox/resolutions.service.js';
import { JobHandler } from '../../jobs/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { QueuePayloads } from '../../jobs/queue-payloads.js';
import { LOST_PAGE_SUBJECT, LostPagesRepository } from '../../payments/checkout/lost-pages.repository.js';
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

  /** Throws QboError where QuickBooks does not answer. A connection that is made later asks again. */
  @JobHandler('qbo.invoice.read')
  async read({ orgId, proposalId }: QueuePayloads['qbo.invoice.read']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    const unread = await this.lostPages.listUnread(this.dataSource.manager, orgId);
    for (const { qboInvoiceId } of unread.filter((one) => one.proposalId === proposalId))
      await this.refresh.apply(company, [await this.refresh.snapshot(company, qboInvoiceId)]);
  }
}
