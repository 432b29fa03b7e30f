import type { CompanyBooks } from '../../../currencies/company-books.repository.js';
import { chargeStepCents } from '../../../platform/money/charge-amount.js';
import { isSupportedCurrency } from '../../../platform/money/currency.js';
import type { CurrenciesView } from './company-currencies.dto.js';

/** Shows what is known of a company's currencies; of its list only what proposals can be in. */
export function currenciesView(own: string, books: CompanyBooks | null): CurrenciesView {
  const active = (books?.activeCurrencies ?? []).filter(isSupportedCurrency).toSorted();
  return {
    home: books?.homeCurrency ?? own,
    multi_currency: books?.multiCurrency ?? false,
    active: active.map((code) => ({ code, digits: chargeStepCents(code) === 100 ? 0 : 2 })),
    read_at: books?.readAt ?? null,
  };
}
