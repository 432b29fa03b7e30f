import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is mailed to people about their own account, and the one-time tokens that such mails carry. */
export class AccountMails1789171200041 implements MigrationInterface {
  readonly name = 'AccountMails1789171200041';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table account_mails (
        id uuid not null,
        kind text not null,
        email text,
        user_id integer,
        changed_by text,
        state text not null default 'queued',
        attempts integer not null default 0,
        problem text,
        next_attempt_at timestamptz not null,
        created_at timestamptz not null,
        lease_token bigint not null default 0,
        lease_until timestamptz,
        constraint account_mails_pkey primary key (id),
        constraint account_mails_user_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint account_mails_kind_known check (kind in ('password_reset', 'password_changed')),
        constraint account_mails_state_known check (state in ('queued', 'sent', 'ignored', 'failed')),
        constraint account_mails_recipient check (state <> 'queued' or email is not null or user_id is not null)
      )`);
    await db.query(
      `create index account_mails_due_idx on account_mails (next_attempt_at) where state = 'queued'`,
    );
    await db.query(`
      create table account_tokens (
        id uuid not null,
        purpose text not null,
        user_id integer not null,
        token_hash bytea not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz,
        ended_at timestamptz,
        constraint account_tokens_pkey primary key (id),
        constraint account_tokens_hash_key unique (token_hash),
        constraint account_tokens_user_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint account_tokens_purpose_known check (purpose in ('password_reset'))
      )`);
    await db.query('create index account_tokens_user_idx on account_tokens (user_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table account_tokens, account_mails');
  }
}
