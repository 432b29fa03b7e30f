import type { FastifyReply } from 'fastify';
import { DomainError } from '../../platform/errors/domain-error.js';

export const HTML = 'text/html; charset=utf-8';
/** Else browsers send `Origin: null` with the forms, which by plain http is all that tells whose page they are of. */
export const REFERRER = ['referrer-policy', 'same-origin'] as const;
export const STALE = 'This page was open for too long. Please try once more.';

/** What a browser sends: every field may be anything. */
export type FormFields = Record<string, unknown> | undefined;

/** The fields that forms of ours have, each with what it may hold. */
const EXAMPLES = {
  action: 'create',
  csrf_token: 'mJ3yq8F2vT0aQx5nB1kd7w.4o2sKf9LrE6hZcUpVbXgTg',
  current_password: 'ladder-shingle-41',
  email: 'sam@acme.test',
  full_name: 'Sam Ruiz',
  new_password: 'ladder-shingle-42',
  org_id: '1',
  password: 'ladder-shingle-41',
  qbo_id: '145',
  repeated: 'ladder-shingle-42',
  return_to: '/inbox/page',
  session_id: '7b0ea7f5-3a34-4c3c-9d3a-0c2f6f1d3b52',
  token: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s',
  totp: '492039',
};
type FormField = keyof typeof EXAMPLES;

/** How a form of ours is described in /openapi.json. Pure. */
export function formSchema(fields: readonly FormField[], optional: readonly FormField[] = []) {
  const properties = Object.fromEntries(
    [...fields, ...optional].map((field) => [field, { type: 'string', example: EXAMPLES[field] }]),
  );
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
  totp_not_set_up: 'No second factor is being set up. Begin with “Set it up”.',
  // A second press of the button hides the answer to the first, and with it the codes.
  totp_on:
    'Your second factor is on already. If you did not see its recovery codes, turn it off and set it up again.',
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
