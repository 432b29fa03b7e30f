import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '../../platform/database/statements/columns.js';

/**
 * - `queued`: waits to be sent, or to be tried again
 * - `sent`: the mail server has accepted it
 * - `skipped`: something spoke against it when it was to go out
 * - `failed`: the mail server refused it for good, or for too long
 * - `uncertain`: its answer was lost; it is not sent again, since nobody is to be reminded twice
 */
export const REMINDER_STATES = ['queued', 'sent', 'skipped', 'failed', 'uncertain'] as const;
export type ReminderState = (typeof REMINDER_STATES)[number];

/** One reminder of an invoice: of a step of the organisation's, or one that a person asked for. */
@Entity('invoice_reminders')
export class InvoiceReminder {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'invoice_id', type: 'integer' })
  invoiceId!: number;

  /** The due day of the invoice when the reminder was queued, `YYYY-MM-DD`. */
  @Column({ name: 'due_on', type: 'date', nullable: true })
  dueOn!: string | null;

  /** Days from the due day, below 0 before it; null where a person asked. */
  @Column({ name: 'offset_days', type: 'integer', nullable: true })
  offsetDays!: number | null;

  /** Who asked for it by hand. */
  @Column({ name: 'asked_by', type: 'integer', nullable: true })
  askedBy!: number | null;

  @Column({ name: 'state', type: 'text', default: 'queued' })
  state!: ReminderState;

  /** Why it was not sent, or why the last attempt failed; without addresses. */
  @Column({ name: 'reason', type: 'text', nullable: true })
  reason!: string | null;

  @Column({ name: 'emailed_to', type: 'text', nullable: true })
  emailedTo!: string | null;

  /** The link it brings, from the first attempt on. */
  @Column({ name: 'link_id', type: 'integer', nullable: true })
  linkId!: number | null;

  /** The token of that link, encrypted, as long as the reminder waits. */
  @Column({ name: 'link_token_encrypted', type: 'text', nullable: true })
  linkTokenEncrypted!: string | null;

  /** Attempts that failed. */
  @Column({ name: 'attempts', type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  /** When it was given to the mail server, whose answer is not known yet. */
  @Column({ name: 'handed_over_at', type: 'timestamptz', nullable: true })
  handedOverAt!: Date | null;

  @Column({ name: 'sent_at', type: 'timestamptz', nullable: true })
  sentAt!: Date | null;

  /** Grows with every worker that takes it to send it. */
  @BigIntColumn({ name: 'lease_token', default: 0 })
  leaseToken!: number;

  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
