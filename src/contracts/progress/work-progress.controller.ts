import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS, READERS } from '../../auth/access/permissions.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { ReachMilestone, SetProgress, WorkProgressView } from './work-progress.dto.js';
import { WorkProgressService, type WorkStatus } from './work-progress.service.js';

@ApiTags('Contracts')
@Controller('proposals')
export class WorkProgressController {
  constructor(private readonly work: WorkProgressService) {}

  @Get(':id/contract/progress')
  @Allow(READERS)
  @ApiOperation({ summary: 'What is done of the work, as far as revenue is earned by it' })
  @ApiOkResponse({ type: WorkProgressView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<WorkProgressView> {
    return workProgressView(await this.work.get(orgId, id));
  }

  @Put(':id/contract/progress')
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Note how much is done at the end of a month: policy percent earns by it' })
  @ApiOkResponse({ type: WorkProgressView })
  @ApiProblems(400, 404, 409, 422)
  async setPercent(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { month, percent }: SetProgress,
  ): Promise<WorkProgressView> {
    return workProgressView(await this.work.setPercent(orgId, id, { month, percent }));
  }

  @Post(':id/contract/entries/:number/reached')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Note that the milestone of an entry was reached: policy milestone earns by it' })
  @ApiOkResponse({ type: WorkProgressView })
  @ApiProblems(400, 404, 409, 422)
  async reach(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Param('number', IdPipe) number: number,
    @Body() { reached_on }: ReachMilestone,
  ): Promise<WorkProgressView> {
    return workProgressView(await this.work.reach(orgId, id, number, reached_on));
  }
}

function workProgressView({ status, milestones, progress }: WorkStatus): WorkProgressView {
  const { contract, entries } = status;
  const reached = new Map(milestones.map(({ sequence, reachedOn }) => [sequence, reachedOn]));
  return {
    proposal_id: contract.proposalId,
    revenue_policy: contract.revenuePolicy,
    completed_on: contract.completedOn,
    milestones: entries.flatMap(({ number, kind, sequence, milestone }) =>
      kind === 'progress' && milestone !== null
        ? [{ number, milestone, reached_on: reached.get(sequence) ?? null }]
        : [],
    ),
    progress,
  };
}
