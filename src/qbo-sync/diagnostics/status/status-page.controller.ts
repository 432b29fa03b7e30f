import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AboutOrganisation } from '../../../auth/access/about-organisation.decorator.js';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { BrowserSession } from '../../../auth/access/browser-session.decorator.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS, READERS } from '../../../auth/access/permissions.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { REFERRER } from '../../../platform/http/pages/page-form.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { OrgsService } from '../../../orgs/orgs.service.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { SyncCursorsRepository } from '../../pull/change-feed/sync-cursors.repository.js';
import { PreflightsRepository } from '../../pull/preflight/preflights.repository.js';
import { statusPage } from './status-page.js';

/** How the connection stands, for a browser: where alerts lead. */
@ApiTags('QuickBooks')
@Controller('qbo/status/page')
@AnswersPages()
@BrowserSession()
export class StatusPageController {
  constructor(
    private readonly orgs: OrgsService,
    private readonly settings: OrgSettingsService,
    private readonly connections: ConnectionService,
    private readonly cursors: SyncCursorsRepository,
    private readonly preflights: PreflightsRepository,
  ) {}

  @Get()
  @Allow(READERS)
  @AboutOrganisation()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of how the connection to QuickBooks stands' })
  @ApiQuery({ name: 'done', required: false, enum: ['looked'] })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(
    @CurrentUser() { orgId, roles }: AuthenticatedUser,
    @Query('done') done: unknown,
  ): Promise<string> {
    return statusPage({
      orgId,
      organisation: (await this.orgs.get(orgId)).name,
      timeZone: (await this.settings.get(orgId)).timeZone,
      status: await this.connections.status(orgId),
      freshness: await this.cursors.freshness(orgId),
      preflight: await this.preflights.find(orgId),
      mayLook: roles.some((role) => BOOKKEEPERS.some((one) => one === role)),
      done,
    });
  }
}
