import { documentKeyOfActivity, documentKeyOfOperation, sentDocumentOf } from './sent-document.js';
import type { ActivityFact, OperationFact, Step } from './timeline-facts.js';

const DONE_AS: Record<string, string> = {
  'customer.create': 'customer_created',
  'customer.update': 'customer_updated',
  'item.create': 'item_created',
  'invoice.create': 'invoice_created',
  'invoice.void': 'invoice_voided',
  'payment.create': 'payment_recorded',
  'payment.apply': 'payment_applied',
  'refund.create': 'refund_recorded',
  'credit.create': 'credit_memo_created',
  'credit.apply': 'credit_memo_applied',
};

/** What the steps of an operation are about, where its kind says it otherwise. */
const NOUNS: Record<string, string> = {
  'credit.create': 'credit_memo',
  'credit.apply': 'credit_memo_application',
};

/**
 * The request, and each attempt that failed. The attempt that succeeded is a step of the activity log where its
 * document is logged there.
 */
export function stepsOfOperation(operation: OperationFact, activities: readonly ActivityFact[]): Step[] {
  const { kind, requestId, createdAt } = operation;
  const noun = NOUNS[kind] ?? kind.replace(/\.create$/, '').replaceAll('.', '_');
  const failed = operation.attempts
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ startedAt, finishedAt, outcome, intuitTid }): Step => ({
      at: finishedAt ?? startedAt,
      event: outcome === null ? `${noun}_sent` : `${noun}_${outcome}`,
      source: outcome === null ? 'crm' : 'quickbooks',
      requestId,
      intuitTid,
    }));
  const requested: Step = { at: createdAt, event: `${noun}_requested`, source: 'crm', requestId };
  return [requested, ...failed, ...doneSteps(operation, noun, activities)];
}

function doneSteps(operation: OperationFact, noun: string, activities: readonly ActivityFact[]): Step[] {
  const key = documentKeyOfOperation(operation);
  const isLogged = activities.some((activity) => documentKeyOfActivity(activity) === key);
  if (operation.state !== 'done' || isLogged) return [];
  const attempt = operation.attempts.find(({ outcome }) => outcome === 'done');
  return [
    {
      at: attempt?.finishedAt ?? operation.updatedAt,
      event: DONE_AS[operation.kind] ?? `${noun}_done`,
      source: 'quickbooks',
      ...sentDocumentOf(operation),
    },
  ];
}
