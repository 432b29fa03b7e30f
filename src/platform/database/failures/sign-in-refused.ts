import { isOfPooler } from './unavailable.js';

/** What a server or a pooler has answered to somebody who signs in. */
interface Refusal {
  code?: string;
  routine?: string;
  message: string;
}

/** What an older server said, which PgBouncer says again until it tries to sign in there anew. */
const SAID_BEFORE = /server_login_retry/;
/** Whom a refusal is about: through a pooler that may be the one by whom it looks for others. */
const WHOM = /(?:user|role) "(.*)"|no such user: (.*)$/;

/**
 * Whether it was said that there is no role of this name, or that its password is wrong: which of the two it is,
 * PostgreSQL does not say. PgBouncer hands on the text of the server, and by its version the code. Pure.
 */
export function isUnknownRole(error: unknown, role: string): boolean {
  const { code, routine, message } = error as Refusal;
  if (SAID_BEFORE.test(message)) return false;
  const [, byServer, byPooler] = WHOM.exec(message) ?? [];
  if ((byServer ?? byPooler ?? role) !== role) return false;
  return (
    code === '28P01' ||
    (code === '28000' && routine === 'InitializeSessionUserId') || // where no password is asked for
    (routine === undefined && code === '28000' && message.includes(notThere(role))) ||
    (isOfPooler(error) && (message.includes(notThere(role)) || REFUSED_BY_POOLER.test(message)))
  );
}

const REFUSED_BY_POOLER = /no such user|auth(entication)? failed/;

const notThere = (role: string): string => `role "${role}" does not exist`;

/** A pooler that does not ignore what a connection asks for never takes one of ours. Pure. */
export function isRefusedParameter(error: unknown): boolean {
  return isOfPooler(error) && /unsupported startup parameter/.test((error as Error).message);
}
