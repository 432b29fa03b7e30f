import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did what, from where, with the values before and after. Entries are added and never changed or deleted. */
export class AuditLog1788998400039 implements MigrationInterface {
  readonly name = 'AuditLog1788998400039';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table audit_log (
        org_id integer not null,
        id bigint generated always as identity,
        at timestamptz not null,
        actor_id integer,
        action text not null,
        subject text not null,
        proposal_id integer,
        before jsonb,
        after jsonb,
        ip text,
        request_id text,
        constraint audit_log_pkey primary key (org_id, id),
        constraint audit_log_org_fkey foreign key (org_id) references orgs (id),
        constraint audit_log_actor_fkey foreign key (actor_id) references users (id),
        constraint audit_log_sizes check (
          length(action) <= 100 and length(subject) <= 200 and length(ip) <= 64 and length(request_id) <= 128)
      )`);
    await db.query('create index audit_log_actor_idx on audit_log (org_id, actor_id, id)');
    await db.query('create index audit_log_action_idx on audit_log (org_id, action, id)');
    await db.query(
      'create index audit_log_proposal_idx on audit_log (org_id, proposal_id, id) where proposal_id is not null',
    );
    await db.query(`
      create function refuse_audit_log_change() returns trigger language plpgsql as $$
      begin
        raise exception 'The audit log is append-only.' using errcode = 'insufficient_privilege';
      end $$`);
    await db.query(`
      create trigger audit_log_append_only before update or delete or truncate on audit_log
        for each statement execute function refuse_audit_log_change()`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table audit_log');
    await db.query('drop function refuse_audit_log_change()');
  }
}
