import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { InvoiceDetailView } from '../../../invoices/invoice.dto.js';

/** What billing an entry came to. */
export class BilledEntryView {
  @ApiProperty({ enum: ['created', 'exists', 'pending'], example: 'created' })
  status!: string;

  @ApiProperty({ type: InvoiceDetailView, nullable: true })
  invoice!: InvoiceDetailView | null;

  @ApiPropertyOptional({ description: 'Why it is pending', example: 'QuickBooks has not answered yet.' })
  detail?: string;
}
