import { Body, Controller, Get, Header, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../../auth/access/authenticated-user.js';
import { READERS, SELLERS } from '../../../../auth/access/permissions.js';
import type { SessionUser } from '../../../../auth/access/authenticated-users.service.js';
import { CurrentUser } from '../../../../auth/access/current-user.decorator.js';
import { ApiProblems } from '../../../../platform/http/problem.dto.js';
import { UuidPipe } from '../../../../platform/http/uuid.pipe.js';
import { CustomerBatchStreamsService } from './customer-batch-streams.service.js';
import { batchView } from './customer-batch.view.js';
import { CustomerBatchView, QueuedCustomerBatchView, SyncCustomers } from './customer-batches.dto.js';
import { CustomerBatchesService } from './customer-batches.service.js';

const EVENTS_EXAMPLE = `event: progress
data: {"batch_id":"0d6f7c3a-8f0e-4f57-9f0e-1f6f5a5f2b7e","total":65,"status":"running","done":30}

event: done
data: {"batch_id":"0d6f7c3a-8f0e-4f57-9f0e-1f6f5a5f2b7e","total":65,"status":"done","done":65}
`;

@ApiTags('QuickBooks')
@Controller('qbo/sync')
export class CustomerBatchesController {
  constructor(
    private readonly batches: CustomerBatchesService,
    private readonly streams: CustomerBatchStreamsService,
  ) {}

  @Post('customers')
  @HttpCode(202)
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'Make sure many customers are in QuickBooks as the CRM knows them, thirty to a call',
  })
  @ApiAcceptedResponse({ type: QueuedCustomerBatchView })
  @ApiProblems(422)
  async sync(
    @CurrentUser() user: AuthenticatedUser,
    @Body() { customer_ids: customerIds }: SyncCustomers,
  ): Promise<QueuedCustomerBatchView> {
    const { id, total } = await this.batches.request(user, customerIds);
    return { batch_id: id, total };
  }

  @Get('batches/:id')
  @Allow(READERS)
  @ApiOperation({ summary: 'How far a batch of customers has got, and what came of each' })
  @ApiOkResponse({ type: CustomerBatchView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', UuidPipe) id: string,
  ): Promise<CustomerBatchView> {
    const { progress, items } = await this.batches.get(orgId, id);
    return batchView(progress, items);
  }

  @Get('batches/:id/events')
  @Header('connection', 'close')
  @Header('x-accel-buffering', 'no')
  @Allow(READERS)
  @ApiOperation({
    summary: 'The same as it happens: server-sent events, one for each change; the last says done',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EVENTS_EXAMPLE } },
  })
  @ApiProblems(400, 404, 429)
  async events(@CurrentUser() user: SessionUser, @Param('id', UuidPipe) id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.streams.watch(user, id), {
      type: 'text/event-stream; charset=utf-8',
    });
  }
}
