import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INVOICE_NOT_LINKED } from '../../messages/invoice-check-messages.js';

export class InvoiceCheckView {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ example: true, description: 'This very check saw the invoice become Paid' })
  changed_to_paid!: boolean;

  @ApiPropertyOptional({ enum: ['Paid', 'Open', 'Unknown'], example: 'Paid', nullable: true })
  qbo_status?: string | null;

  @ApiPropertyOptional({ type: Number, example: 0, nullable: true })
  qbo_balance_cents?: number | null;

  @ApiPropertyOptional({ type: String, example: '1042', nullable: true })
  qbo_invoice_number?: string | null;

  @ApiPropertyOptional({ example: INVOICE_NOT_LINKED })
  error?: string;
}

export class PollAllView {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ example: 5 })
  scheduled!: number;

  @ApiProperty({ type: [Number], example: [7, 8, 12, 15, 19] })
  proposal_ids!: number[];
}
