import { ApiProperty } from '@nestjs/swagger';
import { PROPOSAL_STATUSES, type ProposalStatus } from '../proposal-lifecycle.js';
import { QboColumnsView } from '../views/qbo-columns.dto.js';

/**
 * A lead as callers see it. Its id is the id of the proposal it may become, and it says what QuickBooks has of that.
 */
export class LeadView extends QboColumnsView {
  @ApiProperty({ example: 7 })
  id!: number;

  @ApiProperty({ example: 1 })
  org_id!: number;

  @ApiProperty({ example: 'Roof replacement, 412 Aspen Way' })
  name!: string;

  @ApiProperty({ type: String, example: 'dana@example.com', nullable: true })
  email!: string | null;

  @ApiProperty({ type: String, example: '555-0142', nullable: true })
  phone!: string | null;

  @ApiProperty({ type: String, example: 'Website', nullable: true })
  source!: string | null;

  @ApiProperty({ type: String, example: 'Hail damage on the north side.', nullable: true })
  notes!: string | null;

  @ApiProperty({ type: Number, example: 1, nullable: true })
  customer_id!: number | null;

  @ApiProperty({
    type: String,
    example: 'Ann Ruiz',
    nullable: true,
    description: 'Or the e-mail of one without a name',
  })
  customer_name!: string | null;

  @ApiProperty({ enum: PROPOSAL_STATUSES, example: 'lead' })
  status!: ProposalStatus;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  updated_at!: string;
}
