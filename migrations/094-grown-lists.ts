import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Found by an index, however much there is: which alert told of an incident, and which of those that wait goes next to
 * an address, as messages are kept for ninety days, and are as many as there are organisations while QuickBooks or the
 * mail server is away; what of the inbox is to be tried again; the invoices that stand under a number; costs in the
 * order of their days.
 */
export class GrownLists1793750400094 implements MigrationInterface {
  readonly name = 'GrownLists1793750400094';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index alert_messages_incidents_idx on alert_messages using gin (incident_ids)');
    await db.query(`
      create index alert_messages_next_idx
        on alert_messages (coalesce(org_id, 0), channel, coalesce(recipient, ''), id) where state = 'queued'`);
    await db.query(`
      create index inbox_items_retry_idx on inbox_items (org_id, id)
        where state = 'open' and retry_queued_at is not null`);
    await db.query(
      'create index invoices_number_idx on invoices (org_id, number) where qbo_invoice_id is not null',
    );
    await db.query(`
      create index qbo_documents_costs_idx
        on qbo_documents (org_id, realm_id, txn_on, (lower(type) || '-' || qbo_id collate "C"))
        where type in ('Bill', 'VendorCredit', 'Purchase')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'drop index qbo_documents_costs_idx, invoices_number_idx, inbox_items_retry_idx, alert_messages_next_idx, ' +
        'alert_messages_incidents_idx',
    );
  }
}
