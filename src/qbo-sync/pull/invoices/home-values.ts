import type { QboInvoice } from '../../api/model/qbo-objects.js';

/** What of an invoice is tax, and what it is worth in the home currency; null where that is not said. */
export interface HomeValues {
  taxCents: number | null;
  exchangeRate: string | null;
  homeTotalCents: number | null;
}

const NOT_READ: HomeValues = { taxCents: null, exchangeRate: null, homeTotalCents: null };

/** The values of an invoice by the rate that QuickBooks has on it; of one that was not read, none. */
export function homeValuesOf(invoice: QboInvoice | undefined): HomeValues {
  if (!invoice) return NOT_READ;
  const { taxCents, exchangeRate, homeTotalCents } = invoice;
  return isRated(invoice) ? { taxCents, exchangeRate, homeTotalCents } : { ...NOT_READ, taxCents };
}

/** QuickBooks says 1 of documents in the home currency. */
export function isRated({ exchangeRate }: { exchangeRate: string | null }): boolean {
  return exchangeRate !== null && exchangeRate !== '1';
}
