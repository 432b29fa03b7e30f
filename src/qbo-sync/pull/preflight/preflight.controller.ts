import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS, READERS } from '../../../auth/access/permissions.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { PreflightView } from './preflight.dto.js';
import { PreflightService } from './preflight.service.js';
import { preflightView } from './preflight.view.js';
import { ReadsQuickBooks } from '../../api/metering/reads-quickbooks.decorator.js';

@ApiTags('QuickBooks')
@Controller('qbo/preflight')
export class PreflightController {
  constructor(private readonly preflight: PreflightService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'What was found the last time the connected company was looked at' })
  @ApiOkResponse({ type: PreflightView })
  async get(@CurrentUser() { orgId }: AuthenticatedUser): Promise<PreflightView> {
    return preflightView(await this.preflight.last(orgId));
  }

  @Post()
  @HttpCode(200)
  @ReadsQuickBooks(6)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Look now whether the connected company is ready to be written to' })
  @ApiOkResponse({ type: PreflightView })
  @ApiProblems(409, 503)
  async run(@CurrentUser() { orgId }: AuthenticatedUser): Promise<PreflightView> {
    return preflightView(await this.preflight.run(orgId));
  }
}
