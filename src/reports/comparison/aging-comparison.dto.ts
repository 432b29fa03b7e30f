import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { AGING_DIFFERENCE_REASONS, type AgingDifferenceReason } from './aging-comparison.js';
import { COUNTED_BY_ACCOUNT, type CountedByAccount } from '../counted-by-account.js';
import { OptionalTimelinePath, QboRealmId, QboUrl } from '../report-links.decorator.js';

export class CompareAgingDto {
  @ApiPropertyOptional({ example: '2026-03-31', description: 'The end of which day; today where left out' })
  @IsOptional()
  @IsString()
  as_of?: string;
}

export class DifferingDocumentView {
  @ApiProperty({
    example: 'JournalEntry',
    description: "QuickBooks' name of the type; `Customer` of a customer",
  })
  qbo_type!: string;

  @ApiProperty({ type: String, nullable: true, example: '129' })
  qbo_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'CRM-7' })
  number!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Of an invoice of ours' })
  invoice_id!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  proposal_id!: number | null;

  @ApiProperty({ example: 'Ann Ruiz' })
  customer_name!: string;

  @ApiProperty({ example: 12500 })
  cents!: number;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @OptionalTimelinePath()
  timeline!: string | null;

  @QboUrl()
  qbo_url!: string | null;
}

export class AgingDifferenceView {
  @ApiProperty({ enum: AGING_DIFFERENCE_REASONS })
  reason!: AgingDifferenceReason;

  @ApiProperty({ example: 'A journal entry on the receivables account' })
  meaning!: string;

  @ApiProperty({ example: 12500, description: '0 where something differs beside the amounts' })
  cents!: number;

  @ApiProperty({ example: 1, description: 'How many there are; the largest hundred are listed' })
  count!: number;

  @ApiProperty({ type: [DifferingDocumentView] })
  documents!: DifferingDocumentView[];
}

export class AgingComparisonItemView {
  @ApiProperty({ example: 'USD', description: "The company's home currency, in which its report is" })
  currency!: string;

  @ApiProperty({ example: 1033200, description: 'What is open of our invoices, by the CRM' })
  ours_cents!: number;

  @ApiProperty({ example: 1045700 })
  quickbooks_cents!: number;

  @ApiProperty({ example: 12500, description: 'QuickBooks less ours: the reasons and what is unexplained' })
  difference_cents!: number;

  @ApiProperty({ example: 0, description: 'Anything but 0 is an item of the inbox' })
  unexplained_cents!: number;

  @ApiProperty({ type: [AgingDifferenceView] })
  reasons!: AgingDifferenceView[];

  @ApiProperty({ type: [DifferingDocumentView], description: 'Customers whose amounts no reason explains' })
  unexplained!: DifferingDocumentView[];
}

export class AgingComparisonView {
  @ApiProperty({ example: '2026-03-31' })
  as_of!: string;

  @ApiProperty({
    enum: COUNTED_BY_ACCOUNT,
    isArray: true,
    example: [],
    description:
      'What it lacks, as the chart of accounts may not be read: what is on receivables by account alone',
  })
  unknown!: CountedByAccount[];

  @ApiProperty({ type: [AgingComparisonItemView] })
  items!: AgingComparisonItemView[];
}
