import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which payments of ours are, or were, in the books of which company, and as what: rooms that compare money asked the
 * operations of QuickBooks for it, each in words of its own. `is_removed`: it was deleted or voided there since.
 */
export class RecordedPayments1793232000088 implements MigrationInterface {
  readonly name = 'RecordedPayments1793232000088';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create view recorded_payments as
      select o.org_id, o.realm_id, o.qbo_id as qbo_payment_id, o.entity_id as payment_id, o.proposal_id,
             o.id as operation_id, (o.payload #>> '{fact,amountCents}')::bigint as amount_cents,
             o.payload -> 'removed' is not null as is_removed
        from sync_operations o
       where o.kind = 'payment.create' and o.state = 'done'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop view recorded_payments');
  }
}
