import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { StatedReason } from '../audit/stated-reason.dto.js';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { SELLERS } from '../auth/access/permissions.js';
import { ChangeOrderView } from '../contracts/change-orders/change-order-view.dto.js';
import { changeOrderView } from '../contracts/change-orders/change-order.view.js';
import { ApiIdempotencyKey, IdempotencyKey } from '../platform/http/decorators/idempotency-key.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { ChangeOrderApprovalService } from './change-order-approval.service.js';
import { ApproveChangeOrder, CreateChangeOrder } from './change-order.dto.js';
import { ChangeOrdersService } from './change-orders.service.js';

@ApiTags('Contracts')
@Controller('proposals/:id/change-orders')
export class ChangeOrdersController {
  constructor(
    private readonly orders: ChangeOrdersService,
    private readonly approvals: ChangeOrderApprovalService,
  ) {}

  @Post()
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'Draft a change of an approved proposal; its customer signs it on the page of the link',
  })
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ type: ChangeOrderView })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: CreateChangeOrder,
    @IdempotencyKey() key: string | undefined,
  ): Promise<ChangeOrderView> {
    return changeOrderView(await this.orders.create(user, id, body, key));
  }

  @Post(':number/approve')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: "Approve a change order in the customer's place; twice is the same as once" })
  @ApiOkResponse({ type: ChangeOrderView })
  @ApiProblems(400, 404, 409, 422)
  async approve(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Param('number', IdPipe) number: number,
    @Body() { reason }: ApproveChangeOrder,
  ): Promise<ChangeOrderView> {
    return changeOrderView(await this.approvals.approve(user, id, number, reason));
  }

  @Post(':number/void')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Withdraw a change order of which nothing is signed or billed' })
  @ApiOkResponse({ type: ChangeOrderView })
  @ApiProblems(400, 404, 409, 422)
  async void(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Param('number', IdPipe) number: number,
    @Body() { reason }: StatedReason,
  ): Promise<ChangeOrderView> {
    return changeOrderView(await this.orders.void(user, id, number, reason));
  }
}
