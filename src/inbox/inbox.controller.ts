import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { StatedReason } from '../audit/stated-reason.dto.js';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { BOOKKEEPERS, READERS } from '../auth/access/permissions.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiPageResponse, type Page } from '../platform/http/lists/page.dto.js';
import { sortedPageOf, sortPosition } from '../platform/http/lists/sorted-page.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import {
  InboxDecisionView,
  InboxItemView,
  InboxQuery,
  InboxHistoryView,
  QueuedRetriesView,
  ResolveItem,
  RetryKind,
} from './inbox.dto.js';
import { INBOX_SORT_KEYS } from './inbox-items.repository.js';
import { InboxRetriesService } from './inbox-retries.service.js';
import { InboxService } from './inbox.service.js';
import { filterIn, foundIn, inboxItemView, inboxHistoryView, queuedRetriesView } from './inbox.view.js';

@ApiTags('Inbox')
@Controller('inbox')
export class InboxController {
  constructor(
    private readonly inbox: InboxService,
    private readonly retries: InboxRetriesService,
  ) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'What waits for a person, or what was decided; oldest first, or as sort says' })
  @ApiPageResponse(InboxItemView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: InboxQuery,
  ): Promise<Page<InboxItemView>> {
    const { limit, sort } = query;
    const window = { limit, sort, after: sortPosition(INBOX_SORT_KEYS, query) };
    return sortedPageOf(await this.inbox.list(orgId, filterIn(query), window), query, inboxItemView);
  }

  @Post('retry')
  @HttpCode(202)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Try all of a kind again, as soon as workers come to it; what is left out is named',
    description:
      'At most 500 at a time. The outcome of each stands in its history; one that came right is resolved.',
  })
  @ApiAcceptedResponse({ type: QueuedRetriesView })
  @ApiProblems(422)
  async retryAll(
    @CurrentUser() user: AuthenticatedUser,
    @Body() { code }: RetryKind,
  ): Promise<QueuedRetriesView> {
    return queuedRetriesView(await this.retries.queueAll(user, code));
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'One item, open or closed, with everything that happened to it' })
  @ApiOkResponse({ type: InboxHistoryView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<InboxHistoryView> {
    return inboxHistoryView(await this.inbox.get(orgId, id));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Try it again, now' })
  @ApiOkResponse({ type: InboxDecisionView })
  @ApiProblems(400, 404, 409, 429)
  async retry(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<InboxDecisionView> {
    const error = await this.inbox.retry(user, id);
    return error === null ? { id, state: 'resolved' } : { id, state: 'open', error };
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Leave it as it is; it stays on record' })
  @ApiOkResponse({ type: InboxDecisionView })
  @ApiProblems(400, 404, 409, 422)
  async dismiss(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { reason }: StatedReason,
  ): Promise<InboxDecisionView> {
    await this.inbox.dismiss(user, id, reason);
    return { id, state: 'dismissed' };
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'It was mended by hand; name the document in QuickBooks where one was found or entered',
    description:
      'With a document, it is read and compared with what was wanted before it is tied to it. A wrong ' +
      'one is refused and nothing changes. About a customer that may be in QuickBooks already an action can be ' +
      'named in place of a document.',
  })
  @ApiBody({
    type: ResolveItem,
    examples: {
      mended: { value: {} },
      found: { value: { qbo_invoice_id: '145' } },
      decided: { value: { action: 'create' } },
    },
  })
  @ApiOkResponse({ type: InboxDecisionView })
  @ApiProblems(400, 404, 409, 422, 429, 503)
  async resolve(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: ResolveItem,
  ): Promise<InboxDecisionView> {
    await this.inbox.resolve(user, id, foundIn(body), body.action);
    return { id, state: 'resolved' };
  }
}
