import { COMMON } from './names.ts';
import { fieldsOf } from './notation.ts';

const TXN = `DocNumber:t21 TxnDate:d DepartmentRef:r CurrencyRef:r ExchangeRate:n- PrivateNote:t4000- TxnSource:t-
  LinkedTxn:l Line:l TxnTaxDetail:o GlobalTaxCalculation:e-=TaxExcluded|TaxInclusive|NotApplicable TransactionLocationType:t-
  TxnLocationType:t- HomeTotalAmt!n- RecurDataRef:r RecurringRef:r TaxExemptionRef:r ProjectRef:r+ TrackingNum:t31-
  IncludeInAnnualTPAR:b-`;

const SALE = `CustomerRef:r+ CustomerMemo:o BillAddr:o ShipAddr:o ShipFromAddr:o FreeFormAddress:b- ClassRef:r
  SalesTermRef:r+ DueDate:d ShipMethodRef:r ShipDate:d TotalAmt!n Balance!n HomeBalance!n- ApplyTaxAfterDiscount:b-
  PrintStatus:e-=NotSet|NeedToPrint|PrintComplete EmailStatus:e-=NotSet|NeedToSend|EmailSent BillEmail:o BillEmailCc:o
  BillEmailBcc:o DeliveryInfo:o DepositToAccountRef:r PaymentMethodRef:r PaymentRefNum:t21 PaymentType:t- CreditCardPayment:o
  CheckPayment:o ARAccountRef:r RemitToRef:r SalesRepRef:r`;

const INVOICE = `Deposit:n InvoiceLink!t- AllowIPNPayment:b- AllowOnlinePayment:b- AllowOnlineCreditCardPayment:b-
  AllowOnlineACHPayment:b- InvoiceStatus!t- EInvoiceStatus!t- LateFee:n-`;

const ESTIMATE = `ExpirationDate:d AcceptedBy:t- AcceptedDate:d TxnStatus:e=Pending|Accepted|Closed|Rejected|Converted`;

const PAYMENT = `CustomerRef:r+ DepositToAccountRef:r PaymentMethodRef:r PaymentRefNum:t21 PaymentType:t- CreditCardPayment:o
  CheckPayment:o ARAccountRef:r TotalAmt:n UnappliedAmt!n- ProcessPayment:b-`;

const PURCHASING = `VendorRef:r+ VendorAddr:o APAccountRef:r+ SalesTermRef:r+ DueDate:d TotalAmt!n Balance!n HomeBalance!n- VendorMessage:t-
  RemitToAddr:o ReplyEmail:o`;

const BILL_PAYMENT = `VendorRef:r+ APAccountRef:r+ PayType:e=Check|CreditCard CheckPayment:o CreditCardPayment:o TotalAmt:n
  ProcessBillPayment:b- UnappliedAmt!n-`;

const PURCHASE = `AccountRef:r+ EntityRef:r+ PaymentType:e=Cash|Check|CreditCard PaymentMethodRef:r PaymentRefNum:t21 Credit:b RemitToAddr:o
  TotalAmt!n PrintStatus:e-=NotSet|NeedToPrint|PrintComplete PurchaseEx:o`;

const PURCHASE_ORDER = `VendorRef:r+ VendorAddr:o APAccountRef:r ShipAddr:o ShipTo:r ShipMethodRef:r POStatus:e=Open|Closed POEmail:o Memo:t4000-
  DueDate:d SalesTermRef:r ClassRef:r TotalAmt!n EmailStatus:e-=NotSet|NeedToSend|EmailSent`;

const TIME = `NameOf:e=Employee|Vendor|Other EmployeeRef:r+ VendorRef:r+ CustomerRef:r+ ItemRef:r ClassRef:r PayrollItemRef:r
  BillableStatus:e=Billable|NotBillable|HasBeenBilled Taxable:b HourlyRate:n CostRate:n- Hours:n Minutes:n Seconds:n- BreakHours:n
  BreakMinutes:n StartTime:i EndTime:i Description:t4000-`;

const BUDGET = `Name:t100 StartDate:d EndDate:d BudgetType:e=ProfitAndLoss BudgetEntryType:e=Monthly|Quarterly|Annually
  BudgetDetail:l Active:b`;

export const TRANSACTION_FIELDS = {
  Invoice: fieldsOf(COMMON, TXN, SALE, INVOICE),
  Estimate: fieldsOf(COMMON, TXN, SALE, ESTIMATE),
  CreditMemo: fieldsOf(COMMON, TXN, SALE, 'RemainingCredit!n InvoiceRef:r'),
  SalesReceipt: fieldsOf(COMMON, TXN, SALE),
  RefundReceipt: fieldsOf(COMMON, TXN, SALE),
  Payment: fieldsOf(COMMON, TXN, PAYMENT),
  Bill: fieldsOf(COMMON, TXN, PURCHASING),
  VendorCredit: fieldsOf(COMMON, TXN, PURCHASING),
  BillPayment: fieldsOf(COMMON, TXN, BILL_PAYMENT),
  Purchase: fieldsOf(COMMON, TXN, PURCHASE),
  PurchaseOrder: fieldsOf(COMMON, TXN, PURCHASE_ORDER),
  Deposit: fieldsOf(COMMON, TXN, 'DepositToAccountRef:r+ CashBack:o TotalAmt!n'),
  JournalEntry: fieldsOf(COMMON, TXN, 'Adjustment:b TotalAmt!n'),
  Transfer: fieldsOf(COMMON, TXN, 'FromAccountRef:r+ ToAccountRef:r+ Amount:n'),
  TimeActivity: fieldsOf(COMMON, TXN, TIME),
  Budget: fieldsOf(COMMON, BUDGET),
};
