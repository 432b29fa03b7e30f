import { ApiProperty } from '@nestjs/swagger';
import { CompanyPapersView } from './company-papers.dto.js';
import {
  CUSTOMER_MATCH_SETTINGS,
  DEPOSIT_MODES,
  REVENUE_POLICIES,
  TAX_MODES,
} from './org-settings.entity.js';
import { SECOND_FACTOR_SETTINGS } from '../org.entity.js';
import { QuietHours } from './quiet-hours.dto.js';
import { ReminderSettingsView } from './reminder-settings.dto.js';

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

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'The Stripe account that its customers pay into, connected to the installation’s and given to it by the ' +
      'operator; null: the account of the installation',
  })
  stripe_account_id!: string | null;

  @ApiProperty({
    type: ReminderSettingsView,
    nullable: true,
    description: 'When customers are reminded by e-mail of invoices that are due; null: never',
  })
  reminders!: ReminderSettingsView | null;

  @ApiProperty({
    enum: SECOND_FACTOR_SETTINGS,
    example: 'optional',
    description: 'Whether everybody needs a second factor: who has none can only set one up',
  })
  second_factor!: string;
}
