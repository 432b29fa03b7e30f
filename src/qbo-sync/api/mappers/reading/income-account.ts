import type { QboAccount } from '../../model/qbo-objects.js';

/** QBO's own subtypes for the income of a contractor, best first. */
const SUBTYPES = ['servicefeeincome', 'salesofproductincome'];

/** Accounts of QuickBooks' own making for what is not the sale of work, whatever their subtype. */
const NO_SALES = /^(billable expense income|uncategori[sz]ed income)$/i;
const NO_SALES_SUBTYPES = ['discountsrefundsgiven', 'unappliedcashpaymentincome'];

/**
 * The income account that sales are best booked to: by subtype, then by name, else the first; one that is for something
 * else only where there is no other. Null when there is none.
 */
export function incomeAccountOf(accounts: readonly QboAccount[]): QboAccount | null {
  const rank = (account: QboAccount): number => {
    const subtype = account.accountSubType?.toLowerCase() ?? '';
    if (NO_SALES.test(account.name) || NO_SALES_SUBTYPES.includes(subtype)) return 2 * SUBTYPES.length + 2;
    const byName = /\b(sales|services?)\b/i.test(account.name) ? 0 : 1;
    const bySubtype = SUBTYPES.indexOf(subtype);
    return 2 * (bySubtype < 0 ? SUBTYPES.length : bySubtype) + byName;
  };
  return accounts.reduce<QboAccount | null>(
    (best, account) => (best === null || rank(account) < rank(best) ? account : best),
    null,
  );
}
