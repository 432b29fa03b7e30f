import { Controller, Get, Header, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnswersPages } from '../../platform/http/decorators/answers-pages.decorator.js';
import { HTML } from '../../platform/http/pages/html.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { devCheckoutPage, returnPage } from './payment-pages.js';
import { SessionLookupService } from './sessions/session-lookup.service.js';
import { DevCheckoutService } from './dev-checkout.service.js';

@ApiTags('Payments')
@Controller('portal/dev-checkout')
@AnswersPages()
@Public()
export class DevCheckoutController {
  constructor(
    private readonly sessions: SessionLookupService,
    private readonly checkout: DevCheckoutService,
  ) {}

  @Get(':session')
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'The mock of the payment page in dev mode; never in production' })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiProblems(404)
  async show(@Param('session') sessionId: string): Promise<string> {
    const session = await this.sessions.getDev(sessionId);
    return session.status === 'open' ? devCheckoutPage(session) : returnPage(session);
  }

  @Post(':session')
  @ApiOperation({ summary: 'Pay on the mock page: books as an event of Stripe would' })
  @ApiResponse({ status: 303, description: 'Paid; go to where the customer comes back to' })
  @ApiProblems(404)
  async pay(@Param('session') sessionId: string, @Res() reply: FastifyReply): Promise<void> {
    const session = await this.sessions.getDev(sessionId);
    await this.checkout.pay(session);
    void reply.redirect(session.successUrl, 303);
  }
}
