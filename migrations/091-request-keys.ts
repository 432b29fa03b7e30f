import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which request of a client a lead, proposal or change order was made: asked again, it is answered, not made anew. */
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
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table change_orders drop column request_hash, drop column request_key');
    await db.query('alter table leads drop column request_hash, drop column request_key');
  }
}
