import type { Lead } from './lead.entity.js';
import type { ProposalLine } from './proposal-line.entity.js';

/** A proposal whole: its row, and its lines in order. */
export type Proposal = Lead & { readonly lines: readonly ProposalLine[] };

/** True from the first lines on: an amount stands beside the name. A lead that was cancelled never becomes one. */
export function isProposal(lead: Lead): boolean {
  return lead.status !== 'lead' && lead.amountCents !== null;
}

/** Puts the lines to their row. */
export function wholeProposal(lead: Lead, lines: readonly ProposalLine[]): Proposal {
  return Object.assign(lead, { lines });
}
