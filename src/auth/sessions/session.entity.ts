import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One sign-in of a person. Its id is the `sid` of its tokens and the `family_id` of its refresh tokens. */
@Entity('sessions')
export class StoredSession {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;

  @Column({ name: 'user_id', type: 'integer' })
  userId!: number;

  /** The organisation it is in now: its person may switch. */
  @Column({ name: 'org_id', type: 'integer' })
  orgId!: number;

  /** `program`: bearer and refresh tokens; `browser`: a cookie. */
  @Column({ name: 'kind', type: 'text' })
  kind!: 'program' | 'browser';

  @Column({ name: 'begun_at', type: 'timestamptz' })
  begunAt!: Date;

  /** When its person last proved who they are: by signing in, or since then by password and second factor. */
  @Column({ name: 'confirmed_at', type: 'timestamptz', default: () => 'now()' })
  confirmedAt!: Date;

  /** To the minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz' })
  lastUsedAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  /** When it was ended before its time. */
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** Where it began; null for one that began before this was kept. */
  @Column({ name: 'ip', type: 'text', nullable: true })
  ip!: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;
}
