import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { type MirroredCustomer } from './mirrored-customer.js';

/** Keys to look for; a customer that has one of them is answered. */
export interface WantedKeys {
  names: readonly string[];
  emails: readonly string[];
  phones: readonly string[];
}

/** Characters of a key that the database keeps; whoever asks tells those apart that differ later only. */
const KEY_LENGTH_MAX = 300;

const COLUMNS = `
  qbo_id as "qboId", sync_token as "syncToken", display_name as "displayName", company_name as "companyName", email,
  phone, active, parent_id as "parentId", currency, name_keys as "nameKeys", company_key as "companyKey",
  email_keys as "emailKeys", phone_keys as "phoneKeys"`;

/** The mirror of QuickBooks' customers. An older version never overwrites a newer one. */
@Injectable()
export class QboCustomersRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async upsert(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    customers: readonly MirroredCustomer[],
  ): Promise<void> {
    if (customers.length === 0) return;
    await tx.query(
      `insert into qbo_customers (org_id, realm_id, qbo_id, sync_token, display_name, company_name, email, phone,
                                  active, parent_id, currency, name_keys, company_key, email_keys,
                                  phone_keys, seen_at)
       select $1, $2, c."qboId", c."syncToken", c."displayName", c."companyName", c.email, c.phone, c.active,
              c."parentId", c.currency, c."nameKeys", c."companyKey", c."emailKeys", c."phoneKeys", $4
         from jsonb_to_recordset($3::jsonb) as c (
                "qboId" text, "syncToken" bigint, "displayName" text, "companyName" text, email text, phone text,
                active boolean, "parentId" text, currency text, "nameKeys" text[],
                "companyKey" text, "emailKeys" text[],
                "phoneKeys" text[])
        order by c."qboId"
       on conflict on constraint qbo_customers_pkey do update
          set sync_token = excluded.sync_token, display_name = excluded.display_name,
              company_name = excluded.company_name, email = excluded.email, phone = excluded.phone,
              active = excluded.active, parent_id = excluded.parent_id, currency = excluded.currency,
              name_keys = excluded.name_keys,
              company_key = excluded.company_key, email_keys = excluded.email_keys,
              phone_keys = excluded.phone_keys, seen_at = excluded.seen_at
        where qbo_customers.sync_token <= excluded.sync_token`,
      [orgId, realmId, JSON.stringify(customers), this.clock.now()],
    );
  }

  /** Takes out what was deleted in QuickBooks, as a merged customer is. */
  async remove(tx: EntityManager, { orgId, realmId }: QboCompany, qboIds: readonly string[]): Promise<void> {
    if (qboIds.length === 0) return;
    await tx.query('delete from qbo_customers where org_id = $1 and realm_id = $2 and qbo_id = any($3)', [
      orgId,
      realmId,
      qboIds,
    ]);
  }

  /**
   * Takes out what QuickBooks no longer lists among all customers, but for what is known to have been there since
   * `before`, when the list was begun.
   */
  async removeMissing(
    { orgId, realmId }: QboCompany,
    { listed, before }: { listed: readonly string[]; before: Date },
  ): Promise<void> {
    await this.dataSource.query(
      `delete from qbo_customers
        where org_id = $1 and realm_id = $2 and qbo_id <> all($3::text[]) and seen_at < $4`,
      [orgId, realmId, listed, before],
    );
  }

  /** Customers that share a key; a name is looked for among company names, too. */
  async listByKeys(
    { orgId, realmId }: QboCompany,
    { names, emails, phones }: WantedKeys,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<MirroredCustomer[]> {
    return tx.query(
      `select ${COLUMNS} from qbo_customers
        where org_id = $1 and realm_id = $2 and qbo_id in (
          select k.qbo_id from qbo_customer_keys k
           where k.org_id = $1 and k.realm_id = $2
             and (k.kind = 'name' and k.key = any($3::text[]) or k.kind = 'email' and k.key = any($4::text[])
               or k.kind = 'phone' and k.key = any($5::text[])))`,
      [orgId, realmId, ...[names, emails, phones].map((keys) => keys.map(storedKey))],
    );
  }
}

function storedKey(key: string): string {
  return key.length <= KEY_LENGTH_MAX ? key : Array.from(key).slice(0, KEY_LENGTH_MAX).join('');
}
