import { Controller, Headers, HttpCode, PayloadTooLargeException, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { Public } from '../../../platform/http/decorators/public.decorator.js';
import { SignedBody, UNPROVEN_MAX_BYTES } from '../../../platform/http/bodies/signed-body.js';
import { IntuitWebhookStoreService } from './intuit-webhook-store.service.js';
import { IntuitSignatureService } from './intuit-signature.service.js';

class QboWebhookReceivedView {
  @ApiProperty({ enum: [true] })
  received!: true;
}

const REALM_EXAMPLE = '9341457021722202';
const CLOUD_EVENTS = [
  {
    specversion: '1.0',
    id: '0b1d7c9e-5a55-4f5b-9a3e-2f6f1f9c0a11',
    type: 'qbo.invoice.updated.v1',
    time: '2026-11-22T09:10:11.123456789Z',
    intuitentityid: '155',
    intuitaccountid: REALM_EXAMPLE,
    data: {},
  },
];
const NOTIFICATIONS = {
  eventNotifications: [
    {
      realmId: REALM_EXAMPLE,
      dataChangeEvent: {
        entities: [
          { name: 'Invoice', id: '155', operation: 'Update', lastUpdated: '2026-11-22T09:10:11.000Z' },
        ],
      },
    },
  ],
};

@ApiTags('QuickBooks')
@Controller('qbo')
@Public()
export class QboWebhookController {
  constructor(
    private readonly signature: IntuitSignatureService,
    private readonly store: IntuitWebhookStoreService,
  ) {}

  @Post('webhooks')
  @HttpCode(200)
  @SignedBody({ upTo: 'large' })
  @ApiOperation({
    summary: 'Where Intuit tells of changes in the books',
    description:
      'An array of CloudEvents, or the older eventNotifications; up to 2 MB, of any content type. Proven ' +
      'by signature, stored once by id, answered at once; what changed is read by a job. Once proven, ' +
      'the answer is 200 whatever the events are about.',
  })
  @ApiHeader({
    name: 'intuit-signature',
    required: false,
    description:
      'Base64 of HMAC-SHA256 over the bytes of the body. Not needed in development without a token',
  })
  @ApiBody({
    schema: { oneOf: [{ type: 'array', items: { type: 'object' } }, { type: 'object' }] },
    examples: { CloudEvents: { value: CLOUD_EVENTS }, eventNotifications: { value: NOTIFICATIONS } },
  })
  @ApiOkResponse({ type: QboWebhookReceivedView })
  @ApiProblems(401, 503)
  async receive(
    @Req() { body }: FastifyRequest,
    @Headers('intuit-signature') header: string | undefined,
  ): Promise<QboWebhookReceivedView> {
    const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    try {
      this.signature.assertProven(raw, header);
    } catch (error) {
      if (raw.length > UNPROVEN_MAX_BYTES) throw new PayloadTooLargeException();
      throw error;
    }
    await this.store.keep(raw);
    return { received: true };
  }
}
