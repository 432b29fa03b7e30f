import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What settles an invoice without money is a credit, or a receivable that was given up. Which it is, is noted with the
 * row: the mirror of the books, which told it so far, is filled by the first report over a whole company.
 */
export class WriteOffs1791849600072 implements MigrationInterface {
  readonly name = 'WriteOffs1791849600072';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table invoice_payments add column is_write_off boolean not null default false');
    await db.query(`
      update invoice_payments p set is_write_off = true
       where p.kind = 'credit' and p.credit_memo_id = '' and exists (
         select from qbo_document_links l
           join qbo_documents d on d.org_id = l.org_id and d.realm_id = l.realm_id and d.type = l.to_type
                               and d.qbo_id = l.to_id and d.state = 'live'
           join qbo_document_lines n on n.org_id = d.org_id and n.realm_id = d.realm_id and n.type = d.type
                                    and n.qbo_id = d.qbo_id
           join qbo_accounts a on a.org_id = n.org_id and a.realm_id = n.realm_id and a.qbo_id = n.account_id
                              and a.type in ('Expense', 'Other Expense')
          where l.org_id = p.org_id and l.realm_id = p.realm_id and l.type = 'Payment'
            and l.qbo_id = p.qbo_payment_id and l.to_type = 'JournalEntry')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table invoice_payments drop column is_write_off');
  }
}
