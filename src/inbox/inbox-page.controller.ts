import { Body, Controller, Get, Header, Param, Post, Query, Redirect } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HTML } from '../platform/http/pages/html.js';
import { type FormFields, formSchema, REFERRER, textOf } from '../platform/http/pages/page-form.js';
import { AboutOrganisation } from '../auth/access/about-organisation.decorator.js';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { BrowserSession } from '../auth/access/browser-session.decorator.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { BOOKKEEPERS, READERS } from '../auth/access/permissions.js';
import { OrgSettingsService } from '../orgs/org-settings.service.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { invalid } from '../platform/errors/domain-error.js';
import { AnswersPages } from '../platform/http/decorators/answers-pages.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { isQboId } from '../platform/text/qbo-id.js';
import { ITEM_DECISIONS } from './inbox-item.js';
import { INBOX_PAGE_ITEMS, INBOX_PAGE_PATH, inboxPage } from './inbox-page.js';
import { InboxService } from './inbox.service.js';

interface Onward {
  url: string;
}

/** The inbox for a browser: where the links of alerts lead. Its forms count only where they come from our own pages. */
@ApiTags('Inbox')
@Controller('inbox/page')
@AnswersPages()
@BrowserSession()
export class InboxPageController {
  constructor(
    private readonly inbox: InboxService,
    private readonly orgs: OrgsService,
    private readonly settings: OrgSettingsService,
  ) {}

  @Get()
  @Allow(READERS)
  @AboutOrganisation()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of what waits for a person' })
  @ApiQuery({ name: 'done', required: false, enum: ['resolved', 'dismissed', 'retried', 'not_done'] })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(
    @CurrentUser() { orgId, roles }: AuthenticatedUser,
    @Query('done') done: unknown,
  ): Promise<string> {
    const window = { sort: 'id', limit: INBOX_PAGE_ITEMS + 1 };
    return inboxPage({
      orgId,
      company: (await this.orgs.get(orgId)).name,
      timeZone: (await this.settings.get(orgId)).timeZone,
      items: (await this.inbox.list(orgId, { state: 'open' }, window)).map((item) => ({
        ...item,
        choices: this.inbox.choicesOf(item),
      })),
      decides: roles.some((role) => BOOKKEEPERS.some((one) => one === role)),
      done,
    });
  }

  @Post(':id/retry')
  @Redirect(INBOX_PAGE_PATH, 303)
  @Allow(BOOKKEEPERS)
  @AboutOrganisation(INBOX_PAGE_PATH)
  @ApiOperation({ summary: 'Try an item again with the form of the page' })
  @ApiResponse({ status: 303, description: 'Tried: the page again, which says whether it worked' })
  async retry(@CurrentUser() user: AuthenticatedUser, @Param('id', IdPipe) id: number): Promise<Onward> {
    return onwardTo((await this.inbox.retry(user, id)) === null ? 'retried' : 'not_done');
  }

  @Post(':id/resolve')
  @Redirect(INBOX_PAGE_PATH, 303)
  @Allow(BOOKKEEPERS)
  @AboutOrganisation(INBOX_PAGE_PATH)
  @ApiOperation({ summary: 'Say that an item was mended by hand with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema([], ['qbo_id', 'action']) })
  @ApiResponse({ status: 303, description: 'Resolved: the page again' })
  async resolve(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() fields: FormFields,
  ): Promise<Onward> {
    const { item } = await this.inbox.get(user.orgId, id);
    const { takes } = this.inbox.choicesOf(item);
    const qboId = textOf(fields?.qbo_id).trim();
    const action = ITEM_DECISIONS.find((one) => one === fields?.action);
    if (qboId !== '' && !isQboId(qboId)) {
      throw invalid([{ field: 'qbo_id', message: 'An id of QuickBooks has digits only' }]);
    }
    const found = qboId === '' || takes === null ? null : { entity: takes, id: qboId };
    await this.inbox.resolve(user, id, found, found ? undefined : action);
    return onwardTo('resolved');
  }

  @Post(':id/dismiss')
  @Redirect(INBOX_PAGE_PATH, 303)
  @Allow(BOOKKEEPERS)
  @AboutOrganisation(INBOX_PAGE_PATH)
  @ApiOperation({ summary: 'Leave an item as it is with the form of the page' })
  @ApiResponse({ status: 303, description: 'Dismissed: the page again' })
  async dismiss(@CurrentUser() user: AuthenticatedUser, @Param('id', IdPipe) id: number): Promise<Onward> {
    await this.inbox.dismiss(user, id);
    return onwardTo('dismissed');
  }
}

function onwardTo(done: string): Onward {
  return { url: `${INBOX_PAGE_PATH}?done=${done}` };
}
