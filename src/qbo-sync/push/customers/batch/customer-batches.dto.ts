import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, Max, Min } from 'class-validator';
import { ROW_ID_MAX } from '../../../../platform/database/statements/row-id.js';

const CUSTOMERS_MAX = 1000;

export class SyncCustomers {
  @ApiProperty({
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: ROW_ID_MAX },
    example: [1, 2, 3],
    minItems: 1,
    maxItems: CUSTOMERS_MAX,
    description: 'One that is named twice counts once',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CUSTOMERS_MAX)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(ROW_ID_MAX, { each: true })
  customer_ids!: number[];
}

export class QueuedCustomerBatchView {
  @ApiProperty({ format: 'uuid', example: '0d6f7c3a-8f0e-4f57-9f0e-1f6f5a5f2b7e' })
  batch_id!: string;

  @ApiProperty({ example: 65 })
  total!: number;
}

export class CustomerBatchProgressView extends QueuedCustomerBatchView {
  @ApiProperty({ enum: ['queued', 'running', 'done'], example: 'done' })
  status!: string;

  @ApiProperty({ example: 65, description: 'How many are over, well or not' })
  done!: number;
}

export class CustomerBatchResultView {
  @ApiProperty({ example: 1 })
  customer_id!: number;

  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({
    enum: ['created', 'updated', 'skipped', 'error', 'not_found'],
    example: 'created',
    description:
      'A customer that was in step already counts as updated. Without a connection all are skipped, and until a ' +
      'person decides one that may be in QuickBooks already. One that is not yours is not found',
  })
  result!: string;

  @ApiProperty({ type: String, nullable: true, example: '123' })
  qbo_customer_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  error!: string | null;

  @ApiPropertyOptional({ example: true, description: 'It was in QuickBooks before, and is linked now' })
  adopted?: boolean;
}

export class CustomerBatchView extends CustomerBatchProgressView {
  @ApiProperty({
    type: [CustomerBatchResultView],
    description: 'Those that are over, in the order they were asked for',
  })
  results!: CustomerBatchResultView[];
}
