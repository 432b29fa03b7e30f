import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { READERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { ReadBudgetService } from './read-budget.service.js';
import { UsageView } from './usage.dto.js';
import { usageView } from './usage.view.js';

@ApiTags('QuickBooks')
@Controller('qbo/usage')
export class UsageController {
  constructor(private readonly budget: ReadBudgetService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary: 'What the organisation has read from QuickBooks this month, and where that leads',
  })
  @ApiOkResponse({ type: UsageView })
  async usage(@CurrentUser() { orgId }: AuthenticatedUser): Promise<UsageView> {
    return usageView(await this.budget.usageOf(orgId));
  }
}
