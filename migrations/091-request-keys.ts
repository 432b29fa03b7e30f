import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By which request of a client a lead, proposal or change order was made: asked again, it is answered, not made anew.
 * And which entries of schedules stay with a person.
 */
export class RequestKeys1793491200091 implements MigrationInterface {
  readonly name = 'RequestKeys1793491200091';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table leads add column request_key text, add column request_hash bytea');
    await db.query('alter table change_orders add column request_key text, add column request_hash bytea');
    await db.query(
      'create unique index leads_request_key on leads (org_id, request_key) where request_key is not null',
    );
    await db.query(
      `create unique index change_orders_request_key on change_orders (org_id, contract_id, request_key)
        where request_key is not null`,
    );
    // An entry is billed on its day from now on where what billed it was voided before. Those whose day has passed
    // already were left to a person: what billed them counts as gone today, so that an upgrade bills nothing.
    await db.query(`
      update invoices i set updated_at = now()
        from contracts c
        join contract_entries e on e.org_id = c.org_id and e.contract_id = c.id
        left join org_settings s on s.org_id = c.org_id
       where i.org_id = c.org_id and i.proposal_id = c.proposal_id and i.kind = e.kind and i.sequence = e.sequence
         and i.state in ('voided', 'deleted')
         and e.trigger_on <= (now() at time zone coalesce(s.time_zone, 'UTC'))::date`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table change_orders drop column request_hash, drop column request_key');
    await db.query('alter table leads drop column request_hash, drop column request_key');
  }
}
