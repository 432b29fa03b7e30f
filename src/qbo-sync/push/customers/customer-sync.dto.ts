import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

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
