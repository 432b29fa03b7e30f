import type { DepositMode } from '../../orgs/settings/org-settings.entity.js';

/** The product or service of the contract's own lines. */
export const WORK_ITEM_NAME = 'Contract Work';

/** The product or service of a deposit that is owed to the customer until the work is billed. */
export const HELD_DEPOSIT_ITEM_NAME = 'Customer Deposit';

/** The product or service that deposits are billed by: of an income the one in the settings. Pure. */
export function depositItemNameOf(terms: { depositMode: DepositMode; depositItemName: string }): string {
  return terms.depositMode === 'liability' ? HELD_DEPOSIT_ITEM_NAME : terms.depositItemName;
}
