import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import { BOOKKEEPERS, type Caller, READERS } from '../../auth/caller.js';
import { CurrentCaller } from '../../auth/current-caller.decorator.js';
import { IdPipe } from '../../http/id.pipe.js';
import { afterId, ApiPageResponse, type Page, pageOf, PageQuery } from '../../http/page.dto.js';
import { ApiProblems } from '../../http/problem.dto.js';
import { InboxDecisionView, InboxItemView, inboxItemView } from './inbox.dto.js';
import { InboxService } from './inbox.service.js';

@ApiTags('Inbox')
@Controller('inbox')
export class InboxController {
  constructor(private readonly inbox: InboxService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'What waits for a person, oldest first' })
  @ApiPageResponse(InboxItemView)
  @ApiProblems(400, 422)
  async list(@CurrentCaller() { orgId }: Caller, @Query() query: PageQuery): Promise<Page<InboxItemView>> {
    return pageOf(await this.inbox.list(orgId, query.limit, afterId(query)), query.limit, inboxItemView);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Try it again, now' })
  @ApiOkResponse({ type: InboxDecisionView })
  @ApiProblems(400, 404, 409)
  async retry(@CurrentCaller() caller: Caller, @Param('id', IdPipe) id: number): Promise<InboxDecisionView> {
    const error = await this.inbox.retry(caller, id);
    return error === null ? { id, state: 'resolved' } : { id, state: 'open', error };
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Leave it as it is; it stays on record' })
  @ApiOkResponse({ type: InboxDecisionView })
  @ApiProblems(400, 404)
  async dismiss(
    @CurrentCaller() caller: Caller,
    @Param('id', IdPipe) id: number,
  ): Promise<InboxDecisionView> {
    await this.inbox.close(caller, id, 'dismissed');
    return { id, state: 'dismissed' };
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'It was mended by hand' })
  @ApiOkResponse({ type: InboxDecisionView })
  @ApiProblems(400, 404)
  async resolve(
    @CurrentCaller() caller: Caller,
    @Param('id', IdPipe) id: number,
  ): Promise<InboxDecisionView> {
    await this.inbox.close(caller, id, 'resolved');
    return { id, state: 'resolved' };
  }
}
