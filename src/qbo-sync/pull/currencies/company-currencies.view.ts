import type { CompanyBooks } from '../../../currencies/company-books.repository.js';
import { chargeStepCents } from '../../../platform/money/charge-amount.js';
import { isSupportedCurrency } from '../../../platform/money/currency.js';
import type { CurrenciesView } from './company-currencies.dto.js';

/** Shows what is known of a company's currencies: the home currency, and of its list what proposals can be in. */
export function currenciesView(own: string, books: CompanyBooks | null): CurrenciesView {
  const home = books?.homeCurrency ?? own;
  const others = (books?.activeCurrencies ?? []).filter((code) => code !== home).toSorted();
  const active = [home, ...others].filter(isSupportedCurrency);
  return {
    home,
    multi_currency: books?.multiCurrency ?? false,
    active: active.map((code) => ({ code, digits: chargeStepCents(code) === 100 ? 0 : 2 })),
    read_at: books?.readAt ?? null,
  };
}
