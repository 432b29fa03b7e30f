import { Controller, Get, Headers, HttpCode, NotFoundException, Post, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiExcludeEndpoint,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { SignedBody } from '../../platform/http/bodies/signed-body.js';
import { StripeWebhookStoreService } from './stripe-webhook-store.service.js';
import { StripeSignatureService } from './stripe-signature.service.js';

class ReceivedView {
  @ApiProperty({ enum: [true] })
  received!: true;
}

/** As Stripe sends it where a payment page was paid, without the fields that nobody here reads. */
const PAID_EXAMPLE = {
  id: 'evt_1SXkQ2ExampleExample0001',
  object: 'event',
  type: 'checkout.session.completed',
  created: 1_795_770_611,
  livemode: false,
  data: {
    object: {
      id: 'cs_test_a1ExampleExample0001',
      object: 'checkout.session',
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      payment_intent: 'pi_3SXkQ2ExampleExample0001',
      amount_total: 375_000,
      currency: 'usd',
      created: 1_795_770_000,
    },
  },
};

@ApiTags('Payments')
@Controller('payments')
@Public()
export class StripeWebhookController {
  constructor(
    private readonly signature: StripeSignatureService,
    private readonly store: StripeWebhookStoreService,
    private readonly metrics: MetricsService,
  ) {}

  /** Else `GET /payments/{id}` would ask whoever looks here to sign in. */
  @Get('webhook')
  @ApiExcludeEndpoint()
  refuse(): never {
    throw new NotFoundException();
  }

  @Post('webhook')
  @HttpCode(200)
  @SignedBody()
  @ApiOperation({
    summary: 'Where Stripe sends its events',
    description:
      'Proven by signature, stored once by id, answered at once; what it asks for is done by a job.',
  })
  @ApiHeader({ name: 'stripe-signature', required: false, description: 'Not needed in dev mode alone' })
  @ApiBody({ schema: { type: 'object' }, examples: { paid: { value: PAID_EXAMPLE } } })
  @ApiOkResponse({ type: ReceivedView })
  @ApiProblems(400)
  async receive(
    @Req() { body }: FastifyRequest,
    @Headers('stripe-signature') header: string | undefined,
  ): Promise<ReceivedView> {
    const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    await this.store.keep(raw, this.signature.read(raw, header));
    this.metrics.count('crm_stripe_webhook_events_total', { result: 'received' });
    return { received: true };
  }
}
