import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Codes of the inbox of after migration 081, and under which of their own the versions before know what is asked. */
const CODES = [
  ['customer_differs', 'total_differs'],
  ['payment_unknown', 'stripe_event_failed'],
  ['page_elsewhere', 'stripe_event_failed'],
  ['payment_on_other_invoice', 'payment_unapplied'],
] as const;

const BEFORE = `(values ${CODES.map(([code, known]) => `('${code}', '${known}')`).join(', ')}) as c (code, known)`;

/**
 * A version before has no words for these codes, and its `why` of their proposals ended in an error where the
 * migrations were taken back. It shows them under others, with their own reason and next step; what they were is in
 * their histories.
 */
export class QuestionsOfNewerVersions1792972800085 implements MigrationInterface {
  readonly name = 'QuestionsOfNewerVersions1792972800085';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      update inbox_items i set code = c.code
        from ${BEFORE}
       where i.code = c.known
         and c.code = (select e.code from inbox_events e
                        where e.org_id = i.org_id and e.item_id = i.id and e.code is not null
                        order by e.id desc limit 1)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`update inbox_items i set code = c.known from ${BEFORE} where i.code = c.code`);
  }
}
