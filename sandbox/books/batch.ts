import { findEntity } from './catalog.ts';
import type { Company } from './company.ts';
import {
  Fault,
  badObjectName,
  badRequestId,
  batchTooLarge,
  systemFailure,
  unsupportedOperation,
} from './fault.ts';
import { type Body, isBody, rowsOf, textOf } from './json.ts';
import { type Verb, writeRecord } from './write-record.ts';
import { changedSince } from './cdc.ts';

const ITEMS_MAX = 30;
const RESERVED = new Set(['bId', 'operation', 'optionsData', 'Query', 'CDCQuery']);

function verbOf(item: Body): Verb {
  const operation = textOf(item, 'operation') ?? 'create';
  const options = textOf(item, 'optionsData') ?? '';
  if (operation === 'update' && options.includes('void')) return 'void';
  if (operation === 'create' || operation === 'update' || operation === 'delete' || operation === 'void')
    return operation;
  throw unsupportedOperation(operation);
}

/** What a statement finds. */
type Ask = (statement: string) => Body;

/** What has changed, asked as one item: by the SDKs for Java and .NET. */
function changesOf(company: Company, asked: Body): Body {
  const { CDCResponse } = changedSince(company, textOf(asked, 'Entities'), textOf(asked, 'ChangedSince'));
  return { CDCResponse: rowsOf({ CDCResponse }, 'CDCResponse')[0]! };
}

function runItem(company: Company, item: Body, ask: Ask): Body {
  const statement = textOf(item, 'Query');
  if (statement !== undefined) return { QueryResponse: ask(statement) };
  if (isBody(item.CDCQuery)) return changesOf(company, item.CDCQuery);
  const [name, body] = Object.entries(item).find(([key]) => !RESERVED.has(key)) ?? [];
  const entity = findEntity(name ?? '');
  if (!entity || !isBody(body)) throw badObjectName(name ?? '');
  const allowsDuplicateNumber = (textOf(item, 'optionsData') ?? '').includes('allowduplicatedocnum');
  return {
    [entity.jsonName]: writeRecord(company, verbOf(item), entity.name, body, { allowsDuplicateNumber }),
  };
}

function answerTo(company: Company, item: Body, ask: Ask): Body {
  const bId = textOf(item, 'bId');
  try {
    return { bId, ...runItem(company, item, ask) };
  } catch (error) {
    const fault = error instanceof Fault ? error : systemFailure('Unexpected Internal Error. (-30000)');
    return { bId, Fault: { Error: fault.errors.map((one) => ({ ...one })), type: fault.type } };
  }
}

export interface BatchAnswer {
  body: Body;
  /** Queries answered, also for changes: each is a metered read. */
  reads: number;
}

/**
 * Up to 30 independent requests in one call. Each succeeds or fails by itself; the answer is 200 either way,
 * matched by `bId`. With a `requestid` that id is at most 36 characters long and each `bId` at most 10.
 */
export function runBatch(
  company: Company,
  request: Body,
  requestId: string | undefined,
  ask: Ask,
): BatchAnswer {
  const items = rowsOf(request, 'BatchItemRequest');
  if (items.length === 0) {
    throw new Fault([{ Message: 'MalformedRequest', Detail: 'Batch Request is Empty', code: '400' }]);
  }
  if (items.length > ITEMS_MAX) throw batchTooLarge(ITEMS_MAX, items.length);
  if (requestId !== undefined && requestId.length > 36)
    throw badRequestId('A batch request id has 36 characters at most.');
  const isLong = items.some((item) => (textOf(item, 'bId') ?? '').length > 10);
  if (requestId !== undefined && isLong)
    throw badRequestId('With a requestid, a bId has 10 characters at most.');
  const answers = items.map((item) => answerTo(company, item, ask));
  const queries = answers.filter((answer) => 'QueryResponse' in answer || 'CDCResponse' in answer).length;
  const reads = company.world.switches.batchReads === 'one' ? Math.min(queries, 1) : queries;
  return { body: { BatchItemResponse: answers }, reads };
}
