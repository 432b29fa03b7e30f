import { VendorError } from '../errors/vendor-error.js';
import { withoutSecrets } from './redaction.js';

const CAUSES_MAX = 5;

/**
 * What of an error may be logged: its type, message, codes, the vendor's trace id, stack and causes. The rest of an
 * HTTP client's error holds the request with its headers.
 */
export function errorForLog(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return thrownForLog(error);
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const causes = error instanceof AggregateError ? error.errors.slice(0, CAUSES_MAX) : [];
  return {
    type: name === 'Error' ? error.constructor.name : name,
    message: withoutSecrets(message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error instanceof VendorError ? vendorFacts(error) : {}),
    stack: withoutSecrets(stack ?? ''),
    ...(cause === undefined || cause === null || depth >= CAUSES_MAX
      ? {}
      : { cause: errorForLog(cause, depth + 1) }),
    ...(causes.length > 0 && depth < CAUSES_MAX
      ? { errors: causes.map((one) => errorForLog(one, depth + 1)) }
      : {}),
  };
}

function vendorFacts({ vendor, facts }: VendorError): object {
  const { code, vendorCode, vendorStatus, vendorRequestId } = facts;
  return {
    code,
    ...(vendorCode === undefined ? {} : { vendor_code: vendorCode }),
    ...(vendorStatus === undefined ? {} : { vendor_status: vendorStatus }),
    ...(vendorRequestId === undefined
      ? {}
      : { [vendor === 'qbo' ? 'intuit_tid' : 'stripe_request_id']: vendorRequestId }),
  };
}

/** What was thrown and is no error: of an object its kind, message and code, never its content. */
function thrownForLog(thrown: unknown): object {
  if (typeof thrown !== 'object' || thrown === null) return { message: withoutSecrets(String(thrown)) };
  const { message, code } = thrown as { message?: unknown; code?: unknown };
  return {
    type: thrown.constructor?.name ?? 'object',
    message:
      typeof message === 'string'
        ? withoutSecrets(message)
        : `thrown with ${Object.keys(thrown).join(', ') || 'nothing'} in it`,
    ...(typeof code === 'string' ? { code } : {}),
  };
}
