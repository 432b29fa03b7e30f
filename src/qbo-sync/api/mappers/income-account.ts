import type { QboAccount } from '../model/qbo-objects.js';

/** QBO's own subtypes for the income of a contractor, best first. */
const SUBTYPES = ['servicefeeincome', 'salesofproductincome'];

/**
 * The income account that sales are best booked to: by subtype, then by name, else the first; null when there is
 * none.
 */
export function incomeAccountOf(accounts: readonly QboAccount[]): QboAccount | null {
  const rank = (account: QboAccount): number => {
    const bySubtype = SUBTYPES.indexOf(account.accountSubType?.toLowerCase() ?? '');
    if (bySubtype >= 0) return bySubtype;
    return /\b(sales|services?)\b/i.test(account.name) ? SUBTYPES.length : SUBTYPES.length + 1;
  };
  return accounts.reduce<QboAccount | null>(
    (best, account) => (best === null || rank(account) < rank(best) ? account : best),
    null,
  );
}
