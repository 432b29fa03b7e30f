import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { CustomerLink } from '../customer-links.repository.js';
import { diffCustomer } from '../profile/customer-diff.js';
import type { CrmCustomer } from '../profile/customer-profile.js';
import type { MatchVerdict } from '../match/customer-matcher.service.js';

/**
 * How a customer gets to QuickBooks when many are to: in a `batch` call with others; as a `single` where QuickBooks has
 * to be asked something first, or nothing is sent; `skip` where there is no such customer.
 */
export type CustomerRoute = 'batch' | 'single' | 'skip';

/** What is known before anything is sent. */
export interface CustomerState {
  customer: CrmCustomer | null;
  /** Into the connected company. */
  link: CustomerLink | null;
  /** An earlier operation may have been done. */
  inDoubt: boolean;
  /** Of a customer without a link; null where it could not be found out. */
  verdict: MatchVerdict | null;
}

export function routeOf(
  company: QboCompany | null,
  { customer, link, inDoubt, verdict }: CustomerState,
): CustomerRoute {
  if (customer === null) return 'skip';
  if (company === null || inDoubt) return 'single';
  if (link === null) return verdict?.kind === 'create' ? 'batch' : 'single';
  return link.base !== null && diffCustomer(customer, link.base).patch ? 'batch' : 'single';
}
