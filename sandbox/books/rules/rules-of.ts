import type { EntityName } from '../catalog.ts';
import { attachableRules } from './attachable.ts';
import { creditMemoRules, invoiceRules } from './invoice.ts';
import { accountRules, itemRules, namedList, termRules } from './listing.ts';
import { billPaymentRules, paymentRules } from './payment.ts';
import { customerRules, employeeRules, vendorRules } from './person.ts';
import { linedRules, owedToVendor } from './bill.ts';
import { depositRules } from './deposit.ts';
import { cardPaymentRules, journalRules, transferRules } from './journal.ts';
import { recordOnly, timeRules } from './plain-record.ts';
import { inventoryAdjustmentRules } from './stock.ts';
import type { Rules } from './rule-context.ts';
import { estimateRules, receiptRules } from './sale.ts';
import { companyCurrencyRules, companyInfoRules, exchangeRateRules, preferencesRules } from './settings.ts';

/** Which rules hold for which kind of record. */
export const RULES: Record<EntityName, Rules> = {
  Customer: customerRules,
  Vendor: vendorRules,
  Employee: employeeRules,
  Account: accountRules,
  Item: itemRules,
  Class: namedList('Class', { SubClass: false }),
  Department: namedList('Department', { SubDepartment: false }),
  Term: termRules,
  PaymentMethod: namedList('PaymentMethod', { Type: 'NON_CREDIT_CARD' }),
  CustomerType: namedList('CustomerType'),
  Invoice: invoiceRules,
  Estimate: estimateRules,
  CreditMemo: creditMemoRules,
  SalesReceipt: receiptRules('SalesReceipt'),
  RefundReceipt: receiptRules('RefundReceipt'),
  Payment: paymentRules,
  Bill: owedToVendor('Bill'),
  VendorCredit: owedToVendor('VendorCredit'),
  BillPayment: billPaymentRules,
  Purchase: linedRules('Purchase', 'AccountRef', 'PaymentType'),
  PurchaseOrder: linedRules('PurchaseOrder', 'VendorRef'),
  Deposit: depositRules,
  JournalEntry: journalRules,
  Transfer: transferRules,
  CreditCardPayment: cardPaymentRules,
  InventoryAdjustment: inventoryAdjustmentRules,
  ReimburseCharge: recordOnly([]),
  TimeActivity: timeRules,
  Budget: recordOnly(['Name', 'StartDate', 'EndDate', 'BudgetType', 'BudgetEntryType'], { Active: true }),
  CompanyInfo: companyInfoRules,
  Preferences: preferencesRules,
  CompanyCurrency: companyCurrencyRules,
  ExchangeRate: exchangeRateRules,
  TaxAgency: recordOnly(['DisplayName'], { TaxTrackedOnSales: true, TaxTrackedOnPurchases: false }),
  TaxCode: recordOnly(['Name'], { Active: true, Taxable: true }),
  TaxRate: recordOnly(['Name'], { Active: true }),
  TaxClassification: recordOnly(['Name']),
  TaxPayment: recordOnly(['PaymentDate', 'PaymentAmount', 'PaymentAccountRef']),
  JournalCode: namedList('JournalCode', { Type: 'Others' }),
  Attachable: attachableRules,
};
