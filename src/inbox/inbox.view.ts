import { inboxMessageOf } from '../messages/inbox-messages.js';
import { DomainError } from '../platform/errors/domain-error.js';
import type { InboxEvent } from './inbox-event.js';
import type { InboxItem } from './inbox-item.js';
import type {
  InboxItemView,
  InboxQuery,
  InboxHistoryView,
  QueuedRetriesView,
  ResolveItem,
} from './inbox.dto.js';
import type { InboxFilter } from './inbox-items.repository.js';
import type { QueuedRetries } from './inbox-retries.service.js';
import type { FoundDocument } from './resolutions.service.js';

export function filterIn({ state, code, proposal_id, customer_id, search }: InboxQuery): InboxFilter {
  return {
    state: state === 'all' ? undefined : state,
    code,
    proposalId: proposal_id,
    customerId: customer_id,
    search,
  };
}

/** The document that was named, if one was. Throws where there are several. */
export function foundIn(body: ResolveItem | undefined): FoundDocument | null {
  const named: [FoundDocument['entity'], string | undefined][] = [
    ['invoice', body?.qbo_invoice_id],
    ['customer', body?.qbo_customer_id],
    ['payment', body?.qbo_payment_id],
    ['refund', body?.qbo_refund_id],
    ['credit memo', body?.qbo_credit_memo_id],
  ];
  const found = named.flatMap(([entity, id]) => (id === undefined ? [] : [{ entity, id }]));
  if (found.length > 1) {
    const fields = found.map(({ entity }) => ({
      field: `qbo_${entity.replace(' ', '_')}_id`,
      message: 'name one document, not several',
    }));
    throw new DomainError('invalid', 'validation_failed', 'Name one document, not several.', fields);
  }
  if (found[0] && body?.action) {
    throw new DomainError('invalid', 'validation_failed', 'Name a document or an action, not both.', [
      { field: 'action', message: 'name a document or an action, not both' },
    ]);
  }
  return found[0] ?? null;
}

export function inboxItemView(item: InboxItem): InboxItemView {
  return itemFields(item);
}

function itemFields(item: InboxItem) {
  return {
    id: item.id,
    code: item.code,
    severity: inboxMessageOf(item.code).severity,
    qbo_code: item.qboCode,
    reason: item.reason,
    next_step: item.nextStep,
    retry: item.retry,
    retry_queued_at: item.retryQueuedAt?.toISOString() ?? null,
    proposal_id: item.proposalId,
    customer_id: item.customerId,
    customer_name: item.customerName,
    intuit_tid: item.intuitTid,
    state: item.state,
    created_at: item.createdAt.toISOString(),
    updated_at: item.updatedAt.toISOString(),
    closed_at: item.closedAt?.toISOString() ?? null,
  };
}

export function inboxHistoryView({
  item,
  history,
}: {
  item: InboxItem;
  history: InboxEvent[];
}): InboxHistoryView {
  return {
    ...itemFields(item),
    history: history.map((event) => ({
      at: event.at.toISOString(),
      event: event.event,
      item_id: event.itemId,
      user_id: event.userId,
      by: event.userName,
      code: event.code,
      qbo_code: event.qboCode,
      reason: event.reason,
      intuit_tid: event.intuitTid,
      qbo_id: event.qboId,
      outcome: event.outcome,
      error: event.error,
    })),
  };
}

export function queuedRetriesView({ code, queued, left, more }: QueuedRetries): QueuedRetriesView {
  return { code, queued: queued.length, item_ids: queued, left, more };
}
