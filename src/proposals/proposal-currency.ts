import { DomainError } from '../platform/errors/domain-error.js';
import { isSupportedCurrency } from '../platform/money/currency.js';

/** Throws where no proposal can be in this currency. Those that are in one from before stay as they are. */
export function assertSupported(currency: string): void {
  if (isSupportedCurrency(currency)) return;
  const message = `A proposal cannot be in ${currency}: its amounts could not be kept, charged and invoiced exactly.`;
  throw new DomainError('invalid', 'currency_not_supported', message, [{ field: 'currency', message }]);
}
