import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../../../platform/database/statements/columns.js';
import type { OperationKind, OperationPayload, OperationRequests } from '../operation-payloads.js';
import type { OperationState } from '../operation-state.js';

/** One write to QuickBooks, stored before it is sent. The row decides what happens next, not the queue. */
@Entity('sync_operations')
export class OutboundOperation<K extends OperationKind = OperationKind> {
  @PrimaryColumn({ name: 'id', type: 'bigint', generated: 'identity' })
  id!: string;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  /** The company it is for; null while it waits for one. */
  @Column({ name: 'realm_id', type: 'text', nullable: true })
  realmId!: string | null;

  @Column({ name: 'kind', type: 'text' })
  kind!: K;

  @Column({ name: 'proposal_id', type: 'integer', nullable: true })
  proposalId!: number | null;

  /** The customer, invoice or payment of ours that it is for; of an item its organisation. */
  @Column({ name: 'entity_id', type: 'integer' })
  entityId!: number;

  /** Grows with each deliberate new try after a refusal: a new body, a new key. */
  @Column({ name: 'generation', type: 'integer' })
  generation!: number;

  /** QBO's idempotency key, at most 50 characters: the same for every attempt of this row until one is refused. */
  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  @Column({ name: 'payload', type: 'jsonb' })
  payload!: OperationPayload<K>;

  @Column({ name: 'state', type: 'text' })
  state!: OperationState;

  @Column({ name: 'attempts', type: 'integer' })
  attempts!: number;

  @Column({ name: 'first_sent_at', type: 'timestamptz', nullable: true })
  firstSentAt!: Date | null;

  @Column({ name: 'next_attempt_at', type: 'timestamptz' })
  nextAttemptAt!: Date;

  @BigIntColumn({ name: 'lease_token' })
  leaseToken!: number;

  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  @Column({ name: 'qbo_id', type: 'text', nullable: true })
  qboId!: string | null;

  @Column({ name: 'error_kind', type: 'text', nullable: true })
  errorKind!: string | null;

  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode!: string | null;

  @Column({ name: 'error_detail', type: 'text', nullable: true })
  errorDetail!: string | null;

  @Column({ name: 'intuit_tid', type: 'text', nullable: true })
  intuitTid!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}

/** By what a row is found. */
export type OperationKey = Pick<OutboundOperation, 'orgId' | 'id'>;

/** An operation whose request is complete: it can be sent, or was. */
export type PreparedOperation<K extends OperationKind = OperationKind> = OutboundOperation<K> & {
  payload: OperationRequests[K];
};

/**
 * The subject of its inbox item: one item stands for all generations of an operation. A customer has a record for each
 * currency, and an item for each: `customer.currency:17:EUR`.
 */
export function subjectOf({
  kind,
  entityId,
  payload,
}: Pick<OutboundOperation, 'kind' | 'entityId' | 'payload'>): string {
  const subject = `${kind}:${entityId}`;
  return kind === 'customer.currency' && 'currency' in payload ? `${subject}:${payload.currency}` : subject;
}
