import {
  readAccount,
  readCompanyCurrency,
  readCompanyInfo,
  readCustomer,
  readExchangeRate,
  readInvoice,
  readItem,
  readPayment,
  readPreferences,
  readRefund,
} from './from-qbo.js';

/** One kind of object: the key it stands under in an answer, and how it is read. */
export interface Entity<T> {
  readonly name: string;
  readonly read: (value: unknown) => T;
}

export const CUSTOMER = entity('Customer', readCustomer);
export const ITEM = entity('Item', readItem);
export const ACCOUNT = entity('Account', readAccount);
export const INVOICE = entity('Invoice', readInvoice);
export const PAYMENT = entity('Payment', readPayment);
export const REFUND = entity('RefundReceipt', readRefund);
export const COMPANY_INFO = entity('CompanyInfo', readCompanyInfo);
export const COMPANY_CURRENCY = entity('CompanyCurrency', readCompanyCurrency);
export const EXCHANGE_RATE = entity('ExchangeRate', readExchangeRate);
export const PREFERENCES = entity('Preferences', readPreferences);

function entity<T>(name: string, read: (value: unknown) => T): Entity<T> {
  return { name, read };
}
