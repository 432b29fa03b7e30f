export type DomainErrorKind =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'invalid'
  | 'too_many_requests'
  | 'unavailable';

export interface FieldError {
  /** Path of the field in the body: `lines.0.quantity`. */
  field: string;
  message: string;
}

/** What the answer tells beside its body. */
export interface ErrorHints {
  /** Seconds until the same request may succeed. */
  retryAfterSeconds?: number;
  /** Where a browser is led instead of being shown the refusal: to sign in, or to confirm who its person is. */
  leadsTo?: string;
}

/**
 * An expected refusal, said in the trade's words: what happened, to whom, what to do next.
 * `code` is stable and for programs; `detail` is for people. Services throw this, never an HTTP exception.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: DomainErrorKind,
    readonly code: string,
    detail: string,
    readonly fields?: readonly FieldError[],
    readonly hints: ErrorHints = {},
  ) {
    super(detail);
    this.name = 'DomainError';
  }
}

/** Not there, or not yours: the two are not told apart. */
export function notFound(what: string, id: number | string): DomainError {
  return new DomainError('not_found', `${what.replaceAll(' ', '_')}_not_found`, `There is no ${what} ${id}.`);
}

/** A 422 that names each bad field. */
export function invalid(fields: FieldError[]): DomainError {
  const names = [...new Set(fields.map((field) => field.field))].join(', ');
  return new DomainError('invalid', 'validation_failed', `These fields need attention: ${names}.`, fields);
}
