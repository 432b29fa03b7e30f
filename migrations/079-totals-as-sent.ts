import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an invoice is compared with is what was sent, also where QuickBooks made it over another sum before that was
 * kept and a person is still asked about it: put back to what was sent, it is right, and no edit.
 */
export class TotalsAsSent1792454400079 implements MigrationInterface {
  readonly name = 'TotalsAsSent1792454400079';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      update invoices i set original_cents = (a.meta ->> 'sent_cents')::bigint
        from portal_activity a
       where a.org_id = i.org_id and a.proposal_id = i.proposal_id and a.event = 'invoice_total_differs'
         and a.occurrence = i.qbo_invoice_id and i.original_cents = (a.meta ->> 'amount_cents')::bigint
         and exists (select from inbox_items n
                      where n.org_id = i.org_id and n.subject = 'invoice.total:' || i.id and n.state = 'open')`);
  }

  /** What was sent is what newer invoices are compared with before it too. */
  async down(): Promise<void> {}
}
