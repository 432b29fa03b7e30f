import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organisations that do not remind are looked at too, while an e-mail of theirs waits in the inbox. */
export class PointlessReminders1791763200071 implements MigrationInterface {
  readonly name = 'PointlessReminders1791763200071';

  async up(db: QueryRunner): Promise<void> {
    await db.query('update org_settings set reminders_look_at = null where reminders is null');
    await db.query('drop index org_settings_reminders_idx');
    await db.query(
      'create index org_settings_reminders_idx on org_settings (reminders_look_at) where reminders_look_at is not null',
    );
    await db.query(`
      update org_settings s set reminders_look_at = now()
       where s.reminders is null and exists (
         select from inbox_items b
          where b.org_id = s.org_id and b.state = 'open' and b.code in ('reminder_failed', 'reminder_uncertain'))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index org_settings_reminders_idx');
    await db.query(
      'create index org_settings_reminders_idx on org_settings (reminders_look_at) where reminders is not null',
    );
  }
}
