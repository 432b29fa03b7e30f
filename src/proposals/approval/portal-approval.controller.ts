import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { SELLERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { ApprovalService } from './approval.service.js';
import { ApprovalView } from '../views/proposal-view.dto.js';
import { approvalView } from '../views/proposal.view.js';

@ApiTags('Proposals')
@Controller('portal')
export class PortalApprovalController {
  constructor(private readonly approvals: ApprovalService) {}

  @Post('approve/:id')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Approve a draft, by the address the portal uses; twice is the same as once' })
  @ApiOkResponse({ type: ApprovalView })
  @ApiProblems(400, 404, 409)
  async approve(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<ApprovalView> {
    return approvalView(await this.approvals.approve(user, id));
  }
}
