import { Controller, Post, Redirect } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { BrowserSession } from '../../../auth/access/browser-session.decorator.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS } from '../../../auth/access/permissions.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { STATUS_PAGE_PATH } from '../../connection/status-address.js';
import { PreflightService } from './preflight.service.js';
import { ReadsQuickBooks } from '../../api/metering/reads-quickbooks.decorator.js';

/** The form of the page of the connection. It counts only where it comes from that page. */
@ApiTags('QuickBooks')
@Controller('qbo/status/page/preflight')
@AnswersPages()
@BrowserSession()
export class PreflightPageController {
  constructor(private readonly preflight: PreflightService) {}

  @Post()
  @Redirect(`${STATUS_PAGE_PATH}?done=looked`, 303)
  @ReadsQuickBooks(6)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Look at the connected company with the form of the page' })
  @ApiResponse({ status: 303, description: 'Looked at: the page again' })
  async run(@CurrentUser() { orgId }: AuthenticatedUser): Promise<void> {
    await this.preflight.run(orgId);
  }
}
