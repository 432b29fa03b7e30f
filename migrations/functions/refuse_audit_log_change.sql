-- Refuses every statement that would change, delete or empty the audit log, whoever runs it: entries are only added.
create or replace function refuse_audit_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is append-only.' using errcode = 'insufficient_privilege';
end $$;
