import { choiceStep } from './choice-step.js';
import { failed, passed, type PreflightCheck } from './preflight-check.js';
import type { PreflightFacts } from './preflight-facts.js';

/** Whether tax in the books comes out as the organisation wants it. Pure. */
export function taxChecks({ reading, settings }: PreflightFacts): PreflightCheck[] {
  const { preferences, info, taxCodes } = reading;
  if (!preferences) return [];
  const { usingSalesTax, automatedSalesTax } = preferences;
  const { taxMode } = settings;
  const kind = automatedSalesTax
    ? 'automated sales tax'
    : usingSalesTax
      ? 'sales tax by codes'
      : 'no sales tax';
  const tax = ((): PreflightCheck => {
    if (taxMode === 'qbo' && !usingSalesTax) {
      return failed(
        'tax',
        'block',
        `QuickBooks counts ${kind}, and tax_mode is qbo`,
        'Turn sales tax on in QuickBooks, under Taxes, or set tax_mode to none by PATCH /org/settings.',
      );
    }
    if (taxMode === 'ours' && automatedSalesTax) {
      return failed(
        'tax',
        'warn',
        'QuickBooks counts automated sales tax, and tax_mode is ours',
        'QuickBooks may count its own tax in place of ours. Set tax_mode to qbo by PATCH /org/settings, and check ' +
          'the first invoice.',
      );
    }
    return passed('tax', 'warn', `QuickBooks counts ${kind}, and tax_mode is ${taxMode}`);
  })();
  const isOutsideUs = info?.country != null && info.country !== 'US' && info.country !== 'USA';
  if (!isOutsideUs || !usingSalesTax || !taxCodes) return [tax];
  return [tax, codesCheck(settings, taxCodes)];
}

/** Outside the US every line names a tax code. */
function codesCheck(
  { taxMode, taxCode, exemptTaxCode }: PreflightFacts['settings'],
  codes: NonNullable<PreflightFacts['reading']['taxCodes']>,
): PreflightCheck {
  const wanted = [
    { setting: 'exempt_tax_code', id: exemptTaxCode },
    ...(taxMode === 'none' ? [] : [{ setting: 'tax_code', id: taxCode }]),
  ];
  const missing = wanted.filter(({ id }) => !codes.some((code) => code.id === id && code.active));
  if (missing.length === 0) return passed('tax_codes', 'block', 'each line has its tax code');
  const settings = missing.map(({ setting }) => setting).join(' and ');
  return failed(
    'tax_codes',
    'block',
    `${settings} is not chosen, and QuickBooks wants a tax code on every line`,
    choiceStep(settings, codes, 'a tax code'),
  );
}
