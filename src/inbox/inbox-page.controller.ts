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
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { invalid } from '../platform/errors/domain-error.js';
import { AnswersPages } from '../platform/http/decorators/answers-pages.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { INBOX_CODES } from '../messages/inbox-messages.js';
import { isQboId, qboIdMeant } from '../platform/text/qbo-id.js';
import { ITEM_DECISIONS } from './inbox-item.js';
import { INBOX_PAGE_ITEMS, INBOX_PAGE_PATH, inboxPage } from './inbox-page.js';
import { InboxRetriesService } from './inbox-retries.service.js';
import { InboxService } from './inbox.service.js';
import { queuedQuery } from './queued-words.js';

const COUNT = { schema: { type: 'integer', minimum: 0, maximum: 999_999 } } as const;

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
    private readonly retries: InboxRetriesService,
    private readonly orgs: OrgsService,
    private readonly settings: OrgSettingsService,
  ) {}

  @Get()
  @Allow(READERS)
  @AboutOrganisation()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of what waits for a person' })
  @ApiQuery({
    name: 'done',
    required: false,
    enum: ['resolved', 'dismissed', 'retried', 'not_done', 'queued'],
  })
  @ApiQuery({ name: 'tried', required: false, ...COUNT, description: 'Of `queued`, as are the next' })
  @ApiQuery({ name: 'waiting', required: false, ...COUNT })
  @ApiQuery({ name: 'singly', required: false, ...COUNT })
  @ApiQuery({ name: 'more', required: false, type: 'integer', enum: [0, 1] })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(
    @CurrentUser() { orgId, roles }: AuthenticatedUser,
    @Query() query: Record<string, unknown>,
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
      together: await this.retries.countOfKinds(orgId),
      query,
    });
  }

  @Post('retry')
  @Redirect(INBOX_PAGE_PATH, 303)
  @Allow(BOOKKEEPERS)
  @AboutOrganisation(INBOX_PAGE_PATH)
  @ApiOperation({ summary: 'Try all of a kind again with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['code']) })
  @ApiResponse({ status: 303, description: 'They are tried as soon as workers come to it: the page again' })
  async retryAll(@CurrentUser() user: AuthenticatedUser, @Body() fields: FormFields): Promise<Onward> {
    const code = INBOX_CODES.find((one) => one === fields?.code);
    if (code === undefined)
      throw invalid([{ field: 'code', message: 'Load the page anew: it names no kind' }]);
    const { counts } = await this.retries.queueAll(user, code);
    return { url: `${INBOX_PAGE_PATH}?${queuedQuery(counts)}` };
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
    const qboId = qboIdMeant(textOf(fields?.qbo_id), takes === 'customer' ? 'nameId' : 'txnId');
    const action = ITEM_DECISIONS.find((one) => one === fields?.action);
    if (qboId !== '' && !isQboId(qboId)) {
      throw invalid([
        {
          field: 'qbo_id',
          message:
            'An id of QuickBooks has digits only: give the number after txnId= (of a customer after nameId=) in the ' +
            'address of its page in QuickBooks, or all of that address',
        },
      ]);
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
