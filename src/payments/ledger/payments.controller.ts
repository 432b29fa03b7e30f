import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import { type AuthenticatedUser, READERS } from '../../auth/authenticated-user.js';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { afterId, ApiPageResponse, type Page, pageOf } from '../../platform/http/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { PaymentsQuery, PaymentView } from './payment.dto.js';
import { paymentView } from './payment.view.js';
import { PaymentsService } from './payments.service.js';

@ApiTags('Payments')
@Controller('payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'List payments with their refunds and disputes, newest first' })
  @ApiPageResponse(PaymentView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: PaymentsQuery,
  ): Promise<Page<PaymentView>> {
    const { limit, proposal_id: proposalId, from, to, state } = query;
    const window = { limit, beforeId: afterId(query), proposalId, from, to, state };
    const entries = await this.payments.list(orgId, window);
    return pageOf(
      entries.map((entry) => ({ id: entry.payment.id, entry })),
      limit,
      ({ entry }) => paymentView(entry),
    );
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show a payment with its refunds and disputes' })
  @ApiOkResponse({ type: PaymentView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<PaymentView> {
    return paymentView(await this.payments.get(orgId, id));
  }
}
