-- Refuses a time zone that this server does not know: each statement about all organisations would fail for one of them.
create or replace function refuse_unknown_time_zone() returns trigger language plpgsql as $$
begin
  perform now() at time zone new.time_zone;
  return new;
end $$;
