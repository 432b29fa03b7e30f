import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ReportRowsQuery } from '../report-rows.dto.js';
import { QueryNumber } from '../../platform/http/decorators/query.decorator.js';
import { DocumentsPath, QboRealmId, QboUrl, TimelinePath } from '../report-links.decorator.js';

export class DsoQuery {
  @ApiPropertyOptional({ example: '2026-03-31', description: 'The end of which day; today where left out' })
  @IsOptional()
  @IsString()
  as_of?: string;

  @ApiPropertyOptional({
    default: 90,
    minimum: 1,
    maximum: 366,
    description: 'Of how many days what was invoiced counts, the last of which is as_of',
  })
  @IsOptional()
  @QueryNumber()
  @IsInt()
  @Min(1)
  @Max(366)
  days: number = 90;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

export class DsoRowView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 500000, description: 'What is owed at the end of the day' })
  receivable_cents!: number;

  @ApiProperty({ example: 1500000, description: 'What was invoiced in the days that end with it' })
  invoiced_cents!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 30,
    description: 'receivable_cents ÷ invoiced_cents × days, one decimal; null where nothing was invoiced',
  })
  dso_days!: number | null;

  @DocumentsPath('/reports/aging?as_of=2026-03-31&currency=USD&group=invoice')
  documents!: string;
}

export class DsoView {
  @ApiProperty({ example: '2026-03-31' })
  as_of!: string;

  @ApiProperty({ example: 90 })
  days!: number;

  @ApiProperty({ type: [DsoRowView], description: 'One for each currency' })
  rows!: DsoRowView[];
}

export class CashForecastQuery extends ReportRowsQuery {
  @ApiPropertyOptional({ default: 13, minimum: 1, maximum: 52, description: 'How many weeks, from today on' })
  @IsOptional()
  @QueryNumber()
  @IsInt()
  @Min(1)
  @Max(52)
  weeks: number = 13;

  @ApiPropertyOptional({
    enum: ['json', 'csv'],
    default: 'json',
    description: '`csv`: a row for each invoice; `limit` and `cursor` are without effect',
  })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

export class ExpectedWeekView {
  @ApiProperty({ example: '2026-03-02' })
  from!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-03-08',
    description: 'null: whatever comes later',
  })
  to!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 375000 })
  expected_cents!: number;
}

export class ExpectedInvoiceView {
  @ApiProperty({ type: Number, nullable: true })
  invoice_id!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  proposal_id!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'CRM-7' })
  number!: string | null;

  @ApiProperty({ type: Number, nullable: true })
  customer_id!: number | null;

  @ApiProperty({ example: 'Ann Ruiz' })
  customer_name!: string;

  @ApiProperty({ type: String, nullable: true, example: '2026-03-01' })
  due_on!: string | null;

  @ApiProperty({
    example: 12,
    description: "Days after the due day: the median of the customer's last year, else everybody's, else 0",
  })
  delay_days!: number;

  @ApiProperty({ example: '2026-03-13', description: 'Never before today' })
  expected_on!: string;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 375000 })
  open_cents!: number;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @TimelinePath()
  timeline!: string;

  @QboUrl()
  qbo_url!: string | null;
}

export class CashForecastView {
  @ApiProperty({ example: '2026-03-02' })
  today!: string;

  @ApiProperty({ type: [ExpectedWeekView], description: 'By currency, then by week' })
  weeks!: ExpectedWeekView[];

  @ApiProperty({ type: [ExpectedInvoiceView], description: 'The earliest first' })
  rows!: ExpectedInvoiceView[];

  @ApiProperty({ type: String, nullable: true, description: 'Null where no rows are left' })
  next_cursor!: string | null;
}
