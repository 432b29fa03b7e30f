import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A person may have a second factor, with codes for the day the phone is lost, and a session says when its person last
 * proved who they are. That of a session from before is its beginning; the default is for processes of the version
 * before, which know nothing of the column while both run.
 */
export class SecondFactors1791331200066 implements MigrationInterface {
  readonly name = 'SecondFactors1791331200066';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table second_factors (
        user_id integer not null,
        secret_encrypted text not null,
        created_at timestamptz not null,
        confirmed_at timestamptz,
        last_step integer,
        constraint second_factors_pkey primary key (user_id),
        constraint second_factors_user_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint second_factors_confirmed_by_code check ((confirmed_at is null) = (last_step is null))
      )`);
    await db.query(`
      create table recovery_codes (
        user_id integer not null,
        code_hash bytea not null,
        used_at timestamptz,
        constraint recovery_codes_pkey primary key (user_id, code_hash),
        constraint recovery_codes_factor_fkey foreign key (user_id) references second_factors (user_id)
          on delete cascade,
        constraint recovery_codes_hashed check (octet_length(code_hash) = 32)
      )`);
    await db.query('alter table sessions add column confirmed_at timestamptz not null default now()');
    await db.query('update sessions set confirmed_at = begun_at');
    await db.query(`
      alter table account_mails
        drop constraint account_mails_kind_known,
        add constraint account_mails_kind_known check (kind in
          ('password_reset', 'password_changed', 'invitation', 'second_factor_on', 'second_factor_off',
           'recovery_code_used'))`);
  }

  /** Whoever had a second factor signs in with the password alone again. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `delete from account_mails where kind in ('second_factor_on', 'second_factor_off', 'recovery_code_used')`,
    );
    await db.query(`
      alter table account_mails
        drop constraint account_mails_kind_known,
        add constraint account_mails_kind_known
          check (kind in ('password_reset', 'password_changed', 'invitation'))`);
    await db.query('alter table sessions drop column confirmed_at');
    await db.query('drop table recovery_codes, second_factors');
  }
}
