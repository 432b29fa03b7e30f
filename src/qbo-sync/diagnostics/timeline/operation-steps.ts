import { workKey } from './activity-steps.js';
import type { ActivityFact, OperationFact, Step } from './timeline-facts.js';

/** What an operation that is done was known by at QuickBooks. */
export interface Work {
  requestId: string;
  intuitTid: string | null;
}

const DONE_AS: Record<string, string> = {
  'customer.create': 'customer_created',
  'invoice.create': 'invoice_created',
  'payment.create': 'payment_recorded',
  'refund.create': 'refund_recorded',
};

/** The operations that are done, by kind and the QuickBooks object they made. */
export function worksOf(operations: readonly OperationFact[]): Map<string, Work> {
  return new Map(
    operations
      .filter((operation) => operation.qboId !== null)
      .map((operation) => [keyOf(operation), workOf(operation)]),
  );
}

/**
 * The wish, and each attempt that did not bring it. The attempt that did is told by the activity log, where what came of
 * it is logged there.
 */
export function stepsOfOperation(operation: OperationFact, activities: readonly ActivityFact[]): Step[] {
  const { kind, requestId, createdAt } = operation;
  const noun = kind.replace(/\.create$/, '').replaceAll('.', '_');
  const failed = operation.attempts
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ startedAt, finishedAt, outcome, intuitTid }): Step => ({
      at: finishedAt ?? startedAt,
      event: outcome === null ? `${noun}_sent` : `${noun}_${outcome}`,
      source: outcome === null ? 'crm' : 'quickbooks',
      requestId,
      intuitTid,
    }));
  const wish: Step = { at: createdAt, event: `${noun}_requested`, source: 'crm', requestId };
  return [wish, ...failed, ...doneSteps(operation, noun, activities)];
}

function doneSteps(operation: OperationFact, noun: string, activities: readonly ActivityFact[]): Step[] {
  const told = activities.some((activity) => workKey(activity) === keyOf(operation));
  if (operation.state !== 'done' || told) return [];
  const attempt = operation.attempts.find(({ outcome }) => outcome === 'done');
  return [
    {
      at: attempt?.finishedAt ?? operation.updatedAt,
      event: DONE_AS[operation.kind] ?? `${noun}_done`,
      source: 'quickbooks',
      ...workOf(operation),
    },
  ];
}

function keyOf({ kind, qboId }: OperationFact): string {
  return `${kind}:${qboId}`;
}

function workOf({ requestId, attempts }: OperationFact): Work {
  return { requestId, intuitTid: attempts.find(({ outcome }) => outcome === 'done')?.intuitTid ?? null };
}
