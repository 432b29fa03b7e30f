import type { InvoiceLineKind } from '../../../../invoices/invoice-line.entity.js';
import type { TaxMode } from '../../../../orgs/settings/org-settings.entity.js';
import { sumCents } from '../../../../platform/money/cents.js';
import { chargeablePercent } from '../../../../platform/money/charge-amount.js';
import type { InvoiceDraft } from '../../../api/model/qbo-objects.js';

/** How an organisation's invoices are taxed. */
export interface TaxTerms {
  mode: TaxMode;
  /** The rate of mode `ours`. */
  percent: number;
  /** Ids of tax codes in QuickBooks of what is taxed and what is not; null in the US, which has `TAX` and `NON`. */
  taxCode: string | null;
  exemptTaxCode: string | null;
}

export const UNTAXED: TaxTerms = { mode: 'none', percent: 0, taxCode: null, exemptTaxCode: null };

/**
 * The tax code of a line: always said, because QuickBooks takes a line without one for taxable where its item is. Work
 * is taxed where it is billed, as a whole; what is taken off it for a deposit or withheld, and billed again, is not.
 */
export function taxCodeOf(kind: InvoiceLineKind, { mode, taxCode, exemptTaxCode }: TaxTerms): string {
  return mode !== 'none' && kind === 'work' ? (taxCode ?? 'TAX') : (exemptTaxCode ?? 'NON');
}

/** What is said of the tax of the whole invoice. Outside the US, amounts are before tax. */
export function taxOf(
  lines: readonly { kind: InvoiceLineKind; amountCents: number }[],
  terms: TaxTerms,
  currency: string,
): Pick<InvoiceDraft, 'tax' | 'amountsAre'> {
  const outsideUs = terms.taxCode !== null || terms.exemptTaxCode !== null;
  const amountsAre = outsideUs ? { amountsAre: 'before_tax' as const } : {};
  if (terms.mode === 'none') return amountsAre;
  if (terms.mode === 'qbo') return { ...amountsAre, tax: { countedBy: 'quickbooks' } };
  const work = lines.reduce((sum, { kind, amountCents }) => (kind === 'work' ? sum + amountCents : sum), 0);
  const cents = chargeablePercent(currency, Math.max(work, 0), terms.percent);
  return { ...amountsAre, tax: { countedBy: 'us', cents } };
}

/** What an invoice has to come to with its tax: ours as it was sent, QuickBooks' as it answered. */
export function totalWithTaxCents(
  draft: Pick<InvoiceDraft, 'lines' | 'tax'>,
  made: { taxCents: number },
): number {
  const net = sumCents(draft.lines.map((line) => line.amountCents));
  if (!draft.tax) return net;
  return net + (draft.tax.countedBy === 'us' ? draft.tax.cents : made.taxCents);
}
