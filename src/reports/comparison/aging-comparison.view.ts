import { differenceMeaning } from '../../messages/aging-difference-messages.js';
import { type BooksOf, documentLink } from '../../messages/quickbooks-links.js';
import type { DifferingDocument } from './aging-comparison.js';
import type { AgingComparisonView, DifferingDocumentView } from './aging-comparison.dto.js';
import type { ComparisonReport } from './aging-comparison.service.js';

/** So many documents of a reason are listed, the largest first. */
const DOCUMENTS_MAX = 100;

export function agingComparisonView({
  asOf,
  currency,
  company,
  lacks,
  comparison,
}: ComparisonReport): AgingComparisonView {
  const viewOf = (document: DifferingDocument): DifferingDocumentView => documentView(company, document);
  const item = {
    currency,
    ours_cents: comparison.oursCents,
    quickbooks_cents: comparison.quickBooksCents,
    difference_cents: comparison.differenceCents,
    unexplained_cents: comparison.unexplainedCents,
    reasons: comparison.differences.map(({ reason, cents, documents }) => ({
      reason,
      meaning: differenceMeaning(reason),
      cents,
      count: documents.length,
      documents: documents.toSorted(largestFirst).slice(0, DOCUMENTS_MAX).map(viewOf),
    })),
    unexplained: comparison.unexplained.toSorted(largestFirst).slice(0, DOCUMENTS_MAX).map(viewOf),
  };
  return { as_of: asOf, unknown: [...lacks], items: [item] };
}

function largestFirst(one: DifferingDocument, other: DifferingDocument): number {
  return Math.abs(other.cents) - Math.abs(one.cents);
}

function documentView(company: BooksOf, document: DifferingDocument): DifferingDocumentView {
  const realmId = document.realmId ?? company.realmId;
  return {
    qbo_type: document.qboType,
    qbo_id: document.qboId,
    number: document.number,
    invoice_id: document.invoiceId,
    proposal_id: document.proposalId,
    customer_name: document.customerName,
    cents: document.cents,
    qbo_realm_id: realmId,
    timeline: document.proposalId === null ? null : `/proposals/${document.proposalId}/timeline`,
    qbo_url: documentLink({ ...company, realmId }, document.qboType, document.qboId),
  };
}
