import { STYLE_SOURCE } from '../frame/page-frame.js';

const STRIPE_CHECKOUT = 'https://checkout.stripe.com';

/** Where the pay button may lead. */
export interface PayPlaces {
  portalPublicUrl: string;
  /** Where Stripe is stood in for, if anywhere. */
  stripeApiBaseUrl?: string;
}

/**
 * What a browser must keep to on the customer's page: no script, nothing fetched, forms to us and to Stripe alone.
 * Pure.
 */
export function pageHeaders({ portalPublicUrl, stripeApiBaseUrl }: PayPlaces): Record<string, string> {
  const places = [portalPublicUrl, stripeApiBaseUrl ?? STRIPE_CHECKOUT].map((url) => new URL(url).origin);
  const policy = [
    `default-src 'none'`,
    `style-src ${STYLE_SOURCE}`,
    `img-src data:`,
    `base-uri 'none'`,
    `form-action 'self' ${[...new Set(places)].join(' ')}`,
    `frame-ancestors 'none'`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
  };
}
