import type { FastifyReply } from 'fastify';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { fieldSentences } from '../../../platform/errors/field-sentences.js';
import { REFERRER, sendPage } from '../../../platform/http/pages/page-form.js';

export const STALE = 'This page was open for too long. Please try once more.';

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
  const text = fieldSentences(fields ?? []) || (FOR_PEOPLE[code] ?? message);
  return { status: STATUS[kind] ?? 400, refusal: text.charAt(0).toUpperCase() + text.slice(1) };
}

/** The same for a page that is sent again, whose header says when to try once more where the refusal does. */
export function refuse(reply: FastifyReply, error: DomainError): { status: number; refusal: string } {
  const { retryAfterSeconds } = error.hints;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  return refusalOf(error);
}

/** Sends the page of a form again, with why it was refused. Throws what is no refusal. */
export async function sendPageAgain(
  reply: FastifyReply,
  error: unknown,
  pageOf: (refusal: string) => string | Promise<string>,
): Promise<void> {
  if (!(error instanceof DomainError)) throw error;
  const { status, refusal } = refuse(reply, error);
  const html = await pageOf(refusal);
  sendPage(reply.header(...REFERRER), html, status);
}
