import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class CustomerSyncView {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ type: String, nullable: true, example: '123' })
  qbo_customer_id!: string | null;

  @ApiProperty({ example: 1 })
  customer_id!: number;

  @ApiPropertyOptional({ example: true, description: 'It was in QuickBooks before, and is linked now' })
  adopted?: boolean;

  @ApiPropertyOptional({
    enum: ['skipped', 'error'],
    example: 'skipped',
    description:
      'Skipped: it may be in QuickBooks already and a person decides, a person keeps it out, or it is inactive ' +
      'here or was erased',
  })
  result?: string;

  @ApiPropertyOptional({ example: 'QuickBooks did not answer in time.' })
  error?: string;
}
