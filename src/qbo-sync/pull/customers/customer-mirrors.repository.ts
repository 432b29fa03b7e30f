import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { LeaseTable } from '../../../jobs/leases/lease.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';

/** Who fills the mirror of a company. */
export const MIRROR_LEASE: LeaseTable = {
  table: 'qbo_customer_mirrors',
  key: ['org_id', 'realm_id'],
  token: 'lease_token',
  until: 'lease_until',
};

/** How far the mirror of each company's customers has been read. */
@Injectable()
export class CustomerMirrorsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Begins a mirror that is still to be filled; one that is there stays. */
  async introduce(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<void> {
    await tx.query(
      prepared('insert into qbo_customer_mirrors (org_id, realm_id) values ($1, $2) on conflict do nothing'),
      [orgId, realmId],
    );
  }

  /** QuickBooks' own time up to which changes are known; null while it is not filled. */
  async changedSince({ orgId, realmId }: QboCompany): Promise<Date | null> {
    const [row] = await this.dataSource.query<{ since: Date | null }[]>(
      prepared('select changed_since as since from qbo_customer_mirrors where org_id = $1 and realm_id = $2'),
      [orgId, realmId],
    );
    return row?.since ?? null;
  }

  async markFilled(tx: EntityManager, { orgId, realmId }: QboCompany, changedSince: Date): Promise<void> {
    await tx.query(
      `update qbo_customer_mirrors set filled_at = $3, changed_since = $4 where org_id = $1 and realm_id = $2`,
      [orgId, realmId, this.clock.now(), changedSince],
    );
  }

  /** Changes between `from` and `until` are in the mirror: it is known until then where it was known until `from`. */
  async advance(tx: EntityManager, { orgId, realmId }: QboCompany, from: Date, until: Date): Promise<void> {
    await tx.query(
      prepared(`update qbo_customer_mirrors set changed_since = greatest(changed_since, $4)
        where org_id = $1 and realm_id = $2 and changed_since >= $3`),
      [orgId, realmId, from, until],
    );
  }
}
