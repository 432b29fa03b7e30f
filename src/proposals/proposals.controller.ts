import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { READERS, SELLERS } from '../auth/access/permissions.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { ApiIdempotencyKey, IdempotencyKey } from '../platform/http/decorators/idempotency-key.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiPageResponse, type Page, PageQuery, pageOf } from '../platform/http/lists/page.dto.js';
import { sortedPageOf } from '../platform/http/lists/sorted-page.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { ActivityService } from './activity/activity.service.js';
import { ActivityView } from './activity/activity-view.dto.js';
import { ApprovalService } from './approval/approval.service.js';
import { CreateProposal, ProposalsQuery, UpdateProposal } from './views/proposal.dto.js';
import { ApprovalView, ProposalView } from './views/proposal-view.dto.js';
import { ProposalsService } from './proposals.service.js';
import { activityView } from './activity/activity.view.js';
import { approvalView, proposalView } from './views/proposal.view.js';

@ApiTags('Proposals')
@Controller('proposals')
export class ProposalsController {
  constructor(
    private readonly proposals: ProposalsService,
    private readonly approvals: ApprovalService,
    private readonly activities: ActivityService,
  ) {}

  @Post()
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Draft a proposal, new or from a lead' })
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ type: ProposalView })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: CreateProposal,
    @IdempotencyKey() key: string | undefined,
  ): Promise<ProposalView> {
    return proposalView(await this.proposals.create(user.orgId, body, key));
  }

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'List proposals, by what is known of them; oldest first, or as sort says' })
  @ApiPageResponse(ProposalView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: ProposalsQuery,
  ): Promise<Page<ProposalView>> {
    return sortedPageOf(await this.proposals.list(user.orgId, query), query, proposalView);
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show a proposal and how its invoice stands' })
  @ApiOkResponse({ type: ProposalView })
  @ApiProblems(400, 404)
  async get(@CurrentUser() user: AuthenticatedUser, @Param('id', IdPipe) id: number): Promise<ProposalView> {
    return proposalView(await this.proposals.get(user.orgId, id));
  }

  @Patch(':id')
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'Change a draft, or cancel a proposal that has no invoice, or none that stands',
    description: 'Of what is approved, `site_address` alone can be changed: the invoices to come have it.',
  })
  @ApiBody({
    type: UpdateProposal,
    examples: {
      change: { value: { name: 'Roof replacement, 412 Aspen Way' } },
      cancel: { value: { status: 'cancelled' } },
    },
  })
  @ApiOkResponse({ type: ProposalView })
  @ApiProblems(400, 404, 409, 422)
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: UpdateProposal,
  ): Promise<ProposalView> {
    return proposalView(await this.proposals.update(user, id, body));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Approve a draft; twice is the same as once' })
  @ApiOkResponse({ type: ApprovalView })
  @ApiProblems(400, 404, 409)
  async approve(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<ApprovalView> {
    return approvalView(await this.approvals.approve(user, id));
  }

  @Get(':id/activity')
  @Allow(READERS)
  @ApiOperation({ summary: 'What happened to a proposal, newest first' })
  @ApiPageResponse(ActivityView)
  @ApiProblems(400, 404, 422)
  async activity(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ActivityView>> {
    return pageOf(await this.activities.list(user.orgId, id, query), query.limit, activityView);
  }
}
