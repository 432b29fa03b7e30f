import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { BodyId } from '../platform/http/decorators/body-id.decorator.js';
import { PageQuery } from '../platform/http/lists/page.dto.js';
import { QueryId } from '../platform/http/decorators/query.decorator.js';
import { IfGiven } from '../platform/http/decorators/text.decorator.js';
import { CENTS_MAX } from '../platform/money/cents.js';
import { BILL_SORTS, type BillsSort } from './bills-order.js';
import { ALLOCATION_BASES, BILL_STATES, BILL_TYPES, JOB_EVIDENCE } from './bill.js';

/** `proposed`: a person is to decide about a job that was found; `missing`: a part of it no job bears. */
const BILL_ALLOCATIONS = ['proposed', 'missing'] as const;

export class BillsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: BILL_STATES })
  @IsOptional()
  @IsIn(BILL_STATES)
  state?: (typeof BILL_STATES)[number];

  @ApiPropertyOptional({ example: 'Norton', maxLength: 100, description: 'A part of the name of the vendor' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  vendor?: string;

  @ApiPropertyOptional({ example: 7, description: 'Of which this proposal bears a part' })
  @QueryId()
  proposal_id?: number;

  @ApiPropertyOptional({
    enum: BILL_ALLOCATIONS,
    description: '`proposed`: with a job to accept or reject; `missing`: of which no job bears a part',
  })
  @IsOptional()
  @IsIn(BILL_ALLOCATIONS)
  allocation?: (typeof BILL_ALLOCATIONS)[number];

  @ApiPropertyOptional({ enum: BILL_SORTS, default: '-txn_on' })
  @IsOptional()
  @IsIn(BILL_SORTS)
  sort: BillsSort = '-txn_on';
}

export class AllocateLine {
  @ApiProperty({ example: 7 })
  @BodyId()
  proposal_id!: number;

  @ApiPropertyOptional({
    example: 20000,
    minimum: 1,
    maximum: CENTS_MAX,
    description: 'Above zero; all that is left of the line where left out',
  })
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(CENTS_MAX)
  amount_cents?: number;

  @ApiPropertyOptional({
    default: false,
    description:
      'True: every other line of the same sub-customer or project of QuickBooks too, of now and later',
  })
  @IfGiven()
  @IsBoolean()
  whole_project: boolean = false;
}

export class RejectLine {
  @ApiPropertyOptional({ example: 7, description: 'Every proposal that bears the line where left out' })
  @IfGiven()
  @BodyId()
  proposal_id?: number;

  @ApiPropertyOptional({
    default: false,
    description: 'True: also takes back that the sub-customer or project on the line is a job',
  })
  @IfGiven()
  @IsBoolean()
  whole_project: boolean = false;
}

export class AllocationView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 20000 })
  amount_cents!: number;

  @ApiProperty({ enum: ['proposed', 'accepted', 'rejected'] })
  state!: string;

  @ApiProperty({
    enum: ALLOCATION_BASES,
    description:
      '`customer_ref`: the one job of the customer on the line; `project`: of its sub-customer or project, as a ' +
      'person said; `suggested`: by evidence, to be accepted or rejected; `manual`: a person',
  })
  basis!: string;
}

export class JobEvidenceView {
  @ApiProperty({ enum: JOB_EVIDENCE })
  kind!: string;

  @ApiProperty({ example: 60 })
  points!: number;

  @ApiProperty({ example: '12 elm', description: 'What it was found in' })
  detail!: string;
}

export class JobCandidateView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 80, description: 'At most 100' })
  score!: number;

  @ApiProperty({ type: [JobEvidenceView] })
  evidence!: JobEvidenceView[];
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

  @ApiProperty({
    example: true,
    description:
      'False on an account of receivables, payables, money, liabilities or equity: no job bears it but by a person',
  })
  is_cost!: boolean;

  @ApiProperty({ example: 0, description: 'What of it no proposal bears; nothing of what is no cost' })
  unallocated_cents!: number;

  @ApiProperty({ type: Number, nullable: true, example: 3, description: 'Of ours: the customer on the line' })
  customer_id!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Ann Ruiz:Roof of 12 Elm Street',
    description: 'Whom the line names in QuickBooks: a customer, sub-customer or project',
  })
  customer_name!: string | null;

  @ApiProperty({ type: [AllocationView] })
  allocations!: AllocationView[];

  @ApiProperty({
    type: [JobCandidateView],
    description: 'Jobs that the rest may be of, the likeliest first; one that stands out is proposed',
  })
  candidates!: JobCandidateView[];
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

  @ApiProperty({
    example: 'https://qbo.intuit.com/app/login?pagereq=bill?txnId=145&deeplinkcompanyid=9130357992221046',
    description: 'Its page in QuickBooks',
  })
  qbo_url!: string;

  @ApiProperty({ type: [BillLineView] })
  lines!: BillLineView[];
}
