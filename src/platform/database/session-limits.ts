import { askAlone, limitAskedBy, SESSION_LIMITS } from './connection.js';

type Limit = keyof typeof SESSION_LIMITS;

/** What a connection has of a limit, as PostgreSQL says it: `off` for none. */
interface Effective {
  role: string;
  limit: Limit;
  ms: number;
  shown: string;
}

/** A limit of the role's own that is as much longer is a choice; one beyond that gives nothing up in time. */
const CHOSEN_UP_TO = 2;

/**
 * Which of the limits of time a connection by this address does not have, with what it has and what to do; null where
 * it has them all, or about as much by its role. A pooler may be told to ignore what a connection asks for: then
 * nothing would ever be given up, in silence.
 */
export async function limitsProblem(url: string): Promise<string | null> {
  const { rows } = await askAlone(url, (client) =>
    client.query<Effective>(
      `select quote_ident(current_user) as role, l.name as limit, s.setting::float8 as ms,
              case when s.setting = '0' then 'off' else current_setting(l.name) end as shown
         from unnest($1::text[]) with ordinality as l (name, place)
         join pg_settings s on s.name = l.name
        order by l.place`,
      [Object.keys(SESSION_LIMITS)],
    ),
  );
  const lacking = rows.filter(({ limit, ms }) => {
    const wanted = limitAskedBy(url, limit);
    return wanted > 0 && (ms === 0 || ms > CHOSEN_UP_TO * wanted);
  });
  const asked = (limit: Limit): string => `${limitAskedBy(url, limit) / 1000}s`;
  if (lacking.length === 0) return null;
  return (
    'A pooler ignores the limits of time that connections by DATABASE_URL ask for: ' +
    lacking.map(({ limit, shown }) => `${limit} is ${shown} and not ${asked(limit)}`).join(', ') +
    '. Give them to the role, as an administrator: ' +
    lacking.map(({ role, limit }) => `ALTER ROLE ${role} SET ${limit} = '${asked(limit)}';`).join(' ') +
    ' Then have the pooler connect anew: RECONNECT in the console of PgBouncer.'
  );
}
