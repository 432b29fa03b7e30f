import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An organisation has no time zone that the server does not know, also where somebody writes it by SQL. By a trigger and
 * not by a check, since a backup is restored before its triggers: a zone of before that the new server lacks keeps
 * nobody's settings out, and is said at the start.
 */
export class KnownTimeZones1794009600097 implements MigrationInterface {
  readonly name = 'KnownTimeZones1794009600097';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function refuse_unknown_time_zone() returns trigger language plpgsql as $$
      begin
        perform now() at time zone new.time_zone;
        return new;
      end $$`);
    await db.query(`
      create trigger org_settings_zone_given before insert on org_settings
        for each row execute function refuse_unknown_time_zone()`);
    await db.query(`
      create trigger org_settings_zone_changed before update of time_zone on org_settings
        for each row when (old.time_zone is distinct from new.time_zone) execute function refuse_unknown_time_zone()`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop trigger org_settings_zone_changed on org_settings');
    await db.query('drop trigger org_settings_zone_given on org_settings');
    await db.query('drop function refuse_unknown_time_zone()');
  }
}
