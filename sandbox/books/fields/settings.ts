import { COMMON } from './names.ts';
import { day, fieldsOf, flag, number, oneOf, part, ref, rows, text } from './field.ts';

const COMPANY_INFO = {
  CompanyName: text({ max: 1024 }),
  LegalName: text({ max: 1024 }),
  CompanyAddr: part(),
  CustomerCommunicationAddr: part(),
  LegalAddr: part(),
  CustomerCommunicationEmailAddr: part(),
  PrimaryPhone: part(),
  CompanyStartDate: day({ readOnly: true, queryable: false }),
  EmployerId: text({ queryable: false }),
  FiscalYearStartMonth: text({ queryable: false }),
  Country: text({ readOnly: true, queryable: false }),
  Email: part(),
  WebAddr: part(),
  SupportedLanguages: text({ queryable: false }),
  DefaultTimeZone: text({ readOnly: true, queryable: false }),
  NameValue: rows({ readOnly: true }),
};

const PREFERENCES = {
  AccountingInfoPrefs: part(),
  ProductAndServicesPrefs: part(),
  SalesFormsPrefs: part(),
  EmailMessagesPrefs: part(),
  VendorAndPurchasesPrefs: part(),
  TimeTrackingPrefs: part(),
  TaxPrefs: part(),
  CurrencyPrefs: part(),
  ReportPrefs: part(),
  OtherPrefs: part(),
};

const ATTACHABLE = {
  FileName: text({ max: 1000 }),
  Note: text({ max: 2000, queryable: false }),
  Category: text({ max: 100 }),
  ContentType: text({ max: 100 }),
  PlaceName: text({ max: 2000, queryable: false }),
  Tag: text({ max: 2000 }),
  Lat: text({ queryable: false }),
  Long: text({ queryable: false }),
  Size: number(),
  FileAccessUri: text({ readOnly: true, queryable: false }),
  TempDownloadUri: text({ readOnly: true, queryable: false }),
  ThumbnailFileAccessUri: text({ readOnly: true, queryable: false }),
  ThumbnailTempDownloadUri: text({ readOnly: true, queryable: false }),
};

const TAX_RATE = {
  Name: text({ max: 100 }),
  Description: text({ queryable: false }),
  Active: flag(),
  RateValue: number(),
  AgencyRef: ref({ queryable: true }),
  TaxReturnLineRef: ref(),
  SpecialTaxType: text({ queryable: false }),
  DisplayType: text({ queryable: false }),
  EffectiveTaxRate: rows(),
  OriginalTaxRate: text({ queryable: false }),
};

export const SETTING_FIELDS = {
  CompanyInfo: fieldsOf(COMMON, COMPANY_INFO),
  Preferences: fieldsOf(COMMON, PREFERENCES),
  CompanyCurrency: fieldsOf(COMMON, {
    Code: text({ max: 3 }),
    Name: text({ max: 100 }),
    Active: flag(),
  }),
  ExchangeRate: fieldsOf(COMMON, {
    SourceCurrencyCode: text({ max: 3 }),
    TargetCurrencyCode: text({ max: 3 }),
    Rate: number(),
    AsOfDate: day(),
  }),
  TaxAgency: fieldsOf(COMMON, {
    DisplayName: text({ max: 100 }),
    TaxTrackedOnSales: flag(),
    TaxTrackedOnPurchases: flag(),
    TaxRegistrationNumber: text({ queryable: false }),
    LastFileDate: day({ queryable: false }),
    Active: flag({ queryable: false }),
    TaxAgencyConfig: text({ readOnly: true, queryable: false }),
  }),
  TaxCode: fieldsOf(COMMON, {
    Name: text({ max: 100 }),
    Description: text(),
    Active: flag(),
    Taxable: flag(),
    TaxGroup: flag(),
    Hidden: flag({ queryable: false }),
    TaxCodeConfigType: text({ queryable: false }),
    SalesTaxRateList: part(),
    PurchaseTaxRateList: part(),
  }),
  TaxRate: fieldsOf(COMMON, TAX_RATE),
  TaxClassification: fieldsOf(COMMON, {
    Code: text(),
    Name: text(),
    Description: text({ queryable: false }),
    Level: text(),
    ParentRef: ref({ queryable: true }),
  }),
  TaxPayment: fieldsOf(COMMON, {
    PaymentDate: day(),
    PaymentAmount: number(),
    PaymentAccountRef: ref({ queryable: true }),
    Refund: flag(),
    Description: text({ queryable: false }),
  }),
  JournalCode: fieldsOf(COMMON, {
    Name: text({ max: 20 }),
    Type: oneOf(['Expenses', 'Sales', 'Bank', 'Nouveaux', 'Wages', 'Cash', 'Others']),
    Description: text({ max: 100, queryable: false }),
    Active: flag(),
  }),
  Attachable: fieldsOf(COMMON, ATTACHABLE),
};
