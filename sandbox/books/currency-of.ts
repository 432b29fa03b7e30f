import { type Body, refOf } from './json.ts';

/** The currency of a customer, vendor, account or transaction. */
export function currencyOf(body: Body | undefined): string {
  return refOf(body, 'CurrencyRef') ?? 'USD';
}
