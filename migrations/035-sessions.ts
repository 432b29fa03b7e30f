import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A sign-in is a row of its own, which says since when, until when, by what and from where; its refresh tokens belong
 * to it, and it ends in one place. Until now a sign-in was the family of its tokens, and a browser's had one that was
 * never exchanged: it is known by its life of twelve hours.
 */
export class Sessions1788652800035 implements MigrationInterface {
  readonly name = 'Sessions1788652800035';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table sessions (
        id uuid not null,
        user_id integer not null,
        kind text not null,
        begun_at timestamptz not null,
        last_used_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz,
        ip text,
        user_agent text,
        constraint sessions_pkey primary key (id),
        constraint sessions_user_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint sessions_kind_known check (kind in ('program', 'browser'))
      )`);
    await db.query('create index sessions_user_idx on sessions (user_id, begun_at desc)');
    await db.query(`
      insert into sessions (id, user_id, kind, begun_at, last_used_at, expires_at, ended_at)
      select family_id, min(user_id),
        case when max(expires_at) - min(issued_at) <= interval '12 hours' then 'browser' else 'program' end,
        min(issued_at), max(issued_at), max(expires_at), max(revoked_at)
      from refresh_tokens group by family_id`);
    await db.query(`
      delete from refresh_tokens t using sessions s where s.id = t.family_id and s.kind = 'browser'`);
    await db.query(`
      alter table refresh_tokens
        drop column revoked_at,
        add constraint refresh_tokens_session_fkey foreign key (family_id) references sessions (id) on delete cascade`);
  }

  /** A browser's sign-in gets a ticket again, of which only the family counts. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table refresh_tokens
        drop constraint refresh_tokens_session_fkey,
        add column revoked_at timestamptz`);
    await db.query(`
      update refresh_tokens t set revoked_at = s.ended_at from sessions s where s.id = t.family_id`);
    await db.query(`
      insert into refresh_tokens (user_id, family_id, token_hash, issued_at, expires_at, revoked_at)
      select user_id, id, sha256(convert_to('session:' || id, 'UTF8')), begun_at, expires_at, ended_at
      from sessions where kind = 'browser'`);
    await db.query('drop table sessions');
  }
}
