import type { NewInboxItem } from '../../../inbox/inbox.repository.js';
import { inboxMessageOf } from '../../../messages/inbox-messages.js';
import { FAULT_CODES } from '../../../messages/quickbooks-fault-messages.js';
import type { Failure } from '../rows/operation-failure.js';
import type { OperationKind } from '../operation-payloads.js';

type Advice = Required<Pick<NewInboxItem, 'nextStep' | 'retry'>>;

const LOOK_FIRST =
  'The answer to an earlier attempt was lost: look in QuickBooks first, and if it is there, resolve this ' +
  'with its id. If it is not: ';

/** Kinds that make a document which a person can name where they found or entered it. */
const NAMED_BY_ID: ReadonlySet<OperationKind> = new Set([
  'customer.create',
  'invoice.create',
  'payment.create',
  'refund.create',
  'credit.create',
]);

/**
 * What a person does next about an operation that will not go on by itself, and whether it may be tried again together
 * with others. `inDoubt` says that an attempt may have been done. Pure.
 */
export function adviceFor(
  { kind, code }: Pick<Failure, 'kind' | 'code'>,
  inDoubt: boolean,
  of: OperationKind,
): Advice {
  const { nextStep, retry } = advice({ kind, code }, inDoubt);
  // What only changes a document is mended there, and no id is asked for.
  return { nextStep: NAMED_BY_ID.has(of) ? nextStep : nextStep.replaceAll(' with its id', ''), retry };
}

function advice({ kind, code }: Pick<Failure, 'kind' | 'code'>, inDoubt: boolean): Advice {
  const step = FAULT_CODES[code ?? '']?.nextStep ?? inboxMessageOf(kind).nextStep;
  if (inboxMessageOf(kind).retryable === 'singly') return { nextStep: step, retry: 'singly' };
  return inDoubt
    ? { nextStep: `${LOOK_FIRST}${step}`, retry: 'singly' }
    : { nextStep: step, retry: 'together' };
}
