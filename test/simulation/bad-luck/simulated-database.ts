/**
 * Gives a database the simulated clock: `now()`, and the ids and jitter that chance makes, come from the session and a
 * sequence, in statements, in defaults and in the functions of the queue.
 */
export const SIMULATED_DATABASE = `
  create schema if not exists sim;
  grant usage on schema sim to public;
  create sequence if not exists sim.chance;
  grant usage on sequence sim.chance to public;
  create or replace function sim.now() returns timestamptz stable language sql as
    $body$ select coalesce(current_setting('sim.now', true), pg_catalog.now()::text)::timestamptz $body$;
  create or replace function sim.clock_timestamp() returns timestamptz stable language sql as
    $body$ select sim.now() $body$;
  create or replace function sim.gen_random_uuid() returns uuid volatile language sql as
    $body$ select ('00000000-0000-4000-8000-' || lpad(to_hex(nextval('sim.chance')), 12, '0'))::uuid $body$;
  create or replace function sim.random() returns double precision volatile language sql as
    $body$ select (('x' || left(md5(nextval('sim.chance')::text), 8))::bit(32)::bigint / 4294967296.0)::float8 $body$;
  create or replace function pgboss.job_now() returns timestamptz stable language sql as $body$ select sim.now() $body$;
  do $$ declare d record; begin
    for d in select c.oid::regclass as tab, a.attname as col, pg_get_expr(f.adbin, f.adrelid) as def
               from pg_attrdef f join pg_class c on c.oid = f.adrelid
               join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
              where c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
                and a.attgenerated = '' and c.relkind in ('r', 'p')
                and pg_get_expr(f.adbin, f.adrelid) ~ '(^|[^._a-z])(now|clock_timestamp|gen_random_uuid)\\(\\)' loop
      execute format('alter table %s alter column %I set default %s', d.tab, d.col,
        regexp_replace(d.def, '(^|[^._a-z])(now|clock_timestamp|gen_random_uuid)\\(\\)', '\\1sim.\\2()', 'g'));
    end loop;
  end $$`;

/**
 * Makes `sim.empty()`: the database as it is before the first organisation, down to the order of rows on disk, in which
 * a statement without `order by` answers, and to when the queue was last cleaned up. Nobody vacuums or analyses
 * meanwhile: the plans stay the same, too.
 */
export const EMPTY_DATABASE = `
  create table sim.queue as table pgboss.queue;
  create table sim.version as table pgboss.version;
  do $$ declare t regclass; begin
    for t in select c.oid::regclass from pg_class c
              where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace) loop
      execute format('alter table %s set (autovacuum_enabled = false)', t);
    end loop;
  end $$;
  create or replace function sim.empty() returns void language plpgsql as $body$
  declare t regclass; s record; filled boolean; tables text := 'pgboss.job'; begin
    set local session_replication_role = replica;
    for t in select c.oid::regclass from pg_class c
              where c.relkind in ('r', 'p') and not c.relispartition
                and c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)
                and c.relname not in ('migrations', 'roles') loop
      execute format('select exists (select from %s)', t) into filled;
      if filled then tables := tables || ', ' || t; end if;
    end loop;
    execute format('truncate %s restart identity cascade', tables);
    insert into pgboss.queue table sim.queue;
    insert into pgboss.version table sim.version;
    for s in select schemaname, sequencename from pg_sequences
              where schemaname in ('public', 'sim') and last_value is not null loop
      execute format('alter sequence %I.%I restart', s.schemaname, s.sequencename);
    end loop;
  end $body$`;
