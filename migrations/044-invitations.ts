import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A person is invited by mail: an invitation is accepted once, and only then there is a person. Its id is that of the
 * mail that brings its token, of which the hash is kept.
 */
export class Invitations1789430400044 implements MigrationInterface {
  readonly name = 'Invitations1789430400044';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table invitations (
        org_id integer not null,
        id uuid not null,
        email text not null,
        full_name text not null,
        roles text[] not null,
        token_hash bytea not null,
        invited_by integer not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        accepted_at timestamptz,
        ended_at timestamptz,
        constraint invitations_pkey primary key (org_id, id),
        constraint invitations_token_key unique (token_hash, org_id),
        constraint invitations_token_hashed check (octet_length(token_hash) = 32),
        constraint invitations_life_positive check (expires_at > created_at),
        constraint invitations_org_fkey foreign key (org_id) references orgs (id),
        constraint invitations_inviter_fkey foreign key (invited_by) references users (id)
      )`);
    await db.query('create index invitations_address_idx on invitations (org_id, lower(email), created_at)');
    await db.query(`
      alter table account_mails
        add column org_id integer,
        add constraint account_mails_org_fkey foreign key (org_id) references orgs (id),
        drop constraint account_mails_kind_known,
        add constraint account_mails_kind_known
          check (kind in ('password_reset', 'password_changed', 'invitation')),
        add constraint account_mails_invites_into check ((kind = 'invitation') = (org_id is not null))`);
  }

  /** Mails of invitations are forgotten with the invitations; nobody can accept them any more. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`delete from account_mails where kind = 'invitation'`);
    await db.query(`
      alter table account_mails
        drop column org_id,
        drop constraint account_mails_kind_known,
        add constraint account_mails_kind_known check (kind in ('password_reset', 'password_changed'))`);
    await db.query('drop table invitations');
  }
}
