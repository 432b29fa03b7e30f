import type { Invoice } from '../invoices/invoice.entity.js';
import type { Lead } from './lead.entity.js';
import type { ProposalLine } from './proposal-line.entity.js';

/** A proposal whole: its row, its lines in order, and the invoice that its qbo columns are of. */
export type Proposal = Lead & { readonly lines: readonly ProposalLine[]; readonly invoice: Invoice | null };

/** True from the first lines on: an amount stands beside the name. A lead that was cancelled never becomes one. */
export function isProposal(lead: Lead): boolean {
  return lead.status !== 'lead' && lead.amountCents !== null;
}

/** Puts the lines and the invoice to their row. */
export function wholeProposal(
  lead: Lead,
  lines: readonly ProposalLine[],
  invoice: Invoice | null = null,
): Proposal {
  return Object.assign(lead, { lines, invoice });
}
