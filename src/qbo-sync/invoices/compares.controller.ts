import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import { BOOKKEEPERS, type Caller, READERS } from '../../auth/caller.js';
import { CurrentCaller } from '../../auth/current-caller.decorator.js';
import { ApiProblems } from '../../http/problem.dto.js';
import { UuidPipe } from '../../http/uuid.pipe.js';
import { CompareView, compareView } from './compares.dto.js';
import { Compares } from './compares.service.js';

@ApiTags('QuickBooks')
@Controller('qbo/sync')
export class ComparesController {
  constructor(private readonly compares: Compares) {}

  @Post('invoice/compare')
  @HttpCode(202)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Have every linked invoice compared with QuickBooks, for as few calls as that takes',
    description:
      'One comparison at a time: while one waits, asking again answers the same; while one runs, it runs once more ' +
      'afterwards. Its progress is at `GET /qbo/sync/compares/{compare_id}`.',
  })
  @ApiAcceptedResponse({ type: CompareView })
  @ApiProblems(409)
  async request(@CurrentCaller() caller: Caller): Promise<CompareView> {
    return compareView(await this.compares.request(caller));
  }

  @Get('compares/:id')
  @Allow(READERS)
  @ApiOperation({ summary: 'How far a comparison has got, and what it found' })
  @ApiOkResponse({ type: CompareView })
  @ApiProblems(400, 404)
  async get(@CurrentCaller() { orgId }: Caller, @Param('id', UuidPipe) id: string): Promise<CompareView> {
    return compareView(await this.compares.progress(orgId, id));
  }
}
