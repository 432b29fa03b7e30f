import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { SELLERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { CheckoutView, CreateCheckout, CreateCheckoutQuery, wantedCheckout } from './checkout.dto.js';
import { checkoutView } from './checkout.view.js';
import { CheckoutService } from './checkout.service.js';

@ApiTags('Payments')
@Controller('payments')
export class CheckoutController {
  constructor(private readonly checkouts: CheckoutService) {}

  @Post('checkout_session')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'Open the page on which the customer pays what is due of an approved proposal',
    description:
      'The deposit first, then each invoice by its due day: what is open on it. An open page is handed out again.',
  })
  @ApiOkResponse({ type: CheckoutView })
  @ApiProblems(404, 409, 422, 503)
  async open(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Body() body: CreateCheckout,
    @Query() query: CreateCheckoutQuery,
  ): Promise<CheckoutView> {
    const { proposalId, totalCents } = wantedCheckout(body, query);
    return checkoutView(await this.checkouts.open(orgId, proposalId, { totalCents }));
  }
}
