import { Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { notFound } from '../../platform/errors/domain-error.js';
import { ApiPageResponse, type Page, PageQuery } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { UuidPipe } from '../../platform/http/uuid.pipe.js';
import { Allow } from '../access/allow.decorator.js';
import { LoggedOutView } from '../auth.dto.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import { BrowserCookiesService } from '../access/browser-cookies.service.js';
import { BrowserSession } from '../access/browser-session.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import { OwnSignIn } from '../access/own-sign-in.decorator.js';
import { READERS } from '../access/permissions.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { cursorOf, sessionPlace } from './session-cursor.js';
import { SessionView } from './session.dto.js';
import { sessionView } from './session.view.js';

/** What a person does about the own sessions. Of others' nothing is shown, and nothing can be ended here. */
@ApiTags('Sign-in')
@Controller('auth')
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookies: BrowserCookiesService,
  ) {}

  @Get('sessions')
  @ApiOperation({ summary: 'List the own sessions that hold at this moment, newest first' })
  @ApiPageResponse(SessionView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { userId, sessionId }: SessionUser,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<Page<SessionView>> {
    const rows = await this.sessions.listLive(userId, { limit: limit + 1, before: sessionPlace(cursor) });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      items: shown.map((session) => sessionView(session, sessionId)),
      next_cursor: last ? cursorOf(last) : null,
    };
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End one of the own sessions: its tokens or cookie are worth nothing from here on',
  })
  @ApiNoContentResponse({ description: 'It is over' })
  @ApiProblems(400, 404)
  async end(
    @CurrentUser() user: SessionUser,
    @Param('id', UuidPipe) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (!(await this.sessions.end(user, id))) throw notFound('session', id);
    if (id === user.sessionId) this.cookies.clearSession(reply);
  }

  @Post('logout_all')
  @HttpCode(200)
  @ApiOperation({ summary: 'End every session of the own, this one too' })
  @ApiOkResponse({ type: LoggedOutView })
  async endAll(
    @CurrentUser() user: SessionUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoggedOutView> {
    await this.sessions.endAll(user);
    this.cookies.clearSession(reply);
    return { ok: true };
  }
}
