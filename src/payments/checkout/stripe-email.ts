import { domainToASCII } from 'node:url';

/** What Stripe takes before the `@`: no quoting, no letters outside ASCII. */
const LOCAL_PART = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/i;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/**
 * A customer's address as Stripe takes it, which knows ASCII alone: a domain outside it in Punycode; null where the
 * part before the `@` is outside it. Stripe then asks the customer for an address on its page. Pure.
 */
export function stripeEmailOf(address: string | null): string | null {
  if (address === null) return null;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  return LOCAL_PART.test(local) && DOMAIN.test(domain) ? `${local}@${domain}` : null;
}
