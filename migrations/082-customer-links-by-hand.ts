import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A customer that SQL links to another record of QuickBooks kept what was known of the one before, and so the new one
 * was never asked for. The trigger is for whatever writes the id alone; see `functions/follow_customer_link.sql`.
 */
export class CustomerLinksByHand1792713600082 implements MigrationInterface {
  readonly name = 'CustomerLinksByHand1792713600082';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`update customers set qbo_customer_id = null where qbo_customer_id = ''`);
    await db.query(`
      create function follow_customer_link() returns trigger language plpgsql as $$
      begin
        new.qbo_customer_id := nullif(new.qbo_customer_id, '');
        if tg_op = 'INSERT' or (new.qbo_realm_id, new.qbo_sync_token, new.qbo_profile)
                               is distinct from (old.qbo_realm_id, old.qbo_sync_token, old.qbo_profile) then
          return new;
        end if;
        new.qbo_realm_id := null;
        new.qbo_sync_token := null;
        new.qbo_profile := null;
        new.qbo_sent := null;
        new.qbo_last_sync_at := nullif(new.qbo_last_sync_at, old.qbo_last_sync_at);
        return new;
      end $$`);
    await db.query(`
      create trigger customers_qbo_link_inserted before insert on customers
        for each row when (new.qbo_customer_id = '') execute function follow_customer_link()`);
    await db.query(`
      create trigger customers_qbo_link_changed before update of qbo_customer_id on customers
        for each row when (old.qbo_customer_id is distinct from new.qbo_customer_id)
        execute function follow_customer_link()`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop trigger customers_qbo_link_changed on customers');
    await db.query('drop trigger customers_qbo_link_inserted on customers');
    await db.query('drop function follow_customer_link()');
  }
}
