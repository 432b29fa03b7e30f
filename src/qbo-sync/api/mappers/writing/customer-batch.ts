import { errorFromResponse, unreadableError } from '../../errors/error-from-response.js';
import { JsonReader, UnreadableFieldError } from '../reading/json-reader.js';
import { customerPatchPayload, customerPayload, type Payload } from './to-qbo.js';
import type { QboError } from '../../errors/qbo-error.js';
import type { CustomerDraft, CustomerPatch, QboCustomer } from '../../model/qbo-objects.js';
import { readCustomer } from '../reading/from-qbo.js';

/** One creation or change within a batch. `key` tells its answer apart: at most 10 characters, QBO's `bId`. */
export type CustomerRequest = { readonly key: string } & CustomerWrite;

export type CustomerWrite =
  | { readonly operation: 'create'; readonly draft: CustomerDraft }
  | { readonly operation: 'update'; readonly patch: CustomerPatch };

/** What became of each request, by its key. */
export type CustomerAnswers = ReadonlyMap<string, QboCustomer | QboError>;

/** QBO answers 200 whatever became of the single items. */
const ITEM_STATUS = 200;

/** The items of a batch. The SDK takes things out of what it is given: make them anew for each attempt. */
export function customerBatchPayload(requests: readonly CustomerRequest[]): Payload[] {
  return requests.map((request) => ({
    bId: request.key,
    operation: request.operation,
    Customer:
      request.operation === 'create' ? customerPayload(request.draft) : customerPatchPayload(request.patch),
  }));
}

/**
 * The answers of a batch, matched by key: their order means nothing. An item that was left out, or whose answer cannot
 * be read, is uncertain; the other items do not suffer for it.
 */
export function readCustomerAnswers(body: object, requests: readonly CustomerRequest[]): CustomerAnswers {
  const answers = new JsonReader(body, 'answer').list('BatchItemResponse');
  const byKey = new Map(answers.map((answer) => [answer.raw('bId'), answer]));
  return new Map(requests.map((request) => [request.key, answerOf(request, byKey.get(request.key))]));
}

function answerOf({ operation }: CustomerRequest, answer: JsonReader | undefined): QboCustomer | QboError {
  const name = `customer.${operation}` as const;
  const unreadable = (reason: string): QboError =>
    unreadableError(name, { status: ITEM_STATUS, text: '' }, reason);
  if (answer === undefined) return unreadable('the answer to a batch leaves this item out');
  try {
    return answer.has('Fault')
      ? (errorFromResponse(name, {
          status: ITEM_STATUS,
          text: JSON.stringify({ Fault: answer.raw('Fault') }),
        }) ?? unreadable('BatchItemResponse.Fault is not an object'))
      : readCustomer(answer.raw('Customer'));
  } catch (error) {
    if (error instanceof UnreadableFieldError) return unreadable(error.message);
    throw error;
  }
}
