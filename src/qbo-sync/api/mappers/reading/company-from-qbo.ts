import { JsonReader, readable } from './json-reader.js';
import type {
  QboCompanyCurrency,
  QboCompanyInfo,
  QboDimension,
  QboExchangeRate,
  QboPreferences,
  QboTaxCode,
  QboTerm,
} from '../../model/qbo-company-objects.js';

export function readCompanyInfo(value: unknown): QboCompanyInfo {
  const info = new JsonReader(value, 'CompanyInfo');
  const named = (name: string): string | null =>
    info
      .list('NameValue')
      .find((one) => one.optionalText('Name') === name)
      ?.optionalText('Value') ?? null;
  return {
    companyName: info.text('CompanyName'),
    country: info.optionalText('Country'),
    subscription: named('SubscriptionStatus'),
    offering: named('OfferingSku'),
  };
}

export function readPreferences(value: unknown): QboPreferences {
  const preferences = new JsonReader(value, 'Preferences');
  const currency = preferences.inner('CurrencyPrefs');
  const sales = preferences.optionalInner('SalesFormsPrefs');
  const accounting = preferences.optionalInner('AccountingInfoPrefs');
  const tax = preferences.optionalInner('TaxPrefs');
  const purchases = preferences.optionalInner('VendorAndPurchasesPrefs');
  const isOn = (group: JsonReader | null, name: string): boolean => group?.flag(name, false) ?? false;
  return {
    homeCurrency: currency.ref('HomeCurrency'),
    multiCurrency: currency.flag('MultiCurrencyEnabled', false),
    customTxnNumbers: isOn(sales, 'CustomTxnNumbers'),
    autoApplyCredit: isOn(sales, 'AutoApplyCredit'),
    autoApplyPayments: isOn(sales, 'AutoApplyPayments'),
    bookCloseDate: accounting?.optionalDay('BookCloseDate') ?? null,
    usingSalesTax: isOn(tax, 'UsingSalesTax'),
    automatedSalesTax: isOn(tax, 'PartnerTaxEnabled'),
    classPerTransaction: isOn(accounting, 'ClassTrackingPerTxn'),
    classPerLine: isOn(accounting, 'ClassTrackingPerTxnLine'),
    tracksLocations: isOn(accounting, 'TrackDepartments'),
    allowDeposit: isOn(sales, 'AllowDeposit'),
    allowDiscount: isOn(sales, 'AllowDiscount'),
    allowEstimates: isOn(sales, 'AllowEstimates'),
    progressInvoicing: isOn(sales, 'UsingProgressInvoicing'),
    onlinePayments: isOn(sales, 'ETransactionPaymentEnabled'),
    tracksCostsByCustomer: isOn(purchases, 'TrackingByCustomer'),
    billableExpenses: isOn(purchases, 'BillableExpenseTracking'),
    reportBasis: preferences.optionalInner('ReportPrefs')?.optionalText('ReportBasis') ?? null,
    fiscalYearStart: accounting?.optionalText('FirstMonthOfFiscalYear') ?? null,
  };
}

export function readCompanyCurrency(value: unknown): QboCompanyCurrency {
  const currency = new JsonReader(value, 'CompanyCurrency');
  return { code: currency.text('Code'), active: currency.flag('Active', true) };
}

export function readTaxCode(value: unknown): QboTaxCode {
  const code = new JsonReader(value, 'TaxCode');
  const rates = (): string[] =>
    (code.optionalInner('SalesTaxRateList')?.list('TaxRateDetail') ?? []).flatMap(
      (detail) => detail.optionalRef('TaxRateRef') ?? [],
    );
  return {
    id: code.text('Id'),
    name: code.text('Name'),
    active: code.flag('Active', true),
    rateIds: readable(rates) ?? [],
  };
}

/** Of a class, or of a location, which is a `Department` there. */
export function dimensionReader(type: 'Class' | 'Department'): (value: unknown) => QboDimension {
  return (value) => {
    const one = new JsonReader(value, type);
    const name = one.optionalText('FullyQualifiedName') ?? one.text('Name');
    return { id: one.text('Id'), name, active: one.flag('Active', true) };
  };
}

export function readTerm(value: unknown): QboTerm {
  const term = new JsonReader(value, 'Term');
  return {
    id: term.digits('Id'),
    name: term.text('Name'),
    active: term.flag('Active', true),
    dueDays: term.has('DueDays') ? term.count('DueDays') : null,
  };
}

export function readExchangeRate(value: unknown): QboExchangeRate {
  const rate = new JsonReader(value, 'ExchangeRate');
  return { rate: rate.rate('Rate'), ratedOn: rate.day('AsOfDate') };
}
