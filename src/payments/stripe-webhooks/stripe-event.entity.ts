import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `ignored`: has no effect here, and says why. `failed`: needs a person. */
export type StripeEventState = 'pending' | 'processed' | 'ignored' | 'failed';

/** Something Stripe told us, kept as it came. Stored once by Stripe's id. */
@Entity('stripe_events')
export class StripeEvent {
  @PrimaryColumn({ name: 'event_id', type: 'text' })
  eventId!: string;

  @Column({ name: 'type', type: 'text' })
  type!: string;

  @Column({ name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;

  @Column({ name: 'body', type: 'jsonb' })
  body!: unknown;

  /** Tells an event that is sent again from another one under the same id. */
  @Column({ name: 'content_hash', type: 'text' })
  contentHash!: string;

  @Column({ name: 'state', type: 'text', default: 'pending' })
  state!: StripeEventState;

  /** How often processing failed. */
  @Column({ name: 'attempts', type: 'integer', default: 0 })
  attempts!: number;

  /** Why it was ignored or failed. */
  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;

  /** Set where the event waits for the payment of this intent to be booked. */
  @Column({ name: 'payment_intent_id', type: 'text', nullable: true })
  paymentIntentId!: string | null;

  /** When it is tried again, or its job is taken for lost, while it is pending. */
  @Column({ name: 'wake_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  @Column({ name: 'processed_at', type: 'timestamptz', nullable: true })
  processedAt!: Date | null;

  /** The retention has left nothing of its body that is about a person. */
  @Column({ name: 'is_emptied', type: 'boolean', default: false })
  isEmptied!: boolean;
}
