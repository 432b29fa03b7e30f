import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { READERS, SELLERS } from '../../auth/access/permissions.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiPageResponse, type Page, pageOf, PageQuery } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { AskedReminderView, ReminderView } from './reminder.dto.js';
import { ReminderRequestService } from './reminder-request.service.js';
import { askedReminderView, reminderView } from './reminder.view.js';

@ApiTags('Invoices')
@Controller('invoices')
export class RemindersController {
  constructor(private readonly requests: ReminderRequestService) {}

  @Post(':id/remind')
  @HttpCode(202)
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'Remind the customer of an invoice by e-mail now',
    description:
      'At any time of day, also where reminders are turned off. One that waits, or went out within the hour, stands ' +
      'for it. Where nothing is to be paid: 409 with the code of what the page of the customer would say.',
  })
  @ApiAcceptedResponse({ type: AskedReminderView })
  @ApiProblems(400, 404, 409)
  async remind(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<AskedReminderView> {
    return askedReminderView(await this.requests.queue(user, id));
  }

  @Get(':id/reminders')
  @Allow(READERS)
  @ApiOperation({ summary: 'The reminders of an invoice and what became of them, newest first' })
  @ApiPageResponse(ReminderView)
  @ApiProblems(400, 404, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ReminderView>> {
    return pageOf(await this.requests.list(orgId, id, query), query.limit, reminderView);
  }
}
