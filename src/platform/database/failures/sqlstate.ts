import { QueryFailedError } from 'typeorm';

/** PostgreSQL's error codes by name (appendix A of its manual). */
export const SQLSTATE = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  duplicateObject: '42710',
  insufficientPrivilege: '42501',
  queryCanceled: '57014',
  invalidParameterValue: '22023',
} as const;

/** The SQLSTATE of a failed query, if it was one. */
export function sqlStateOf(error: unknown): string | undefined {
  const driver = error instanceof QueryFailedError ? (error.driverError as { code?: string }) : undefined;
  return driver?.code;
}

/** True when this error is the violation of this unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return violates(error, SQLSTATE.uniqueViolation, constraint);
}

/** True when this error is the violation of this foreign key. */
export function violatesForeignKey(error: unknown, constraint: string): boolean {
  return violates(error, SQLSTATE.foreignKeyViolation, constraint);
}

function violates(error: unknown, state: string, constraint: string): boolean {
  return (
    error instanceof QueryFailedError &&
    sqlStateOf(error) === state &&
    (error.driverError as { constraint?: string }).constraint === constraint
  );
}
