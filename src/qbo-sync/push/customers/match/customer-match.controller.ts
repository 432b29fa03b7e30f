import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../../auth/access/authenticated-user.js';
import { BOOKKEEPERS, READERS } from '../../../../auth/access/permissions.js';
import { CurrentUser } from '../../../../auth/access/current-user.decorator.js';
import { invalid } from '../../../../platform/errors/domain-error.js';
import { IdPipe } from '../../../../platform/http/id.pipe.js';
import { ApiProblems } from '../../../../platform/http/problem.dto.js';
import { CustomerMatchView, DecideMatch } from './customer-match.dto.js';
import { CustomerMatchStateService } from './customer-match-state.service.js';
import { CustomerMatchService } from './customer-match.service.js';
import { customerMatchView } from './customer-match.view.js';

@ApiTags('QuickBooks')
@Controller('customers/:id/match')
export class CustomerMatchController {
  constructor(
    private readonly matches: CustomerMatchService,
    private readonly states: CustomerMatchStateService,
  ) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'Whether a customer is one that QuickBooks has, and who it may be' })
  @ApiOkResponse({ type: CustomerMatchView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<CustomerMatchView> {
    return customerMatchView(await this.states.get(orgId, id));
  }

  @Post()
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Decide which customer in QuickBooks it is, or that it is none' })
  @ApiOkResponse({ type: CustomerMatchView })
  @ApiProblems(400, 404, 409, 422, 429, 503)
  async decide(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { action, qbo_customer_id: qboCustomerId }: DecideMatch,
  ): Promise<CustomerMatchView> {
    if (action === 'create' && qboCustomerId !== undefined) {
      const message =
        'qbo_customer_id names one to link, and create makes another: leave it out, or say link';
      throw invalid([{ field: 'qbo_customer_id', message }]);
    }
    await this.apply(user, id, action, qboCustomerId);
    return customerMatchView(await this.states.get(user.orgId, id));
  }

  private apply(
    user: AuthenticatedUser,
    id: number,
    action: DecideMatch['action'],
    qboCustomerId?: string,
  ): Promise<void> {
    switch (action) {
      case 'link':
        return this.matches.link(user, id, qboCustomerId!);
      case 'create':
        return this.matches.create(user, id);
      case 'exclude':
        return this.matches.exclude(user, id);
      case 'unlink':
        return this.matches.unlink(user, id);
      default:
        return action satisfies never;
    }
  }
}
