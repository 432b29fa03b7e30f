import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterId, type PageQuery } from '../../platform/http/lists/page.dto.js';
import type { Activity } from './activity.entity.js';
import { ActivityRepository } from './activity.repository.js';
import { ProposalsRepository } from '../rows/proposals.repository.js';

/** Reads what happened to a proposal. Writing the log is its repository's, inside the transaction of what happened. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly activities: ActivityRepository,
  ) {}

  /** One more than the page holds, newest first. Throws where there is no such proposal. */
  async list(orgId: number, proposalId: number, query: PageQuery): Promise<Activity[]> {
    const tx = this.dataSource.manager;
    const window = { limit: query.limit, beforeId: afterId(query) };
    await this.proposals.getInOrg(tx, orgId, proposalId);
    return this.activities.listOfProposal(tx, orgId, proposalId, window);
  }
}
