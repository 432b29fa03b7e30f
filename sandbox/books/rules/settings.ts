import { accountNamed, EXCHANGE_GAIN_OR_LOSS, openAccountName } from '../ledger/accounts.ts';
import { currencyName } from '../currency.ts';
import { badCurrency, badNumber, businessRule, duplicateName, required } from '../fault.ts';
import { type Body, isBody, partOf, refOf, spelled, textOf } from '../json.ts';
import { accountRules } from './listing.ts';
import type { RuleContext, Rules } from './rule-context.ts';

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
  afterWrite(context, after, before) {
    moveHome(context, homeIn(before), homeIn(after));
    if (partOf(after, 'CurrencyPrefs').MultiCurrencyEnabled !== true) return;
    openAccount(context, { Name: EXCHANGE_GAIN_OR_LOSS, AccountType: 'Other Expense' });
  },
};

function homeIn(preferences: Body | undefined): string | undefined {
  return refOf(partOf(preferences, 'CurrencyPrefs'), 'HomeCurrency');
}

/** The lists of a company that is given another home currency are in that one; documents stay in their own. */
function moveHome({ company, unit }: RuleContext, from: string | undefined, to: string | undefined): void {
  if (from === undefined || to === undefined || from === to) return;
  const CurrencyRef = { value: to, name: currencyName(to) };
  for (const entity of ['Account', 'Customer', 'Vendor'] as const)
    for (const body of company.store.all(entity))
      if (refOf(body, 'CurrencyRef') === from) unit.annotate(entity, { ...body, CurrencyRef });
}

/** An account the books keep by themselves, made when it is first needed. */
function openAccount(context: RuleContext, account: Body): void {
  if (accountNamed(context.company.store, textOf(account, 'Name')!)) return;
  context.unit.create('Account', accountRules.complete(context, account, undefined));
}

export const companyCurrencyRules: Rules = {
  complete(context, draft, before) {
    const code = textOf(draft, 'Code');
    if (code === undefined) throw required('Code');
    if (!/^[A-Z]{3}$/.test(code)) throw badCurrency(`Invalid Currency : ${code}`);
    if (!context.company.isMultiCurrency)
      throw badCurrency('Multi-currency is not enabled for this company.');
    const bearer = context.company.store.all('CompanyCurrency').find((one) => one.Code === code);
    if (bearer && bearer.Id !== before?.Id) throw duplicateName('currency');
    return { Name: currencyName(code), Active: true, ...draft };
  },
  afterWrite(context, after, before) {
    if (before) return;
    const code = textOf(after, 'Code')!;
    const CurrencyRef = { value: code };
    const Name = (kind: 'receivable' | 'payable'): string => openAccountName(kind, code);
    openAccount(context, { Name: Name('receivable'), AccountType: 'Accounts Receivable', CurrencyRef });
    openAccount(context, { Name: Name('payable'), AccountType: 'Accounts Payable', CurrencyRef });
  },
};

/**
 * The price of one unit of a currency in the company's own, from a day on. A second one for the day replaces
 * it.
 */
export const exchangeRateRules: Rules = {
  complete(context, draft) {
    for (const field of ['SourceCurrencyCode', 'Rate', 'AsOfDate'])
      if (draft[field] === undefined) throw required(field);
    const { homeCurrency, store } = context.company;
    if (draft.SourceCurrencyCode === homeCurrency)
      throw businessRule('The source currency must not be the home currency.');
    if (Number(draft.Rate) <= 0) throw badNumber('Rate', spelled(draft.Rate!));
    for (const other of store.all('ExchangeRate'))
      if (
        other.SourceCurrencyCode === draft.SourceCurrencyCode &&
        other.AsOfDate === draft.AsOfDate &&
        other.Id !== draft.Id
      )
        context.unit.remove('ExchangeRate', textOf(other, 'Id')!);
    return { TargetCurrencyCode: homeCurrency, ...draft };
  },
};
