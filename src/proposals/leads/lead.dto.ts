import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { QBO_STATES, QBO_STATUSES } from '../../invoices/invoice-state.js';
import { BodyId } from '../../platform/http/decorators/body-id.decorator.js';
import { PageQuery } from '../../platform/http/lists/page.dto.js';
import { QueryId, SearchText } from '../../platform/http/decorators/query.decorator.js';
import { EmailAddress, IfGiven, OneLine, Prose } from '../../platform/http/decorators/text.decorator.js';
import { LEAD_SORTS } from './lead-list.repository.js';
import { PROPOSAL_STATUSES, type ProposalStatus } from '../proposal-lifecycle.js';

const NAME_LENGTH_MAX = 200;
const PHONE_LENGTH_MAX = 30;
const SOURCE_LENGTH_MAX = 100;
const NOTES_LENGTH_MAX = 4_000;

/** Work that someone asked about. */
export class CreateLead {
  @ApiProperty({ example: 'Roof replacement, 412 Aspen Way', maxLength: NAME_LENGTH_MAX })
  @OneLine(NAME_LENGTH_MAX)
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'dana@example.com', maxLength: 100 })
  @IsOptional()
  @EmailAddress()
  email?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: '555-0142', maxLength: PHONE_LENGTH_MAX })
  @IsOptional()
  @OneLine(PHONE_LENGTH_MAX)
  phone?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Website', maxLength: SOURCE_LENGTH_MAX })
  @IsOptional()
  @OneLine(SOURCE_LENGTH_MAX)
  source?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Hail damage on the north side.',
    maxLength: NOTES_LENGTH_MAX,
  })
  @IsOptional()
  @Prose(NOTES_LENGTH_MAX)
  notes?: string | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    example: 1,
    description: 'Who asked, where they are a customer already',
  })
  @IsOptional()
  @BodyId()
  customer_id?: number | null;
}

/** What to change about a lead; a field that is left out stays as it is, null clears. */
export class UpdateLead {
  @ApiPropertyOptional({ example: 'Roof replacement, 412 Aspen Way', maxLength: NAME_LENGTH_MAX })
  @IfGiven()
  @OneLine(NAME_LENGTH_MAX)
  name?: string;

  @ApiPropertyOptional({ type: String, example: 'dana@example.com', maxLength: 100, nullable: true })
  @IsOptional()
  @EmailAddress()
  email?: string | null;

  @ApiPropertyOptional({ type: String, example: '555-0142', maxLength: PHONE_LENGTH_MAX, nullable: true })
  @IsOptional()
  @OneLine(PHONE_LENGTH_MAX)
  phone?: string | null;

  @ApiPropertyOptional({ type: String, example: 'Website', maxLength: SOURCE_LENGTH_MAX, nullable: true })
  @IsOptional()
  @OneLine(SOURCE_LENGTH_MAX)
  source?: string | null;

  @ApiPropertyOptional({
    type: String,
    example: 'Hail damage on the north side.',
    maxLength: NOTES_LENGTH_MAX,
    nullable: true,
  })
  @IsOptional()
  @Prose(NOTES_LENGTH_MAX)
  notes?: string | null;

  @ApiPropertyOptional({ type: Number, example: 1, nullable: true })
  @IsOptional()
  @BodyId()
  customer_id?: number | null;

  @ApiPropertyOptional({ enum: ['cancelled'], description: 'Closes a lead that came to nothing' })
  @IfGiven()
  @IsIn(['cancelled'], {
    message: 'status can only be set to cancelled; POST /proposals makes a lead a draft',
  })
  status?: 'cancelled';
}

export class LeadsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PROPOSAL_STATUSES, description: 'Only leads that got this far' })
  @IsOptional()
  @IsIn(PROPOSAL_STATUSES)
  status?: ProposalStatus;

  @ApiPropertyOptional({ example: 1 })
  @QueryId()
  customer_id?: number;

  @ApiPropertyOptional({ enum: QBO_STATUSES, description: 'Of the newest invoice of what became of it' })
  @IsOptional()
  @IsIn(QBO_STATUSES)
  qbo_status?: (typeof QBO_STATUSES)[number];

  @ApiPropertyOptional({ enum: QBO_STATES, description: 'The same' })
  @IsOptional()
  @IsIn(QBO_STATES)
  qbo_state?: (typeof QBO_STATES)[number];

  @ApiPropertyOptional({
    example: 'garage',
    description: "Part of the name, the e-mail, or the customer's name or e-mail, in any case",
  })
  @SearchText()
  search?: string;

  @ApiPropertyOptional({ enum: LEAD_SORTS, default: 'id' })
  @IsOptional()
  @IsIn(LEAD_SORTS)
  sort: (typeof LEAD_SORTS)[number] = 'id';
}
