import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { DepositMode, RevenuePolicy, TaxMode } from '../orgs/settings/org-settings.entity.js';
import { CentsColumn, DecimalColumn } from '../platform/database/statements/columns.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';

/** What was approved of a proposal, as it was then. No setting that is changed later changes it. */
@Entity('contracts')
export class Contract {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'customer_id', type: 'integer', nullable: true })
  customerId!: number | null;

  /** Counted from 1; each approved change of the contract is the next. */
  @Column({ name: 'version', type: 'integer', default: 1 })
  version!: number;

  /** ISO 4217, upper case. */
  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  /** The sum of its lines, before tax. */
  @CentsColumn({ name: 'value_cents' })
  valueCents!: number;

  @Column({ name: 'deposit_mode', type: 'text', default: 'income' })
  depositMode!: DepositMode;

  /** When its revenue is earned. */
  @Column({ name: 'revenue_policy', type: 'text', default: 'invoice' })
  revenuePolicy!: RevenuePolicy;

  @DecimalColumn({ name: 'deposit_percent', precision: 5, scale: 2 })
  depositPercent!: number;

  /** The deposit as it was approved; the whole value where that is less than anything that can be charged. */
  @CentsColumn({ name: 'deposit_cents' })
  depositCents!: number;

  /** Withheld from every progress and final invoice until the work is complete; 0: nothing. */
  @DecimalColumn({ name: 'retainage_percent', precision: 5, scale: 2, default: 0 })
  retainagePercent!: number;

  @Column({ name: 'tax_mode', type: 'text', default: 'none' })
  taxMode!: TaxMode;

  /** The rate of mode `ours`; 0 in the others. */
  @DecimalColumn({ name: 'tax_percent', precision: 7, scale: 4, default: 0 })
  taxPercent!: number;

  /** The product or service of its deposit in mode `income`; null: that of the settings. */
  @Column({ name: 'deposit_item_name', type: 'text', nullable: true })
  depositItemName!: string | null;

  /** Ids in QuickBooks of tax codes, class and location, as the settings had them; null where they had none. */
  @Column({ name: 'tax_code', type: 'text', nullable: true })
  taxCode!: string | null;

  @Column({ name: 'exempt_tax_code', type: 'text', nullable: true })
  exemptTaxCode!: string | null;

  @Column({ name: 'class_id', type: 'text', nullable: true })
  classId!: string | null;

  @Column({ name: 'location_id', type: 'text', nullable: true })
  locationId!: string | null;

  /** The company in QuickBooks that those ids are of; null while the contract was invoiced in none. */
  @Column({ name: 'books_realm_id', type: 'text', nullable: true })
  booksRealmId!: string | null;

  /** Days from an invoice to its due date. */
  @Column({ name: 'terms_days', type: 'integer' })
  termsDays!: number;

  /** What else the customer agreed to, of several lines, as the organisation's papers said it; null for nothing. */
  @Column({ name: 'company_terms', type: 'text', nullable: true })
  companyTerms!: string | null;

  /** Who approved, as `user:7`, or `link:3` where the customer did by a link. */
  @Column({ name: 'approved_by', type: 'text', nullable: true })
  approvedBy!: string | null;

  @Column({ name: 'approved_at', type: 'timestamptz' })
  approvedAt!: Date;

  /** The day on which the work was complete; null before. */
  @Column({ name: 'completed_on', type: 'date', nullable: true })
  completedOn!: CalendarDay | null;

  /** When its proposal was cancelled; null while it stands. */
  @Column({ name: 'cancelled_at', type: 'timestamptz', nullable: true })
  cancelledAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
