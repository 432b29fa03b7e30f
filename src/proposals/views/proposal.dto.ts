import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateIf, ValidateNested } from 'class-validator';
import { QBO_STATES, QBO_STATUSES } from '../../invoices/invoice-state.js';
import { BodyId } from '../../platform/http/decorators/body-id.decorator.js';
import { CurrencyCode, CurrencyLetters } from '../../platform/http/decorators/currency.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';
import { ObjectList } from '../../platform/http/decorators/object-list.decorator.js';
import { PageQuery } from '../../platform/http/lists/page.dto.js';
import { QueryId, SearchText } from '../../platform/http/decorators/query.decorator.js';
import { IfGiven, OneLine, Prose } from '../../platform/http/decorators/text.decorator.js';
import { PostalAddressBody } from '../../customers/postal-address.dto.js';
import { PROPOSAL_SORTS } from '../proposal-list.repository.js';
import { CENTS_MAX } from '../../platform/money/cents.js';

const NAME_LENGTH_MAX = 200;
export const DESCRIPTION_LENGTH_MAX = 4_000;
export const LINES_MAX = 200;
const QUANTITY_MAX = 9_999_999_999;

/** One line of an offer. */
export class LineBody {
  @ApiProperty({ example: 'Tear off and replace shingles, per square', maxLength: DESCRIPTION_LENGTH_MAX })
  @Prose(DESCRIPTION_LENGTH_MAX)
  description!: string;

  @ApiProperty({
    example: 24.5,
    minimum: 0.0001,
    maximum: QUANTITY_MAX,
    description: 'Greater than 0, up to four decimals',
  })
  @Decimal(4)
  @Min(0.0001, { message: 'quantity must be greater than 0' })
  @Max(QUANTITY_MAX)
  quantity!: number;

  @ApiProperty({
    example: 45_000,
    minimum: -CENTS_MAX,
    maximum: CENTS_MAX,
    description: 'Whole cents; negative on a discount line',
  })
  @IsInt()
  @Min(-CENTS_MAX)
  @Max(CENTS_MAX)
  unit_price_cents!: number;
}

/** The lines of an offer. */
export const Lines = (): PropertyDecorator => ObjectList(() => LineBody, LINES_MAX);

/** A proposal to draft: a new one by its name, or from a lead, which keeps its id. */
export class CreateProposal {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Roof replacement, 412 Aspen Way',
    maxLength: NAME_LENGTH_MAX,
    description: 'Needed without lead_id; renames the lead beside it',
  })
  @ValidateIf((body: CreateProposal) => body.lead_id == null || body.name != null)
  @OneLine(NAME_LENGTH_MAX)
  name?: string | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    example: 7,
    description: 'The lead to turn into a draft',
  })
  @IsOptional()
  @BodyId()
  lead_id?: number | null;

  @ApiProperty({ example: 1 })
  @BodyId()
  customer_id!: number;

  @ApiPropertyOptional({ example: 'USD', description: "Left out: the organisation's own" })
  @IfGiven()
  @CurrencyLetters()
  currency?: string;

  @ApiProperty({ type: [LineBody], maxItems: LINES_MAX })
  @Lines()
  lines!: LineBody[];

  @ApiPropertyOptional({ type: PostalAddressBody, nullable: true, description: 'Where the work is done' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PostalAddressBody)
  site_address?: PostalAddressBody | null;
}

/**
 * What to change about a draft; a field that is left out stays as it is. `status` cancels, and stands alone. Of what is
 * approved `site_address` can be changed, alone.
 */
export class UpdateProposal {
  @ApiPropertyOptional({ example: 'Roof replacement, 412 Aspen Way', maxLength: NAME_LENGTH_MAX })
  @IfGiven()
  @OneLine(NAME_LENGTH_MAX)
  name?: string;

  @ApiPropertyOptional({ example: 1 })
  @IfGiven()
  @BodyId()
  customer_id?: number;

  @ApiPropertyOptional({ example: 'USD' })
  @IfGiven()
  @CurrencyLetters()
  currency?: string;

  @ApiPropertyOptional({ type: [LineBody], maxItems: LINES_MAX, description: 'Replaces all lines' })
  @IfGiven()
  @Lines()
  lines?: LineBody[];

  @ApiPropertyOptional({
    type: PostalAddressBody,
    nullable: true,
    description: 'Where the work is done; by itself also of what is approved: the invoices to come have it',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PostalAddressBody)
  site_address?: PostalAddressBody | null;

  @ApiPropertyOptional({ enum: ['cancelled'] })
  @IfGiven()
  @IsIn(['cancelled'], {
    message: 'status can only be set to cancelled; POST /proposals/{id}/approve approves',
  })
  status?: 'cancelled';
}

/** The statuses a proposal can have; a plain lead is none yet. */
const LISTED_STATUSES = ['draft', 'approved', 'cancelled'] as const;

export class ProposalsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: LISTED_STATUSES })
  @IsOptional()
  @IsIn(LISTED_STATUSES)
  status?: (typeof LISTED_STATUSES)[number];

  @ApiPropertyOptional({ example: 1 })
  @QueryId()
  customer_id?: number;

  @ApiPropertyOptional({ example: 'USD' })
  @IsOptional()
  @CurrencyCode()
  currency?: string;

  @ApiPropertyOptional({ enum: QBO_STATUSES, description: 'Of its newest invoice in QuickBooks' })
  @IsOptional()
  @IsIn(QBO_STATUSES)
  qbo_status?: (typeof QBO_STATUSES)[number];

  @ApiPropertyOptional({ enum: QBO_STATES, description: 'Of its newest invoice in QuickBooks' })
  @IsOptional()
  @IsIn(QBO_STATES)
  qbo_state?: (typeof QBO_STATES)[number];

  @ApiPropertyOptional({
    example: 'aspen',
    description: "Part of the name, the customer's name or e-mail, or the invoice's number, in any case",
  })
  @SearchText()
  search?: string;

  @ApiPropertyOptional({ enum: PROPOSAL_SORTS, default: 'id' })
  @IsOptional()
  @IsIn(PROPOSAL_SORTS)
  sort: (typeof PROPOSAL_SORTS)[number] = 'id';
}
