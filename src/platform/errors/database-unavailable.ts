import { DomainError } from './domain-error.js';

export const DATABASE_UNAVAILABLE = 'database_unavailable';
/** PostgreSQL restarts within seconds; whoever asks again after them usually succeeds. */
export const DATABASE_RETRY_SECONDS = 5;

/** The same answer wherever it is noticed that the database is away. */
export function databaseUnavailable(): DomainError {
  const detail = 'The database does not answer at the moment. Try again.';
  return new DomainError('unavailable', DATABASE_UNAVAILABLE, detail, undefined, {
    retryAfterSeconds: DATABASE_RETRY_SECONDS,
  });
}
