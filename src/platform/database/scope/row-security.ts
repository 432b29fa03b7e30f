import { type Command, doorsTo } from './doors.js';

/** Tables that are the installation's and not an organisation's; everything else has the policies below. */
export const DIRECTORY_TABLES = [
  'orgs',
  'users',
  'roles',
  'memberships',
  'user_roles',
  'sessions',
  'account_mails',
  'account_tokens',
  'refresh_tokens',
  'second_factors',
  'recovery_codes',
  'login_throttles',
  'qbo_companies',
  'qbo_oauth_states',
  'qbo_limits',
  'qbo_events',
  'stripe_events',
  'stripe_event_cursor',
  'stripe_accounts',
  'alert_incidents',
  'alert_messages',
] as const;

/** Tables of which the product may add and read rows, and neither change nor delete them. */
export const APPEND_ONLY_TABLES: readonly string[] = ['audit_log', 'revenue_events'];

/** The settings of a transaction that the policies look at. */
export const ORG_SETTING = 'crm.org_id';
export const DOOR_SETTING = 'crm.door';

/** A policy of a table; permissive, as all are: a row is seen where one of them says so. */
export interface Policy {
  readonly name: string;
  readonly command: Command | 'all';
  /** A role; `public`: every one. */
  readonly role: string;
  /** Which rows are seen, and which may be written. */
  readonly condition: string;
}

/**
 * The settings are read in a subselect, which PostgreSQL works out once for a statement; as plain calls they are made
 * for each row that is looked at, which doubled the time of a scan.
 */
const IN_ORGANISATION = `org_id = (select nullif(current_setting('${ORG_SETTING}', true), '')::integer)`;

/**
 * The policies of a table with rows of organisations. PostgreSQL tries them by name: the usual one first. The owner's
 * is for migrations, backups and people at a console; it is a policy because not every PostgreSQL gives BYPASSRLS. It
 * asks who is signed in, because a view reads with its owner's policies whoever looks through it.
 */
export function policiesOf(table: string, owner: string): Policy[] {
  const commands: readonly Command[] = ['delete', 'insert', 'select', 'update'];
  return [
    { name: 'by_organisation', command: 'all', role: 'public', condition: IN_ORGANISATION },
    { name: 'owner', command: 'all', role: owner, condition: `current_user = ${literal(owner)}` },
    ...commands.flatMap((command): Policy[] => {
      const doors = doorsTo(table, command);
      if (doors.length === 0) return [];
      const names = doors.map((door) => `'${door}'`).join(', ');
      const condition = `(select current_setting('${DOOR_SETTING}', true) in (${names}))`;
      return [{ name: `through_door_${command}`, command, role: 'public', condition }];
    }),
  ];
}

/** A name as PostgreSQL quotes it, as a string of SQL. */
function literal(quotedName: string): string {
  const name = quotedName.startsWith('"') ? quotedName.slice(1, -1).replaceAll('""', '"') : quotedName;
  return `'${name.replaceAll("'", "''")}'`;
}

/** The statement that makes a policy. Table and role are names quoted for SQL. */
export function createStatement(table: string, { name, command, role, condition }: Policy): string {
  const using = command === 'insert' ? '' : ` using (${condition})`;
  const check =
    command === 'insert' || command === 'update' || command === 'all' ? ` with check (${condition})` : '';
  return `create policy ${name} on ${table} for ${command} to ${role}${using}${check}`;
}
