/**
 * A row that one worker at a time may hold, and how its table says so. Names and conditions are SQL; `:now` in a
 * condition stands for the application's clock. The lease itself runs on the database's clock, so that processes whose
 * clocks differ agree.
 */
export interface LeaseTable {
  readonly table: string;
  /** The columns that name one row; `org_id` first where the table has it. */
  readonly key: readonly string[];
  /** `bigint`; grows with every holder, so that what an earlier holder writes late can be refused. */
  readonly token: string;
  /** `timestamptz`; null while nobody holds the row, in the past where its holder died. */
  readonly until: string;
  /** Which rows may be taken at all; every row where it is left out. */
  readonly takeable?: string;
  /** What else changes when a row is taken. */
  readonly onTake?: string;
  /** Columns to answer with the lease. */
  readonly returning?: string;
}

/** The right to work on one row, until it is released or its holder is silent for LEASE_MS. */
export interface Lease<Row = object> {
  readonly of: LeaseTable;
  readonly key: readonly (string | number)[];
  readonly token: string;
  readonly row: Row;
}

/** Another worker has the row now: what its holder knows is not written down any more. */
export class LostLeaseError extends Error {
  constructor({ of }: Pick<Lease, 'of'>) {
    super(`The row of ${of.table} has passed to another worker.`);
    this.name = 'LostLeaseError';
  }
}

/** A holder that is silent for so long has lost its row. */
export const LEASE_MS = 10_000;

/** A holder renews its lease so often: three renewals may fail before it is lost. */
export const HEARTBEAT_MS = 2_500;

/** True of rows that nobody holds. */
export function isFree({ until }: Pick<LeaseTable, 'until'>): string {
  return `(${until} is null or ${until} < now())`;
}

/** True of rows whose holder died: it neither finished nor gave the row back, and its time is over. */
export function isAbandoned({ until }: Pick<LeaseTable, 'until'>): string {
  return `${until} < now()`;
}

/** Takes a free row. Parameters: the key, then the clock where a condition asks for it. */
export function takeStatement(of: LeaseTable): { text: string; asksForNow: boolean } {
  const conditions = [keyIs(of), isFree(of), ...(of.takeable ? [`(${of.takeable})`] : [])];
  const changes = [
    `${of.token} = ${of.token} + 1`,
    `${of.until} = ${ends()}`,
    ...(of.onTake ? [of.onTake] : []),
  ];
  const answer = [`${of.token} as "leaseToken"`, ...(of.returning ? [of.returning] : [])];
  const text =
    `update ${of.table} set ${changes.join(', ')} where ${conditions.join(' and ')} returning ` +
    answer.join(', ');
  return {
    text: text.replaceAll(':now', `$${of.key.length + 1}::timestamptz`),
    asksForNow: text.includes(':now'),
  };
}

/** Extends a lease that still holds. Parameters: the key, then the token. */
export function renewStatement(of: LeaseTable): string {
  return `update ${of.table} set ${of.until} = ${ends()} where ${keyIs(of)} and ${tokenIs(of)} and ${of.until} > now()`;
}

/** Answers a row that is still held. Parameters: the key, then the token. */
export function heldStatement(of: LeaseTable): string {
  return `select from ${of.table} where ${keyIs(of)} and ${tokenIs(of)} and ${of.until} > now()`;
}

/** Gives a row back that is still held under this token. Parameters: the key, then the token. */
export function releaseStatement(of: LeaseTable): string {
  return `update ${of.table} set ${of.until} = null where ${keyIs(of)} and ${tokenIs(of)}`;
}

function ends(): string {
  return `now() + interval '${LEASE_MS} milliseconds'`;
}

function keyIs({ key }: LeaseTable): string {
  return key.map((column, index) => `${column} = $${index + 1}`).join(' and ');
}

function tokenIs({ key, token }: LeaseTable): string {
  return `${token} = $${key.length + 1}`;
}
