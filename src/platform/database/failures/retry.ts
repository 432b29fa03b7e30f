import { SQLSTATE, sqlStateOf } from './sqlstate.js';

const ATTEMPTS_MAX = 5;

/**
 * Runs a transaction again when PostgreSQL asks for it: deadlock or serialization failure, nothing else.
 * `transaction` is a function that opens its own transaction, so that each attempt starts from the beginning.
 */
export async function retryOnConflict<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      const state = sqlStateOf(error);
      const retryable = state === SQLSTATE.deadlockDetected || state === SQLSTATE.serializationFailure;
      if (!retryable || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}
