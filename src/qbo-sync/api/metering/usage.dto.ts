import { ApiProperty } from '@nestjs/swagger';

export class UsageView {
  @ApiProperty({ example: '2026-03', description: 'The month, in UTC' })
  month!: string;

  @ApiProperty({ example: 1440, description: 'Metered reads of the organisation so far' })
  reads_used!: number;

  @ApiProperty({ example: 500000, description: 'Metered reads the whole installation may use in a month' })
  reads_budget!: number;

  @ApiProperty({ example: 2880, description: 'Metered reads of the organisation by the end of the month' })
  reads_forecast!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { cdc: 1400, 'invoice.read': 40 },
    description: 'The metered reads so far, by operation',
  })
  by_operation!: Record<string, number>;
}
