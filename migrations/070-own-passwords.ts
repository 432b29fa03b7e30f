import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two things that a person in several organisations needs. Who chose their password: one that an admin chose opens the
 * doors of that admin's organisation alone. And that letting people in and out by the version before, while both run,
 * is letting them in and out of the one organisation it knows.
 */
export class OwnPasswords1791676800070 implements MigrationInterface {
  readonly name = 'OwnPasswords1791676800070';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table users add column password_by_admin boolean not null default false');
    await db.query(`
      update memberships m set is_active = false, token_epoch = m.token_epoch + 1
        from users u where u.id = m.user_id and not u.is_active and m.is_active`);
    await db.query(`
      create function follow_activity_of_person() returns trigger language plpgsql as $$
      begin
        if new.is_active then
          update memberships set is_active = true, updated_at = new.updated_at
           where org_id = new.org_id and user_id = new.id and erased_at is null
             and not exists (select from memberships m where m.user_id = new.id and m.is_active);
        else
          update memberships set is_active = false, token_epoch = token_epoch + 1, updated_at = new.updated_at
           where user_id = new.id and is_active;
        end if;
        return null;
      end $$`);
    await db.query(`
      create trigger users_activity_changed after update of is_active on users
        for each row when (old.is_active is distinct from new.is_active)
        execute function follow_activity_of_person()`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop trigger users_activity_changed on users');
    await db.query('drop function follow_activity_of_person()');
    await db.query('alter table users drop column password_by_admin');
  }
}
