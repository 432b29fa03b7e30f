import { calendarDayText } from '../../../messages/format.js';
import type { QboPreferences } from '../../api/model/qbo-company-objects.js';
import { choiceStep, chosenName } from './choice-step.js';
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
    classCheck(preferences, facts),
    locationCheck(preferences, facts),
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
    `${on.join(' and ')} ${on.length === 1 ? 'is' : 'are'} on, so a new invoice may be paid by a credit at once`,
    'Turn Automatically apply credits off in QuickBooks, under Account and settings, Advanced, Automation.',
  );
}

function closingCheck({ bookCloseDate }: QboPreferences, today: string): PreflightCheck {
  if (bookCloseDate === null) return passed('closing_date', 'block', 'the books are not closed');
  if (bookCloseDate < today)
    return passed('closing_date', 'block', `the books are closed up to ${calendarDayText(bookCloseDate)}`);
  return failed(
    'closing_date',
    'block',
    `the books are closed up to ${calendarDayText(bookCloseDate)}, which is not over`,
    'Set an earlier closing date in QuickBooks, under Account and settings, Advanced, Accounting.',
  );
}

function classCheck(
  { classPerTransaction, classPerLine }: QboPreferences,
  { settings: { classId }, reading: { classes } }: PreflightFacts,
): PreflightCheck {
  if (!classPerTransaction && !classPerLine) return passed('classes', 'warn', 'classes are not tracked');
  const how = `classes are tracked ${classPerLine ? 'on each line' : 'on each document'}`;
  const step = choiceStep('class_id', classes, 'a class');
  if (classId === null) return failed('classes', 'warn', `${how}, and no class is chosen for invoices`, step);
  const name = chosenName(classId, classes);
  return isGone(classId, classes)
    ? failed('classes', 'warn', `${how}, and the class of invoices, ${name}, is inactive or gone`, step)
    : passed('classes', 'warn', `${how}; invoices are of the class ${name}`);
}

function locationCheck(
  { tracksLocations }: QboPreferences,
  { settings: { locationId }, reading: { locations } }: PreflightFacts,
): PreflightCheck {
  if (!tracksLocations) return passed('locations', 'warn', 'locations are not tracked');
  const step = choiceStep('location_id', locations, 'a location');
  if (locationId === null)
    return failed('locations', 'warn', 'locations are tracked, and none is chosen for invoices', step);
  const name = chosenName(locationId, locations);
  return isGone(locationId, locations)
    ? failed('locations', 'warn', `the location of invoices, ${name}, is inactive or gone`, step)
    : passed('locations', 'warn', `invoices are of the location ${name}`);
}

/** Of a list that could not be read nothing is known. */
function isGone(id: string, choices: readonly { id: string; active: boolean }[] | null): boolean {
  return choices !== null && !choices.some((one) => one.id === id && one.active);
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
