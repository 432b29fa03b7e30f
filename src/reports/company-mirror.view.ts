import { DOCUMENT_TYPES } from '../qbo-sync/api/model/qbo-documents.js';
import type {
  DocumentMirrorState,
  FillWait,
} from '../qbo-sync/pull/documents/document-mirrors.repository.js';
import { fillReads } from '../qbo-sync/pull/documents/fill-reads.js';
import { fillWaits } from '../messages/reasons/books-reasons.js';
import type { CompanyMirrorView } from './company-mirror.dto.js';

/** Shows how far a company has been read; `state` null where no report has asked for it. Pure. */
export function companyMirrorView(realmId: string, state: DocumentMirrorState | null): CompanyMirrorView {
  const {
    filledAt = null,
    lookedAt = null,
    fillAsOf = null,
    progress = {},
    totals = {},
    waits = null,
  } = state ?? {};
  const isCounted = Object.keys(totals).length > 0;
  const isFilling = fillAsOf !== null || (filledAt === null && isCounted);
  return {
    qbo_realm_id: realmId,
    state: waits ? 'waiting' : isFilling ? 'filling' : filledAt === null ? 'unread' : 'filled',
    waiting_since: waits?.since ?? null,
    waits_for: waits ? fillWaits(waits) : null,
    filled_at: filledAt?.toISOString() ?? null,
    looked_at: lookedAt?.toISOString() ?? null,
    reads_forecast: fillReads(totals),
    documents: DOCUMENT_TYPES.map((type) => ({
      type,
      read: progress[type] ?? 0,
      total: totals[type] ?? null,
    })),
  };
}

/** Why there is no report yet where its documents wait for reads. Pure. */
export function waitText(waits: FillWait): string {
  return (
    `${fillWaits(waits)} It goes on by itself as soon as there is, or when QBO_READ_BUDGET_PER_MONTH is raised; ` +
    'follow it at /reports/mirror.'
  );
}

type Counts = Readonly<Record<string, number>>;

/** Why there is no report yet: how many documents are read, of how many as soon as they are counted. Pure. */
export function fillText(progress: Counts, totals: Counts): string {
  const isCounted = Object.keys(totals).length > 0;
  const many = isCounted ? `${sumOf(progress)} of ${sumOf(totals)}` : `${sumOf(progress)}`;
  return (
    `The documents of the QuickBooks company are still being read (${many} so far). The first time this takes ` +
    `${isCounted ? '' : 'at least '}${fillReads(totals)} metered reads. Ask again in a moment, or follow it at ` +
    '/reports/mirror.'
  );
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
