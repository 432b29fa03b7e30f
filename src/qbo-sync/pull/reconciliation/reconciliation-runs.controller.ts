import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { BOOKKEEPERS, READERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { UuidPipe } from '../../../platform/http/uuid.pipe.js';
import { ReconciliationRunView } from './reconciliation-runs.dto.js';
import { reconciliationRunView } from './reconciliation-runs.view.js';
import { ReconciliationRunsService } from './reconciliation-runs.service.js';
import { ReadsQuickBooks } from '../../api/metering/reads-quickbooks.decorator.js';

@ApiTags('QuickBooks')
@Controller('qbo/sync')
export class ReconciliationRunsController {
  constructor(private readonly runs: ReconciliationRunsService) {}

  @Post('invoice/compare')
  @HttpCode(202)
  @ReadsQuickBooks(4)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Have every linked invoice compared with QuickBooks, for as few calls as that takes',
    description:
      'One comparison at a time: while one waits, asking again answers the same; while one runs, it runs once more ' +
      'afterwards. Its progress is at `GET /qbo/sync/compares/{compare_id}`.',
  })
  @ApiAcceptedResponse({ type: ReconciliationRunView })
  @ApiProblems(409)
  async request(@CurrentUser() user: AuthenticatedUser): Promise<ReconciliationRunView> {
    return reconciliationRunView(await this.runs.request(user));
  }

  @Get('compares/:id')
  @Allow(READERS)
  @ApiOperation({ summary: 'How far a comparison has got, and what it found' })
  @ApiOkResponse({ type: ReconciliationRunView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', UuidPipe) id: string,
  ): Promise<ReconciliationRunView> {
    return reconciliationRunView(await this.runs.progress(orgId, id));
  }
}
