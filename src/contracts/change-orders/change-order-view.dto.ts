import { ApiProperty } from '@nestjs/swagger';

export class ChangeOrderLineView {
  @ApiProperty({ example: 'Two more skylights' })
  description!: string;

  @ApiProperty({ example: 2 })
  quantity!: number;

  @ApiProperty({ example: 45_000, description: 'Negative where something is left out' })
  unit_price_cents!: number;

  @ApiProperty({ example: 90_000 })
  amount_cents!: number;
}

/** What a change order takes back of what is billed. */
export class CreditMemoView {
  @ApiProperty({ example: 5 })
  id!: number;

  @ApiProperty({ type: String, example: 'CRM-7-C1', nullable: true })
  number!: string | null;

  @ApiProperty({ type: String, example: '181', nullable: true, description: 'Null until QuickBooks has it' })
  qbo_credit_memo_id!: string | null;

  @ApiProperty({ example: 50_000, description: 'Before tax' })
  amount_cents!: number;

  @ApiProperty({
    type: Number,
    example: 50_000,
    nullable: true,
    description: 'As QuickBooks has it, with tax',
  })
  total_cents!: number | null;

  @ApiProperty({ type: Number, example: 0, nullable: true, description: 'What of it is on no invoice' })
  balance_cents!: number | null;

  @ApiProperty({ type: String, enum: ['open', 'used', 'voided', 'deleted'], example: 'used', nullable: true })
  state!: string | null;
}

/** A change of what was approved. */
export class ChangeOrderView {
  @ApiProperty({ example: 1 })
  number!: number;

  @ApiProperty({ enum: ['draft', 'approved', 'void'], example: 'draft' })
  state!: string;

  @ApiProperty({ example: 'Skylights over the stairs' })
  description!: string;

  @ApiProperty({ example: 90_000, description: 'By how much the value of the contract changes' })
  delta_cents!: number;

  @ApiProperty({ type: [ChangeOrderLineView] })
  lines!: ChangeOrderLineView[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: null, nullable: true })
  approved_at!: string | null;

  @ApiProperty({
    type: String,
    example: 'link:3',
    nullable: true,
    description: 'As user:7, or link:3 where the customer signed by a link',
  })
  approved_by!: string | null;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: "Why it was approved in the customer's place",
  })
  reason!: string | null;

  @ApiProperty({ type: CreditMemoView, nullable: true, description: 'Where it takes back what is billed' })
  credit_memo!: CreditMemoView | null;
}
