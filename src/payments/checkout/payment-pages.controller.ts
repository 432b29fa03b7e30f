import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/public.decorator.js';
import { cancelledPage, returnPage } from './payment-pages.js';
import { SessionLookupService } from './session-lookup.service.js';

const HTML = 'text/html; charset=utf-8';

@ApiTags('Payments')
@Controller('portal/payment')
@Public()
export class PaymentPagesController {
  constructor(private readonly sessions: SessionLookupService) {}

  @Get('done')
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'Where a customer comes back to after paying' })
  @ApiQuery({ name: 'session_id', example: 'cs_test_a1b2' })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiProblems(404)
  async done(@Query('session_id') sessionId: unknown): Promise<string> {
    return returnPage(await this.sessions.get(sessionId));
  }

  @Get('cancelled')
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'Where a customer comes back to who did not pay' })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page' })
  cancelled(): string {
    return cancelledPage();
  }
}
