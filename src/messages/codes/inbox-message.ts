/**
 * How much an item matters, most first: `money` is wrong or at risk, work is `blocked`, or two records show a
 * `difference`.
 */
export const SEVERITIES = ['money', 'blocked', 'difference'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * How it can be tried again: `together` with others of its code, `singly`, because somebody has to look at the vendor
 * first whether it was done, or `never`, because there is nothing to try.
 */
export type Retryable = 'together' | 'singly' | 'never';

/** What an item of the inbox says by its code. */
export interface InboxMessage {
  /** What the code means, as a clause without its stop. */
  meaning: string;
  /** What a bookkeeper does next. */
  nextStep: string;
  severity: Severity;
  retryable: Retryable;
}
