import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboCustomer } from '../../api/model/qbo-objects.js';

/** What QuickBooks last said of the customers that are linked to ours: `customers.qbo_profile`. */
@Injectable()
export class LinkedProfilesRepository {
  /** Notes newer versions; what the CRM sent stays as it is. A link that was made by hand is read when it is used. */
  async refresh(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    customers: readonly QboCustomer[],
  ): Promise<void> {
    if (customers.length === 0) return;
    const rows = customers.map(({ id, syncToken, displayName, email, phone }) => ({
      id,
      syncToken,
      profile: { displayName, email, phone },
    }));
    await tx.query(
      `update customers c set qbo_profile = said.profile, qbo_sync_token = said."syncToken"
         from jsonb_to_recordset($3::jsonb) as said (id text, "syncToken" bigint, profile jsonb)
        where c.org_id = $1 and c.qbo_realm_id = $2 and c.qbo_customer_id = said.id
          and c.qbo_profile is not null and c.qbo_sync_token < said."syncToken"`,
      [orgId, realmId, JSON.stringify(rows)],
    );
  }
}
