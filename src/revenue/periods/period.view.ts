import type { DeferredSum } from '../reports/revenue-sums.repository.js';
import type { PackDocument, PackReceivable } from './close-pack.js';
import type { Period } from './period.js';
import type { PeriodCheck } from './period-checks.js';
import type { PackView, PeriodCheckView, PeriodView } from './period.dto.js';
import type { Pack } from './periods.service.js';

/** What every answer about a month says of it. */
export function periodView({ month, closing }: Period): { [Field in keyof PeriodView]: PeriodView[Field] } {
  return {
    month,
    state: closing ? 'closed' : 'open',
    closed_at: closing?.closedAt.toISOString() ?? null,
    closed_by: closing?.closedBy ?? null,
    force_reason: closing?.forceReason ?? null,
    pack_hash: closing?.packHash ?? null,
    previous_hash: closing?.previousHash ?? null,
  };
}

export function checkView({ code, ok, severity, found, nextStep }: PeriodCheck): PeriodCheckView {
  return { code, ok, severity, found, next_step: nextStep };
}

export function packView(pack: Pack): PackView {
  const { figures, header } = pack;
  return {
    ...periodView(pack),
    previous_hash: figures.previousHash,
    verified: pack.isVerified,
    header: {
      version: header.version,
      time_zone: header.timeZone,
      qbo_closing_date: header.qboClosingDate,
      qbo_read_at: header.qboReadAt,
      open_inbox: header.openInbox.map(({ id, code, proposalId }) => ({ id, code, proposal_id: proposalId })),
      aging: header.aging,
    },
    figures: {
      earned: figures.earned,
      received: figures.received,
      tax: figures.tax,
      bad_debts: figures.badDebts,
      lost: figures.lost,
      deferred: figures.deferred.map(deferredView),
      receivables: figures.receivables.map(receivableView),
      adjustments: figures.adjustments.map(documentView),
      documents: figures.documents.map(documentView),
    },
  };
}

function deferredView(row: DeferredSum) {
  return {
    proposal_id: row.proposalId,
    timeline: `/proposals/${row.proposalId}/timeline`,
    currency: row.currency,
    opening_cents: row.openingCents,
    billed_cents: row.billedCents,
    earned_cents: row.earnedCents,
    refunded_cents: row.creditedCents,
    adjustment_cents: row.adjustmentCents,
    closing_cents: row.closingCents,
  };
}

function receivableView(row: PackReceivable) {
  return {
    proposal_id: row.proposalId,
    timeline: `/proposals/${row.proposalId}/timeline`,
    currency: row.currency,
    opening_cents: row.openingCents,
    invoiced_cents: row.invoicedCents,
    settled_cents: row.settledCents,
    closing_cents: row.closingCents,
  };
}

function documentView(row: PackDocument) {
  return {
    proposal_id: row.proposalId,
    timeline: `/proposals/${row.proposalId}/timeline`,
    currency: row.currency,
    kind: row.kind,
    item: row.item,
    source_kind: row.sourceKind,
    source_id: row.sourceId,
    event_on: row.eventOn,
    cents: row.cents,
  };
}
