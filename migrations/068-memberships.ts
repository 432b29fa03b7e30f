import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows say in which organisation they are a person's; the version before leaves that out. */
const OF_MEMBERS = ['user_roles', 'sessions', 'second_factors'] as const;

/**
 * A person may be in several organisations. `users` are the people; a membership says in which organisations they are,
 * since when, and whether they are let in there; roles are held in an organisation, and a sign-in is in one at a time.
 * `users.org_id` is the organisation a person used last, `users.is_active` whether any lets them in.
 * The triggers are for whoever adds people without naming the new columns: the version before, while both run.
 * `second_factors.org_id` is where the factor was set up: its secret is encrypted for that place, and stays so.
 */
export class Memberships1791504000068 implements MigrationInterface {
  readonly name = 'Memberships1791504000068';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table memberships (
        org_id integer not null,
        user_id integer not null,
        is_active boolean not null default true,
        token_epoch integer not null default 0,
        erased_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint memberships_pkey primary key (org_id, user_id),
        constraint memberships_org_fkey foreign key (org_id) references orgs (id),
        constraint memberships_user_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint memberships_erased_stays_out check (erased_at is null or not is_active)
      )`);
    await db.query('create index memberships_user_idx on memberships (user_id)');
    await db.query(`
      insert into memberships (org_id, user_id, is_active, erased_at, created_at, updated_at)
      select org_id, id, is_active,
             case when not is_active and email = 'erased-' || id || '@erased.invalid' then updated_at end,
             created_at, updated_at
        from users`);
    await db.query(`
      alter table users add constraint users_membership_fkey foreign key (org_id, id)
        references memberships (org_id, user_id) deferrable initially deferred`);
    await nameOrganisations(db);
    await db.query(`
      alter table user_roles
        drop constraint user_roles_user_fkey,
        drop constraint user_roles_pkey,
        add constraint user_roles_pkey primary key (org_id, user_id, role_id),
        add constraint user_roles_membership_fkey foreign key (org_id, user_id)
          references memberships (org_id, user_id) on delete cascade`);
    await db.query(
      'alter table sessions add constraint sessions_org_fkey foreign key (org_id) references orgs (id)',
    );
    await db.query(
      'alter table second_factors add constraint second_factors_org_fkey foreign key (org_id) references orgs (id)',
    );
    await addTriggers(db);
  }

  /**
   * A person stays in the organisation they used last among those that let them in. Their other memberships, with the
   * roles there, are lost, and sign-ins that are there end. A second factor that was set up elsewhere could not be read
   * any more and is lost: whoever had it signs in with the password alone.
   */
  async down(db: QueryRunner): Promise<void> {
    await db.query('drop trigger users_first_membership on users');
    await db.query('drop function add_first_membership()');
    for (const table of OF_MEMBERS) await db.query(`drop trigger ${table}_org on ${table}`);
    await db.query('drop function fill_org_of_person()');
    await db.query('alter table users drop constraint users_membership_fkey');
    await db.query(`
      update users u set org_id = m.org_id, is_active = m.is_active
        from (select distinct on (l.user_id) l.* from memberships l join users p on p.id = l.user_id
               order by l.user_id, l.is_active desc, (l.erased_at is null) desc, (l.org_id = p.org_id) desc, l.org_id) m
       where m.user_id = u.id`);
    await db.query(`
      update sessions s set ended_at = now() from users u
       where u.id = s.user_id and u.org_id <> s.org_id and s.ended_at is null`);
    await db.query(
      'delete from second_factors f using users u where u.id = f.user_id and u.org_id <> f.org_id',
    );
    await db.query('delete from user_roles r using users u where u.id = r.user_id and u.org_id <> r.org_id');
    await db.query(`
      update users u set token_epoch = u.token_epoch + m.token_epoch from memberships m
       where m.org_id = u.org_id and m.user_id = u.id`);
    await db.query(`
      alter table user_roles
        drop constraint user_roles_membership_fkey,
        drop constraint user_roles_pkey,
        add constraint user_roles_pkey primary key (user_id, role_id),
        add constraint user_roles_user_fkey foreign key (user_id) references users (id) on delete cascade`);
    for (const table of OF_MEMBERS) await db.query(`alter table ${table} drop column org_id`);
    await db.query('drop table memberships');
  }
}

/** What there is of a person is of the organisation they are in. */
async function nameOrganisations(db: QueryRunner): Promise<void> {
  for (const table of OF_MEMBERS) {
    await db.query(`alter table ${table} add column org_id integer`);
    await db.query(`update ${table} r set org_id = u.org_id from users u where u.id = r.user_id`);
    await db.query(`alter table ${table} alter column org_id set not null`);
  }
}

async function addTriggers(db: QueryRunner): Promise<void> {
  await db.query(`
    create function add_first_membership() returns trigger language plpgsql as $$
    begin
      insert into memberships (org_id, user_id, is_active, created_at, updated_at)
      values (new.org_id, new.id, new.is_active, new.created_at, new.updated_at)
      on conflict on constraint memberships_pkey do nothing;
      return null;
    end $$`);
  await db.query(`
    create trigger users_first_membership after insert on users
      for each row execute function add_first_membership()`);
  await db.query(`
    create function fill_org_of_person() returns trigger language plpgsql as $$
    begin
      select u.org_id into new.org_id from users u where u.id = new.user_id;
      return new;
    end $$`);
  for (const table of OF_MEMBERS) {
    await db.query(`
      create trigger ${table}_org before insert on ${table}
        for each row when (new.org_id is null) execute function fill_org_of_person()`);
  }
}
