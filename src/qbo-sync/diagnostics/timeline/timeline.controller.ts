import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { READERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { TimelineView } from './timeline.dto.js';
import { timelineView } from './timeline.view.js';
import { TimelineService } from './timeline.service.js';

@ApiTags('Proposals')
@Controller('proposals')
export class TimelineController {
  constructor(private readonly timelines: TimelineService) {}

  @Get(':id/timeline')
  @Allow(READERS)
  @ApiOperation({
    summary:
      'Every step of a proposal on its way to the books, oldest first; of a very long one the newest 500',
  })
  @ApiOkResponse({ type: TimelineView })
  @ApiProblems(400, 404)
  async timeline(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<TimelineView> {
    return timelineView(await this.timelines.of(orgId, id));
  }
}
