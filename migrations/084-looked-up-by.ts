import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is looked up by the document in QuickBooks, as money on account at each view of a customer's page, and what is
 * counted of the mails about an account went through all rows of the organisation, or of all.
 */
export class LookedUpBy1792886400084 implements MigrationInterface {
  readonly name = 'LookedUpBy1792886400084';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index sync_operations_document_idx on sync_operations (org_id, realm_id, qbo_id)
        where qbo_id is not null`);
    await db.query(`
      create index account_mails_person_idx on account_mails (user_id, created_at) where changed_by is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index account_mails_person_idx');
    await db.query('drop index sync_operations_document_idx');
  }
}
