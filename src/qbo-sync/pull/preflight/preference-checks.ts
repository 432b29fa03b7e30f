import type { QboPreferences } from '../../api/model/qbo-objects.js';
import { failed, passed, type PreflightCheck } from './preflight-check.js';
import type { PreflightFacts } from './preflight-facts.js';

/** What the settings of the company mean for invoices and payments. Pure. */
export function preferenceChecks(facts: PreflightFacts): PreflightCheck[] {
  const { preferences, activeCurrencies, terms } = facts.reading;
  if (!preferences) return [];
  return [
    currencyCheck(preferences, activeCurrencies),
    numbersCheck(preferences),
    applicationCheck(preferences),
    closingCheck(preferences, facts.today),
    classCheck(preferences, facts.settings),
    locationCheck(preferences, facts.settings),
    ...(terms ? [termsCheck(terms, facts.settings)] : []),
    salesFormsCheck(preferences),
    costCheck(preferences),
    passed(
      'reports',
      'info',
      `reports are on ${preferences.reportBasis?.toLowerCase() ?? 'no'} basis, and the year begins in ${
        preferences.fiscalYearStart ?? 'January'
      }`,
    ),
  ];
}

function currencyCheck(
  { homeCurrency, multiCurrency }: QboPreferences,
  active: readonly string[],
): PreflightCheck {
  if (!multiCurrency) return passed('currencies', 'info', `${homeCurrency} alone`);
  const others = active.length === 0 ? 'no other currency is active' : `also ${active.join(', ')}`;
  return passed('currencies', 'info', `${homeCurrency}; ${others}`);
}

function numbersCheck({ customTxnNumbers }: QboPreferences): PreflightCheck {
  if (customTxnNumbers) return passed('document_numbers', 'warn', 'invoices keep our numbers');
  return failed(
    'document_numbers',
    'warn',
    'Custom transaction numbers is off, so QuickBooks does not look for numbers that are used twice',
    'Turn Custom transaction numbers on in QuickBooks, under Account and settings, Sales.',
  );
}

function applicationCheck({ autoApplyCredit, autoApplyPayments }: QboPreferences): PreflightCheck {
  const on = [
    ...(autoApplyCredit ? ['Automatically apply credits'] : []),
    ...(autoApplyPayments ? ['Automatically apply bill payments'] : []),
  ];
  if (!autoApplyCredit) {
    return passed(
      'automatic_application',
      'warn',
      on.length === 0 ? 'nothing is applied by itself' : on.join(', '),
    );
  }
  return failed(
    'automatic_application',
    'warn',
    `${on.join(' and ')} is on, so a new invoice may be paid by a credit at once`,
    'Turn Automatically apply credits off in QuickBooks, under Account and settings, Advanced, Automation.',
  );
}

function closingCheck({ bookCloseDate }: QboPreferences, today: string): PreflightCheck {
  if (bookCloseDate === null) return passed('closing_date', 'block', 'the books are not closed');
  if (bookCloseDate < today)
    return passed('closing_date', 'block', `the books are closed up to ${bookCloseDate}`);
  return failed(
    'closing_date',
    'block',
    `the books are closed up to ${bookCloseDate}, which is not over`,
    'Set an earlier closing date in QuickBooks, under Account and settings, Advanced, Accounting.',
  );
}

function classCheck(
  { classPerTransaction, classPerLine }: QboPreferences,
  { classId }: PreflightFacts['settings'],
): PreflightCheck {
  if (!classPerTransaction && !classPerLine) return passed('classes', 'warn', 'classes are not tracked');
  const how = classPerLine ? 'on each line' : 'on each document';
  if (classId !== null)
    return passed('classes', 'warn', `classes are tracked ${how}; invoices are of class ${classId}`);
  return failed(
    'classes',
    'warn',
    `classes are tracked ${how}, and no class is chosen for invoices`,
    'Set class_id by PATCH /org/settings to the id of a class.',
  );
}

function locationCheck(
  { tracksLocations }: QboPreferences,
  { locationId }: PreflightFacts['settings'],
): PreflightCheck {
  if (!tracksLocations) return passed('locations', 'warn', 'locations are not tracked');
  if (locationId !== null) return passed('locations', 'warn', `invoices are of location ${locationId}`);
  return failed(
    'locations',
    'warn',
    'locations are tracked, and no location is chosen for invoices',
    'Set location_id by PATCH /org/settings to the id of a location.',
  );
}

function termsCheck(
  terms: NonNullable<PreflightFacts['reading']['terms']>,
  { termsDays }: PreflightFacts['settings'],
): PreflightCheck {
  const term = terms.find(({ active, dueDays }) => active && dueDays === termsDays);
  return passed(
    'terms',
    'info',
    term ? `${termsDays} days, as "${term.name}"` : `${termsDays} days, for which QuickBooks has no terms`,
  );
}

function salesFormsCheck(preferences: QboPreferences): PreflightCheck {
  const { allowDeposit, allowDiscount, allowEstimates, progressInvoicing, onlinePayments } = preferences;
  const flags = { deposits: allowDeposit, discounts: allowDiscount, estimates: allowEstimates };
  const more = { 'progress invoicing': progressInvoicing, 'online payments': onlinePayments };
  const on = Object.entries({ ...flags, ...more }).flatMap(([name, isOn]) => (isOn ? [name] : []));
  return passed(
    'sales_forms',
    'info',
    on.length === 0 ? 'nothing is turned on' : `${on.join(', ')} are turned on`,
  );
}

function costCheck({ tracksCostsByCustomer, billableExpenses }: QboPreferences): PreflightCheck {
  const by = tracksCostsByCustomer
    ? 'expenses are tracked by customer'
    : 'expenses are not tracked by customer';
  return passed('cost_tracking', 'info', billableExpenses ? `${by} and can be billed` : by);
}
