import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A payment of nothing puts a credit on an invoice. It has a receivable of its own now, which holds the credit from the
 * day it is taken until the day of the invoice, where that is later.
 */
export class PaymentsOfNothing1792195200076 implements MigrationInterface {
  readonly name = 'PaymentsOfNothing1792195200076';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      insert into qbo_subledger_entries (org_id, realm_id, type, qbo_id, line, ledger, party_kind, party_id, party_name,
                                         cents)
      select d.org_id, d.realm_id, d.type, d.qbo_id, 0, 'ar', d.party_kind, d.party_id, d.party_name, 0
        from qbo_documents d
       where d.type = 'Payment' and d.state = 'live' and d.total_cents = 0 and d.party_id is not null
      on conflict do nothing`);
    await db.query(`
      select refresh_qbo_receivables(d.org_id, d.realm_id,
                                     jsonb_agg(jsonb_build_object('type', d.type, 'id', d.qbo_id)))
        from qbo_documents d
       where d.type = 'Payment' and d.state = 'live' and d.total_cents = 0
       group by d.org_id, d.realm_id`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['qbo_receivables', 'qbo_subledger_entries'])
      await db.query(`delete from ${table} where type = 'Payment' and cents = 0`);
  }
}
