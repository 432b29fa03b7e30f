import { type Backoff, nextAttempt } from '../jobs/backoff.js';
import { DAY_MS } from '../platform/time/after.js';

/** A message on its way to one address. */
export interface AlertMessage {
  id: string;
  /** Null where it is about the whole installation. */
  orgId: number | null;
  channel: 'slack' | 'email';
  /** An e-mail address; null on Slack, where the webhook is the address. */
  recipient: string | null;
  subject: string;
  body: string;
  attempts: number;
  /** Why the attempt before failed. */
  problem: string | null;
  createdAt: Date;
}

const BACKOFF: Backoff = { firstMs: 10_000, maxMs: 300_000, jitter: 0, lifeMs: DAY_MS };

/** When a message that failed so many times is tried again; null where it is a day old and given up. */
export function nextAlertAttempt(
  { attempts, createdAt }: Pick<AlertMessage, 'attempts' | 'createdAt'>,
  now: Date,
): Date | null {
  return nextAttempt(BACKOFF, { failed: attempts, since: createdAt }, now, 0);
}
