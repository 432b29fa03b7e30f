import { describe, expect, it } from 'vitest';
import type { QboPreferences } from '../../api/model/qbo-company-objects.js';
import type { QboAccount } from '../../api/model/qbo-objects.js';
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
  classes: null,
  locations: null,
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
      name: 'an item that cannot be read',
      given: { reading: { item: 'unreadable' as const } },
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
      name: 'a chosen class that is inactive by now',
      given: {
        preferences: { classPerLine: true },
        settings: { classId: '1' },
        reading: { classes: [{ id: '1', name: 'Steep', active: false }] },
      },
      finds: [['classes', 'warn']],
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
          taxCodes: [{ id: '5', name: '20.0% S', active: true, rateIds: ['7'] }],
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

  it.each<{ given: Given; code: string; found: string; nextStep: string | null }>([
    {
      given: { preferences: { bookCloseDate: '2026-03-31' } },
      code: 'closing_date',
      found: 'the books are closed up to March 31, 2026, which is not over',
      nextStep:
        'Set an earlier closing date in QuickBooks, under Account and settings, Advanced, Accounting.',
    },
    {
      given: { preferences: { autoApplyCredit: true, autoApplyPayments: true } },
      code: 'automatic_application',
      found:
        'Automatically apply credits and Automatically apply bill payments are on, so a new invoice may be paid by a ' +
        'credit at once',
      nextStep:
        'Turn Automatically apply credits off in QuickBooks, under Account and settings, Advanced, Automation.',
    },
    {
      given: {
        preferences: { classPerLine: true },
        reading: {
          classes: [
            { id: '5', name: 'Steep', active: true },
            { id: '6', name: 'Flat', active: false },
          ],
        },
      },
      code: 'classes',
      found: 'classes are tracked on each line, and no class is chosen for invoices',
      nextStep: 'Set class_id by PATCH /org/settings to the id of one of these: 5 "Steep".',
    },
    {
      given: { preferences: { tracksLocations: true }, reading: { locations: [] } },
      code: 'locations',
      found: 'locations are tracked, and none is chosen for invoices',
      nextStep: 'Add a location in QuickBooks, then look again by POST /qbo/preflight.',
    },
    {
      given: {
        preferences: { tracksLocations: true },
        settings: { locationId: '7' },
        reading: { locations: [{ id: '7', name: 'Denver', active: true }] },
      },
      code: 'locations',
      found: 'invoices are of the location "Denver"',
      nextStep: null,
    },
  ])('says $found', ({ given, code, found, nextStep }) => {
    expect(preflightChecks(factsOf(given)).find((check) => check.code === code)).toMatchObject({
      found,
      nextStep,
    });
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
