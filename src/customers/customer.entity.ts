import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '../platform/database/statements/columns.js';
import type { PostalAddress } from './postal-address.js';

/** Someone a contractor sells to. An e-mail stands for one customer of an organisation, whatever its case. */
@Entity('customers')
export class Customer {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'email', type: 'text' })
  email!: string;

  @Column({ name: 'full_name', type: 'text', nullable: true })
  fullName!: string | null;

  @Column({ name: 'phone', type: 'text', nullable: true })
  phone!: string | null;

  /** Where invoices go; null: where QuickBooks has the customer. */
  @Column({ name: 'billing_address', type: 'jsonb', nullable: true })
  billingAddress!: PostalAddress | null;

  @Column({ name: 'is_active', type: 'boolean', default: true })
  isActive!: boolean;

  /** Whether it is reminded of invoices that are due, where its organisation reminds. */
  @Column({ name: 'reminders', type: 'boolean', default: true })
  reminders!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;

  /** When the personal data was erased on request; the row stays for the books. */
  @Column({ name: 'erased_at', type: 'timestamptz', nullable: true })
  erasedAt!: Date | null;

  /** Id of the QuickBooks customer in the company `qboRealmId`. The qbo columns are written by qbo-sync alone. */
  @Column({ name: 'qbo_customer_id', type: 'varchar', length: 64, nullable: true })
  qboCustomerId!: string | null;

  @Column({ name: 'qbo_last_sync_at', type: 'timestamptz', nullable: true })
  qboLastSyncAt!: Date | null;

  @Column({ name: 'qbo_realm_id', type: 'text', nullable: true })
  qboRealmId!: string | null;

  /** The version of the QuickBooks customer that was last seen. */
  @BigIntColumn({ name: 'qbo_sync_token', nullable: true })
  qboSyncToken!: number | null;

  /** Name, e-mail and phone as QuickBooks last said them. */
  @Column({ name: 'qbo_profile', type: 'jsonb', nullable: true })
  qboProfile!: Record<string, unknown> | null;

  /** The same as the CRM last sent them: what differs from it now was changed here since. */
  @Column({ name: 'qbo_sent', type: 'jsonb', nullable: true })
  qboSent!: Record<string, unknown> | null;
}
