import { currencyName } from '../currency.ts';
import { badCurrency, businessRule, required } from '../fault.ts';
import { type Body, isBody, partOf, textOf } from '../json.ts';
import type { Rules } from './rule-context.ts';

export const companyInfoRules: Rules = {
  complete(_context, draft) {
    if (!textOf(draft, 'CompanyName')?.trim()) throw required('CompanyName');
    return draft;
  },
};

/** A setting sent as null or empty text is taken away. */
function cleared(group: Body): Body {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== null && value !== ''));
}

/**
 * Settings change group by group: what a group leaves out stays. Several currencies can be turned on, never
 * off.
 */
export const preferencesRules: Rules = {
  complete(_context, draft, before) {
    const wasMulti = partOf(before, 'CurrencyPrefs').MultiCurrencyEnabled === true;
    const groups = Object.entries(draft).map(([name, value]) => [
      name,
      isBody(value) && name.endsWith('Prefs') ? cleared({ ...partOf(before, name), ...value }) : value,
    ]);
    const merged = { ...before, ...Object.fromEntries(groups) };
    if (wasMulti && partOf(merged, 'CurrencyPrefs').MultiCurrencyEnabled !== true) {
      throw businessRule('Multi-currency cannot be turned off.');
    }
    return merged;
  },
};

export const companyCurrencyRules: Rules = {
  complete(context, draft) {
    const code = textOf(draft, 'Code');
    if (code === undefined) throw required('Code');
    if (!/^[A-Z]{3}$/.test(code)) throw badCurrency(`Invalid Currency : ${code}`);
    if (!context.company.isMultiCurrency)
      throw badCurrency('Multi-currency is not enabled for this company.');
    return { Name: currencyName(code), Active: true, ...draft };
  },
};

/** The price of one unit of a currency in the company's own, from a day on. */
export const exchangeRateRules: Rules = {
  complete(context, draft) {
    for (const field of ['SourceCurrencyCode', 'Rate']) if (draft[field] === undefined) throw required(field);
    return {
      AsOfDate: context.company.today(),
      TargetCurrencyCode: context.company.homeCurrency,
      ...draft,
    };
  },
};
