import type { QboCompany } from '../../api/model/qbo-company.js';
import type { CustomerLink } from './customer-links.repository.js';
import { diffCustomer } from './customer-diff.js';
import type { CustomerFacts } from './customer-profile.js';

/**
 * How a customer gets into the books when many are to: `together` with others in one call; `alone` where QuickBooks has
 * to be asked something first, or nothing at all; `nowhere` where there is no such customer.
 */
export type CustomerRoute = 'together' | 'alone' | 'nowhere';

/** What is known before anything is sent. `inDoubt`: an earlier creation may have been done. */
export interface CustomerStanding {
  customer: CustomerFacts | null;
  /** Into the connected company. */
  link: CustomerLink | null;
  inDoubt: boolean;
}

export function routeOf(
  company: QboCompany | null,
  { customer, link, inDoubt }: CustomerStanding,
): CustomerRoute {
  if (customer === null) return 'nowhere';
  if (company === null) return 'alone';
  if (link === null) return inDoubt ? 'alone' : 'together';
  return link.base !== null && diffCustomer(customer, link.base).patch ? 'together' : 'alone';
}
