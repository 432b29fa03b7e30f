import { HELD_DEPOSIT_ITEM_NAME } from '../../../../contracts/billing/deposit-item-name.js';

/** On which account an item is: `deposits` are owed to customers, `retainage` is owed by them. */
export type ItemAccount = 'income' | 'deposits' | 'retainage';

/** The product or service of what invoices withhold, and bill of it. */
export const RETAINAGE_ITEM_NAME = 'Retainage';

const HELD_ITEM_NAMES: ReadonlySet<string> = new Set(
  [HELD_DEPOSIT_ITEM_NAME, RETAINAGE_ITEM_NAME].map((name) => name.toLowerCase()),
);

/**
 * Under what the id of an item is kept. An organisation may give the product of its deposits a name that we use for
 * what is no income: which of them an id is for goes with it, since the settings can change. Pure.
 */
export function itemKeyOf(name: string, account: ItemAccount): string {
  return isHeldName(name) ? `${account}:${name}` : name;
}

/** Whether an item of this name may be one that is booked to the account of another kind. Pure. */
export function mayBeOnOtherAccount(name: string, account: ItemAccount): boolean {
  return account !== 'income' || isHeldName(name);
}

/** QuickBooks knows no difference between capital and small letters in names. */
function isHeldName(name: string): boolean {
  return HELD_ITEM_NAMES.has(name.toLowerCase());
}
