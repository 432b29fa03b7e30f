import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';

/** How a company is set up in QuickBooks, checked at the edge. Names follow QBO's. */

export interface QboCompanyInfo {
  companyName: string;
  country: string | null;
  /** Intuit's words, such as `PAID`, and the name of the plan. */
  subscription: string | null;
  offering: string | null;
}

export interface QboTaxCode {
  id: string;
  name: string;
  active: boolean;
  /** Its rates on what is sold. */
  rateIds: string[];
}

/** A class or a location on the company's list. */
export interface QboDimension {
  id: string;
  /** With those above it: `Work:Roofing`. */
  name: string;
  active: boolean;
}

export interface QboTerm {
  id: string;
  name: string;
  active: boolean;
  /** Days from an invoice to its due date; null where they are counted otherwise. */
  dueDays: number | null;
}

/** A currency on the company's list. */
export interface QboCompanyCurrency {
  /** ISO 4217. */
  code: string;
  active: boolean;
}

/** What one unit of a currency is worth in the company's own, and since which day. */
export interface QboExchangeRate {
  rate: ExchangeRate;
  ratedOn: string;
}

export interface QboPreferences {
  homeCurrency: string;
  multiCurrency: boolean;
  customTxnNumbers: boolean;
  autoApplyCredit: boolean;
  autoApplyPayments: boolean;
  /** Nothing may be written that is dated on this day or before. */
  bookCloseDate: string | null;
  usingSalesTax: boolean;
  /** Intuit's partner counts the tax, by addresses: every company in the US. */
  automatedSalesTax: boolean;
  classPerTransaction: boolean;
  classPerLine: boolean;
  tracksLocations: boolean;
  allowDeposit: boolean;
  allowDiscount: boolean;
  allowEstimates: boolean;
  progressInvoicing: boolean;
  onlinePayments: boolean;
  tracksCostsByCustomer: boolean;
  billableExpenses: boolean;
  reportBasis: string | null;
  /** The name of a month. */
  fiscalYearStart: string | null;
}
