import { UsageError } from '../../../../platform/command-line.js';
import { CUSTOMER_BATCH_SIZE_MAX } from '../batch/customer-batch-size.js';

export interface BackfillArguments {
  orgId: number;
  /** Customers per call. */
  perCall: number;
  dryRun: boolean;
}

export const BACKFILL_USAGE = `npm run backfill -- --org 1 [--batch-size ${CUSTOMER_BATCH_SIZE_MAX}] [--dry-run]`;

/** Reads the words of the command line. Throws a `UsageError` that says what is wrong. */
export function readBackfill(words: {
  org?: string;
  'batch-size'?: string;
  'dry-run'?: boolean;
}): BackfillArguments {
  const orgId = wholeNumber('--org', words.org, Number.MAX_SAFE_INTEGER);
  const perCall = wholeNumber(
    '--batch-size',
    words['batch-size'] ?? String(CUSTOMER_BATCH_SIZE_MAX),
    CUSTOMER_BATCH_SIZE_MAX,
  );
  return { orgId, perCall, dryRun: words['dry-run'] ?? false };
}

function wholeNumber(name: string, text: string | undefined, max: number): number {
  const value = Number(text);
  if (text !== undefined && /^\d{1,10}$/.test(text) && value >= 1 && value <= max) return value;
  const range =
    max === CUSTOMER_BATCH_SIZE_MAX ? `a whole number from 1 to ${max}` : 'the id of an organisation';
  throw new UsageError(`${name} must be ${range}.`);
}
