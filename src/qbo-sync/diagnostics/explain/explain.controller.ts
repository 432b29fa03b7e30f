import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { READERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { WhyCustomerView, WhyProposalView } from './explain.dto.js';
import { whyCustomerView, whyProposalView } from './explain.view.js';
import { ExplainService } from './explain.service.js';

@ApiTags('Why?')
@Controller()
export class ExplainController {
  constructor(private readonly explain: ExplainService) {}

  @Get('proposals/:id/why')
  @Allow(READERS)
  @ApiOperation({ summary: 'Why a lead or proposal is not invoiced, paid or synced, in one sentence' })
  @ApiOkResponse({ type: WhyProposalView })
  @ApiProblems(400, 404)
  async proposal(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<WhyProposalView> {
    return whyProposalView(await this.explain.proposal(orgId, id));
  }

  @Get('customers/:id/why')
  @Allow(READERS)
  @ApiOperation({ summary: 'Why a customer is not in QuickBooks, in one sentence' })
  @ApiOkResponse({ type: WhyCustomerView })
  @ApiProblems(400, 404)
  async customer(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<WhyCustomerView> {
    return whyCustomerView(await this.explain.customer(orgId, id));
  }
}
