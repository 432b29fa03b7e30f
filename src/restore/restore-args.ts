import { plainNumber } from '../platform/text/plain-number.js';

export interface RestoreArgs {
  /** The highest number after `CRM-` that any QuickBooks company of the installation shows; 0 where there is none. */
  above: number;
}

/** Reads `--above 4711`. Throws an Error that says how it is meant. Pure. */
export function readRestoreArgs({ above }: { above?: string }): RestoreArgs {
  const number = plainNumber(above ?? '');
  if (number === null || !Number.isInteger(number) || number < 0 || number > 1_000_000_000) {
    throw new Error(
      'Usage: npm run restore:reconcile -- --above 4711\n' +
        'the highest number after CRM- among the invoices and customers in QuickBooks, 0 where there is none.',
    );
  }
  return { above: number };
}
