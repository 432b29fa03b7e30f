import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterId, type PageQuery } from '../../../../platform/http/lists/page.dto.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import { InvoicePaymentsRepository, type ListedPayment } from './invoice-payments.repository.js';

/** Shows what was paid of a proposal's invoice. Writing it down is the projector's alone. */
@Injectable()
export class InvoicePaymentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly payments: InvoicePaymentsRepository,
  ) {}

  /** One more than the page holds, newest first. Throws where there is no such proposal. */
  async list(orgId: number, proposalId: number, query: PageQuery): Promise<ListedPayment[]> {
    const tx = this.dataSource.manager;
    const window = { limit: query.limit, beforeId: afterId(query) };
    await this.proposals.getInOrg(tx, orgId, proposalId);
    return this.payments.listOfProposal(tx, orgId, proposalId, window);
  }
}
