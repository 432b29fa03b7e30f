import { ApiProperty } from '@nestjs/swagger';
import { QBO_STATES, QBO_STATUSES } from '../../invoices/invoice-state.js';

/** What QuickBooks says of the newest live invoice of a proposal. */
export class QboColumnsView {
  @ApiProperty({ type: String, example: '130', nullable: true })
  qbo_invoice_id!: string | null;

  @ApiProperty({ type: String, example: '1042', nullable: true })
  qbo_invoice_number!: string | null;

  @ApiProperty({ type: String, enum: QBO_STATUSES, example: 'Open', nullable: true })
  qbo_status!: string | null;

  @ApiProperty({
    type: String,
    enum: QBO_STATES,
    example: 'partially_paid',
    nullable: true,
  })
  qbo_state!: string | null;

  @ApiProperty({ type: String, format: 'date', example: '2026-03-18', nullable: true })
  qbo_due_on!: string | null;

  @ApiProperty({ type: Number, example: 1_102_500, nullable: true, description: 'Tax and all' })
  qbo_total_cents!: number | null;

  @ApiProperty({ type: Number, example: 771_750, nullable: true })
  qbo_balance_cents!: number | null;

  @ApiProperty({ type: Number, example: 330_750, nullable: true })
  qbo_paid_cents!: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-04T09:30:00.000Z' })
  qbo_last_sync_at!: string | null;
}
