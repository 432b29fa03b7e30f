import { DomainError } from '../platform/errors/domain-error.js';
import { isCurrency, isSupportedCurrency } from '../platform/money/currency.js';

/** Throws where no proposal can be in this currency. Those that are in one from before stay as they are. */
export function assertSupported(currency: string): void {
  if (isSupportedCurrency(currency)) return;
  const reason = isCurrency(currency)
    ? 'its amounts could not be kept, charged and invoiced exactly'
    : 'it is the code of no currency that customers are charged in';
  const message = `A proposal cannot be in ${currency}: ${reason}.`;
  throw new DomainError('invalid', 'currency_not_supported', message, [{ field: 'currency', message }]);
}
