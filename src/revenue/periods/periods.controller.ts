import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { ADMINS, BOOKKEEPERS, READERS } from '../../auth/access/permissions.js';
import { StepUp } from '../../auth/access/step-up.decorator.js';
import { UsersService } from '../../auth/people/users.service.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { invalid } from '../../platform/errors/domain-error.js';
import { asCsv } from '../../platform/http/csv-reply.js';
import { HTML } from '../../platform/http/pages/html.js';
import { ApiPageResponse, type Page, PageQuery } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { canonicalJson } from '../../platform/text/canonical-json.js';
import { CLOSE_PACK_POLICY, closePackPage, type PackNames } from './close-pack-page.js';
import { closePackCsv } from './close-pack-csv.js';
import {
  ClosePeriod,
  ListedPeriodView,
  PackQuery,
  PackView,
  PeriodStatusView,
  PeriodView,
  ReopenPeriod,
} from './period.dto.js';
import { pageOfMonths } from './period-page.js';
import { checkView, packView, periodView } from './period.view.js';
import { PeriodsService } from './periods.service.js';

@ApiTags('Periods')
@Controller('periods')
export class PeriodsController {
  constructor(
    private readonly periods: PeriodsService,
    private readonly orgs: OrgsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'The months of the books, newest first, and which of them are closed' })
  @ApiPageResponse(ListedPeriodView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: PageQuery,
  ): Promise<Page<ListedPeriodView>> {
    const { periods, qboClosingDate } = await this.periods.list(orgId);
    const { months, nextCursor } = pageOfMonths(periods, query);
    return {
      items: months.map((period) => ({ ...periodView(period), qbo_closing_date: qboClosingDate })),
      next_cursor: nextCursor,
    };
  }

  @Get(':month')
  @Allow(READERS)
  @ApiOperation({ summary: 'A month, and what stands against closing it' })
  @ApiOkResponse({ type: PeriodStatusView })
  @ApiProblems(400)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('month') month: string,
  ): Promise<PeriodStatusView> {
    const status = await this.periods.get(orgId, month);
    return { ...periodView(status), checks: status.checks.map(checkView) };
  }

  @Post(':month/close')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Close a month: nothing is posted into it any more',
    description:
      'Earlier months with entries have to be closed before it. What is learned of it later counts in the first open ' +
      'month, and keeps its own day. Its figures are frozen, with a hash that is chained to the month before.',
  })
  @ApiOkResponse({ type: PeriodView })
  @ApiProblems(400, 409, 422)
  async close(
    @CurrentUser() user: AuthenticatedUser,
    @Param('month') month: string,
    @Body() { force = false, reason }: ClosePeriod,
  ): Promise<PeriodView> {
    if (force && reason === undefined) {
      throw invalid([{ field: 'reason', message: 'reason says why it is closed all the same' }]);
    }
    return periodView(await this.periods.close(user, month, { force, reason: reason ?? null }));
  }

  @Post(':month/reopen')
  @HttpCode(200)
  @StepUp()
  @Allow(ADMINS)
  @ApiOperation({ summary: 'Take the closing of a month back; the later ones first' })
  @ApiOkResponse({ type: PeriodView })
  @ApiProblems(400, 409, 422)
  async reopen(
    @CurrentUser() user: AuthenticatedUser,
    @Param('month') month: string,
    @Body() { reason }: ReopenPeriod,
  ): Promise<PeriodView> {
    return periodView(await this.periods.reopen(user, month, reason));
  }

  @Get(':month/pack')
  @Allow(READERS)
  @ApiOperation({
    summary: "A month's figures and the documents behind them",
    description:
      'Of a closed month as they were frozen, and whether the journal still gives them; of an open one as of now. ' +
      '`format=hashed` answers the very text whose SHA-256 is `pack_hash`, so that anybody can work it out again.',
  })
  @ApiOkResponse({ type: PackView })
  @ApiProduces('application/json', 'text/csv', 'text/html', 'text/plain')
  @ApiProblems(400, 422)
  async pack(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('month') month: string,
    @Query() { format }: PackQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PackView | string> {
    const pack = await this.periods.pack(orgId, month);
    if (format === 'hashed') {
      void reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('content-disposition', `attachment; filename="close-pack-${month}.txt"`);
      return canonicalJson(pack.figures);
    }
    const view = packView(pack);
    if (format === 'json') return view;
    if (format === 'html') {
      void reply.header('content-type', HTML).header('content-security-policy', CLOSE_PACK_POLICY);
      return closePackPage(view, await this.namesOf(orgId, view));
    }
    asCsv(reply, `close-pack-${month}.csv`);
    return closePackCsv(view);
  }

  /** Who closed the month stays a number where the organisation does not know them any more. */
  private async namesOf(orgId: number, { closed_by: id }: PackView): Promise<PackNames> {
    const { name: organisation } = await this.orgs.get(orgId);
    const person = id === null ? null : await this.users.find(orgId, id);
    return { organisation, closedBy: id === null ? null : (person?.fullName ?? `person ${id}`) };
  }
}
