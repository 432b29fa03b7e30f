import type { FastifyReply } from 'fastify';
import { DomainError } from '../../platform/errors/domain-error.js';

export const HTML = 'text/html; charset=utf-8';
/** Else browsers send `Origin: null` with the forms, which by plain http is all that tells whose page they are of. */
export const REFERRER = ['referrer-policy', 'same-origin'] as const;
export const STALE = 'This page was open for too long. Please try once more.';

/** What a browser sends: every field may be anything. */
export type FormFields = Record<string, unknown> | undefined;

/** How a form of ours is described in /openapi.json. Pure. */
export function formSchema(fields: readonly string[], optional: readonly string[] = []) {
  const properties = Object.fromEntries([...fields, ...optional].map((field) => [field, { type: 'string' }]));
  return { type: 'object', required: [...fields], properties };
}

/** A field as text; PostgreSQL takes no NUL. Pure. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').slice(0, 512) : '';
}

const STATUS: Partial<Record<DomainError['kind'], number>> = {
  bad_request: 400,
  conflict: 409,
  forbidden: 422, // the same: a field names what is not theirs
  invalid: 422,
  too_many_requests: 429,
  unauthenticated: 422, // of whoever is signed in: a field is wrong
  unavailable: 503,
};

/** What programs are told of routes and fields, and people of pages. */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  email_taken:
    'Somebody signs in with this address already. Sign in, or open the link of the mail once more.',
  not_a_member: 'You are in no such organisation, or it does not let you in any more.',
  totp_required: 'Type the six digits that your app shows, or a recovery code.',
  too_many_codes:
    'Too many codes were wrong. Choose a new password by “Forgotten your password?” on the sign-in page, or wait ' +
    'a day.',
};

/** What a refusal is on a page: its status, and why in a sentence. Pure. */
export function refusalOf({ kind, code, fields, message }: DomainError): { status: number; refusal: string } {
  const [problem] = fields ?? [];
  const text = problem ? `${problem.message.replaceAll('_', ' ')}.` : (FOR_PEOPLE[code] ?? message);
  return { status: STATUS[kind] ?? 400, refusal: text.charAt(0).toUpperCase() + text.slice(1) };
}

/** Sends the page of a form again, with why it was refused. Throws what is no refusal. */
export async function sendPageAgain(
  reply: FastifyReply,
  error: unknown,
  pageOf: (refusal: string) => string | Promise<string>,
): Promise<void> {
  if (!(error instanceof DomainError)) throw error;
  const { status, refusal } = refusalOf(error);
  const { retryAfterSeconds } = error.hints;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  const html = await pageOf(refusal);
  void reply
    .status(status)
    .header(...REFERRER)
    .type(HTML)
    .send(html);
}
