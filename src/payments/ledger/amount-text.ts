import { decimalTextFromCents } from '../../platform/money/cents.js';

/** `3092.03 USD`, as items of the inbox say it. */
export function amountText(cents: number, currency: string): string {
  return `${decimalTextFromCents(cents)} ${currency}`;
}
