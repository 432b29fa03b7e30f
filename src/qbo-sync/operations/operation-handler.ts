import type { EntityManager } from 'typeorm';
import type { QboError, QboErrorKind } from '../api/errors/qbo-error.js';
import type { CallResult } from '../api/pipeline/qbo-http-pipeline.service.js';
import type { OperationKind, OperationPayload } from './operation-payloads.js';
import type { OperationState } from './operation-state.js';
import type { OperationKey, PreparedOperation } from './rows/operation.entity.js';

/** How one kind of operation is done. */
export interface OperationHandler<K extends OperationKind, Made extends { id: string }> {
  /** What it is about, for people: `The invoice of proposal 7 over $3,092.03`. */
  readonly subject: string;
  /** Why it was cancelled, where it was: what was sent is still looked for, and nothing more is sent. */
  readonly cancelReason?: string;
  /** Failures that its caller deals with at once: they open no inbox item. */
  readonly answered?: readonly QboErrorKind[];
  /** A refusal opens an inbox item although the callers of its kind report theirs. */
  readonly reported?: boolean;
  /** True where the request names a version, so that a second sending of one that was done changes nothing. */
  readonly versioned?: boolean;
  /** It is looked for before it is sent for the first time, too. */
  readonly looksFirst?: boolean;
  /**
   * What it is to be made from anew, where its request fits no more what it was made for; null where it does. Asked
   * right before it is sent for the first time. Throws QboError.
   */
  outdated?(operation: PreparedOperation<K>): Promise<OperationPayload<K> | null>;
  /** What it is to be made from anew after this refusal; null where a person decides. */
  anewAfter?(refusal: QboError, operation: PreparedOperation<K>): OperationPayload<K> | null;
  /** What an earlier attempt of this very operation made, if QuickBooks has it. Reads only. */
  find(operation: PreparedOperation<K>): Promise<Made | null>;
  /** Sends it, once, under the operation's request id. */
  execute(operation: PreparedOperation<K>): Promise<CallResult<Made>>;
  /** Stores the outcome, in the transaction that closes the operation; again where PostgreSQL asks for it anew. */
  onSucceeded(tx: EntityManager, made: Made, operation: PreparedOperation<K>): Promise<void>;
  /**
   * Where one inbox item stands for several operations: has it ask about another one now, in the same transaction.
   * False where nothing else is asked: then it closes.
   */
  askOthers?(tx: EntityManager, operation: PreparedOperation<K>): Promise<boolean>;
}

/** One of several operations that are run together. */
export interface OperationRun<K extends OperationKind, Made extends { id: string }> {
  key: OperationKey;
  handler: OperationHandler<K, Made>;
}

/** What QuickBooks answered to one write. */
export type WriteAnswer<Made> = CallResult<Made> | QboError;

export type Outcome<Made> =
  | { kind: 'done'; made: Made }
  /** Another worker holds it, or it is finished already: read the row. */
  | { kind: 'busy' }
  /** Not done; `error` says why where this attempt found out. */
  | { kind: 'open'; state: OperationState; error: QboError | null };
