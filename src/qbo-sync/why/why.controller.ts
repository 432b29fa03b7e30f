import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import { type Caller, READERS } from '../../auth/caller.js';
import { CurrentCaller } from '../../auth/current-caller.decorator.js';
import { IdPipe } from '../../http/id.pipe.js';
import { ApiProblems } from '../../http/problem.dto.js';
import { WhyCustomerView, whyCustomerView, WhyProposalView, whyProposalView } from './why.dto.js';
import { WhyService } from './why.service.js';

@ApiTags('Why?')
@Controller()
export class WhyController {
  constructor(private readonly why: WhyService) {}

  @Get('proposals/:id/why')
  @Allow(READERS)
  @ApiOperation({ summary: 'Why a lead or proposal is not invoiced, paid or synced, in one sentence' })
  @ApiOkResponse({ type: WhyProposalView })
  @ApiProblems(400, 404)
  async proposal(
    @CurrentCaller() { orgId }: Caller,
    @Param('id', IdPipe) id: number,
  ): Promise<WhyProposalView> {
    return whyProposalView(await this.why.proposal(orgId, id));
  }

  @Get('customers/:id/why')
  @Allow(READERS)
  @ApiOperation({ summary: 'Why a customer is not in QuickBooks, in one sentence' })
  @ApiOkResponse({ type: WhyCustomerView })
  @ApiProblems(400, 404)
  async customer(
    @CurrentCaller() { orgId }: Caller,
    @Param('id', IdPipe) id: number,
  ): Promise<WhyCustomerView> {
    return whyCustomerView(await this.why.customer(orgId, id));
  }
}
