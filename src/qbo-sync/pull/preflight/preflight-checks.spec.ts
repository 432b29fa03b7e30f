import { describe, expect, it } from 'vitest';
import type { QboAccount, QboPreferences } from '../../api/model/qbo-objects.js';
import { PREFLIGHT_CODES } from './preflight-check.js';
import { preflightChecks } from './preflight-checks.js';
import type { CompanyReading, PreflightFacts, PreflightSettings } from './preflight-facts.js';

const PREFERENCES: QboPreferences = {
  homeCurrency: 'USD',
  multiCurrency: false,
  customTxnNumbers: true,
  autoApplyCredit: false,
  autoApplyPayments: false,
  bookCloseDate: null,
  usingSalesTax: true,
  automatedSalesTax: true,
  classPerTransaction: false,
  classPerLine: false,
  tracksLocations: false,
  allowDeposit: false,
  allowDiscount: true,
  allowEstimates: true,
  progressInvoicing: false,
  onlinePayments: false,
  tracksCostsByCustomer: true,
  billableExpenses: true,
  reportBasis: 'Accrual',
  fiscalYearStart: 'January',
};
const account = (facts: Partial<QboAccount>): QboAccount => ({
  id: '79',
  name: 'Sales',
  accountType: 'Income',
  accountSubType: 'SalesOfProductIncome',
  active: true,
  ...facts,
});
const LIABILITY = account({ id: '90', name: 'Customer deposits', accountType: 'Other Current Liability' });
const item = {
  id: '31',
  syncToken: '0',
  name: 'Roof Deposit',
  type: 'Service',
  active: true,
  incomeAccountId: '79',
};
const READING: CompanyReading = {
  preferences: PREFERENCES,
  info: { companyName: 'Acme', country: 'US', subscription: 'PAID', offering: 'QuickBooks Online Plus' },
  accounts: [account({}), LIABILITY],
  item,
  taxCodes: [],
  activeCurrencies: [],
  terms: [{ id: '3', name: 'Net 14', active: true, dueDays: 14 }],
};
const SETTINGS: PreflightSettings = {
  depositMode: 'income',
  depositItemName: 'Roof Deposit',
  taxMode: 'none',
  taxCode: null,
  exemptTaxCode: null,
  classId: null,
  locationId: null,
  termsDays: 14,
};

interface Given {
  reading?: Partial<CompanyReading>;
  preferences?: Partial<QboPreferences>;
  settings?: Partial<PreflightSettings>;
}
const factsOf = ({ reading, preferences, settings }: Given): PreflightFacts => ({
  reading: { ...READING, preferences: { ...PREFERENCES, ...preferences }, ...reading },
  settings: { ...SETTINGS, ...settings },
  today: '2026-03-15',
});
const failing = (given: Given) =>
  preflightChecks(factsOf(given))
    .filter(({ ok, code }) => !ok && code !== 'deposit_mode')
    .map(({ code, severity }) => [code, severity]);

describe('The look at a company before its books are written to', () => {
  it('finds nothing in one that is ready, but recommends deposits as a liability', () => {
    expect(failing({})).toEqual([]);
    expect(preflightChecks(factsOf({})).find(({ ok }) => !ok)).toMatchObject({
      code: 'deposit_mode',
      severity: 'info',
      nextStep: expect.stringContaining('Set deposit_mode to liability') as string,
    });
    expect(
      preflightChecks(factsOf({ settings: { depositMode: 'liability' } })).find(({ ok }) => !ok)?.code,
    ).toBe('deposit_item');
  });

  it.each<{ name: string; given: Given; finds: [string, string][] }>([
    {
      name: 'a subscription that ended',
      given: { reading: { info: { ...READING.info!, subscription: 'EXPIRED' } } },
      finds: [['subscription', 'block']],
    },
    {
      name: 'the smallest plan',
      given: { reading: { info: { ...READING.info!, offering: 'QuickBooks Simple Start' } } },
      finds: [['plan', 'info']],
    },
    {
      name: 'no active income account',
      given: { reading: { accounts: [account({ active: false, id: '1' })], item: null } },
      finds: [['income_account', 'block']],
    },
    {
      name: 'a chart that is nearly full',
      given: {
        reading: { accounts: Array.from({ length: 245 }, (_, id) => account({ id: `${id}` })), item: null },
      },
      finds: [['chart_of_accounts', 'warn']],
    },
    {
      name: 'an inactive item',
      given: { reading: { item: { ...item, active: false } } },
      finds: [['deposit_item', 'block']],
    },
    {
      name: 'a category of the name of the item',
      given: { reading: { item: { ...item, type: 'Category', incomeAccountId: null } } },
      finds: [['deposit_item', 'block']],
    },
    {
      name: 'an item on an inactive account',
      given: { reading: { accounts: [account({ active: false }), account({ id: '80' })] } },
      finds: [['deposit_item', 'block']],
    },
    {
      name: 'a liability item where deposits are income',
      given: { reading: { item: { ...item, incomeAccountId: '90' } } },
      finds: [['deposit_item', 'warn']],
    },
    {
      name: 'an income item where deposits are a liability',
      given: { settings: { depositMode: 'liability' } },
      finds: [['deposit_item', 'warn']],
    },
    {
      name: 'numbers that are not kept',
      given: { preferences: { customTxnNumbers: false } },
      finds: [['document_numbers', 'warn']],
    },
    {
      name: 'credits that are applied by themselves',
      given: { preferences: { autoApplyCredit: true } },
      finds: [['automatic_application', 'warn']],
    },
    {
      name: 'books closed beyond today',
      given: { preferences: { bookCloseDate: '2026-03-31' } },
      finds: [['closing_date', 'block']],
    },
    {
      name: 'nothing in books closed up to last month',
      given: { preferences: { bookCloseDate: '2026-02-28' } },
      finds: [],
    },
    {
      name: 'classes without a default',
      given: { preferences: { classPerLine: true } },
      finds: [['classes', 'warn']],
    },
    {
      name: 'no class missing where one is chosen',
      given: { preferences: { classPerLine: true }, settings: { classId: '1' } },
      finds: [],
    },
    {
      name: 'locations without a default',
      given: { preferences: { tracksLocations: true } },
      finds: [['locations', 'warn']],
    },
    {
      name: 'tax wanted of QuickBooks that counts none',
      given: {
        preferences: { usingSalesTax: false, automatedSalesTax: false },
        settings: { taxMode: 'qbo' },
      },
      finds: [['tax', 'block']],
    },
    {
      name: 'our tax beside automated sales tax',
      given: { settings: { taxMode: 'ours' } },
      finds: [['tax', 'warn']],
    },
    {
      name: 'no tax codes outside the US',
      given: {
        reading: {
          info: { ...READING.info!, country: 'GB' },
          taxCodes: [{ id: '5', name: '20.0% S', active: true }],
        },
        preferences: { automatedSalesTax: false },
        settings: { taxMode: 'qbo', taxCode: '5' },
      },
      finds: [['tax_codes', 'block']],
    },
    {
      name: 'what may not be read',
      given: { reading: { accounts: null, taxCodes: null } },
      finds: [['rights', 'block']],
    },
  ])('finds $name', ({ given, finds }) => {
    expect(failing(given)).toEqual(finds);
  });

  it('says of each what was found, once, and what to do where something is wrong', () => {
    const checks = preflightChecks(factsOf({ preferences: { customTxnNumbers: false } }));
    expect(new Set(checks.map(({ code }) => code)).size).toBe(checks.length);
    expect(checks.map(({ code }) => code)).toEqual(PREFLIGHT_CODES.filter((code) => code !== 'tax_codes'));
    for (const { ok, found, nextStep } of checks) {
      expect(found).not.toBe('');
      expect(nextStep === null).toBe(ok);
    }
  });
});
