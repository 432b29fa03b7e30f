import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { createStatement, DIRECTORY_TABLES, type Policy, policiesOf } from './row-security.js';

/** A data source, or a transaction that is to hold all of it. */
type Database = Pick<EntityManager, 'query'>;

interface TenantTable {
  table: string;
  owner: string;
  /** Row-level security is on, for the owner too. */
  forced: boolean;
  /** Its policies, each with its comment: the statement that made it. */
  policies: { name: string; mark: string | null }[];
}

const TENANT_TABLES = `
  select quote_ident(t.relname) as table, quote_ident(pg_get_userbyid(t.relowner)) as owner,
         t.relrowsecurity and t.relforcerowsecurity as forced,
         coalesce((select json_agg(json_build_object('name', p.polname, 'mark', obj_description(p.oid, 'pg_policy')))
                     from pg_policy p where p.polrelid = t.oid), '[]') as policies
    from pg_class t
   where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
     and t.relname <> 'migrations' and t.relname <> all ($1)
     and exists (select from pg_attribute a
                  where a.attrelid = t.oid and a.attname = 'org_id' and not a.attisdropped)
   order by t.relname collate "C"`;

/**
 * A version from before a table was the directory's takes it for one of organisations, and gives it policies as it
 * starts, as where an installation goes back to its image for a while.
 */
const GUARDED_DIRECTORY = `
  select quote_ident(t.relname) as table, p.ours, p.others
    from pg_class t
   cross join lateral (
     select json_agg(quote_ident(p.polname)) filter (where p.polname ~ $2) as ours,
            count(*) filter (where p.polname !~ $2)::int as others
       from pg_policy p where p.polrelid = t.oid) p
   where t.relnamespace = 'public'::regnamespace and t.relname = any ($1) and p.ours is not null
   order by t.relname collate "C"`;

/** What this product calls its policies: those of an operator's own stay. */
const OUR_POLICIES = '^(by_organisation|owner|through_door_[a-z]+)$';

/**
 * Views that read with their owner's rights, to whom no policy applies where it is a superuser. Version 14 cannot do
 * otherwise: there the owner must be none, and its own policy asks who is signed in.
 */
const VIEWS_OF_OWNER = `
  select quote_ident(relname) as view from pg_class
   where relnamespace = 'public'::regnamespace and relkind = 'v'
     and not coalesce(reloptions, '{}') @> '{security_invoker=true}'
     and current_setting('server_version_num')::int >= 150000`;

/**
 * The repeatable step after the migrations: every table that is not of the directory gets the policies that it has to
 * have, so that a new table needs nothing but its `org_id`; one of the directory has none. Answers the tables that were
 * changed.
 */
export async function applyRowSecurity(db: Database): Promise<string[]> {
  const tables = await db.query<TenantTable[]>(TENANT_TABLES, [DIRECTORY_TABLES]);
  const changed: string[] = [];
  for (const { table, owner, forced, policies } of tables) {
    const wanted = policiesOf(table, owner);
    const marks = new Map(policies.map(({ name, mark }) => [name, mark]));
    const isWhole = wanted.every((policy) => marks.get(policy.name) === markOf(table, policy));
    if (forced && isWhole && marks.size === wanted.length) continue;
    await inOneTrip(db, [
      ...policies.map(({ name }) => `drop policy ${name} on ${table}`),
      ...wanted.flatMap((policy) => [
        createStatement(table, policy),
        `comment on policy ${policy.name} on ${table} is '${markOf(table, policy)}'`,
      ]),
      `alter table ${table} enable row level security, force row level security`,
    ]);
    changed.push(table);
  }
  const guarded = await db.query<{ table: string; ours: string[]; others: number }[]>(GUARDED_DIRECTORY, [
    DIRECTORY_TABLES,
    OUR_POLICIES,
  ]);
  for (const { table, ours, others } of guarded) {
    const off = `alter table ${table} disable row level security, no force row level security`;
    await inOneTrip(db, [
      ...ours.map((name) => `drop policy ${name} on ${table}`),
      ...(others === 0 ? [off] : []),
    ]);
    changed.push(table);
  }
  for (const { view } of await db.query<{ view: string }[]>(VIEWS_OF_OWNER)) {
    await db.query(`alter view ${view} set (security_invoker = true)`);
  }
  return changed;
}

/**
 * Takes every policy away, because columns they look at cannot be changed. Until they are applied again the owner sees
 * all rows and the product none.
 */
export async function removePolicies(db: Database): Promise<void> {
  const tables = await db.query<TenantTable[]>(TENANT_TABLES, [DIRECTORY_TABLES]);
  for (const { table, policies } of tables) {
    await inOneTrip(db, [
      ...policies.map(({ name }) => `drop policy ${name} on ${table}`),
      `alter table ${table} no force row level security`,
    ]);
  }
}

/** Sends statements together: one transaction, as PostgreSQL has it for what comes in one message. */
async function inOneTrip(db: Database, statements: readonly string[]): Promise<void> {
  await db.query(statements.join(';\n'));
}

function markOf(table: string, policy: Policy): string {
  return `sha256:${createHash('sha256').update(createStatement(table, policy)).digest('hex')}`;
}
