import { cutText } from '../../../platform/text/cut-text.js';
import type { RawResponse, NoResponse } from '../http/raw-response.js';
import { type Fault, faultOf, jsonOf } from './fault.js';
import { FAULT_CODES } from '../../../messages/quickbooks-fault-messages.js';
import { isWrite, type QboEndpoint } from '../model/endpoints.js';
import { QboError, type QboErrorKind } from './qbo-error.js';

const THROTTLE_SECONDS_MIN = 60;
const EXPLANATION_LENGTH_MAX = 500;
const HEADLINE_LENGTH_MAX = 120;
const GATEWAY_HEADLINE = /^\w+=/;
const TOKEN_REFUSED = 'QuickBooks did not accept the access token';

/** Without those that are found out before anything is sent. */
type ResponseErrorKind = Exclude<
  QboErrorKind,
  'not_connected' | 'needs_reauth' | 'currency_not_enabled' | 'currency_not_active' | 'no_exchange_rate'
>;

/** The general sentence of a kind, where QuickBooks gave no code or one without a sentence of its own. */
const MEANING: Record<ResponseErrorKind, string> = {
  forbidden: 'QuickBooks does not allow this for the connected company or the person who connected it',
  throttled: 'QuickBooks asks to wait: too many requests for this company',
  stale: 'The record was changed in QuickBooks meanwhile',
  duplicate_name: 'QuickBooks has a customer, vendor or employee of this name already',
  duplicate_number: 'QuickBooks has a document with this number already',
  not_found: 'QuickBooks does not have this record, or something it refers to is inactive',
  books_closed: 'The books are closed for this date in QuickBooks',
  subscription: 'The QuickBooks subscription of this company has ended or has a billing problem',
  validation: 'QuickBooks refused what was sent',
  transient: 'QuickBooks could not be reached or failed; nothing was changed',
  uncertain: 'QuickBooks did not confirm the change; it may have been made',
  malformed: 'QuickBooks gave an answer that cannot be read',
};

/** A response understood: the JSON of a success, or the error that says what to do. */
export type Result = { body: Record<string, unknown>; error: null } | { body: null; error: QboError };

/** The HTTP status decides first, then the fault's code; texts decide nothing. A long response is parsed this once. */
export function toResult(operation: QboEndpoint, response: RawResponse): Result {
  const body = jsonOf(response.text);
  const fault = faultOf(response.text, body);
  const success = response.status >= 200 && response.status < 300;
  if (success && fault === null && body) return { body, error: null };
  return { body: null, error: errorOf(operation, response, fault) };
}

/** What went wrong, null where nothing did. */
export function errorFromResponse(operation: QboEndpoint, response: RawResponse): QboError | null {
  return toResult(operation, response).error;
}

function errorOf(operation: QboEndpoint, response: RawResponse, fault: Fault | null): QboError {
  const kind = kindOf(operation, response.status, fault);
  return new QboError(kind, `${sentenceOf(kind, response.status, fault)}${cite(response.status, fault)}.`, {
    operation,
    code: fault?.code,
    httpStatus: response.status,
    intuitTid: response.intuitTid,
    explanation:
      response.status === 401 || fault?.detail === undefined
        ? undefined
        : cutText(fault.detail, EXPLANATION_LENGTH_MAX),
    retryAfterSeconds:
      kind === 'throttled' ? Math.max(response.retryAfterSeconds ?? 0, THROTTLE_SECONDS_MIN) : undefined,
  });
}

/**
 * What no response means: a write that may have arrived is uncertain, anything else can simply be asked again, but for
 * a read whose answer is too long: that will be no shorter.
 */
export function errorFromNoResponse(operation: QboEndpoint, noResponse: NoResponse): QboError {
  const kind = kindOfNone(operation, noResponse);
  return new QboError(kind, `${MEANING[kind]}: ${noResponse.message}.`, {
    operation,
    cause: noResponse.cause,
    ...(kind === 'malformed' ? { tooLong: true } : {}),
  });
}

function kindOfNone(operation: QboEndpoint, { reason }: NoResponse): 'transient' | 'uncertain' | 'malformed' {
  if (reason === 'not_sent') return 'transient';
  return reason === 'too_long' && !isWrite(operation) ? 'malformed' : unknownOutcome(operation);
}

/** A success whose content could not be read: the change was made, but what it is now is not known. */
export function unreadableError(operation: QboEndpoint, response: RawResponse, reason: string): QboError {
  const kind = isWrite(operation) ? 'uncertain' : 'malformed';
  return new QboError(kind, `${MEANING[kind]}: ${reason}.`, {
    operation,
    httpStatus: response.status,
    intuitTid: response.intuitTid,
  });
}

function kindOf(operation: QboEndpoint, status: number, fault: Fault | null): QboErrorKind {
  const byCode = FAULT_CODES[fault?.code ?? '']?.kind;
  if (status === 401) return 'transient';
  if (status === 429 || byCode === 'throttled') return 'throttled';
  if (status === 403) return 'forbidden';
  if (status >= 500 || status === 408 || (status >= 300 && status < 400)) return unknownOutcome(operation);
  if (fault === null && status < 300) return isWrite(operation) ? 'uncertain' : 'malformed';
  if (byCode === 'uncertain') return unknownOutcome(operation);
  if (byCode && byCode !== 'validation') return byCode;
  return fault?.type === 'SystemFault' ? unknownOutcome(operation) : 'validation';
}

/** The code's own sentence where it is of this kind: the status may have decided otherwise. */
function sentenceOf(kind: QboErrorKind, status: number, fault: Fault | null): string {
  const code = FAULT_CODES[fault?.code ?? ''];
  if (code?.kind === kind) return code.meaning;
  return status === 401 ? TOKEN_REFUSED : MEANING[kind as keyof typeof MEANING];
}

function unknownOutcome(operation: QboEndpoint): 'uncertain' | 'transient' {
  return isWrite(operation) ? 'uncertain' : 'transient';
}

/**
 * The status and QBO's own headline, which names no customer. Of a 401 nothing but the status, and of the gateway,
 * whose headline is `message=…; errorCode=…`, nothing but the code.
 */
function cite(status: number, fault: Fault | null): string {
  if (status === 401) return ' (HTTP 401)';
  const code = fault?.code === undefined ? `HTTP ${status}` : `code ${fault.code}`;
  return fault?.message === undefined || GATEWAY_HEADLINE.test(fault.message)
    ? ` (${code})`
    : ` (${code}: ${cutText(fault.message, HEADLINE_LENGTH_MAX)})`;
}
