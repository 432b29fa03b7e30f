import type { Invoice } from '../invoices/invoice.entity.js';
import type { Lead } from './rows/lead.entity.js';
import type { ProposalLine } from './rows/proposal-line.entity.js';

/** What of a line is shown. */
export type ShownLine = Pick<
  ProposalLine,
  'id' | 'description' | 'quantity' | 'unitPriceCents' | 'amountCents'
>;

/** What of the invoice that a proposal's qbo columns are of is shown. */
export type ShownInvoice = Pick<
  Invoice,
  'number' | 'status' | 'state' | 'dueOn' | 'totalCents' | 'balanceCents' | 'paidCents' | 'lastSyncAt'
>;

/** What of a proposal is shown, with its lines in order. */
export type ShownProposal = Pick<
  Lead,
  | 'id'
  | 'orgId'
  | 'name'
  | 'customerId'
  | 'status'
  | 'amountCents'
  | 'currency'
  | 'siteAddress'
  | 'depositPaidCents'
  | 'approvedAt'
  | 'createdAt'
  | 'updatedAt'
  | 'qboInvoiceId'
  | 'qboInvoiceNumber'
  | 'qboStatus'
  | 'qboBalanceCents'
  | 'qboPaidCents'
  | 'qboLastSyncAt'
> & {
  readonly lines: readonly ShownLine[];
  readonly customerName: string | null;
  readonly invoice: ShownInvoice | null;
};

/** A proposal whole: its row, its lines in order, whose it is, and the invoice that its qbo columns are of. */
export type Proposal = Lead & {
  readonly lines: readonly ProposalLine[];
  readonly customerName: string | null;
  readonly invoice: Invoice | null;
};

/** True from the first lines on: an amount stands beside the name. A lead that was cancelled never becomes one. */
export function isProposal(lead: Lead): boolean {
  return lead.status !== 'lead' && lead.amountCents !== null;
}

/** Puts lines, customer and invoice to their row. */
export function wholeProposal(
  lead: Lead,
  lines: readonly ProposalLine[],
  { customerName = null, invoice = null }: { customerName?: string | null; invoice?: Invoice | null } = {},
): Proposal {
  return Object.assign(lead, { lines, customerName, invoice });
}
