import type { Amount } from '../../platform/money/money.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import { calendarDayText } from '../format.js';
import { amountText, forCustomer } from './sentence-parts.js';

/** `customer_differs`. `document` names it; the other customer has no name here, as in `invoice_drift`. */
export function customerDiffers(document: string, customer: string | null): string {
  return `${document}${forCustomer(customer)} was moved to another customer in QuickBooks.`;
}

/** `customer_drift`. `overwritten` names the fields with the values that QuickBooks had. */
export function customerOverwritten(id: number, name: string, overwritten: string): string {
  return (
    `Customer ${id}, ${isolatedText(name)}, was changed here and in QuickBooks. Overwritten in ` +
    `QuickBooks: ${overwritten}.`
  );
}

/**
 * `aging_unexplained`: QuickBooks less ours at the end of a day, of so many customers. Their names are left to the
 * comparison: an item outlives the erasing of a name.
 */
export function agingUnexplained(day: string, { cents, currency }: Amount, customers: number): string {
  const difference = amountText({ cents: Math.abs(cents), currency });
  const whose = customers === 0 ? '' : ` (of ${customers} ${customers === 1 ? 'customer' : 'customers'})`;
  return (
    `QuickBooks' receivables of ${calendarDayText(day)} are ${difference} ${cents < 0 ? 'less' : 'more'} than the ` +
    `CRM's${whose}, and nothing explains it.`
  );
}

/** `reads_short`, and why there is no report meanwhile. Counts of metered reads; `used` and `forecast` of the month. */
export function fillWaits({
  reads,
  used,
  forecast,
  budget,
}: Record<'reads' | 'used' | 'forecast' | 'budget', number>): string {
  return (
    `Reading the documents of the QuickBooks company for reports takes ${count(reads)} metered reads. Of the ` +
    `${count(budget)} of this month ${count(used)} are used and ${count(Math.max(used, forecast))} will be, so there ` +
    'is no room for it.'
  );
}

function count(reads: number): string {
  return reads.toLocaleString('en-US');
}

/** `uncertain` of what was sent to another company than the one connected. */
export function sentElsewhere(title: string, customer: string | null, realmId: string): string {
  return (
    `${title}${forCustomer(customer)}: QuickBooks never answered, and another company is connected by now, so that ` +
    `nobody looks whether it was made in the one before, ${realmId}.`
  );
}
