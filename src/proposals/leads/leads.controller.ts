import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { READERS, SELLERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import {
  ApiIdempotencyKey,
  IdempotencyKey,
} from '../../platform/http/decorators/idempotency-key.decorator.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiPageResponse, type Page } from '../../platform/http/lists/page.dto.js';
import { sortedPageOf } from '../../platform/http/lists/sorted-page.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { CreateLead, LeadsQuery, UpdateLead } from './lead.dto.js';
import { LeadView } from './lead-view.dto.js';
import { LeadsService } from './leads.service.js';
import { leadView } from './lead.view.js';

@ApiTags('Leads')
@Controller('leads')
export class LeadsController {
  constructor(private readonly leads: LeadsService) {}

  @Post()
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Note down a lead' })
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ type: LeadView })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: CreateLead,
    @IdempotencyKey() key: string | undefined,
  ): Promise<LeadView> {
    return leadView(await this.leads.create(user.orgId, body, key));
  }

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'List leads and what became of them; oldest first, or as sort says' })
  @ApiPageResponse(LeadView)
  @ApiProblems(400, 422)
  async list(@CurrentUser() user: AuthenticatedUser, @Query() query: LeadsQuery): Promise<Page<LeadView>> {
    return sortedPageOf(await this.leads.list(user.orgId, query), query, leadView);
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show a lead' })
  @ApiOkResponse({ type: LeadView })
  @ApiProblems(400, 404)
  async get(@CurrentUser() user: AuthenticatedUser, @Param('id', IdPipe) id: number): Promise<LeadView> {
    return leadView(await this.leads.get(user.orgId, id));
  }

  @Patch(':id')
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Change or close a lead' })
  @ApiOkResponse({ type: LeadView })
  @ApiProblems(400, 404, 409, 422)
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: UpdateLead,
  ): Promise<LeadView> {
    return leadView(await this.leads.update(user.orgId, id, body));
  }
}
