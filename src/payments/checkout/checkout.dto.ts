import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Max, Min } from 'class-validator';
import { invalid } from '../../platform/errors/domain-error.js';
import { INVOICE_KINDS } from '../../invoices/invoice.dto.js';
import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { BodyId } from '../../platform/http/decorators/body-id.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';
import { centsFromDecimal } from '../../platform/money/cents.js';
import { QueryNumber } from '../../platform/http/decorators/query.decorator.js';
import { IfGiven } from '../../platform/http/decorators/text.decorator.js';

const DOLLARS_MAX = 10 ** 11 - 1;
const AMOUNT_DOLLARS = {
  example: 11_025,
  minimum: 0.01,
  maximum: DOLLARS_MAX,
  description: 'Total of a proposal that has no amount of its own; has no effect on any other',
};

/** For which proposal the customer is to pay what is due. */
export class CreateCheckout {
  @ApiPropertyOptional({ example: 7, description: 'Needed here or in the query' })
  @IfGiven()
  @BodyId()
  proposal_id?: number;

  @ApiPropertyOptional(AMOUNT_DOLLARS)
  @IfGiven()
  @Decimal(2)
  @Min(0.01)
  @Max(DOLLARS_MAX)
  amount_dollars?: number;
}

/** The same as query parameters; the body's amount comes first. */
export class CreateCheckoutQuery {
  @ApiPropertyOptional({ example: 7, description: 'Needed here or in the body' })
  @IsOptional()
  @QueryNumber()
  @BodyId()
  proposal_id?: number;

  @ApiPropertyOptional(AMOUNT_DOLLARS)
  @IsOptional()
  @QueryNumber()
  @Decimal(2)
  @Min(0.01)
  @Max(DOLLARS_MAX)
  amount_dollars?: number;
}

export class CheckoutView {
  @ApiProperty({ example: 'https://checkout.stripe.com/c/pay/cs_test_a1b2' })
  checkout_url!: string;

  @ApiProperty({ example: 'cs_test_a1b2' })
  session_id!: string;

  @ApiProperty({ example: 330_750, description: 'What is asked for' })
  deposit_cents!: number;

  @ApiProperty({ example: 330_750, description: 'The same' })
  amount_cents!: number;

  @ApiProperty({ enum: INVOICE_KINDS, example: 'deposit', description: 'What it is for' })
  kind!: InvoiceKind;

  @ApiProperty({
    type: Number,
    example: 4,
    nullable: true,
    description: 'The invoice it is for, where there is one',
  })
  invoice_id!: number | null;

  @ApiProperty({ example: 1_102_500, description: 'What the proposal comes to' })
  total_cents!: number;

  @ApiPropertyOptional({ enum: [true], description: 'No money moves: there is no Stripe key' })
  dev_mode?: true;
}

/** What is asked for, from body and query together. Throws where neither names a proposal, or each another. */
export function wantedCheckout(
  body: CreateCheckout,
  query: CreateCheckoutQuery,
): { proposalId: number; totalCents?: number } {
  const proposalId = body.proposal_id ?? query.proposal_id;
  if (proposalId == null) {
    throw invalid([{ field: 'proposal_id', message: 'proposal_id must be given, in the body or the query' }]);
  }
  if (query.proposal_id !== undefined && query.proposal_id !== proposalId) {
    throw invalid([{ field: 'proposal_id', message: 'proposal_id must not be another in body and query' }]);
  }
  const dollars = body.amount_dollars ?? query.amount_dollars;
  return { proposalId, ...(dollars == null ? {} : { totalCents: centsFromDecimal(dollars) }) };
}
