import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { BOOKKEEPERS, READERS } from '../auth/access/permissions.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiPageResponse, type Page } from '../platform/http/lists/page.dto.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { AllocateLine, BillsQuery, BillView, RejectLine } from './bill.dto.js';
import { billView } from './bill.view.js';
import { billCursor, positionIn } from './bills-order.js';
import { BillsService } from './bills.service.js';

@ApiTags('Bills')
@Controller('bills')
export class BillsController {
  constructor(private readonly bills: BillsService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary:
      "List vendors' bills, their credits and purchases of the QuickBooks company, and which job bears them",
  })
  @ApiPageResponse(BillView)
  @ApiProblems(400, 409, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { vendor, proposal_id: proposalId, allocation, state, sort, cursor, limit }: BillsQuery,
  ): Promise<Page<BillView>> {
    const order = { sort, limit, after: positionIn(sort, cursor) };
    const { bills, next } = await this.bills.page(orgId, { vendor, proposalId, allocation, state }, order);
    return { items: bills.map(billView), next_cursor: next && billCursor(sort, next) };
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show a bill with its lines' })
  @ApiOkResponse({ type: BillView })
  @ApiProblems(404, 409)
  async get(@CurrentUser() { orgId }: AuthenticatedUser, @Param('id') id: string): Promise<BillView> {
    return billView(await this.bills.get(orgId, id));
  }

  @Post(':id/lines/:line/allocate')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Have a proposal bear a line of a bill, or a part of it' })
  @ApiOkResponse({ type: BillView })
  @ApiProblems(400, 404, 409, 422)
  async allocate(
    @CurrentUser() { orgId, userId }: AuthenticatedUser,
    @Param('id') id: string,
    @Param('line', IdPipe) line: number,
    @Body() { proposal_id: proposalId, amount_cents: cents, whole_project: wholeProject }: AllocateLine,
  ): Promise<BillView> {
    const order = { proposalId, cents, wholeProject, by: userId };
    return billView(await this.bills.allocate(orgId, id, line, order));
  }

  @Post(':id/lines/:line/reject')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Say that a line of a bill is not of a proposal' })
  @ApiOkResponse({ type: BillView })
  @ApiProblems(400, 404, 409, 422)
  async reject(
    @CurrentUser() { orgId, userId }: AuthenticatedUser,
    @Param('id') id: string,
    @Param('line', IdPipe) line: number,
    @Body() { proposal_id: proposalId, whole_project: wholeProject }: RejectLine,
  ): Promise<BillView> {
    return billView(await this.bills.reject(orgId, id, line, { proposalId, wholeProject, by: userId }));
  }
}
