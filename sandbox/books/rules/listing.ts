import type { EntityName } from '../catalog.ts';
import { currencyFor } from '../currency.ts';
import { badEnum, badReference, required } from '../fault.ts';
import { type Body, refOf, textOf } from '../json.ts';
import { accountTypeOf } from '../ledger/accounts.ts';
import { classOf, subTypeOf } from './account-types.ts';
import { checkNameText, completeName, renameChildren } from './naming.ts';
import { bookStock, checkInventory } from './stock.ts';
import type { RuleContext, Rules } from './rule-context.ts';

function requireName(draft: Body): void {
  if (!textOf(draft, 'Name')?.trim()) throw required('Name');
  checkNameText(draft, 'Name');
}

/** Lists with a name and nothing more to it: classes, departments, terms, payment methods. */
export function namedList(entity: EntityName, defaults: Body = {}): Rules {
  return {
    complete(context, draft, before) {
      requireName(draft);
      const { FullyQualifiedName: path, ...named } = completeName(context, entity, draft, before);
      const nests = entity === 'Class' || entity === 'Department';
      return { ...defaults, ...named, ...(nests ? { FullyQualifiedName: path } : {}) };
    },
    afterWrite(context, after, before) {
      if (entity === 'Class' || entity === 'Department') renameChildren(context, entity, after, before);
    },
  };
}

export const termRules: Rules = {
  complete(context, draft, before) {
    const dated = draft.DayOfMonthDue !== undefined;
    return namedList('Term', { Type: dated ? 'DATE_DRIVEN' : 'STANDARD' }).complete(context, draft, before);
  },
};

/** Whether what an item sells may be booked to an account that is no income account: a switch. */
function checkIncomeAccount({ company }: RuleContext, draft: Body): void {
  const account = refOf(draft, 'IncomeAccountRef');
  if (account === undefined || company.world.switches.itemAccounts === 'any') return;
  const type = accountTypeOf(company.store, account) ?? '';
  if (!['Income', 'Other Income'].includes(type)) throw badReference('Accounts', account, 'IncomeAccountRef');
}

export const itemRules: Rules = {
  complete(context, draft, before) {
    requireName(draft);
    const type = textOf(draft, 'Type') ?? textOf(before, 'Type') ?? 'Service';
    const sells = type !== 'Category' && type !== 'Group';
    if (
      sells &&
      refOf(draft, 'IncomeAccountRef') === undefined &&
      refOf(draft, 'ExpenseAccountRef') === undefined
    ) {
      throw required('IncomeAccountRef');
    }
    if (type === 'Inventory') checkInventory(draft);
    checkIncomeAccount(context, draft);
    const item = { ...completeName(context, 'Item', draft, before), Type: type };
    if (!sells) return item;
    return {
      Taxable: false,
      UnitPrice: 0,
      PurchaseCost: 0,
      TrackQtyOnHand: false,
      ...item,
      DeferredRevenue: false,
    };
  },
  afterWrite(context, after, before) {
    renameChildren(context, 'Item', after, before);
    bookStock(context, after, before);
  },
};

export const accountRules: Rules = {
  complete(context, draft, before) {
    requireName(draft);
    const type = textOf(draft, 'AccountType') ?? textOf(before, 'AccountType');
    const subType = textOf(draft, 'AccountSubType');
    if (type === undefined && subType === undefined) throw required('AccountType');
    const classification = type === undefined ? 'Expense' : classOf(type);
    if (!classification) throw badEnum('AccountType', type!);
    return {
      ...completeName(context, 'Account', draft, before),
      SubAccount: refOf(draft, 'ParentRef') !== undefined,
      Classification: classification,
      AccountType: type ?? 'Expense',
      AccountSubType: subType ?? subTypeOf(type!),
      CurrentBalance: before?.CurrentBalance ?? 0,
      CurrentBalanceWithSubAccounts: before?.CurrentBalanceWithSubAccounts ?? 0,
      CurrencyRef: before?.CurrencyRef ?? currencyFor(context.company, draft),
    };
  },
  afterWrite(context, after, before) {
    renameChildren(context, 'Account', after, before);
  },
};
