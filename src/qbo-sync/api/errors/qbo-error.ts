import type { QboErrorKind } from '../../../messages/quickbooks-fault-messages.js';
import { VendorError } from '../../../platform/errors/vendor-error.js';

export type { QboErrorKind };

const RETRYABLE: ReadonlySet<QboErrorKind> = new Set([
  'throttled',
  'stale',
  'transient',
  'uncertain',
  'malformed',
]);

/**
 * A typed failure of one QuickBooks call. The message is for people and holds no token and no vendor detail of a 401.
 */
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
      /** Refused here, as during a pause: nothing went out. */
      unsent?: true;
      /** There is an answer, longer than is taken in: what is asked has to be less. */
      tooLong?: true;
      cause?: unknown;
    },
  ) {
    super('qbo', message, {
      code: `qbo_${kind}`,
      status: RETRYABLE.has(kind) ? 503 : kind === 'forbidden' ? 502 : 409,
      retryable: RETRYABLE.has(kind),
      uncertain: kind === 'uncertain',
      vendorRequestId: detail.intuitTid,
      vendorCode: detail.code,
      vendorStatus: detail.httpStatus,
      retryAfterSeconds: detail.retryAfterSeconds,
      cause: detail.cause,
    });
    this.name = 'QboError';
  }
}

/** What a run failed with; what failed here and not at QuickBooks may pass as well, and is tried again as often. */
export function asQboError(error: unknown): QboError {
  if (error instanceof QboError) return error;
  return new QboError('transient', 'Something failed here, not at QuickBooks.', {
    operation: 'none',
    cause: error,
  });
}

/** The same of a call of which an earlier try went out: what a pause refused since was not all of it. */
export function afterSending(error: unknown): unknown {
  if (!(error instanceof QboError) || !error.detail.unsent) return error;
  const { unsent: _unsent, ...detail } = error.detail;
  return new QboError(error.kind, error.message, detail);
}

/** Whether a read came to nothing as its answer is longer than is taken in. */
export function isTooLongToRead(error: unknown): boolean {
  return error instanceof QboError && error.detail.tooLong === true;
}

/** What a read answers; null where QuickBooks has no such record. */
export async function foundOrNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof QboError && error.kind === 'not_found') return null;
    throw error;
  }
}
