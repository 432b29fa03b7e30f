import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsTimeZone,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { Decimal } from '../platform/http/decimal.decorator.js';
import { CurrencyCode } from '../platform/http/currency.decorator.js';
import { EmailAddress, IfGiven, OneLine } from '../platform/http/text.decorator.js';
import { CompanyPapersView, UpdateCompanyPapers } from './company-papers.dto.js';
import { isCalendarDay } from '../platform/time/calendar-day.js';
import {
  CUSTOMER_MATCH_SETTINGS,
  type CustomerMatchSetting,
  DEPOSIT_MODES,
  type DepositMode,
  REVENUE_POLICIES,
  type RevenuePolicy,
  type StoredOrgSettings,
  TAX_MODES,
  type TaxMode,
} from './org-settings.entity.js';
import type { OrgSettingsChange } from './org-settings.repository.js';
import type { OrgSettings } from './org-settings.service.js';

const ITEM_NAME_LENGTH_MAX = 100;
const TERMS_DAYS_MAX = 365;

/** An id of a record in QuickBooks: digits in a string. */
const QboId = (): PropertyDecorator =>
  Matches(/^\d{1,32}$/, { message: '$property must be the id of a record in QuickBooks' });

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Local times of day; over midnight where `from` is later than `to`. */
export class QuietHours {
  @ApiProperty({ example: '20:00', pattern: TIME_OF_DAY.source })
  @Matches(TIME_OF_DAY, { message: 'from must be a time of day, HH:MM' })
  from!: string;

  @ApiProperty({ example: '07:00', pattern: TIME_OF_DAY.source })
  @Matches(TIME_OF_DAY, { message: 'to must be a time of day, HH:MM' })
  @ValidateBy({
    name: 'isAnotherTime',
    validator: {
      validate: (to, args) => to !== (args!.object as QuietHours).from,
      defaultMessage: () => 'to must be another time than from',
    },
  })
  to!: string;
}

/** How the organisation works. */
export class OrgSettingsView extends CompanyPapersView {
  @ApiProperty({ example: false, description: 'A Stripe payment is also posted to QuickBooks' })
  record_payments!: boolean;

  @ApiProperty({ example: 30, description: 'Part of a proposal asked for as deposit' })
  deposit_percent!: number;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'QuickBooks product or service of the invoice line; null: the default of the installation',
  })
  item_name!: string | null;

  @ApiProperty({ example: 14, description: 'Days from an invoice to its due date' })
  terms_days!: number;

  @ApiProperty({
    type: String,
    format: 'date',
    example: null,
    nullable: true,
    description: 'Proposals approved before this day get no invoice',
  })
  invoices_from!: string | null;

  @ApiProperty({ example: 'America/Denver', description: 'IANA name' })
  time_zone!: string;

  @ApiProperty({
    example: 'USD',
    description: 'Of its proposals: that of the connected company, else its own',
  })
  currency!: string;

  @ApiProperty({
    enum: CUSTOMER_MATCH_SETTINGS,
    example: 'ask',
    description:
      'Before a customer is made that may be in QuickBooks already: ask a person, or create it without asking',
  })
  customer_match!: string;

  @ApiProperty({
    enum: DEPOSIT_MODES,
    example: 'income',
    description:
      'What a deposit is in the books: income when it is billed, or owed to the customer until the work is billed',
  })
  deposit_mode!: string;

  @ApiProperty({
    enum: REVENUE_POLICIES,
    example: 'invoice',
    description:
      'When revenue is earned: as it is invoiced, on completion, as milestones are reached, or by the percentage done',
  })
  revenue_policy!: string;

  @ApiProperty({ example: 0, description: 'Kept back of a progress invoice until the work is complete' })
  retainage_percent!: number;

  @ApiProperty({
    enum: TAX_MODES,
    example: 'none',
    description: 'Nothing is taxed, QuickBooks counts the tax, or it is sent at the rate of tax_percent',
  })
  tax_mode!: string;

  @ApiProperty({ example: 0, description: 'The rate where tax_mode is ours' })
  tax_percent!: number;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'Id of the tax code in QuickBooks of what is taxed; companies outside the US need one',
  })
  tax_code!: string | null;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'Id of the tax code in QuickBooks of what is not taxed; companies outside the US need one',
  })
  exempt_tax_code!: string | null;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'Id of the class in QuickBooks that invoices are of',
  })
  class_id!: string | null;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'Id of the location in QuickBooks that invoices are of',
  })
  location_id!: string | null;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'Who is told of trouble by e-mail; null: the address of the installation, if it has one',
  })
  alert_email!: string | null;

  @ApiProperty({
    type: QuietHours,
    nullable: true,
    description: 'Local times in which only a lost connection is told of; the rest waits for their end',
  })
  alert_quiet_hours!: QuietHours | null;
}

/** What to change; a setting that is left out stays as it is. */
export class UpdateOrgSettings extends UpdateCompanyPapers {
  @ApiPropertyOptional({ example: true })
  @IfGiven()
  @IsBoolean()
  record_payments?: boolean;

  @ApiPropertyOptional({ example: 33.5, minimum: 0.01, maximum: 100 })
  @IfGiven()
  @Decimal(2)
  @Min(0.01)
  @Max(100)
  deposit_percent?: number;

  @ApiPropertyOptional({
    type: String,
    example: 'Roof Deposit',
    nullable: true,
    maxLength: ITEM_NAME_LENGTH_MAX,
  })
  @IsOptional()
  @OneLine(ITEM_NAME_LENGTH_MAX)
  @Matches(/^[^:]*$/, { message: 'item_name must not hold a colon: QuickBooks separates categories with it' })
  item_name?: string | null;

  @ApiPropertyOptional({ example: 14, minimum: 0, maximum: TERMS_DAYS_MAX })
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(TERMS_DAYS_MAX)
  terms_days?: number;

  @ApiPropertyOptional({ type: String, format: 'date', example: '2026-03-01', nullable: true })
  @IsOptional()
  @ValidateBy({
    name: 'isCalendarDay',
    validator: { validate: isCalendarDay, defaultMessage: () => 'invoices_from must be a day, YYYY-MM-DD' },
  })
  invoices_from?: string | null;

  @ApiPropertyOptional({ example: 'America/Denver' })
  @IfGiven()
  @IsTimeZone({ message: 'time_zone must be an IANA time zone such as America/Denver' })
  @Matches(/^[A-Za-z]/, { message: 'time_zone must be a name, not an offset' })
  time_zone?: string;

  @ApiPropertyOptional({ enum: CUSTOMER_MATCH_SETTINGS, example: 'ask' })
  @IfGiven()
  @IsIn(CUSTOMER_MATCH_SETTINGS)
  customer_match?: CustomerMatchSetting;

  @ApiPropertyOptional({
    type: String,
    example: 'USD',
    nullable: true,
    description: 'Counts while no company is connected',
  })
  @IsOptional()
  @CurrencyCode()
  currency?: string | null;

  @ApiPropertyOptional({
    enum: DEPOSIT_MODES,
    example: 'liability',
    description: 'Of proposals approved from now on',
  })
  @IfGiven()
  @IsIn(DEPOSIT_MODES)
  deposit_mode?: DepositMode;

  @ApiPropertyOptional({
    enum: REVENUE_POLICIES,
    example: 'completion',
    description: 'Of proposals approved from now on',
  })
  @IfGiven()
  @IsIn(REVENUE_POLICIES)
  revenue_policy?: RevenuePolicy;

  @ApiPropertyOptional({
    example: 10,
    minimum: 0,
    maximum: 100,
    description: 'Of proposals approved from now on',
  })
  @IfGiven()
  @Decimal(2)
  @Min(0)
  @Max(100)
  retainage_percent?: number;

  @ApiPropertyOptional({ enum: TAX_MODES, example: 'qbo' })
  @IfGiven()
  @IsIn(TAX_MODES)
  tax_mode?: TaxMode;

  @ApiPropertyOptional({ example: 8.25, minimum: 0, maximum: 100 })
  @IfGiven()
  @Decimal(2)
  @Min(0)
  @Max(100)
  tax_percent?: number;

  @ApiPropertyOptional({ type: String, example: '5', nullable: true })
  @IsOptional()
  @QboId()
  tax_code?: string | null;

  @ApiPropertyOptional({ type: String, example: '6', nullable: true })
  @IsOptional()
  @QboId()
  exempt_tax_code?: string | null;

  @ApiPropertyOptional({ type: String, example: '200100000000000001', nullable: true })
  @IsOptional()
  @QboId()
  class_id?: string | null;

  @ApiPropertyOptional({ type: String, example: '1', nullable: true })
  @IsOptional()
  @QboId()
  location_id?: string | null;

  @ApiPropertyOptional({ type: String, example: 'office@acme.test', nullable: true })
  @IsOptional()
  @EmailAddress()
  alert_email?: string | null;

  @ApiPropertyOptional({ type: QuietHours, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => QuietHours)
  alert_quiet_hours?: QuietHours | null;
}

/** Shows what is in force; `item_name` as the organisation chose it. */
export function orgSettingsView(
  settings: OrgSettings,
  stored: StoredOrgSettings,
  slackWebhookUrl: string | null,
): OrgSettingsView {
  return {
    record_payments: settings.recordPayments,
    deposit_percent: settings.depositPercent,
    item_name: stored.depositItemName,
    terms_days: settings.termsDays,
    invoices_from: settings.invoicesFrom,
    time_zone: settings.timeZone,
    currency: settings.currency,
    customer_match: settings.customerMatch,
    deposit_mode: settings.depositMode,
    revenue_policy: settings.revenuePolicy,
    retainage_percent: settings.retainagePercent,
    tax_mode: settings.taxMode,
    tax_percent: settings.taxPercent,
    tax_code: settings.taxCode,
    exempt_tax_code: settings.exemptTaxCode,
    class_id: settings.classId,
    location_id: settings.locationId,
    alert_email: stored.alertEmail,
    alert_quiet_hours: quietHoursView(stored),
    company_logo: stored.companyLogo,
    company_address: stored.companyAddress,
    company_phone: stored.companyPhone,
    company_terms: stored.companyTerms,
    slack_webhook_url: slackWebhookUrl,
  };
}

export function orgSettingsChangeOf(body: UpdateOrgSettings): OrgSettingsChange {
  return {
    recordPayments: body.record_payments,
    depositPercent: body.deposit_percent,
    depositItemName: body.item_name,
    termsDays: body.terms_days,
    invoicesFrom: body.invoices_from,
    timeZone: body.time_zone,
    customerMatch: body.customer_match,
    currency: body.currency,
    depositMode: body.deposit_mode,
    revenuePolicy: body.revenue_policy,
    retainagePercent: body.retainage_percent,
    taxMode: body.tax_mode,
    taxPercent: body.tax_percent,
    taxCode: body.tax_code,
    exemptTaxCode: body.exempt_tax_code,
    classId: body.class_id,
    locationId: body.location_id,
    alertEmail: body.alert_email,
    companyLogo: body.company_logo,
    companyAddress: body.company_address,
    companyPhone: body.company_phone,
    companyTerms: body.company_terms,
    ...(body.alert_quiet_hours === undefined
      ? {}
      : {
          alertQuietFrom: body.alert_quiet_hours?.from ?? null,
          alertQuietTo: body.alert_quiet_hours?.to ?? null,
        }),
  };
}

function quietHoursView({ alertQuietFrom, alertQuietTo }: StoredOrgSettings): QuietHours | null {
  if (alertQuietFrom === null || alertQuietTo === null) return null;
  return { from: alertQuietFrom, to: alertQuietTo };
}
