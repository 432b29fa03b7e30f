import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A link is into one company and of one version: the realm it belongs to, the SyncToken it was last seen at, and the
 * whole truth about an invoice beside the three words of `qbo_status`. A company's customer or invoice stands for one
 * of ours at the most.
 */
export class QboVersions1763251200006 implements MigrationInterface {
  readonly name = 'QboVersions1763251200006';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table customers
        add column qbo_realm_id text,
        add column qbo_sync_token bigint,
        add column qbo_profile jsonb`);
    await db.query(`
      create unique index customers_qbo_link_key on customers (qbo_realm_id, qbo_customer_id)
        where qbo_customer_id is not null`);
    await db.query(`
      alter table leads
        add column qbo_realm_id text,
        add column qbo_sync_token bigint,
        add column qbo_state text,
        add column qbo_total_cents bigint,
        add column qbo_due_on date,
        add column qbo_transition_count integer not null default 0,
        add constraint leads_qbo_state_known check (qbo_state in
          ('open', 'partially_paid', 'overdue', 'paid', 'settled_by_credit', 'voided', 'deleted'))`);
    await db.query(`
      create unique index leads_qbo_link_key on leads (qbo_realm_id, qbo_invoice_id)
        where qbo_invoice_id is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index leads_qbo_link_key');
    await db.query(`
      alter table leads
        drop constraint leads_qbo_state_known,
        drop column qbo_realm_id,
        drop column qbo_sync_token,
        drop column qbo_state,
        drop column qbo_total_cents,
        drop column qbo_due_on,
        drop column qbo_transition_count`);
    await db.query('drop index customers_qbo_link_key');
    await db.query(`
      alter table customers
        drop column qbo_realm_id,
        drop column qbo_sync_token,
        drop column qbo_profile`);
  }
}
