import { isSinceEndive } from './api-version.ts';
import { type Form, listAt } from './form.ts';
import { StripeError } from './stripe-error.ts';

/** What an account of the sandbox has switched on in its dashboard. */
const OFFERED: readonly string[] = ['card', 'us_bank_account'];

function namesAt(form: Form, param: string): string[] {
  return listAt(form, param).filter((one) => typeof one === 'string');
}

function checkVersion(form: Form, version: string): void {
  if (isSinceEndive(version) && form.payment_method_types !== undefined)
    throw new StripeError(
      'The payment_method_types parameter is no longer supported in this API version. Use ' +
        'allowed_payment_method_types, or manage payment methods in the Dashboard.',
      { code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' },
    );
  if (!isSinceEndive(version) && form.allowed_payment_method_types !== undefined)
    throw new StripeError('Received unknown parameter: allowed_payment_method_types', {
      code: 'parameter_unknown',
      param: 'allowed_payment_method_types',
    });
}

/**
 * How a session can be paid, and what it was limited to: until dahlia `payment_method_types` as named, since
 * endive what is offered of `allowed_payment_method_types`; less what is excluded. Pure.
 */
export function paymentMethodsOf(
  form: Form,
  version: string,
): { allowed: readonly string[] | null; types: readonly string[] } {
  checkVersion(form, version);
  const named = namesAt(form, 'payment_method_types');
  const allowed = namesAt(form, 'allowed_payment_method_types');
  const excluded = namesAt(form, 'excluded_payment_method_types');
  const possible = named.length > 0 ? named : OFFERED;
  const types = possible
    .filter((type) => allowed.length === 0 || allowed.includes(type))
    .filter((type) => !excluded.includes(type));
  if (types.length === 0)
    throw new StripeError(
      'No valid payment method types for this Checkout Session. Please ensure that you have activated payment ' +
        'methods compatible with your chosen currency in your dashboard.',
    );
  return { allowed: allowed.length > 0 ? allowed : null, types };
}
