import { fieldsOf } from './notation.ts';

/** On every record. */
export const COMMON = `Id!t SyncToken!t- sparse:b- domain!t- status!t- MetaData!o- CustomField:l AttachableRef:l
  ClientEntityId!t- V4IDPseudonym!t- CustomExtensions:l`;

const PERSON = `Title:t16 GivenName:t100 MiddleName:t100 FamilyName:t100 Suffix:t16 DisplayName:t500
  CompanyName:t100 PrintOnCheckName:t110 Active:b PrimaryPhone:o AlternatePhone:o Mobile:o Fax:o PrimaryEmailAddr:o+
  WebAddr:o Organization:b- OtherContactInfo:l IntuitId!t- Source:t- UserId:t-`;

const CUSTOMER = `FullyQualifiedName!t Notes:t2000- BillAddr:o ShipAddr:o OtherAddr:l ContactName:t- AltContactName:t-
  DefaultTaxCodeRef:r Taxable:b TaxExemptionReasonId:t- ParentRef:r+ Job:b BillWithParent:b RootCustomerRef!r Level!n
  SalesTermRef:r PaymentMethodRef:r ARAccountRef:r Balance:n BalanceWithJobs!n OpenBalanceDate:d- CurrencyRef:r
  PreferredDeliveryMethod:e=Print|Email|None ResaleNum:t16- IsProject:b PrimaryTaxIdentifier:t- SecondaryTaxIdentifier:t-
  BusinessNumber:t- GSTIN:t- GSTRegistrationType:t- CustomerTypeRef:r CreditLimit:n- CCDetail:o`;

const VENDOR = `FullyQualifiedName!t BillAddr:o ShipAddr:o OtherAddr:l TaxIdentifier:t20- AcctNum:t100 Vendor1099:b Balance!n
  BillRate:n- CostRate:n- TermRef:r CurrencyRef:r APAccountRef:r T4AEligible:b- T5018Eligible:b- TaxReportingBasis:t-
  GSTIN:t- GSTRegistrationType:t- BusinessNumber:t- HasTPAR:b- VendorPaymentBankDetail:o OpenBalanceDate:d- Notes:t2000-`;

const EMPLOYEE = `SSN:t100- EmployeeNumber:t100 EmployeeType:t- BillableTime:b- BillRate:n- CostRate:n- HiredDate:d- ReleasedDate:d-
  BirthDate:d- Gender:e-=Male|Female PrimaryAddr:o OtherAddr:l Notes:t2000-`;

const ACCOUNT = `Name:t100 AcctNum:t20 Description:t4000 SubAccount:b ParentRef:r+ FullyQualifiedName!t Active:b
  Classification:e=Asset|Equity|Expense|Liability|Revenue AccountType:t AccountSubType:t CurrentBalance!n
  CurrentBalanceWithSubAccounts!n OpeningBalance:n- OpeningBalanceDate:d- CurrencyRef:r TaxCodeRef:r TxnLocationType:t-
  AccountAlias:t- BankNum:t- OnlineBankingEnabled:b- FIName:t-`;

const ITEM = `Name:t100 Sku:t100 Description:t4000 Active:b SubItem:b ParentRef:r+ Level!n FullyQualifiedName!t Taxable:b
  SalesTaxIncluded:b UnitPrice:n RatePercent:n- Type:e=Service|Inventory|NonInventory|Category|Group PaymentMethodRef:r
  UOMSetRef:r IncomeAccountRef:r PurchaseDesc:t1000 PurchaseTaxIncluded:b PurchaseCost:n ExpenseAccountRef:r AssetAccountRef:r
  COGSAccountRef:r DepositToAccountRef:r PrefVendorRef:r AvgCost:n- QtyOnHand:n QtyOnPurchaseOrder:n- QtyOnSalesOrder:n-
  ReorderPoint:n- InvStartDate:d TrackQtyOnHand:b ManPartNum:t- SalesTaxCodeRef:r PurchaseTaxCodeRef:r ClassRef:r Source:t-
  ItemCategoryType:t- TaxClassificationRef:r ItemGroupDetail:o PrintGroupedItems:b- DeferredRevenue!b- ServiceType:t-
  AbatementRate:n- ReverseChargeRate:n- UQCDisplayText:t- UQCId:t- SpecialItem:b- SpecialItemType:t-`;

const NESTED = `Name:t100 SubClass:b SubDepartment:b ParentRef:r+ FullyQualifiedName!t Active:b Address:o Level!n`;

const TERM = `Name:t31 Active:b Type!t DiscountPercent:n DueDays:n DiscountDays:n DayOfMonthDue:n DueNextMonthDays:n
  DiscountDayOfMonth:n`;

export const NAME_FIELDS = {
  Customer: fieldsOf(COMMON, PERSON, CUSTOMER),
  Vendor: fieldsOf(COMMON, PERSON, VENDOR),
  Employee: fieldsOf(COMMON, PERSON, EMPLOYEE),
  Account: fieldsOf(COMMON, ACCOUNT),
  Item: fieldsOf(COMMON, ITEM),
  Class: fieldsOf(COMMON, NESTED),
  Department: fieldsOf(COMMON, NESTED),
  Term: fieldsOf(COMMON, TERM),
  PaymentMethod: fieldsOf(COMMON, 'Name:t31 Active:b Type:e=CREDIT_CARD|NON_CREDIT_CARD'),
  CustomerType: fieldsOf(COMMON, 'Name:t100 Active:b'),
};
