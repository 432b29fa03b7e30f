import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { LeaseTable } from '../../../jobs/lease.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';

/** Who fills the mirror of a company, or reads what changed. */
export const DOCUMENT_MIRROR_LEASE: LeaseTable = {
  table: 'qbo_document_mirrors',
  key: ['org_id', 'realm_id'],
  token: 'lease_token',
  until: 'lease_until',
};

/** How far a company's mirror is. Instants are QuickBooks' own. */
export interface DocumentMirrorState {
  filledAt: Date | null;
  changedSince: Date | null;
  /** When it was last brought up to date, by our clock. */
  lookedAt: Date | null;
  /** Documents read so far by type, while it is filled. */
  progress: Record<string, number>;
}

/** How far the mirror of each company's documents has been read. */
@Injectable()
export class DocumentMirrorsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async find({ orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>): Promise<DocumentMirrorState | null> {
    const [row] = await this.dataSource.query<DocumentMirrorState[]>(
      `select filled_at as "filledAt", changed_since as "changedSince", looked_at as "lookedAt", progress
         from qbo_document_mirrors where org_id = $1 and realm_id = $2`,
      [orgId, realmId],
    );
    return row ?? null;
  }

  async introduce({ orgId, realmId }: QboCompany): Promise<void> {
    await this.dataSource.query(
      'insert into qbo_document_mirrors (org_id, realm_id) values ($1, $2) on conflict do nothing',
      [orgId, realmId],
    );
  }

  async noteProgress({ orgId, realmId }: QboCompany, type: string, documents: number): Promise<void> {
    await this.dataSource.query(
      `update qbo_document_mirrors set progress = progress || jsonb_build_object($3::text, $4::integer)
        where org_id = $1 and realm_id = $2`,
      [orgId, realmId, type, documents],
    );
  }

  async markFilled({ orgId, realmId }: QboCompany, changedSince: Date): Promise<void> {
    const now = this.clock.now();
    await this.dataSource.query(
      `update qbo_document_mirrors set filled_at = $3, looked_at = $3, changed_since = $4
        where org_id = $1 and realm_id = $2`,
      [orgId, realmId, now, changedSince],
    );
  }

  /** Changes from `from` until `until` are in the mirror: it is known until then where it was known until `from`. */
  async advance(tx: EntityManager, { orgId, realmId }: QboCompany, from: Date, until: Date): Promise<void> {
    await tx.query(
      `update qbo_document_mirrors set changed_since = greatest(changed_since, $4), looked_at = $5
        where org_id = $1 and realm_id = $2 and changed_since >= $3`,
      [orgId, realmId, from, until, this.clock.now()],
    );
  }
}
