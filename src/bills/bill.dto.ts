import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { PageQuery } from '../platform/http/page.dto.js';
import { BILL_STATES, BILL_TYPES } from './bill.js';

export const BILL_SORTS = ['-txn_on', 'txn_on', 'due_on', '-due_on'] as const;

export class BillsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: BILL_STATES })
  @IsOptional()
  @IsIn(BILL_STATES)
  state?: (typeof BILL_STATES)[number];

  @ApiPropertyOptional({ example: 'Norton', description: 'A part of the name of the vendor' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  vendor?: string;

  @ApiPropertyOptional({ example: 7, description: 'Of which this proposal bears a part' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  proposal_id?: number;

  @ApiPropertyOptional({ enum: BILL_SORTS, default: '-txn_on' })
  @IsOptional()
  @IsIn(BILL_SORTS)
  sort: (typeof BILL_SORTS)[number] = '-txn_on';
}

export class AllocateLine {
  @ApiProperty({ example: 7 })
  @IsInt()
  @Min(1)
  proposal_id!: number;

  @ApiPropertyOptional({
    example: 20000,
    description: 'Above zero; all that is left of the line where left out',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  amount_cents?: number;
}

export class RejectLine {
  @ApiPropertyOptional({ example: 7, description: 'Every proposal that bears the line where left out' })
  @IsOptional()
  @IsInt()
  @Min(1)
  proposal_id?: number;
}

export class AllocationView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 20000 })
  amount_cents!: number;

  @ApiProperty({ enum: ['proposed', 'accepted', 'rejected'] })
  state!: string;

  @ApiProperty({ enum: ['customer_ref', 'manual'], description: 'The customer on the line, or a person' })
  basis!: string;
}

export class BillLineView {
  @ApiProperty({ example: 1 })
  line!: number;

  @ApiProperty({ type: String, nullable: true, example: 'Shingles' })
  description!: string | null;

  @ApiProperty({
    example: 20000,
    description: "Below zero for a vendor's credit and for money that came back",
  })
  amount_cents!: number;

  @ApiProperty({ example: 0, description: 'What of it no proposal bears' })
  unallocated_cents!: number;

  @ApiProperty({ type: [AllocationView] })
  allocations!: AllocationView[];
}

export class BillView {
  @ApiProperty({ example: 'bill-145' })
  id!: string;

  @ApiProperty({ enum: BILL_TYPES })
  qbo_type!: string;

  @ApiProperty({ example: '145' })
  qbo_id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Norton Lumber and Building Materials' })
  vendor_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'INV-2201', description: "The vendor's number" })
  number!: string | null;

  @ApiProperty({ example: '2026-03-02' })
  txn_on!: string;

  @ApiProperty({ type: String, nullable: true, example: '2026-04-01' })
  due_on!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 20000 })
  total_cents!: number;

  @ApiProperty({ example: 20000 })
  balance_cents!: number;

  @ApiProperty({ enum: BILL_STATES })
  state!: string;

  @ApiProperty({ type: [BillLineView] })
  lines!: BillLineView[];
}
