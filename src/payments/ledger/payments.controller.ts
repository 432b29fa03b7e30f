import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { BOOKKEEPERS, READERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { StepUp } from '../../auth/access/step-up.decorator.js';
import { invalid } from '../../platform/errors/domain-error.js';
import { asCsv } from '../../platform/http/csv-reply.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import {
  ApiIdempotencyKey,
  IdempotencyKey,
} from '../../platform/http/decorators/idempotency-key.decorator.js';
import { afterId, ApiPageResponse, type Page, pageOf } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { CreateRefund, PaymentsQuery, PaymentView } from './payment.dto.js';
import { PAYMENTS_CSV_HEAD, paymentsCsv, paymentView } from './payment.view.js';
import { RefundRequestService } from './refunds/refund-request.service.js';
import { type PaymentExport, PaymentsService } from './payments.service.js';

@ApiTags('Payments')
@Controller('payments')
export class PaymentsController {
  constructor(
    private readonly payments: PaymentsService,
    private readonly refunds: RefundRequestService,
  ) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary: 'List payments with their refunds and disputes, newest first',
    description:
      'Those that customers made online. What came on invoices in any way, by check too, is at ' +
      '`GET /reports/received`. `format=csv` answers a file of all that fit, without pages.',
  })
  @ApiPageResponse(PaymentView)
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: PaymentsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<PaymentView> | Readable> {
    const { limit, from, to, format } = query;
    if (from !== undefined && to !== undefined && from > to) {
      throw invalid([{ field: 'to', message: 'to must not be before from' }]);
    }
    const filter = {
      proposalId: query.proposal_id,
      customerId: query.customer_id,
      state: query.state,
      currency: query.currency,
      amountCents: query.amount_cents,
      from,
      to,
      search: query.search,
    };
    if (format === 'csv') {
      const all = await this.payments.export(orgId, filter);
      asCsv(reply, 'payments.csv');
      return Readable.from(csvOf(all));
    }
    const entries = await this.payments.list(orgId, { ...filter, limit, beforeId: afterId(query) });
    return pageOf(
      entries.map((entry) => ({ id: entry.payment.id, entry })),
      limit,
      ({ entry }) => paymentView(entry),
    );
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show a payment with its refunds and disputes' })
  @ApiOkResponse({ type: PaymentView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<PaymentView> {
    return paymentView(await this.payments.get(orgId, id));
  }

  @Post(':id/refund')
  @HttpCode(200)
  @StepUp()
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Refund a payment, or a part of it',
    description:
      'Answers 202 where Stripe has not said what became of it: the refund is `requested` and is followed up. Under ' +
      'an `Idempotency-Key` that this payment was refunded with nothing more goes back, and the payment is shown; ' +
      '409 `idempotency_key_reused` where another amount is asked for, 409 `refund_failed` where that refund failed. ' +
      'With `outside_stripe` what went back in another way is written down: its refund receipt in QuickBooks is out ' +
      'of the account that the payment went to, which a bookkeeper changes to the one that it came from.',
  })
  @ApiIdempotencyKey()
  @ApiOkResponse({ type: PaymentView })
  @ApiResponse({ status: 202, type: PaymentView })
  @ApiProblems(400, 404, 409, 422)
  async refund(
    @CurrentUser() { orgId, userId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { amount_cents: amountCents, reason, outside_stripe: outsideStripe }: CreateRefund,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentView> {
    const entry = await this.refunds.refund(orgId, id, { amountCents, reason, userId, key, outsideStripe });
    if (entry.refunds.some(({ state }) => state === 'requested')) void reply.status(202);
    return paymentView(await this.payments.show(orgId, entry));
  }
}

async function* csvOf(all: PaymentExport): AsyncGenerator<string> {
  yield PAYMENTS_CSV_HEAD;
  for await (const entries of all.batches) yield paymentsCsv(entries, all);
}
