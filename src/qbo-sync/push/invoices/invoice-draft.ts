import { addDays, type CalendarDay } from '../../../platform/time/calendar-day.js';
import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';
import { cutText } from '../../../platform/text/cut-text.js';
import { normalizedText } from '../../../platform/text/normalized-text.js';
import type { InvoiceDraft, QboInvoice } from '../../api/model/qbo-objects.js';

/** What an invoice is made from. */
export interface InvoiceFacts {
  proposalId: number;
  proposalName: string;
  currency: string;
  /** Of today; null in the home currency. */
  exchangeRate: ExchangeRate | null;
  amountCents: number;
  qboCustomerId: string;
  customerEmail: string;
  qboItemId: string;
  itemName: string;
  /** Today in the company's time zone. */
  today: CalendarDay;
  termsDays: number;
  generation: number;
  requestId: string;
}

const DOC_NUMBER_MAX = 21;
const DESCRIPTION_MAX = 4000;

/**
 * The amount to invoice, in cents: all that was paid, whatever went back since, or else the deposit; the whole total
 * where it is less than anything that can be charged.
 */
export function invoiceAmountCents(proposal: {
  totalCents: number;
  paidCents: number;
  depositCents: number | null;
}): number {
  if (proposal.paidCents > 0) return proposal.paidCents;
  return proposal.depositCents ?? Math.max(proposal.totalCents, 1);
}

/**
 * The number under which the invoice stands and can be found again: `CRM-7`, and `CRM-7-2` for the second generation.
 */
export function docNumberOf(proposalId: number, generation: number): string {
  const number = generation === 1 ? `CRM-${proposalId}` : `CRM-${proposalId}-${generation}`;
  return number.slice(0, DOC_NUMBER_MAX);
}

/** The mark in the invoice's private note that tells ours from one that merely has the same number. */
export function markOf(requestId: string): string {
  return `crm:${requestId}`;
}

export function invoiceDraftOf(facts: InvoiceFacts): InvoiceDraft {
  const description = `${facts.itemName} for ${facts.proposalName} (proposal ${facts.proposalId})`;
  return {
    customerId: facts.qboCustomerId,
    docNumber: docNumberOf(facts.proposalId, facts.generation),
    txnDate: facts.today,
    dueDate: addDays(facts.today, facts.termsDays),
    currency: facts.currency,
    ...(facts.exchangeRate === null ? {} : { exchangeRate: facts.exchangeRate }),
    privateNote: markOf(facts.requestId),
    billEmail: facts.customerEmail,
    lines: [
      {
        itemId: facts.qboItemId,
        description: cutText(normalizedText(description), DESCRIPTION_MAX),
        amountCents: facts.amountCents,
      },
    ],
  };
}

/** The invoice among these that was made under this request id, whatever a person has added to the note since. */
export function invoiceMadeBy(requestId: string, invoices: readonly QboInvoice[]): QboInvoice | null {
  return invoices.find((invoice) => (invoice.privateNote ?? '').includes(markOf(requestId))) ?? null;
}

/** What a draft comes to, in cents. */
export function draftTotalCents(draft: Pick<InvoiceDraft, 'lines'>): number {
  return draft.lines.reduce((sum, line) => sum + line.amountCents, 0);
}
