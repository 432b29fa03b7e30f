import type { DataSource } from 'typeorm';
import { askAlone, roleNamedBy } from '../connection.js';
import { APPEND_ONLY_TABLES } from './row-security.js';
import { SQLSTATE, sqlStateOf } from '../failures/sqlstate.js';

/** The role that the product signs in with, where it makes the role itself. */
export const APP_ROLE = 'crm_app';

/** PostgreSQL from which a role may maintain tables that are not its own. */
const MAINTAIN_VERSION = 17;

/** What the product's role may do: read and write rows, and nothing to the tables themselves. */
function grants(role: string, version: number): string[] {
  return [
    `grant usage on schema public, pgboss to ${role}`,
    `grant select, insert, update, delete on all tables in schema public, pgboss to ${role}`,
    `grant usage, select, update on all sequences in schema public, pgboss to ${role}`,
    `grant execute on all functions in schema public, pgboss to ${role}`,
    `revoke insert, update, delete on migrations from ${role}`,
    ...APPEND_ONLY_TABLES.map((table) => `revoke update, delete on ${table} from ${role}`),
    ...(version >= MAINTAIN_VERSION ? [`grant maintain on all tables in schema pgboss to ${role}`] : []),
  ];
}

/**
 * Gives the role of `appUrl` what it needs, and makes the role where there is none. Does nothing where it is the role
 * that migrates, since policies have an owner to whom they do not apply then, nor where the address names none. Throws
 * an Error that says what to do where the role is missing and may not be made.
 */
export async function grantToAppRole(dataSource: DataSource, appUrl: string): Promise<void> {
  const named = roleNamedBy(appUrl);
  if (named === null) return;
  const { user: name, password } = named;
  const [row] = await dataSource.query<
    { role: string; isOwner: boolean; exists: boolean; version: number }[]
  >(
    `select quote_ident($1) as role, current_user = $1 as "isOwner",
            exists (select from pg_roles where rolname = $1) as exists,
            current_setting('server_version_num')::int / 10000 as version`,
    [name],
  );
  const { role, isOwner, exists, version } = row!;
  if (isOwner) return;
  if (!exists) await createRole(dataSource, name, password);
  for (const grant of grants(role, version)) await dataSource.query(grant);
}

/** Why the role of `appUrl` cannot work with the tables as they are, for people; null where it can. */
export async function appRoleProblem(dataSource: DataSource, appUrl: string): Promise<string | null> {
  const user = roleNamedBy(appUrl)?.user;
  if (user === undefined) return null;
  const [row] = await dataSource.query<{ exists: boolean; reads: boolean | null }[]>(
    `select r.oid is not null as exists, has_table_privilege(r.oid, 'migrations', 'select') as reads
       from (select) as one left join pg_roles r on r.rolname = $1`,
    [user],
  );
  if (!row!.exists) return `its server has no role ${user}, as which DATABASE_URL signs in`;
  return row!.reads ? null : `${user}, as which DATABASE_URL signs in, has no rights in it`;
}

async function createRole(dataSource: DataSource, name: string, password: string): Promise<void> {
  const [row] = await dataSource.query<{ text: string }[]>(
    `select format('create role %I login password %L nosuperuser nocreatedb nocreaterole nobypassrls',
                   $1::text, $2::text) as text`,
    [name, password],
  );
  try {
    await dataSource.query(row!.text);
  } catch (error) {
    if (sqlStateOf(error) === SQLSTATE.duplicateObject) return; // another database of the server made it just now
    if (sqlStateOf(error) !== SQLSTATE.insufficientPrivilege) throw error;
    throw new Error(
      `DATABASE_URL signs in as ${name}, which does not exist, and the role that migrates may not make it. ` +
        `Run once, as an administrator of the server: CREATE ROLE "${name}" LOGIN PASSWORD '…' ` +
        '(the password that is in DATABASE_URL), then start again.',
      { cause: error },
    );
  }
}

const STANDING = `
  select current_user as role, r.rolsuper as "isSuperuser", r.rolbypassrls as "bypassesPolicies",
         exists (select from pg_class t
                  where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
                    and pg_has_role(current_user, t.relowner, 'member')) as "isOwner"
    from pg_roles r where r.rolname = current_user`;

interface Standing {
  role: string;
  isSuperuser: boolean;
  bypassesPolicies: boolean;
  isOwner: boolean;
}

/** Why the policies do not hold for the role of this address, with what to do; null where they hold. */
export async function policyProblem(url: string): Promise<string | null> {
  const { rows } = await askAlone(url, (client) => client.query<Standing>(STANDING));
  return problemOf(rows[0]!);
}

function problemOf({ role, isSuperuser, bypassesPolicies, isOwner }: Standing): string | null {
  const why = [
    ...(isSuperuser ? ['is a superuser'] : []),
    ...(bypassesPolicies ? ['has BYPASSRLS'] : []),
    ...(isOwner ? ['owns the tables'] : []),
  ];
  if (why.length === 0) return null;
  return (
    `DATABASE_URL signs in as ${role}, which ${why.join(' and ')}: the policies that keep organisations apart ` +
    'do not hold for it. Set DATABASE_MIGRATE_URL to the address that DATABASE_URL has now, and in DATABASE_URL ' +
    `another user and password, such as ${APP_ROLE}. The next start (with DB_MIGRATE=false: npm run migrate) ` +
    'makes that role where it does not exist, and gives it its rights.'
  );
}
