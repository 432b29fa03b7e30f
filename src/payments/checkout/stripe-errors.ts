import { Stripe } from 'stripe';
import { VendorError } from '../../platform/errors/vendor-error.js';

/** What went wrong, in our words. A refused key is told without Stripe's detail, which quotes it. */
export function stripeErrorOf(
  operation: string,
  error: unknown,
  stripeAccountId: string | null,
): VendorError {
  const { errors } = Stripe;
  if (!(error instanceof errors.StripeError)) {
    return stripeRefusal('stripe_unreachable', 503, 'Stripe cannot be reached. Try again.', true, error);
  }
  if (isOfUnconnected(error)) {
    return stripeRefusal(
      'stripe_account_refused',
      502,
      `Stripe does not let this installation act for the account ${stripeAccountId} of the organisation. Connect it ` +
        'to the account of STRIPE_SECRET_KEY again, or name another with npm run org:stripe-account.',
      false,
      error,
    );
  }
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return stripeRefusal(
      'stripe_key_refused',
      502,
      'Stripe does not accept the key of this installation. Check STRIPE_SECRET_KEY.',
      false,
      error,
    );
  }
  if (error instanceof errors.StripeConnectionError) {
    return stripeRefusal('stripe_unreachable', 503, 'Stripe has not answered. Try again.', true, error);
  }
  if (error instanceof errors.StripeRateLimitError || error.statusCode === 409) {
    return stripeRefusal('stripe_busy', 503, 'Stripe asks to wait. Try again in a moment.', true, error);
  }
  if ((error.statusCode ?? 500) >= 500) {
    return stripeRefusal('stripe_failed', 503, 'Stripe failed on its side. Try again.', false, error);
  }
  const what = operation === 'refund.create' ? 'make this refund' : 'take this payment';
  return stripeRefusal('stripe_refused', 409, `Stripe does not ${what}: ${error.message}`, false, error);
}

export function stripeRefusal(
  code: string,
  status: 409 | 502 | 503,
  message: string,
  uncertain: boolean,
  cause?: unknown,
): VendorError {
  const { requestId, code: stripeCode, statusCode } = cause instanceof Stripe.errors.StripeError ? cause : {};
  return new VendorError('stripe', message, {
    code,
    status,
    retryable: status === 503,
    uncertain,
    vendorRequestId: requestId,
    vendorCode: stripeCode,
    vendorStatus: statusCode,
  });
}

/** Of an account that is connected no more the key knows nothing either. */
export function isUnknownAtStripe(error: unknown): boolean {
  if (isOfUnconnected(error)) return true;
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/** A key may also lack a permission: that says nothing of the account. */
function isOfUnconnected(error: unknown): boolean {
  return error instanceof Stripe.errors.StripePermissionError && error.code === 'account_invalid';
}
