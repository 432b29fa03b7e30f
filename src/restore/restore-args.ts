import { UsageError } from '../platform/command-line.js';
import { plainNumber } from '../platform/text/plain-number.js';

export interface RestoreArgs {
  /** The highest number after `CRM-` that any QuickBooks company of the installation shows; 0 where there is none. */
  above: number;
}

export const RESTORE_USAGE = 'npm run restore:reconcile -- --above 4711';

/** Reads `--above 4711`. Throws a `UsageError` that says what is meant by it. Pure. */
export function readRestoreArgs({ above }: { above?: string }): RestoreArgs {
  const number = plainNumber(above ?? '');
  if (number === null || !Number.isInteger(number) || number < 0 || number > 1_000_000_000) {
    throw new UsageError(
      '--above is ' +
        'the highest number after CRM- among the invoices and customers in QuickBooks, 0 where there is none.',
    );
  }
  return { above: number };
}
