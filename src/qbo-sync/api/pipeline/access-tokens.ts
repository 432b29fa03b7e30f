import type { QboCompany } from '../model/qbo-company.js';

/** Gives the access token a company is called with. The connection room provides it, so that the API knows no OAuth. */
export abstract class AccessTokens {
  /**
   * A token that should work now. `rejected` is one that QuickBooks has just refused: any other will do, and only where
   * there is none yet a refresh is made. Throws QboError `not_connected`, `needs_reauth` or `transient`.
   */
  abstract accessToken(company: QboCompany, options?: { rejected?: string }): Promise<string>;
}
