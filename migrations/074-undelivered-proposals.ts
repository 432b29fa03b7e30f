import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organisations are looked at too, while an e-mail with a proposal that did not arrive waits in their inbox. */
export class UndeliveredProposals1792022400074 implements MigrationInterface {
  readonly name = 'UndeliveredProposals1792022400074';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      update org_settings s set reminders_look_at = now()
       where s.reminders_look_at is null and exists (
         select from inbox_items b
          where b.org_id = s.org_id and b.state = 'open' and b.code = 'proposal_not_emailed')`);
  }

  async down(): Promise<void> {
    // An earlier look changes nothing.
  }
}
