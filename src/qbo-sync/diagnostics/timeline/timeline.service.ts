import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import { timelineOf } from './timeline.js';
import type { TimelineItem } from './timeline-facts.js';
import { TimelineRepository } from './timeline.repository.js';

/** Tells the way of a proposal, step by step. Reads what others wrote down; asks no vendor. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly timelines: TimelineRepository,
  ) {}

  /** Oldest first. Throws where there is no such proposal in the organisation. */
  async of(orgId: number, proposalId: number): Promise<TimelineItem[]> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      const proposal = await this.proposals.getInOrg(tx, orgId, proposalId);
      return timelineOf(await this.timelines.read(tx, proposal));
    });
  }
}
