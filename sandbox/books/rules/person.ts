import { currencyFor } from '../currency.ts';
import { currencyOf } from '../currency-of.ts';
import { badCurrency, noName } from '../fault.ts';
import { type Body, isBody, partOf, refOf, textOf } from '../json.ts';
import { ACCOUNT, openAccountOf } from '../ledger/accounts.ts';
import { homeOf, openItemKey } from '../ledger/posting.ts';
import { minorOf } from '../money.ts';
import { checkNameText, completeName, renameChildren } from './naming.ts';
import type { Rules, RuleContext } from './rule-context.ts';

type Person = 'Customer' | 'Vendor' | 'Employee';

const PARTS = ['Title', 'GivenName', 'MiddleName', 'FamilyName', 'Suffix'];

function displayNameOf(draft: Body): string {
  const given = textOf(draft, 'DisplayName')?.trim();
  if (given) return given;
  const built = PARTS.map((part) => textOf(draft, part)?.trim()).filter(Boolean);
  if (built.length === 0) throw noName();
  return built.join(' ');
}

/** Each stored address has an Id of its own, kept while the address is edited. */
export function identifyAddresses(
  context: RuleContext,
  draft: Body,
  before: Body | undefined,
  ...fields: string[]
): Body {
  const identified = fields
    .filter((field) => isBody(draft[field]))
    .map((field) => {
      const id =
        textOf(partOf(before, field), 'Id') ??
        textOf(partOf(draft, field), 'Id') ??
        context.company.store.next('address');
      return [field, { Id: id, ...partOf(draft, field), ...(before ? { Id: id } : {}) }];
    });
  return { ...draft, ...Object.fromEntries(identified) };
}

function printNameOf(draft: Body): string {
  const person = ['GivenName', 'FamilyName']
    .map((part) => textOf(draft, part))
    .filter(Boolean)
    .join(' ');
  return textOf(draft, 'CompanyName') ?? (person || textOf(draft, 'DisplayName')!);
}

function currencyOfPerson(context: RuleContext, draft: Body, before: Body | undefined): Body {
  const kept = refOf(before, 'CurrencyRef');
  const asked = refOf(draft, 'CurrencyRef');
  if (kept !== undefined && asked !== undefined && kept !== asked) {
    throw badCurrency('The currency of a customer or vendor cannot be changed.');
  }
  return before ? partOf(before, 'CurrencyRef') : currencyFor(context.company, draft);
}

function completePerson(context: RuleContext, entity: Person, draft: Body, before: Body | undefined): Body {
  checkNameText(draft, 'DisplayName', ...PARTS, 'PrintOnCheckName');
  const named = completeName(context, entity, { ...draft, DisplayName: displayNameOf(draft) }, before);
  const addressed = identifyAddresses(context, named, before, 'BillAddr', 'ShipAddr', 'PrimaryAddr');
  return { ...addressed, PrintOnCheckName: textOf(draft, 'PrintOnCheckName') ?? printNameOf(addressed) };
}

/** A customer created with a balance owes it from the start, against Opening Balance Equity. */
function openWithBalance(context: RuleContext, customer: Body): void {
  const id = textOf(customer, 'Id')!;
  const currency = currencyOf(customer);
  const amount = minorOf(customer.Balance, currency);
  const { homeCurrency, store } = context.company;
  const home = homeOf(amount, currency, 1, homeCurrency, store.decimals);
  const party = { type: 'Customer', id } as const;
  const openItem = openItemKey('Customer', id, id);
  const account = openAccountOf(store, 'receivable', {}, currency, homeCurrency);
  context.unit.put('Customer', { ...customer, Balance: 0, BalanceWithJobs: 0 });
  context.unit.postOpening(`Customer|${id}`, [
    { account, amount, currency, home, party, openItem },
    { account: ACCOUNT.openingBalanceEquity, amount: -amount, currency, home: -home },
  ]);
}

export const customerRules: Rules = {
  complete(context, draft, before) {
    const { Balance: opening = 0, ...person } = completePerson(context, 'Customer', draft, before);
    const taxable = draft.Taxable ?? true;
    return {
      ...person,
      Taxable: taxable,
      Job: draft.Job ?? refOf(draft, 'ParentRef') !== undefined,
      BillWithParent: draft.BillWithParent ?? false,
      Balance: before ? before.Balance : opening,
      BalanceWithJobs: before ? before.BalanceWithJobs : opening,
      CurrencyRef: currencyOfPerson(context, draft, before),
      PreferredDeliveryMethod: draft.PreferredDeliveryMethod ?? 'Print',
      IsProject: draft.IsProject ?? false,
      ...(taxable === true && context.company.isUs
        ? { DefaultTaxCodeRef: draft.DefaultTaxCodeRef ?? { value: '2' } }
        : {}),
    };
  },
  afterWrite(context, after, before) {
    renameChildren(context, 'Customer', after, before);
    if (!before && minorOf(after.Balance, currencyOf(after)) !== 0) openWithBalance(context, after);
  },
};

export const vendorRules: Rules = {
  complete(context, draft, before) {
    return {
      ...completePerson(context, 'Vendor', draft, before),
      Balance: before?.Balance ?? 0,
      Vendor1099: draft.Vendor1099 ?? false,
      CurrencyRef: currencyOfPerson(context, draft, before),
    };
  },
};

export const employeeRules: Rules = {
  complete(context, draft, before) {
    const { FullyQualifiedName: _path, ...person } = completePerson(context, 'Employee', draft, before);
    return { ...person, BillableTime: draft.BillableTime ?? false };
  },
};
