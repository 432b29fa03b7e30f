import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the CRM last sent of a customer, beside what QuickBooks last said (`qbo_profile`), so that only what was changed
 * here since is sent.
 *
 * What is known of links made before: where the customer was not touched here since its last sync, the CRM has sent what
 * it says now. Where it was, the value in QuickBooks is what was sent, because the version before made both sides equal
 * with each sync. What QuickBooks does not have was not sent. A phone that the CRM does not have counts as sent, and so
 * as cleared since, only where the operation that made the customer carried it.
 */
export class CustomerSent1784678400023 implements MigrationInterface {
  readonly name = 'CustomerSent1784678400023';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table customers add column qbo_sent jsonb');
    await db.query(`
      update customers c
         set qbo_sent = jsonb_build_object(
               'displayName', case when not known.unchanged then c.qbo_profile ->> 'displayName'
                                   else coalesce(nullif(trim(c.full_name), ''), c.email) end,
               'email', case when known.unchanged and c.qbo_profile ->> 'email' is not null then c.email
                             else c.qbo_profile ->> 'email' end,
               'phone', case when c.qbo_profile ->> 'phone' is null then null
                             when known.unchanged or c.phone is null and not known.phone_sent then c.phone
                             else c.qbo_profile ->> 'phone' end)
        from (select k.org_id, k.id, k.updated_at <= k.qbo_last_sync_at as unchanged,
                     exists (select from sync_operations o
                              where o.org_id = k.org_id and o.kind = 'customer.create' and o.entity_id = k.id
                                and o.payload ->> 'phone' = k.qbo_profile ->> 'phone') as phone_sent
                from customers k) known
       where known.org_id = c.org_id and known.id = c.id and c.qbo_profile is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table customers drop column qbo_sent');
  }
}
