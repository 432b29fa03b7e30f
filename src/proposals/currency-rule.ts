import { DomainError } from '../platform/errors/domain-error.js';

/**
 * Throws a conflict where a proposal is in another currency than its organisation can invoice: that of the connected
 * QuickBooks company, or the organisation's own while none is connected.
 */
export function assertCurrencyEnabled(
  { id, currency }: { id: number; currency: string },
  settings: { currency: string; companyCurrency: string | null },
): void {
  if (currency === settings.currency) return;
  const whose =
    settings.companyCurrency === null
      ? `the organisation's own currency is ${settings.currency}`
      : `the connected QuickBooks company keeps its books in ${settings.currency}`;
  throw new DomainError(
    'conflict',
    'currency_not_enabled',
    `Proposal ${id} is in ${currency}, but ${whose}. Draft it in ${settings.currency}.`,
  );
}
