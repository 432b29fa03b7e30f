import type { DocumentType, QboDocument } from '../../model/qbo-documents.js';
import { documentReader, readLedgerAccount } from './document.js';
import {
  dimensionReader,
  readCompanyCurrency,
  readCompanyInfo,
  readExchangeRate,
  readPreferences,
  readTaxCode,
  readTerm,
} from './company-from-qbo.js';
import {
  readAccount,
  readCreditMemo,
  readCustomer,
  readInvoice,
  readItem,
  readPayment,
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
export const CREDIT_MEMO = entity('CreditMemo', readCreditMemo);
export const REFUND = entity('RefundReceipt', readRefund);
export const COMPANY_INFO = entity('CompanyInfo', readCompanyInfo);
export const COMPANY_CURRENCY = entity('CompanyCurrency', readCompanyCurrency);
export const EXCHANGE_RATE = entity('ExchangeRate', readExchangeRate);
export const LEDGER_ACCOUNT = entity('Account', readLedgerAccount);
export const TAX_CODE = entity('TaxCode', readTaxCode);
export const TERM = entity('Term', readTerm);
export const CLASS = entity('Class', dimensionReader('Class'));
export const LOCATION = entity('Department', dimensionReader('Department'));
export const PREFERENCES = entity('Preferences', readPreferences);

/** A document of any type, as the mirror reads it. */
export function documentEntity(type: DocumentType): Entity<QboDocument> {
  return entity(type, documentReader(type));
}

function entity<T>(name: string, read: (value: unknown) => T): Entity<T> {
  return { name, read };
}
