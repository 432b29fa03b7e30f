import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import { type Caller, READERS } from '../../auth/caller.js';
import { CurrentCaller } from '../../auth/current-caller.decorator.js';
import { BudgetService } from './budget.service.js';
import { UsageView, usageView } from './usage.dto.js';

@ApiTags('QuickBooks')
@Controller('qbo/usage')
export class UsageController {
  constructor(private readonly budget: BudgetService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary: 'What the organisation has read from QuickBooks this month, and where that leads',
  })
  @ApiOkResponse({ type: UsageView })
  async usage(@CurrentCaller() { orgId }: Caller): Promise<UsageView> {
    return usageView(await this.budget.usageOf(orgId));
  }
}
