import { ApiPropertyOptional } from '@nestjs/swagger';
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
import { CalendarDayField } from '../../platform/http/decorators/calendar-day.decorator.js';
import { CurrencyCode } from '../../platform/http/decorators/currency.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';
import { ITEM_NAME_LENGTH_MAX, ItemName } from '../../platform/http/decorators/item-name.decorator.js';
import { EmailAddress, IfGiven } from '../../platform/http/decorators/text.decorator.js';
import { isCurrency, isSupportedCurrency } from '../../platform/money/currency.js';
import { isZoneAbbreviation } from '../../platform/time/zone-name.js';
import { UpdateCompanyPapers } from './company-papers.dto.js';
import {
  CUSTOMER_MATCH_SETTINGS,
  type CustomerMatchSetting,
  DEPOSIT_MODES,
  type DepositMode,
  REVENUE_POLICIES,
  type RevenuePolicy,
  TAX_MODES,
  type TaxMode,
} from './org-settings.entity.js';
import { SECOND_FACTOR_SETTINGS, type SecondFactorSetting } from '../org.entity.js';
import { QuietHours } from './quiet-hours.dto.js';
import { ReminderSettingsBody } from './reminder-settings.dto.js';

const TERMS_DAYS_MAX = 365;

/** An id of a record in QuickBooks: digits in a string. */
const QboId = (): PropertyDecorator =>
  Matches(/^\d{1,32}$/, { message: '$property must be the id of a record in QuickBooks' });

/** Every proposal that names none is in it. */
const Supported = (): PropertyDecorator =>
  ValidateBy({
    name: 'isSupportedCurrency',
    validator: {
      validate: (value) => !isCurrency(value) || isSupportedCurrency(value),
      defaultMessage: () => '$property must be one that proposals can be in: in hundredths or whole units',
    },
  });

/** What is short for a clock means another one to the database, or none. */
const NamesPlace = (): PropertyDecorator =>
  ValidateBy({
    name: 'namesPlace',
    validator: {
      validate: (value) => typeof value !== 'string' || !isZoneAbbreviation(value),
      defaultMessage: () => '$property must name a place, such as America/Chicago in place of CST',
    },
  });

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
  @ItemName()
  item_name?: string | null;

  @ApiPropertyOptional({ example: 14, minimum: 0, maximum: TERMS_DAYS_MAX })
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(TERMS_DAYS_MAX)
  terms_days?: number;

  @CalendarDayField({ example: '2026-03-01', optional: true, nullable: true })
  invoices_from?: string | null;

  @ApiPropertyOptional({
    example: 'America/Denver',
    description: 'An IANA time zone; of several names of one the newest is kept',
  })
  @IfGiven()
  @IsTimeZone({ message: 'time_zone must be an IANA time zone such as America/Denver' })
  @Matches(/^[A-Za-z]/, { message: 'time_zone must be a name, not an offset' })
  @NamesPlace()
  time_zone?: string;

  @ApiPropertyOptional({ enum: CUSTOMER_MATCH_SETTINGS, example: 'ask' })
  @IfGiven()
  @IsIn(CUSTOMER_MATCH_SETTINGS)
  customer_match?: CustomerMatchSetting;

  @ApiPropertyOptional({
    type: String,
    example: 'USD',
    nullable: true,
    description: 'While no company was ever connected; afterwards 409 for any but its home currency',
  })
  @IsOptional()
  @CurrencyCode()
  @Supported()
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

  @ApiPropertyOptional({ example: 8.875, minimum: 0, maximum: 100, description: 'At most four decimals' })
  @IfGiven()
  @Decimal(4)
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

  @ApiPropertyOptional({
    type: ReminderSettingsBody,
    nullable: true,
    description: 'When customers are reminded by e-mail of invoices that are due; null: never',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ReminderSettingsBody)
  reminders?: ReminderSettingsBody | null;

  @ApiPropertyOptional({
    enum: SECOND_FACTOR_SETTINGS,
    example: 'required',
    description: 'Whether everybody needs a second factor; only who has one can require it',
  })
  @IfGiven()
  @IsIn(SECOND_FACTOR_SETTINGS)
  second_factor?: SecondFactorSetting;
}
