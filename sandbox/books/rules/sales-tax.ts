import { businessRule } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import type { Priced } from './lines.ts';
import type { RuleContext } from './rule-context.ts';
import { type Rate, ratesOf, stateOf, taxed } from './tax-rates.ts';

export interface Tax {
  /** Minor units. */
  tax: number;
  TxnTaxDetail: Body;
}

/** US: taxed lines carry `TAX`; the rate is that of `TxnTaxCodeRef`, else the one of where the sale goes. */
function ratesFor(context: RuleContext, draft: Body): Rate[] {
  const { store, world } = context.company;
  const code = refOf(partOf(draft, 'TxnTaxDetail'), 'TxnTaxCodeRef');
  if (code !== undefined) return ratesOf(store, code);
  const percent = world.switches.salesTaxByState[stateOf(draft) ?? ''] ?? world.switches.salesTaxPercent;
  return percent === 0 ? [] : [{ id: textOf(store.all('TaxRate')[0], 'Id'), percent }];
}

/**
 * The tax of a US sale. Automated sales tax computes it, whatever TotalTax is sent (switch `explicitTax`); a
 * company that files by hand gets the TotalTax it sent, else what the code makes. Where sales tax is off, tax
 * that is sent is refused.
 */
export function usSalesTax(context: RuleContext, draft: Body, priced: Priced, currency: string): Tax {
  const prefs = context.company.preferences('TaxPrefs');
  const sent = partOf(draft, 'TxnTaxDetail');
  const code = refOf(sent, 'TxnTaxCodeRef');
  const explicit = sent.TotalTax === undefined ? undefined : minorOf(sent.TotalTax, currency);
  if (prefs.UsingSalesTax !== true) {
    if (explicit || code !== undefined) throw businessRule('Sales tax is turned off for this company.');
    return { tax: 0, TxnTaxDetail: { TotalTax: 0 } };
  }
  const kept = code === undefined ? {} : { TxnTaxCodeRef: { value: code } };
  const rates = ratesFor(context, draft);
  const automated = prefs.PartnerTaxEnabled === true;
  const honours = !automated || context.company.world.switches.explicitTax === 'honoured';
  if (honours && explicit !== undefined) {
    const TaxLine = rowsOf(sent, 'TaxLine');
    const lines = TaxLine.length > 0 ? { TaxLine } : {};
    return { tax: explicit, TxnTaxDetail: { ...kept, TotalTax: majorOf(explicit, currency), ...lines } };
  }
  const { TaxLine, tax } = taxed(rates, priced.taxable, currency, context.company.store.decimals);
  const lines = tax === 0 && code === undefined ? {} : { TaxLine };
  return { tax, TxnTaxDetail: { ...kept, TotalTax: majorOf(tax, currency), ...lines } };
}
