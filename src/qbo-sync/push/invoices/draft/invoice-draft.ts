import type { InvoiceKind } from '../../../../invoices/invoice.entity.js';
import type { InvoiceLineKind } from '../../../../invoices/invoice-line.entity.js';
import { addDays, type CalendarDay } from '../../../../platform/time/calendar-day.js';
import type { ExchangeRate } from '../../../../platform/money/exchange-rate.js';
import { cutText } from '../../../../platform/text/cut-text.js';
import { normalizedText } from '../../../../platform/text/normalized-text.js';
import type { PostalAddress } from '../../../../customers/postal-address.js';
import type { QboTerm } from '../../../api/model/qbo-company-objects.js';
import type { InvoiceDraft, QboAddressDraft, QboInvoice } from '../../../api/model/qbo-objects.js';
import { taxCodeOf, taxOf, type TaxTerms } from '../references/invoice-tax.js';
import { sumCents } from '../../../../platform/money/cents.js';

/** What an invoice is made from. */
export interface InvoiceFacts {
  proposalId: number;
  kind: InvoiceKind;
  sequence: number;
  currency: string;
  /** Of today; null in the home currency. */
  exchangeRate: ExchangeRate | null;
  qboCustomerId: string;
  customerEmail: string;
  /** Where it goes; null: where QuickBooks has the customer. */
  billingAddress: PostalAddress | null;
  /** Where the work is done; null where nobody said. */
  siteAddress: PostalAddress | null;
  /** As they were worked out of the contract. */
  lines: readonly { kind: InvoiceLineKind; description: string; amountCents: number }[];
  /** The product or service of each kind of line there is. */
  itemIds: ReadonlyMap<InvoiceLineKind, string>;
  /** Today in the company's time zone. */
  today: CalendarDay;
  termsDays: number;
  /** Id of the terms in QuickBooks that say the same; null where it has none. */
  termId: string | null;
  taxTerms: TaxTerms;
  /** Ids of class and location in QuickBooks; null for none. */
  classId: string | null;
  locationId: string | null;
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

/** What stands on the line of a deposit. */
export function depositDescription(itemName: string, proposal: { id: number; name: string }): string {
  return normalizedText(`${itemName} for ${proposal.name} (proposal ${proposal.id})`);
}

/**
 * The number under which the invoice stands and can be found again: `CRM-7` for the deposit, `CRM-7-P1` and on for
 * progress, `CRM-7-F` for the final one, `CRM-7-R` for retainage; `CRM-7-2` is the second generation.
 */
export function docNumberOf(
  proposalId: number,
  generation: number,
  { kind, sequence }: { kind: InvoiceKind; sequence: number } = { kind: 'deposit', sequence: 1 },
): string {
  const part = { deposit: '', progress: `-P${sequence}`, final: '-F', retainage: '-R' }[kind];
  const number = `CRM-${proposalId}${part}${generation === 1 ? '' : `-${generation}`}`;
  return number.slice(0, DOC_NUMBER_MAX);
}

/** The terms in QuickBooks by which an invoice is due after so many days; null where there are none. */
export function termIdOf(terms: readonly QboTerm[], termsDays: number): string | null {
  return terms.find(({ active, dueDays }) => active && dueDays === termsDays)?.id ?? null;
}

/** The mark in the invoice's private note that tells ours from one that merely has the same number. */
export function markOf(requestId: string): string {
  return `crm:${requestId}`;
}

export function invoiceDraftOf(facts: InvoiceFacts): InvoiceDraft {
  return {
    customerId: facts.qboCustomerId,
    docNumber: docNumberOf(facts.proposalId, facts.generation, facts),
    txnDate: facts.today,
    dueDate: addDays(facts.today, facts.termsDays),
    ...(facts.termId === null ? {} : { termId: facts.termId }),
    currency: facts.currency,
    ...(facts.exchangeRate === null ? {} : { exchangeRate: facts.exchangeRate }),
    privateNote: markOf(facts.requestId),
    billEmail: facts.customerEmail,
    ...(facts.billingAddress === null ? {} : { billTo: addressOf(facts.billingAddress) }),
    ...(facts.siteAddress === null ? {} : { shipTo: addressOf(facts.siteAddress) }),
    ...taxOf(facts.lines, facts.taxTerms, facts.currency),
    ...(facts.locationId === null ? {} : { locationId: facts.locationId }),
    lines: facts.lines.map(({ kind, description, amountCents }) => ({
      itemId: facts.itemIds.get(kind)!,
      description: cutText(description, DESCRIPTION_MAX),
      amountCents,
      taxCode: taxCodeOf(kind, facts.taxTerms),
      ...(facts.classId === null ? {} : { classId: facts.classId }),
    })),
  };
}

/** An address as QuickBooks takes it: without what is not known. */
export function addressOf({
  line1,
  line2,
  city,
  region,
  postal_code,
  country,
}: PostalAddress): QboAddressDraft {
  return {
    line1,
    ...(line2 ? { line2 } : {}),
    ...(city ? { city } : {}),
    ...(region ? { region } : {}),
    ...(postal_code ? { postalCode: postal_code } : {}),
    ...(country ? { country } : {}),
  };
}

/** The invoice among these that was made under this request id, whatever a person has added to the note since. */
export function invoiceMadeBy(requestId: string, invoices: readonly QboInvoice[]): QboInvoice | null {
  return invoices.find((invoice) => (invoice.privateNote ?? '').includes(markOf(requestId))) ?? null;
}

/** What a draft comes to, in cents. */
export function draftTotalCents(draft: Pick<InvoiceDraft, 'lines'>): number {
  return sumCents(draft.lines.map((line) => line.amountCents));
}
