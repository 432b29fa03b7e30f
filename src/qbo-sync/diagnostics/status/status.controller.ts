import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { READERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { SyncCursorsRepository } from '../../pull/change-feed/sync-cursors.repository.js';
import { ConnectionStatusView } from './status.dto.js';
import { connectionStatusView } from './status.view.js';

@ApiTags('QuickBooks')
@Controller('qbo')
export class StatusController {
  constructor(
    private readonly connections: ConnectionService,
    private readonly cursors: SyncCursorsRepository,
  ) {}

  @Get('status')
  @Allow(READERS)
  @ApiOperation({
    summary: 'How the connection to QuickBooks stands, and how fresh what is known of its invoices',
  })
  @ApiOkResponse({ type: ConnectionStatusView })
  async status(@CurrentUser() { orgId }: AuthenticatedUser): Promise<ConnectionStatusView> {
    return connectionStatusView(await this.connections.status(orgId), await this.cursors.freshness(orgId));
  }
}
