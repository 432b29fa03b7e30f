import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';

export class CustomerSyncView {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ type: String, nullable: true, example: '123' })
  qbo_customer_id!: string | null;

  @ApiProperty({ example: 1 })
  customer_id!: number;

  @ApiPropertyOptional({ enum: ['created', 'updated', 'error'], example: 'created' })
  result?: string;

  @ApiPropertyOptional({ example: 'QuickBooks did not answer in time.' })
  error?: string;
}

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

  @ApiPropertyOptional({ example: 'No QBO invoice linked' })
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

export class InvoiceView {
  @ApiProperty({ enum: ['created', 'exists'], example: 'created' })
  status!: string;

  @ApiProperty({ example: '145' })
  qbo_invoice_id!: string;

  @ApiProperty({ type: String, example: 'CRM-7', nullable: true })
  qbo_invoice_number!: string | null;

  @ApiProperty({ example: 375000 })
  amount_cents!: number;

  @ApiProperty({ example: 3750 })
  amount_usd!: number;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ enum: ['sandbox', 'production'], example: 'sandbox' })
  env!: string;
}

export class PendingInvoiceView {
  @ApiProperty({ enum: ['pending'], example: 'pending' })
  status!: string;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({
    example: 'QuickBooks has not answered yet. The invoice is looked for and made by itself, once.',
  })
  detail!: string;
}

export class CreateInvoice {
  @ApiPropertyOptional({
    default: false,
    description:
      'You looked in QuickBooks, there is no such invoice, and you want another try under a new number',
  })
  @IsOptional()
  @IsBoolean()
  again?: boolean;
}
