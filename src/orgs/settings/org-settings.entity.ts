import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { FormerTimeZone } from '../time-zones/day-of-org-sql.js';
import type { ReminderSettings } from './reminder-times.js';

const percent = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** Of an organisation that has chosen none and has no connected company. */
export const DEFAULT_CURRENCY = 'USD';

export const CUSTOMER_MATCH_SETTINGS = ['ask', 'create'] as const;
/** `ask`: a person decides about a customer that may be in QuickBooks already. `create`: it is made without asking. */
export type CustomerMatchSetting = (typeof CUSTOMER_MATCH_SETTINGS)[number];

export const DEPOSIT_MODES = ['income', 'liability'] as const;
/** `income`: a deposit is income when it is billed. `liability`: it is owed until the work is billed. */
export type DepositMode = (typeof DEPOSIT_MODES)[number];

export const TAX_MODES = ['none', 'qbo', 'ours'] as const;
/** `none`: nothing is taxed. `qbo`: QuickBooks counts the tax. `ours`: the tax is sent, at the organisation's rate. */
export type TaxMode = (typeof TAX_MODES)[number];

export const REVENUE_POLICIES = ['invoice', 'completion', 'milestone', 'percent'] as const;
/**
 * When the revenue of a contract is earned: as it is invoiced, on completion, as its milestones are reached, or by the
 * percentage that a bookkeeper says is done.
 */
export type RevenuePolicy = (typeof REVENUE_POLICIES)[number];

/** Ids of records in one QuickBooks company that invoices name; null for none. */
export interface CompanyCoding {
  taxCode: string | null;
  exemptTaxCode: string | null;
  classId: string | null;
  locationId: string | null;
}

/** What an organisation chose for itself; null where it goes with the installation. */
@Entity('org_settings')
export class StoredOrgSettings {
  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'record_payments', type: 'boolean', nullable: true })
  recordPayments!: boolean | null;

  @Column({
    name: 'deposit_percent',
    type: 'numeric',
    precision: 5,
    scale: 2,
    nullable: true,
    transformer: percent,
  })
  depositPercent!: number | null;

  @Column({ name: 'deposit_item_name', type: 'text', nullable: true })
  depositItemName!: string | null;

  @Column({ name: 'terms_days', type: 'integer', default: 14 })
  termsDays!: number;

  @Column({ name: 'invoices_from', type: 'date', nullable: true })
  invoicesFrom!: CalendarDay | null;

  @Column({ name: 'time_zone', type: 'text', default: 'America/Denver' })
  timeZone!: string;

  /** Oldest first. */
  @Column({ name: 'former_time_zones', type: 'jsonb', default: [] })
  formerTimeZones!: FormerTimeZone[];

  /** Whether a person decides about a customer that may be in QuickBooks already. */
  @Column({ name: 'customer_match', type: 'text', default: 'ask' })
  customerMatch!: CustomerMatchSetting;

  /** Who is told of trouble; null: the address of the installation. */
  @Column({ name: 'alert_email', type: 'text', nullable: true })
  alertEmail!: string | null;

  /** Local time of day, `HH:MM`, like the next; both or none. */
  @Column({ name: 'alert_quiet_from', type: 'text', nullable: true })
  alertQuietFrom!: string | null;

  @Column({ name: 'alert_quiet_to', type: 'text', nullable: true })
  alertQuietTo!: string | null;

  /** The currency the organisation chose; null: that of the connected company. ISO 4217, upper case. */
  @Column({ name: 'currency', type: 'char', length: 3, nullable: true })
  currency!: string | null;

  /** The home currency of the connected QuickBooks company; null while none is connected, or it is not known yet. */
  @Column({ name: 'company_currency', type: 'char', length: 3, nullable: true })
  companyCurrency!: string | null;

  @Column({ name: 'deposit_mode', type: 'text', default: 'income' })
  depositMode!: DepositMode;

  /** Of contracts approved from now on. */
  @Column({ name: 'revenue_policy', type: 'text', default: 'invoice' })
  revenuePolicy!: RevenuePolicy;

  /** What is kept back of a progress invoice until the work is complete. */
  @Column({
    name: 'retainage_percent',
    type: 'numeric',
    precision: 5,
    scale: 2,
    default: 0,
    transformer: percent,
  })
  retainagePercent!: number;

  @Column({ name: 'tax_mode', type: 'text', default: 'none' })
  taxMode!: TaxMode;

  /** The rate of mode `ours`. */
  @Column({ name: 'tax_percent', type: 'numeric', precision: 7, scale: 4, default: 0, transformer: percent })
  taxPercent!: number;

  /** Ids of tax codes in QuickBooks for what is taxed and what is not, where the company is outside the US. */
  @Column({ name: 'tax_code', type: 'text', nullable: true })
  taxCode!: string | null;

  @Column({ name: 'exempt_tax_code', type: 'text', nullable: true })
  exemptTaxCode!: string | null;

  /** Ids in QuickBooks of the class and the location (department) that invoices are of; null for none. */
  @Column({ name: 'class_id', type: 'text', nullable: true })
  classId!: string | null;

  @Column({ name: 'location_id', type: 'text', nullable: true })
  locationId!: string | null;

  /** The four ids above, as they were chosen in companies that were connected before, by the id of the company. */
  @Column({ name: 'former_codings', type: 'jsonb', default: {} })
  formerCodings!: Readonly<Record<string, CompanyCoding>>;

  /** A picture as a `data:` address; null for none. */
  @Column({ name: 'company_logo', type: 'text', nullable: true })
  companyLogo!: string | null;

  /** Of several lines. */
  @Column({ name: 'company_address', type: 'text', nullable: true })
  companyAddress!: string | null;

  @Column({ name: 'company_phone', type: 'text', nullable: true })
  companyPhone!: string | null;

  /** What its customers agree to beside the lines. Of several lines. */
  @Column({ name: 'company_terms', type: 'text', nullable: true })
  companyTerms!: string | null;

  /** The address of a Slack webhook: whoever knows it can post there. */
  @Column({ name: 'slack_webhook_url_encrypted', type: 'text', nullable: true })
  slackWebhookUrlEncrypted!: string | null;

  /** The Stripe account it is paid into, connected to the installation's; null: the installation's own. */
  @Column({ name: 'stripe_account_id', type: 'text', nullable: true })
  stripeAccountId!: string | null;

  /** When customers are reminded of invoices that are due; null: never. */
  @Column({ name: 'reminders', type: 'jsonb', nullable: true })
  reminders!: ReminderSettings | null;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
