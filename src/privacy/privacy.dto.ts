import { ApiProperty } from '@nestjs/swagger';

const ROWS = { type: 'array', items: { type: 'object', additionalProperties: true } } as const;

export class CustomerExportView {
  @ApiProperty({ example: 1 })
  customer_id!: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  exported_at!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: ROWS,
    description:
      'Rows by what they are: customer, proposals, links, approvals, activity, invoices, payments, …',
    example: { customer: [{ id: 1, email: 'test@example.com', full_name: 'Test Customer' }], proposals: [] },
  })
  data!: Record<string, Record<string, unknown>[]>;
}

export class KeptDataView {
  @ApiProperty({ example: 'lines of invoices' })
  what!: string;

  @ApiProperty({ example: 'a record of the business, which the law has the company keep' })
  because!: string;
}

export class ErasureView {
  @ApiProperty({ example: 1 })
  customer_id!: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  erased_at!: string;

  @ApiProperty({ type: [String], example: ['name, e-mail and phone'] })
  erased!: string[];

  @ApiProperty({ type: [KeptDataView] })
  kept!: KeptDataView[];

  @ApiProperty({
    type: [String],
    description: 'What is to be done elsewhere, by hand',
    example: [
      'Customer 58 of the QuickBooks company 9341452 still has name, e-mail and phone: change it there.',
    ],
  })
  next_steps!: string[];
}
