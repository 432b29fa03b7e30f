import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersPages } from '../../platform/http/decorators/answers-pages.decorator.js';
import { HTML } from '../../platform/http/pages/html.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { cancelledPage, returnPage } from './payment-pages.js';
import { SessionLookupService } from './sessions/session-lookup.service.js';

@ApiTags('Payments')
@Controller('portal/payment')
@AnswersPages()
@Public()
export class PaymentPagesController {
  constructor(private readonly sessions: SessionLookupService) {}

  @Get('done')
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'Where a customer comes back to after paying' })
  @ApiQuery({ name: 'session_id', example: 'cs_test_a1b2' })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiProblems(404)
  async done(@Query('session_id') sessionId: unknown): Promise<string> {
    return returnPage(await this.sessions.get(sessionId));
  }

  @Get('cancelled')
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'Where a customer comes back to who did not pay' })
  @ApiResponse({ status: 200, description: 'The page' })
  cancelled(): string {
    return cancelledPage();
  }
}
