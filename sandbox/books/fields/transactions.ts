import { COMMON } from './names.ts';
import { day, fieldsOf, flag, instant, number, oneOf, part, ref, rows, text } from './field.ts';

const TXN = {
  DocNumber: text({ max: 21 }),
  TxnDate: day(),
  DepartmentRef: ref(),
  CurrencyRef: ref(),
  ExchangeRate: number({ queryable: false }),
  PrivateNote: text({ max: 4000, queryable: false }),
  TxnSource: text({ queryable: false }),
  LinkedTxn: rows(),
  Line: rows(),
  TxnTaxDetail: part(),
  GlobalTaxCalculation: oneOf(['TaxExcluded', 'TaxInclusive', 'NotApplicable'], { queryable: false }),
  TransactionLocationType: text({ queryable: false }),
  TxnLocationType: text({ queryable: false }),
  HomeTotalAmt: number({ readOnly: true, queryable: false }),
  RecurDataRef: ref(),
  RecurringRef: ref(),
  TaxExemptionRef: ref(),
  ProjectRef: ref({ queryable: true }),
  TrackingNum: text({ max: 31, queryable: false }),
  IncludeInAnnualTPAR: flag({ queryable: false }),
};

const SALE = {
  CustomerRef: ref({ queryable: true }),
  CustomerMemo: part(),
  BillAddr: part(),
  ShipAddr: part(),
  ShipFromAddr: part(),
  FreeFormAddress: flag({ queryable: false }),
  ClassRef: ref(),
  SalesTermRef: ref({ queryable: true }),
  DueDate: day(),
  ShipMethodRef: ref(),
  ShipDate: day(),
  TotalAmt: number({ readOnly: true }),
  Balance: number({ readOnly: true }),
  HomeBalance: number({ readOnly: true, queryable: false }),
  ApplyTaxAfterDiscount: flag({ queryable: false }),
  PrintStatus: oneOf(['NotSet', 'NeedToPrint', 'PrintComplete'], { queryable: false }),
  EmailStatus: oneOf(['NotSet', 'NeedToSend', 'EmailSent'], { queryable: false }),
  BillEmail: part(),
  BillEmailCc: part(),
  BillEmailBcc: part(),
  DeliveryInfo: part(),
  DepositToAccountRef: ref(),
  PaymentMethodRef: ref(),
  PaymentRefNum: text({ max: 21 }),
  PaymentType: text({ queryable: false }),
  CreditCardPayment: part(),
  CheckPayment: part(),
  ARAccountRef: ref(),
  RemitToRef: ref(),
  SalesRepRef: ref(),
};

const INVOICE = {
  Deposit: number(),
  InvoiceLink: text({ readOnly: true, queryable: false }),
  AllowIPNPayment: flag({ queryable: false }),
  AllowOnlinePayment: flag({ queryable: false }),
  AllowOnlineCreditCardPayment: flag({ queryable: false }),
  AllowOnlineACHPayment: flag({ queryable: false }),
  InvoiceStatus: text({ readOnly: true, queryable: false }),
  EInvoiceStatus: text({ readOnly: true, queryable: false }),
  LateFee: number({ queryable: false }),
};

const ESTIMATE = {
  ExpirationDate: day(),
  AcceptedBy: text({ queryable: false }),
  AcceptedDate: day(),
  TxnStatus: oneOf(['Pending', 'Accepted', 'Closed', 'Rejected', 'Converted']),
};

const PAYMENT = {
  CustomerRef: ref({ queryable: true }),
  DepositToAccountRef: ref(),
  PaymentMethodRef: ref(),
  PaymentRefNum: text({ max: 21 }),
  PaymentType: text({ queryable: false }),
  CreditCardPayment: part(),
  CheckPayment: part(),
  ARAccountRef: ref(),
  TotalAmt: number(),
  UnappliedAmt: number({ readOnly: true, queryable: false }),
  ProcessPayment: flag({ queryable: false }),
};

const PURCHASING = {
  VendorRef: ref({ queryable: true }),
  VendorAddr: part(),
  APAccountRef: ref({ queryable: true }),
  SalesTermRef: ref({ queryable: true }),
  DueDate: day(),
  TotalAmt: number({ readOnly: true }),
  Balance: number({ readOnly: true }),
  HomeBalance: number({ readOnly: true, queryable: false }),
  VendorMessage: text({ queryable: false }),
  RemitToAddr: part(),
  ReplyEmail: part(),
};

const BILL_PAYMENT = {
  VendorRef: ref({ queryable: true }),
  APAccountRef: ref({ queryable: true }),
  PayType: oneOf(['Check', 'CreditCard']),
  CheckPayment: part(),
  CreditCardPayment: part(),
  TotalAmt: number(),
  ProcessBillPayment: flag({ queryable: false }),
  UnappliedAmt: number({ readOnly: true, queryable: false }),
};

const PURCHASE = {
  AccountRef: ref({ queryable: true }),
  EntityRef: ref({ queryable: true }),
  PaymentType: oneOf(['Cash', 'Check', 'CreditCard']),
  PaymentMethodRef: ref(),
  PaymentRefNum: text({ max: 21 }),
  Credit: flag(),
  RemitToAddr: part(),
  TotalAmt: number({ readOnly: true }),
  PrintStatus: oneOf(['NotSet', 'NeedToPrint', 'PrintComplete'], { queryable: false }),
  PurchaseEx: part(),
};

const PURCHASE_ORDER = {
  VendorRef: ref({ queryable: true }),
  VendorAddr: part(),
  APAccountRef: ref(),
  ShipAddr: part(),
  ShipTo: ref(),
  ShipMethodRef: ref(),
  POStatus: oneOf(['Open', 'Closed']),
  POEmail: part(),
  Memo: text({ max: 4000, queryable: false }),
  DueDate: day(),
  SalesTermRef: ref(),
  ClassRef: ref(),
  TotalAmt: number({ readOnly: true }),
  EmailStatus: oneOf(['NotSet', 'NeedToSend', 'EmailSent'], { queryable: false }),
};

const TIME = {
  NameOf: oneOf(['Employee', 'Vendor', 'Other']),
  EmployeeRef: ref({ queryable: true }),
  VendorRef: ref({ queryable: true }),
  CustomerRef: ref({ queryable: true }),
  ItemRef: ref(),
  ClassRef: ref(),
  PayrollItemRef: ref(),
  BillableStatus: oneOf(['Billable', 'NotBillable', 'HasBeenBilled']),
  Taxable: flag(),
  HourlyRate: number(),
  CostRate: number({ queryable: false }),
  Hours: number(),
  Minutes: number(),
  Seconds: number({ queryable: false }),
  BreakHours: number(),
  BreakMinutes: number(),
  StartTime: instant(),
  EndTime: instant(),
  Description: text({ max: 4000, queryable: false }),
};

const BUDGET = {
  Name: text({ max: 100 }),
  StartDate: day(),
  EndDate: day(),
  BudgetType: oneOf(['ProfitAndLoss']),
  BudgetEntryType: oneOf(['Monthly', 'Quarterly', 'Annually']),
  BudgetDetail: rows(),
  Active: flag(),
};

export const TRANSACTION_FIELDS = {
  Invoice: fieldsOf(COMMON, TXN, SALE, INVOICE),
  Estimate: fieldsOf(COMMON, TXN, SALE, ESTIMATE),
  CreditMemo: fieldsOf(COMMON, TXN, SALE, {
    RemainingCredit: number({ readOnly: true }),
    InvoiceRef: ref(),
  }),
  SalesReceipt: fieldsOf(COMMON, TXN, SALE),
  RefundReceipt: fieldsOf(COMMON, TXN, SALE, { PaymentRefNum: text({ max: 100 }) }),
  Payment: fieldsOf(COMMON, TXN, PAYMENT),
  Bill: fieldsOf(COMMON, TXN, PURCHASING),
  VendorCredit: fieldsOf(COMMON, TXN, PURCHASING),
  BillPayment: fieldsOf(COMMON, TXN, BILL_PAYMENT),
  Purchase: fieldsOf(COMMON, TXN, PURCHASE),
  PurchaseOrder: fieldsOf(COMMON, TXN, PURCHASE_ORDER),
  Deposit: fieldsOf(COMMON, TXN, {
    DepositToAccountRef: ref({ queryable: true }),
    CashBack: part(),
    TotalAmt: number({ readOnly: true }),
  }),
  JournalEntry: fieldsOf(COMMON, TXN, {
    Adjustment: flag(),
    TotalAmt: number({ readOnly: true }),
  }),
  Transfer: fieldsOf(COMMON, TXN, {
    FromAccountRef: ref({ queryable: true }),
    ToAccountRef: ref({ queryable: true }),
    Amount: number(),
  }),
  CreditCardPayment: fieldsOf(COMMON, TXN, {
    Amount: number(),
    BankAccountRef: ref({ queryable: true }),
    CreditCardAccountRef: ref({ queryable: true }),
  }),
  InventoryAdjustment: fieldsOf(COMMON, TXN, { AdjustAccountRef: ref({ queryable: true }) }),
  ReimburseCharge: fieldsOf(COMMON, TXN, {
    CustomerRef: ref({ queryable: true }),
    Amount: number(),
    HasBeenInvoiced: flag(),
  }),
  TimeActivity: fieldsOf(COMMON, TXN, TIME),
  Budget: fieldsOf(COMMON, BUDGET),
};
