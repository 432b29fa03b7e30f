import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS } from '../../auth/access/permissions.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { AgingComparisonView, CompareAgingDto } from './aging-comparison.dto.js';
import { AgingComparisonService } from './aging-comparison.service.js';
import { agingComparisonView } from './aging-comparison.view.js';
import { ReadsQuickBooks } from '../../qbo-sync/api/metering/reads-quickbooks.decorator.js';

@ApiTags('Reports')
@Controller('reports/aging/compare')
export class AgingComparisonController {
  constructor(private readonly comparisons: AgingComparisonService) {}

  @Post()
  @HttpCode(200)
  @ReadsQuickBooks(4)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: "The CRM's receivables against QuickBooks' own report, with the reason of every cent",
    description:
      'Costs two metered reads, four where no reason is found at first. What no reason explains is an item of the ' +
      'inbox (`aging_unexplained`) until a comparison of the same day explains it.',
  })
  @ApiOkResponse({ type: AgingComparisonView })
  @ApiProblems(409, 422, 503)
  async compare(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Body() body?: CompareAgingDto,
  ): Promise<AgingComparisonView> {
    return agingComparisonView(await this.comparisons.compare(orgId, body?.as_of));
  }
}
