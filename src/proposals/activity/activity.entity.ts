import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIdColumn } from '../../platform/database/statements/columns.js';
import type { ActivityEvent } from './activity-event.js';

/** Something that happened to a proposal or a customer. Written once, never changed. */
@Entity('portal_activity')
export class Activity {
  @BigIdColumn()
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'customer_id', type: 'integer', nullable: true })
  customerId!: number | null;

  @Column({ name: 'proposal_id', type: 'integer', nullable: true })
  proposalId!: number | null;

  @Column({ name: 'event', type: 'text' })
  event!: ActivityEvent;

  @Column({ name: 'meta', type: 'jsonb', default: {} })
  meta!: Record<string, unknown>;

  /** Names the one happening the event stands for: the same one is logged once per proposal. */
  @Column({ name: 'occurrence', type: 'text', nullable: true })
  occurrence!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
