import { VendorError } from '../../../platform/errors/vendor-error.js';

/**
 * Why a call to QuickBooks did not give what was asked, sorted by what to do about it:
 *
 * - `not_connected`, `needs_reauth`: a person has to connect (again); nothing was sent
 * - `forbidden`: the company or the plan does not allow it; stop and tell
 * - `throttled`: wait a minute, this company only
 * - `stale`: the SyncToken was old (5010); read again, apply once more
 * - `duplicate_name` (6240), `duplicate_number` (6140)
 * - `not_found` (610): deleted, or a reference to something inactive
 * - `books_closed` (6210), `subscription` (6190)
 * - `validation`: any other refusal of what was sent; sending it again will not help
 * - `transient`: QuickBooks failed before it can have done anything, or only reads were asked for
 * - `uncertain`: a write whose answer was lost or unreadable; it may have been done
 * - `malformed`: an answer to a read that could not be understood
 */
export type QboErrorKind =
  | 'not_connected'
  | 'needs_reauth'
  | 'forbidden'
  | 'throttled'
  | 'stale'
  | 'duplicate_name'
  | 'duplicate_number'
  | 'not_found'
  | 'books_closed'
  | 'subscription'
  | 'validation'
  | 'transient'
  | 'uncertain'
  | 'malformed';

const RETRYABLE: ReadonlySet<QboErrorKind> = new Set([
  'throttled',
  'stale',
  'transient',
  'uncertain',
  'malformed',
]);

/** A typed failure of one QuickBooks call. The message is for people and holds no token and no vendor detail of a 401. */
export class QboError extends VendorError {
  constructor(
    readonly kind: QboErrorKind,
    message: string,
    readonly detail: {
      /** The operation, as in the metrics: `invoice.create`. */
      operation: string;
      /** QBO's own code, `6240`. */
      code?: string;
      httpStatus?: number;
      intuitTid?: string;
      /** QBO's own explanation. It can name customers: for the person who resolves it, not for logs. */
      explanation?: string;
      /** Seconds to wait at least. */
      retryAfterSeconds?: number;
      cause?: unknown;
    },
  ) {
    super('qbo', message, {
      code: `qbo_${kind}`,
      status: RETRYABLE.has(kind) ? 503 : kind === 'forbidden' ? 502 : 409,
      retryable: RETRYABLE.has(kind),
      uncertain: kind === 'uncertain',
      vendorRequestId: detail.intuitTid,
      cause: detail.cause,
    });
    this.name = 'QboError';
  }
}
