import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { IfGiven } from '../../../platform/http/decorators/text.decorator.js';
import { QBO_NOT_CONNECTED } from '../../../messages/invoice-check-messages.js';

export class CreateInvoice {
  @ApiPropertyOptional({
    default: false,
    description:
      'The invoice was voided or deleted, or you looked in QuickBooks and there is none: it is made anew ' +
      'under a new number',
  })
  @IfGiven()
  @IsBoolean()
  again?: boolean;
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

  @ApiProperty({ type: Number, example: 3750, nullable: true, description: 'Null in other currencies' })
  amount_usd!: number | null;

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

/** What asking for a void came to. */
export class InvoiceVoidView {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiPropertyOptional({ enum: ['voided', 'deleted'], example: 'voided' })
  qbo_state?: string | null;

  @ApiPropertyOptional({ type: String, example: 'CRM-7', nullable: true })
  qbo_invoice_number?: string | null;

  @ApiPropertyOptional({ example: QBO_NOT_CONNECTED })
  error?: string;
}
