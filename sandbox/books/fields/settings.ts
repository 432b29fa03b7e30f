import { COMMON } from './names.ts';
import { fieldsOf } from './notation.ts';

const COMPANY_INFO = `CompanyName:t1024 LegalName:t1024 CompanyAddr:o CustomerCommunicationAddr:o LegalAddr:o
  CustomerCommunicationEmailAddr:o PrimaryPhone:o CompanyStartDate!d- EmployerId:t- FiscalYearStartMonth:t- Country!t-
  Email:o WebAddr:o SupportedLanguages:t- DefaultTimeZone!t- NameValue!l`;

const PREFERENCES = `AccountingInfoPrefs:o ProductAndServicesPrefs:o SalesFormsPrefs:o EmailMessagesPrefs:o VendorAndPurchasesPrefs:o
  TimeTrackingPrefs:o TaxPrefs:o CurrencyPrefs:o ReportPrefs:o OtherPrefs:o`;

const ATTACHABLE = `FileName:t1000 Note:t2000- Category:t100 ContentType:t100 PlaceName:t2000- Tag:t2000- Lat:t- Long:t-
  Size:n FileAccessUri!t- TempDownloadUri!t- ThumbnailFileAccessUri!t- ThumbnailTempDownloadUri!t-`;

const TAX_RATE = `Name:t100 Description:t- Active:b RateValue:n AgencyRef:r+ TaxReturnLineRef:r SpecialTaxType:t- DisplayType:t-
  EffectiveTaxRate:l OriginalTaxRate:t-`;

export const SETTING_FIELDS = {
  CompanyInfo: fieldsOf(COMMON, COMPANY_INFO),
  Preferences: fieldsOf(COMMON, PREFERENCES),
  CompanyCurrency: fieldsOf(COMMON, 'Code:t3 Name:t100 Active:b'),
  ExchangeRate: fieldsOf(COMMON, 'SourceCurrencyCode:t3 TargetCurrencyCode:t3 Rate:n AsOfDate:d'),
  TaxAgency: fieldsOf(
    COMMON,
    'DisplayName:t100 TaxTrackedOnSales:b TaxTrackedOnPurchases:b TaxRegistrationNumber:t- LastFileDate:d- Active:b- TaxAgencyConfig!t-',
  ),
  TaxCode: fieldsOf(
    COMMON,
    'Name:t100 Description:t Active:b Taxable:b TaxGroup:b Hidden:b- TaxCodeConfigType:t- SalesTaxRateList:o PurchaseTaxRateList:o',
  ),
  TaxRate: fieldsOf(COMMON, TAX_RATE),
  Attachable: fieldsOf(COMMON, ATTACHABLE),
};
