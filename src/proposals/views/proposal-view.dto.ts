import type { PostalAddress } from '../../customers/postal-address.js';
import { PostalAddressBody } from '../../customers/postal-address.dto.js';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PROPOSAL_STATUSES, type ProposalStatus } from '../proposal-lifecycle.js';
import { QboColumnsView } from './qbo-columns.dto.js';

const INSTANT = { type: String, format: 'date-time', nullable: true } as const;

export class LineView {
  @ApiProperty({ example: 31 })
  id!: number;

  @ApiProperty({ example: 'Tear off and replace shingles, per square' })
  description!: string;

  @ApiProperty({ example: 24.5 })
  quantity!: number;

  @ApiProperty({ example: 45_000 })
  unit_price_cents!: number;

  @ApiProperty({ example: 1_102_500, description: 'Quantity times unit price, half up to the cent' })
  amount_cents!: number;
}

/** A proposal as callers see it, with what QuickBooks says of its invoice. */
export class ProposalView extends QboColumnsView {
  @ApiProperty({ example: 7 })
  id!: number;

  @ApiProperty({ example: 1 })
  org_id!: number;

  @ApiProperty({ example: 'Roof replacement, 412 Aspen Way' })
  name!: string;

  @ApiProperty({ type: Number, example: 1 })
  customer_id!: number | null;

  @ApiProperty({
    type: String,
    example: 'Ann Ruiz',
    nullable: true,
    description: 'Or the e-mail of one without a name',
  })
  customer_name!: string | null;

  @ApiProperty({ enum: PROPOSAL_STATUSES, example: 'approved' })
  status!: ProposalStatus;

  @ApiProperty({ type: Number, example: 1_102_500, description: 'The sum of the lines' })
  amount_cents!: number | null;

  @ApiProperty({ example: 'USD', description: 'ISO 4217' })
  currency!: string;

  @ApiProperty({ type: [LineView] })
  lines!: LineView[];

  @ApiProperty({ type: PostalAddressBody, nullable: true, description: 'Where the work is done' })
  site_address!: PostalAddress | null;

  @ApiProperty({ example: 330_750, description: 'What was paid of the deposit, net of refunds' })
  deposit_paid_cents!: number;

  @ApiProperty({ ...INSTANT, example: '2026-03-03T15:00:00.000Z' })
  approved_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' })
  updated_at!: string;
}

/** What is to be known about an approval that holds all the same. */
export class ApprovalWarning {
  @ApiProperty({ enum: ['amount_below_minimum', 'amount_above_maximum'] })
  code!: string;

  @ApiProperty({ example: '$1,200,000.00 cannot be paid online: Stripe takes $999,999.99 at the most.' })
  message!: string;
}

/** What approving answers. */
export class ApprovalView {
  @ApiProperty({ enum: ['approved'] })
  status!: 'approved';

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiPropertyOptional({
    type: [ApprovalWarning],
    description: 'What stands in the way of paying the deposit online',
  })
  warnings?: ApprovalWarning[];
}
